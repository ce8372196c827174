#include "tmpl/ast.h"

static const char *const kind_names[] = {
#define X(kind, name) name,
    AST_EXPRESSIONS(X)
#undef X
};

static const char *const statement_names[] = {
#define X(kind, name) name,
    AST_STATEMENTS(X)
#undef X
};

static const char *const operator_texts[] = {
#define X(op, text) text,
    AST_OPERATORS(X)
#undef X
};

const char *
ast_kind_name(enum ast_kind kind)
{
	return kind_names[kind];
}

const char *
ast_statement_name(enum ast_statement_kind kind)
{
	return statement_names[kind];
}

const char *
ast_operator_text(enum ast_operator op)
{
	return operator_texts[op];
}

static void
dump_text(struct buf *b, struct str text)
{
	buf_add_char(b, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n')
			buf_add_lit(b, "\\n");
		else
			buf_add_char(b, text.data[i]);
	}
	buf_add_char(b, '\'');
}

static bool
has_operator(enum ast_kind kind)
{
	return kind == AST_UNARY || kind == AST_BINARY || kind == AST_LINK;
}

static void
dump_expr(struct buf *b, const struct ast_expr *node, int depth)
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
		dump_text(b, tmpl_text(b->arena, node->constant));
	}
	buf_add_char(b, '\n');
	dump_expr(b, node->left, depth + 1);
	dump_expr(b, node->right, depth + 1);
	dump_expr(b, node->third, depth + 1);
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next)
		dump_expr(b, item, depth + 1);
}

static void dump_body(const struct ast_file *file, struct buf *b, const struct ast_body *body, int depth);

static void
dump_branches(const struct ast_file *file, struct buf *b, const struct ast_branch *branch, int depth)
{
	static const char *const names[] = {"if", "elif", "else", "except", "finally"};

	for (; branch != NULL; branch = branch->next) {
		buf_add_fill(b, ' ', (size_t)depth * 2);
		buf_addf(b, "%s\n", names[branch->kind]);
		dump_expr(b, branch->value, depth + 1);
		dump_expr(b, branch->target, depth + 1);
		dump_body(file, b, &branch->body, depth + 1);
	}
}

static void
dump_body(const struct ast_file *file, struct buf *b, const struct ast_body *body, int depth)
{
	for (const struct ast_statement *s = body->first; s != NULL; s = s->next) {
		buf_addf(b, "%4d ", src_line(&file->src, s->tag.start));
		buf_add_fill(b, ' ', (size_t)depth * 2);
		buf_addf(b, "%s", ast_statement_name(s->kind));
		if (s->kind == AST_STATEMENT_AUGMENT)
			buf_addf(b, " %s=", ast_operator_text(s->op));
		if (s->text.len > 0) {
			buf_add_char(b, ' ');
			dump_text(b, s->text);
		}
		buf_add_char(b, '\n');
		dump_expr(b, s->target, depth + 4);
		if (s->kind != AST_STATEMENT_CHOICE)
			dump_expr(b, s->value, depth + 4);
		dump_body(file, b, &s->body, depth + 1);
		dump_branches(file, b, s->branches, depth + 3);
	}
}

void
ast_dump(const struct ast_file *file, struct buf *b)
{
	buf_addf(b, "file %.*s%s, autoescape %.*s\n", STR_ARG(file->src.name),
	    file->extends ? " (extends)" : "",
	    STR_ARG(file->autoescape.len > 0 ? file->autoescape : STR("None")));
	dump_body(file, b, &file->body, 0);
}
