#include "tmpl/dump.h"

#include "base/utf8.h"
#include "tmpl/lex.h"
#include "tmpl/value.h"

enum {
	TEXT_POINTS_MAX = 60, /* of a text that is shown */
	SOURCE_COLUMN = 44,   /* where the source of an instruction starts */
	ARGUMENT_COLUMNS = 14,
};

/* As a template would write it; the start of a long one. */
static void
add_text(struct buf *b, struct str text)
{
	size_t end = utf8_offset(text, TEXT_POINTS_MAX);

	value_add_quoted(b, str_slice(text, 0, end), false);
	if (end < text.len)
		buf_add_lit(b, "…");
}

static void
add_value(struct buf *b, struct tmpl_value value)
{
	if (value.type == TMPL_STR)
		add_text(b, value_str(value));
	else
		buf_add(b, tmpl_text(b->arena, value));
}

/* Tokens */

/* Directives whose text is taken as it is. */
static bool
is_literal(struct str directive)
{
	static const char *const names[] = {
	    "extends", "include", "block", "comment", "whitespace", "end", "import", "from"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq(directive, str_of(names[i])))
			return true;
	return false;
}

static void
add_token(struct buf *b, const struct src *src, uint32_t start, const char *kind)
{
	struct err_place place = src_place(src, start, start);

	buf_addf(b, "%5d:%-3d %s", place.line, place.column, kind);
}

static void
add_expression_tokens(struct buf *b, const struct src *src, uint32_t start, uint32_t end)
{
	struct err fault = err_make(b->arena);
	struct lex lex;

	if (!lex_run(b->arena, src, start, end, &lex, &fault)) {
		buf_addf(b, "            %.*s\n", STR_ARG(err_line(b->arena, &fault)));
		return;
	}
	for (size_t i = 0; i + 1 < lex.count; i++) {
		const struct lex_token *token = &lex.tokens[i];

		add_token(b, src, token->start, "  ");
		buf_addf(b, "%-10s%.*s\n", lex_kind_name(token->kind),
		    STR_ARG(src_slice(src, token->start, token->end)));
	}
}

static void
add_tag_tokens(struct buf *b, const struct src *src, const struct src_piece *piece)
{
	struct str contents = src_slice(src, piece->inner_start, piece->inner_end);
	uint32_t skipped = 0;

	if (piece->kind == SRC_BLOCK) {
		skipped = (uint32_t)MIN(str_find_char(contents, ' '), contents.len);
		if (is_literal(str_slice(contents, 0, skipped)))
			return;
	}
	add_expression_tokens(b, src, piece->inner_start + skipped, piece->inner_end);
}

bool
dump_tokens(const struct src *src, struct buf *b, struct err *e)
{
	static const char *const names[] = {"TEXT", "EXPRESSION", "DIRECTIVE", "COMMENT", "END"};
	struct src_scanner scanner = src_scan(src);
	struct src_piece piece;

	do {
		struct str text;

		if (!src_next(&scanner, &piece, e))
			return false;
		text = src_slice(src, piece.start, piece.end);
		add_token(b, src, piece.start, "");
		if (piece.kind != SRC_END)
			buf_addf(b, "%-12s", names[piece.kind]);
		if (piece.kind == SRC_TEXT)
			add_text(b, text);
		else
			buf_add(b, piece.kind == SRC_END ? str_of(names[SRC_END]) : text);
		buf_add_char(b, '\n');
		if (piece.kind == SRC_EXPRESSION || piece.kind == SRC_BLOCK)
			add_tag_tokens(b, src, &piece);
	} while (piece.kind != SRC_END);
	return true;
}

/* Trees */

static bool
has_operator(enum ast_kind kind)
{
	return kind == AST_UNARY || kind == AST_BINARY || kind == AST_LINK;
}

static void
add_expr(struct buf *b, const struct ast_expr *node, int depth)
{
	if (node == NULL)
		return;
	buf_add_fill(b, ' ', (size_t)depth * 2);
	buf_addf(b, "%s", ast_kind_name(node->kind));
	if (node->name.len > 0)
		buf_addf(b, " %.*s", STR_ARG(node->name));
	if (has_operator(node->kind))
		buf_addf(b, " %s", ast_operator_text(node->op));
	if (node->kind == AST_CONSTANT) {
		buf_add_char(b, ' ');
		add_value(b, node->constant);
	}
	buf_add_char(b, '\n');
	add_expr(b, node->left, depth + 1);
	add_expr(b, node->right, depth + 1);
	add_expr(b, node->third, depth + 1);
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next)
		add_expr(b, item, depth + 1);
}

static void
add_role(struct buf *b, const char *role, const struct ast_expr *node, int depth)
{
	if (node == NULL)
		return;
	buf_add_fill(b, ' ', (size_t)depth * 2);
	buf_addf(b, "%s\n", role);
	add_expr(b, node, depth + 1);
}

static void add_body(struct buf *b, const struct ast_file *file, const struct ast_body *body, int depth);

static void
add_branches(struct buf *b, const struct ast_file *file, const struct ast_branch *branch, int depth)
{
	static const char *const names[] = {"if", "elif", "else", "except", "finally"};

	for (; branch != NULL; branch = branch->next) {
		buf_addf(b, "%5d ", src_line(&file->src, branch->tag.start));
		buf_add_fill(b, ' ', (size_t)depth * 2);
		buf_addf(b, "%s\n", names[branch->kind]);
		add_expr(b, branch->value, depth + 5);
		add_role(b, "as", branch->target, depth + 5);
		add_body(b, file, &branch->body, depth + 1);
	}
}

/* The targets of an assignment are links of a list, one for each '='. */
static void
add_targets(struct buf *b, const struct ast_statement *s, int depth)
{
	if (s->target == NULL || s->target->items == NULL || s->target->items->kind != AST_LINK)
		add_role(b, "target", s->target, depth);
	else
		for (const struct ast_expr *link = s->target->items; link != NULL; link = link->next)
			add_role(b, "target", link->left, depth);
}

static void
add_statement(struct buf *b, const struct ast_file *file, const struct ast_statement *s, int depth)
{
	buf_addf(b, "%5d ", src_line(&file->src, s->tag.start));
	buf_add_fill(b, ' ', (size_t)depth * 2);
	buf_addf(b, "%s", ast_statement_name(s->kind));
	if (s->kind == AST_STATEMENT_AUGMENT)
		buf_addf(b, " %s=", ast_operator_text(s->op));
	if (s->text.len > 0) {
		buf_add_char(b, ' ');
		add_text(b, s->text);
	}
	buf_add_char(b, '\n');
	add_targets(b, s, depth + 5);
	add_role(b, "value", s->value, depth + 5);
	add_body(b, file, &s->body, depth + 1);
	add_branches(b, file, s->branches, depth);
}

static void
add_body(struct buf *b, const struct ast_file *file, const struct ast_body *body, int depth)
{
	for (const struct ast_statement *s = body->first; s != NULL; s = s->next) {
		if (s->kind == AST_STATEMENT_CHOICE)
			add_branches(b, file, s->branches, depth);
		else
			add_statement(b, file, s, depth);
	}
}

void
dump_ast(const struct ast_file *file, struct buf *b)
{
	buf_addf(b, "%.*s: autoescape %.*s%s\n", STR_ARG(file->src.name),
	    STR_ARG(file->autoescape.len > 0 ? file->autoescape : STR("None")),
	    file->extends ? ", extends: only blocks count" : "");
	add_body(b, file, &file->body, 0);
}

/* Code */

static void
add_operand(
    struct buf *b, const struct code *code, const struct code_function *function, const struct code_op *op)
{
	switch (op_operand(op->op)) {
	case OPERAND_NOTHING:
		break;
	case OPERAND_NUMBER:
		buf_addf(b, " %u", op->index);
		break;
	case OPERAND_FUNCTION:
		buf_addf(b, " function %u", op->index);
		break;
	case OPERAND_TARGET:
		buf_addf(b, " → %u", op->index);
		break;
	case OPERAND_CONSTANT:
		buf_add_char(b, ' ');
		add_value(b, code->constants[op->index]);
		break;
	case OPERAND_NAME:
		buf_addf(b, " .%.*s", STR_ARG(code->names[op->index]));
		break;
	case OPERAND_GLOBAL:
		buf_addf(b, " %.*s", STR_ARG(code->globals[op->index]));
		break;
	case OPERAND_SLOT:
		if (op->op == OP_OUTER || op->index >= function->local_count)
			buf_addf(b, " slot %u", op->index);
		else
			buf_addf(b, " %.*s", STR_ARG(function->local_names[op->index]));
		break;
	}
	if (op->op == OP_UNARY || op->op == OP_BINARY || op->op == OP_COMPARE || op->op == OP_COMPARE_CHAIN)
		buf_addf(b, " %s", ast_operator_text(op->small));
	if (op->count != 0)
		buf_addf(b, " [%u]", op->count);
}

/* Where the instruction comes from: once for all that come from there one after the other. */
static void
add_source(struct buf *b, size_t line_start, const struct code_place *place)
{
	const struct src *src = place->context->src;
	size_t width = utf8_count(str_make(b->data + line_start, b->len - line_start));

	buf_add_fill(b, ' ', width < SOURCE_COLUMN ? SOURCE_COLUMN - width : 1);
	buf_addf(b, "# %.*s:%d  ", STR_ARG(src->name), src_line(src, place->start));
	utf8_add_shown(b, src_slice(src, place->start, MIN(place->end, place->start + TEXT_POINTS_MAX)));
}

static void
add_function(struct buf *b, const struct code *code, size_t number)
{
	const struct code_function *function = code->functions[number];

	if (number == 0)
		buf_add_lit(b, "template: ");
	else
		buf_addf(b, "function %zu: ", number);
	buf_addf(b, "%u deep, locals", function->stack_count);
	for (uint32_t i = 0; i < function->local_count; i++)
		buf_addf(b, " %.*s", STR_ARG(function->local_names[i]));
	buf_add_char(b, '\n');
}

void
dump_code(const struct code *code, struct buf *b)
{
	const struct code_function *function = code->functions[0];
	const struct code_place *shown = NULL;

	for (uint32_t pc = 0; pc < code->op_count; pc++) {
		const struct code_op *op = &code->ops[pc];
		const struct code_place *place = code_place_at(code, pc);
		size_t line_start;

		for (size_t i = 0; i < code->function_count; i++) {
			if (code->functions[i]->start != pc)
				continue;
			function = code->functions[i];
			add_function(b, code, i);
		}
		line_start = b->len;
		buf_addf(b, "%5u  %-*s", pc, ARGUMENT_COLUMNS, op_name(op->op));
		add_operand(b, code, function, op);
		if (place != NULL && place != shown && op->op != OP_TEXT && op->op != OP_END)
			add_source(b, line_start, place);
		if (op->op != OP_TEXT)
			shown = place;
		while (b->data[b->len - 1] == ' ')
			b->len--;
		buf_add_char(b, '\n');
	}
}
