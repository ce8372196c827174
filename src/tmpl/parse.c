#include "tmpl/parse.h"

#include "base/utf8.h"
#include "tmpl/hint.h"
#include "tmpl/parse_tag.h"
#include "tmpl/value.h"

#include <ctype.h>

/* The deepest nesting of blocks: later stages walk it by recursion. */
enum { PARSE_DEPTH_MAX = 100 };

enum block {
	BLOCK_NONE = 0,
	BLOCK_IF = 1,
	BLOCK_FOR = 2,
	BLOCK_WHILE = 4,
	BLOCK_TRY = 8,
	BLOCK_APPLY = 16,
	BLOCK_BLOCK = 32,
};

struct parser {
	struct arena *arena;
	struct ast_file *file;
	struct src_scanner scanner;
	enum src_whitespace whitespace;
	int depth;
	struct err *fault;        /* the first SyntaxError of the innermost {% block %}, or of the file */
	struct err fault_ignored; /* the later ones */
	struct err *err;
};

/* What encloses a body: the block whose tag is open, and whether a loop of this function is around. */
struct enclosure {
	enum block block;
	bool in_loop;
	struct src_piece tag; /* that opened the block */
};

/* How a body ended. */
struct body_end {
	struct src_piece piece;
	struct str op; /* "end", "else"…, or nothing at the end of the file */
	struct str suffix;
};

/* A block tag taken apart: its operator up to the first space, and the rest. */
struct tag {
	struct parser *parser;
	struct src_piece piece;
	struct str op, suffix;
	struct enclosure around;
};

static bool parse_body(
    struct parser *p, struct enclosure around, struct ast_body *body, struct body_end *end);

/* Errors */

/* Tornado counts the line where the tag ends; the caret is put at its start where that is the same line. */
static bool fail_tag(struct parser *p, struct src_piece piece, const char *format, ...) PRINTF_LIKE(3, 4);

static bool
fail_tag(struct parser *p, struct src_piece piece, const char *format, ...)
{
	const struct src *src = &p->file->src;
	bool one_line = src_line(src, piece.start) == src_line(src, piece.end);
	uint32_t start = one_line || piece.end < 2 ? piece.start : piece.end - 2;
	va_list args;
	struct str message;

	va_start(args, format);
	message = str_vformat(p->arena, format, args);
	va_end(args);
	return err_set(p->err, ERR_PARSE, src_place(src, start, piece.end), "%.*s", STR_ARG(message));
}

static struct err *
fault_new(struct arena *a)
{
	struct err *fault = ARENA_NEW(a, struct err);

	*fault = err_make(a);
	return fault;
}

/* Where SyntaxErrors of this place are noted: only the first one of each matters. */
static struct err *
fault_slot(struct parser *p)
{
	struct err *slot = p->fault->kind == ERR_NONE ? p->fault : &p->fault_ignored;

	*slot = err_make(p->arena);
	return slot;
}

/* Adds what was meant. A fault of a tag of several lines is shown at its first line, where Tornado counts it. */
static void
fault_at_tag(struct parser *p, struct err *fault, struct src_piece piece)
{
	struct err_place found = fault->place;
	struct err copy;

	hint_set_syntax(fault, src_slice(&p->file->src, piece.start, piece.end));
	copy = err_copy(p->arena, fault);
	p->file->has_fault |= fault->kind != ERR_NONE;
	if (fault->kind == ERR_NONE || found.line == src_line(&p->file->src, piece.start))
		return;
	err_set(fault, copy.kind, src_place(&p->file->src, piece.start, piece.end), "%.*s",
	    STR_ARG(copy.message));
	fault->hint = copy.hint;
	err_add_frame(fault, STR("in the tag"), found);
}

static void
fault_set(struct parser *p, struct src_piece piece, const char *message)
{
	p->file->has_fault = true;
	err_set(fault_slot(p), ERR_SYNTAX, src_place(&p->file->src, piece.start, piece.end), "%s", message);
}

/* Statements */

static struct ast_tag
tag_of(struct src_piece piece)
{
	return (struct ast_tag){piece.start, piece.end};
}

static struct ast_statement *
statement_new(struct arena *a, enum ast_statement_kind kind, struct src_piece piece)
{
	struct ast_statement *statement = ARENA_NEW(a, struct ast_statement);

	statement->kind = kind;
	statement->tag = tag_of(piece);
	return statement;
}

static void
body_add(struct ast_body *body, struct ast_statement *statement)
{
	*body->end = statement;
	body->end = &statement->next;
}

static void
add_text(struct parser *p, struct ast_body *body, struct src_piece piece)
{
	struct ast_statement *text = statement_new(p->arena, AST_STATEMENT_TEXT, piece);

	text->text =
	    src_filter(p->arena, src_slice(&p->file->src, piece.inner_start, piece.inner_end), p->whitespace);
	if (text->text.len > 0)
		body_add(body, text);
}

static struct parse_text
text_between(struct parser *p, uint32_t start, uint32_t end)
{
	return (struct parse_text){.arena = p->arena, .src = &p->file->src, .start = start, .end = end};
}

/* What follows the operator of a tag, as a stretch of the file. */
static struct parse_text
suffix_text(const struct tag *tag)
{
	uint32_t start = (uint32_t)(tag->suffix.data - tag->parser->file->src.text.data);

	return text_between(tag->parser, start, start + (uint32_t)tag->suffix.len);
}

typedef struct ast_expr *read_fn(struct parse_text text, struct err *e);

static struct ast_expr *
read_value(struct parser *p, struct src_piece piece, struct parse_text text, read_fn *read)
{
	struct err *fault = fault_slot(p);
	struct ast_expr *value;

	value = read(text, fault);
	fault_at_tag(p, fault, piece);
	return value;
}

static void
add_echo(const struct tag *tag, struct ast_body *body, enum ast_statement_kind kind, struct parse_text text)
{
	struct ast_statement *statement = statement_new(tag->parser->arena, kind, tag->piece);
	struct err *fault = fault_slot(tag->parser);

	if (!parse_tag_echo(text, statement, fault))
		statement->value = NULL;
	fault_at_tag(tag->parser, fault, tag->piece);
	body_add(body, statement);
}

static bool
add_expression(struct parser *p, struct ast_body *body, struct src_piece piece)
{
	struct tag tag = {.parser = p, .piece = piece};

	tag.suffix = src_slice(&p->file->src, piece.inner_start, piece.inner_end);
	if (tag.suffix.len == 0)
		return fail_tag(p, piece, "Empty expression");
	add_echo(&tag, body, AST_STATEMENT_ECHO, suffix_text(&tag));
	return true;
}

/* Tags without a body */

/* The name of a file: what is left without quotes, double ones first. */
static struct str
strip_quotes(struct str s)
{
	static const char quotes[] = {'"', '\''};

	for (size_t i = 0; i < COUNT_OF(quotes); i++) {
		while (s.len > 0 && s.data[0] == quotes[i])
			s = str_from(s, 1);
		while (s.len > 0 && s.data[s.len - 1] == quotes[i])
			s.len--;
	}
	return s;
}

static bool
parse_file_tag(const struct tag *tag, struct ast_body *body)
{
	bool extends = str_eq(tag->op, STR("extends"));
	struct ast_statement *statement = statement_new(
	    tag->parser->arena, extends ? AST_STATEMENT_EXTENDS : AST_STATEMENT_INCLUDE, tag->piece);

	statement->text = strip_quotes(tag->suffix);
	if (statement->text.len == 0)
		return fail_tag(tag->parser, tag->piece, "%.*s missing file path", STR_ARG(tag->op));
	tag->parser->file->has_fault |= extends && tag->around.block != BLOCK_NONE;
	body_add(body, statement);
	return true;
}

static bool
parse_set(const struct tag *tag, struct ast_body *body)
{
	struct err *fault = fault_slot(tag->parser);

	if (tag->suffix.len == 0)
		return fail_tag(tag->parser, tag->piece, "set missing statement");
	parse_tag_statements(suffix_text(tag), tag_of(tag->piece), body, fault);
	fault_at_tag(tag->parser, fault, tag->piece);
	return true;
}

static bool
parse_import(const struct tag *tag, struct ast_body *body)
{
	(void)body;
	if (tag->suffix.len == 0)
		return fail_tag(tag->parser, tag->piece, "import missing statement");
	fault_set(tag->parser, tag->piece, "import is not supported in templates");
	return true;
}

static bool
parse_comment(const struct tag *tag, struct ast_body *body)
{
	(void)tag;
	(void)body;
	return true;
}

static bool
parse_autoescape(const struct tag *tag, struct ast_body *body)
{
	(void)body;
	tag->parser->file->autoescape = str_eq(tag->suffix, STR("None")) ? STR("") : tag->suffix;
	tag->parser->file->autoescape_tag = tag_of(tag->piece);
	return true;
}

static bool
parse_whitespace(const struct tag *tag, struct ast_body *body)
{
	struct parser *p = tag->parser;

	(void)body;
	if (src_whitespace_named(tag->suffix, &p->whitespace))
		return true;
	return err_set(p->err, ERR_EXCEPTION, src_place(&p->file->src, tag->piece.start, tag->piece.end),
	    "invalid whitespace mode %.*s", STR_ARG(tag->suffix));
}

static bool
parse_raw(const struct tag *tag, struct ast_body *body)
{
	add_echo(tag, body, AST_STATEMENT_RAW, suffix_text(tag));
	return true;
}

static bool
parse_module(const struct tag *tag, struct ast_body *body)
{
	struct parse_text text = suffix_text(tag);

	text.is_module = true;
	add_echo(tag, body, AST_STATEMENT_RAW, text);
	return true;
}

static bool
parse_jump(const struct tag *tag, struct ast_body *body)
{
	bool breaks = str_eq(tag->op, STR("break"));

	if (!tag->around.in_loop)
		return fail_tag(
		    tag->parser, tag->piece, "%.*s outside {'for', 'while'} block", STR_ARG(tag->op));
	if (tag->suffix.len > 0)
		fault_set(tag->parser, tag->piece, "invalid syntax");
	body_add(body, statement_new(tag->parser->arena,
			   breaks ? AST_STATEMENT_BREAK : AST_STATEMENT_CONTINUE, tag->piece));
	return true;
}

/* Blocks */

static const struct {
	const char *name;
	enum block block;
} block_names[] = {{"if", BLOCK_IF}, {"for", BLOCK_FOR}, {"while", BLOCK_WHILE}, {"try", BLOCK_TRY},
    {"apply", BLOCK_APPLY}, {"block", BLOCK_BLOCK}};

static const struct {
	const char *name;
	enum ast_branch_kind kind;
	int parents;
	const char *parent_names;
} branch_names[] = {
    {"else", AST_BRANCH_ELSE, BLOCK_IF | BLOCK_FOR | BLOCK_WHILE | BLOCK_TRY,
	"{'for', 'if', 'try', 'while'}"},
    {"elif", AST_BRANCH_ELIF, BLOCK_IF, "{'if'}"},
    {"except", AST_BRANCH_EXCEPT, BLOCK_TRY, "{'try'}"},
    {"finally", AST_BRANCH_FINALLY, BLOCK_TRY, "{'try'}"},
};

static const char *
block_name(enum block block)
{
	size_t i = 0;

	while (block_names[i].block != block)
		i++;
	return block_names[i].name;
}

/* The row of branch_names, or its count where the operator is none of them. */
static size_t
branch_row(struct str op)
{
	size_t row = 0;

	while (row < COUNT_OF(branch_names) && !str_eq(op, str_of(branch_names[row].name)))
		row++;
	return row;
}

static bool
body_make(struct parser *p, struct ast_body *body)
{
	*body = (struct ast_body){0};
	body->end = &body->first;
	return p->depth < PARSE_DEPTH_MAX;
}

/* The order in which Python wants the branches of a statement; NULL where it is kept. */
static const char *
branch_fault(const struct ast_branch *last, enum ast_branch_kind kind, bool is_try)
{
	bool after_else = last != NULL && last->kind == AST_BRANCH_ELSE;
	bool after_except = last != NULL && last->kind == AST_BRANCH_EXCEPT;

	if (last != NULL && last->kind == AST_BRANCH_FINALLY)
		return "invalid syntax";
	if (after_else && kind != AST_BRANCH_FINALLY)
		return "invalid syntax";
	if (is_try && kind == AST_BRANCH_ELSE && !after_except)
		return "expected 'except' or 'finally' block";
	return NULL;
}

static void
read_branch(struct parser *p, struct ast_branch *branch, const struct body_end *opener)
{
	struct tag tag = {.parser = p, .piece = opener->piece, .suffix = opener->suffix};
	struct err *fault;

	branch->tag = tag_of(opener->piece);
	if (branch->kind == AST_BRANCH_ELIF) {
		branch->value = read_value(p, opener->piece, suffix_text(&tag), parse_tag_condition);
	} else if (branch->kind == AST_BRANCH_EXCEPT) {
		fault = fault_slot(p);
		parse_tag_except(suffix_text(&tag), &branch->value, &branch->target, fault);
		fault_at_tag(p, fault, opener->piece);
	} else if (opener->suffix.len > 0) {
		fault = fault_slot(p);
		err_set(fault, ERR_SYNTAX, src_place(&p->file->src, opener->piece.start, opener->piece.end),
		    "expected ':'");
		if (branch->kind == AST_BRANCH_ELSE && str_starts(opener->suffix, STR("if")))
			err_set_hint(fault, "did you mean 'elif'?");
	}
}

static bool
is_bare_except(const struct ast_branch *branch)
{
	return branch != NULL && branch->kind == AST_BRANCH_EXCEPT && branch->value == NULL;
}

/* The branches behind the first body, up to the end tag. */
static bool
parse_branches(
    struct parser *p, struct enclosure inner, struct ast_branch **end_of_list, struct body_end *end)
{
	struct ast_branch *last = NULL;
	struct src_piece last_piece = {0};

	while (!str_eq(end->op, STR("end"))) {
		struct ast_branch *branch = ARENA_NEW(p->arena, struct ast_branch);
		const char *fault;

		branch->kind = branch_names[branch_row(end->op)].kind;
		fault = branch_fault(last, branch->kind, inner.block == BLOCK_TRY);
		if (fault != NULL)
			fault_set(p, end->piece, fault);
		if (branch->kind == AST_BRANCH_EXCEPT && is_bare_except(last))
			fault_set(p, last_piece, "default 'except:' must be last");
		last_piece = end->piece;
		read_branch(p, branch, end);
		if (!parse_body(p, inner, &branch->body, end))
			return false;
		*end_of_list = last = branch;
		end_of_list = &branch->next;
	}
	return true;
}

/* Tornado sees it only at the end of the block. */
static bool
fail_unnamed(const struct tag *tag, struct src_piece end, const char *message, const char *hint)
{
	struct parser *p = tag->parser;

	fail_tag(p, end, "%s", message);
	err_set_hint(p->err, "%s", hint);
	err_add_frame(p->err, tag->op, src_place(&p->file->src, tag->piece.start, tag->piece.end));
	return false;
}

static bool
parse_apply(const struct tag *tag, struct ast_body *body, struct ast_statement *statement)
{
	struct enclosure inner = {BLOCK_APPLY, false, tag->piece};
	struct body_end end;

	statement->kind = AST_STATEMENT_APPLY;
	statement->text = tag->suffix;
	if (!parse_body(tag->parser, inner, &statement->body, &end))
		return false;
	if (tag->suffix.len == 0)
		return fail_unnamed(tag, end.piece, "apply missing method name", "{% apply FUNCTION %}");
	statement->value = read_value(tag->parser, tag->piece, suffix_text(tag), parse_tag_function);
	body_add(body, statement);
	return true;
}

static bool
parse_named_block(const struct tag *tag, struct ast_body *body, struct ast_statement *statement)
{
	struct parser *p = tag->parser;
	struct enclosure inner = {BLOCK_BLOCK, tag->around.in_loop, tag->piece};
	struct body_end end;
	struct err *outer = p->fault;
	bool parsed;

	statement->kind = AST_STATEMENT_BLOCK;
	statement->text = tag->suffix;
	p->fault = statement->fault = fault_new(p->arena);
	parsed = parse_body(p, inner, &statement->body, &end);
	p->fault = outer;
	if (!parsed)
		return false;
	if (tag->suffix.len == 0)
		return fail_unnamed(tag, end.piece, "block missing name", "{% block NAME %}");
	body_add(body, statement);
	return true;
}

static void
read_loop(const struct tag *tag, struct ast_statement *statement)
{
	struct err *fault = fault_slot(tag->parser);

	parse_tag_loop(suffix_text(tag), &statement->target, &statement->value, fault);
	fault_at_tag(tag->parser, fault, tag->piece);
}

/* if, for, while and try: a body and branches. An if is all branches. */
static bool
parse_control(const struct tag *tag, struct ast_body *body, struct ast_statement *statement, enum block block)
{
	struct parser *p = tag->parser;
	bool loop = block == BLOCK_FOR || block == BLOCK_WHILE;
	struct enclosure inner = {block, loop || tag->around.in_loop, tag->piece};
	struct ast_body *first = &statement->body;
	struct ast_branch **branches = &statement->branches;
	struct body_end end;

	if (block == BLOCK_FOR)
		read_loop(tag, statement);
	else if (block != BLOCK_TRY)
		statement->value = read_value(p, tag->piece, suffix_text(tag), parse_tag_condition);
	else if (tag->suffix.len > 0)
		fault_set(p, tag->piece, "expected ':'");
	if (block == BLOCK_IF) {
		*branches = ARENA_NEW(p->arena, struct ast_branch);
		(*branches)->tag = tag_of(tag->piece);
		(*branches)->value = statement->value;
		first = &(*branches)->body;
		branches = &(*branches)->next;
	}
	if (!parse_body(p, inner, first, &end) || !parse_branches(p, inner, branches, &end))
		return false;
	body_add(body, statement);
	p->file->has_fault |= block == BLOCK_TRY && statement->branches == NULL;
	return true;
}

static bool
parse_block(const struct tag *tag, struct ast_body *body, enum block block)
{
	static const enum ast_statement_kind kinds[] = {
	    [BLOCK_IF] = AST_STATEMENT_CHOICE,
	    [BLOCK_FOR] = AST_STATEMENT_LOOP,
	    [BLOCK_WHILE] = AST_STATEMENT_WHILE,
	    [BLOCK_TRY] = AST_STATEMENT_TRY,
	};
	struct ast_statement *statement = statement_new(tag->parser->arena, AST_STATEMENT_APPLY, tag->piece);

	if (block == BLOCK_APPLY)
		return parse_apply(tag, body, statement);
	if (block == BLOCK_BLOCK)
		return parse_named_block(tag, body, statement);
	statement->kind = kinds[block];
	return parse_control(tag, body, statement, block);
}

/* Tags */

static const struct {
	const char *name;
	bool (*parse)(const struct tag *tag, struct ast_body *body);
} simple_tags[] = {
    {"extends", parse_file_tag},
    {"include", parse_file_tag},
    {"set", parse_set},
    {"import", parse_import},
    {"from", parse_import},
    {"comment", parse_comment},
    {"autoescape", parse_autoescape},
    {"whitespace", parse_whitespace},
    {"raw", parse_raw},
    {"module", parse_module},
    {"break", parse_jump},
    {"continue", parse_jump},
};

/* The directive whose name is near to that of the tag. */
static struct str_near
nearest_directive(struct str name)
{
	struct str_near near = str_near_make(name);

	for (size_t i = 0; i < COUNT_OF(block_names); i++)
		str_near_try(&near, str_of(block_names[i].name));
	for (size_t i = 0; i < COUNT_OF(simple_tags); i++)
		str_near_try(&near, str_of(simple_tags[i].name));
	for (size_t i = 0; i < COUNT_OF(branch_names); i++)
		str_near_try(&near, str_of(branch_names[i].name));
	str_near_try(&near, STR("end"));
	return near;
}

/* The letters that the operator starts with: "if" of "if(x)", "else" of "else:". */
static struct str
leading_word(struct arena *a, struct str op)
{
	size_t len = 0;

	while (len < op.len && (isalnum((unsigned char)op.data[len]) || op.data[len] == '_'))
		len++;
	return str_lower(a, str_slice(op, 0, len));
}

static bool
fail_unknown(const struct tag *tag)
{
	struct arena *a = tag->parser->arena;
	struct str word = leading_word(a, tag->op);
	struct str_near near = nearest_directive(word);
	const char *known = hint_of_directive(word);
	struct buf quoted = buf_make(a);

	value_add_quoted(&quoted, tag->op, false);
	fail_tag(tag->parser, tag->piece, "unknown operator: %.*s", STR_ARG(buf_str(&quoted)));
	if (known != NULL)
		err_set_hint(tag->parser->err, "%s", known);
	else if (str_starts(word, STR("end")))
		err_set_hint(tag->parser->err, "did you mean 'end'?");
	else if (str_starts(tag->suffix, STR("=")))
		err_set_hint(tag->parser->err, "{%% set %.*s = … %%}", STR_ARG(tag->op));
	else if (str_starts(tag->op, STR("-")) || str_starts(tag->op, STR("+")))
		err_set_hint(tag->parser->err, "it strips nothing here: {%% whitespace oneline %%} does");
	else if (str_eq(near.nearest, word) && tag->op.len > word.len && tag->op.data[word.len] != ':')
		err_set_hint(tag->parser->err, "a space belongs behind '%.*s'", STR_ARG(word));
	else
		hint_set_nearest(tag->parser->err, &near);
	return false;
}

static bool
parse_tag(const struct tag *tag, struct ast_body *body)
{
	for (size_t i = 0; i < COUNT_OF(block_names); i++)
		if (str_eq(tag->op, str_of(block_names[i].name)))
			return parse_block(tag, body, block_names[i].block);
	for (size_t i = 0; i < COUNT_OF(simple_tags); i++)
		if (str_eq(tag->op, str_of(simple_tags[i].name)))
			return simple_tags[i].parse(tag, body);
	return fail_unknown(tag);
}

/* Whether the tag ends the body: an end tag, or a branch that belongs here. */
static bool
check_closing(const struct tag *tag, bool *closes)
{
	size_t row = branch_row(tag->op);

	*closes = true;
	if (str_eq(tag->op, STR("end"))) {
		if (tag->around.block == BLOCK_NONE)
			return fail_tag(tag->parser, tag->piece, "Extra {%% end %%} block");
		return true;
	}
	*closes = row < COUNT_OF(branch_names);
	if (!*closes)
		return true;
	if (tag->around.block == BLOCK_NONE)
		return fail_tag(tag->parser, tag->piece, "%.*s outside %s block", STR_ARG(tag->op),
		    branch_names[row].parent_names);
	if (!(branch_names[row].parents & (int)tag->around.block))
		return fail_tag(tag->parser, tag->piece, "%.*s block cannot be attached to %s block",
		    STR_ARG(tag->op), block_name(tag->around.block));
	return true;
}

static bool
tag_open(struct parser *p, struct src_piece piece, struct enclosure around, struct tag *tag)
{
	struct str contents = src_slice(&p->file->src, piece.inner_start, piece.inner_end);
	size_t space = str_find_char(contents, ' ');

	*tag = (struct tag){.parser = p, .piece = piece, .around = around};
	if (contents.len == 0)
		return fail_tag(p, piece, "Empty block tag ({%% %%})");
	tag->op = str_slice(contents, 0, space == STR_NONE ? contents.len : space);
	tag->suffix = utf8_trim(str_from(contents, tag->op.len));
	return true;
}

static bool
fail_missing_end(struct parser *p, const struct enclosure *open)
{
	uint32_t end = p->scanner.after_tag;
	struct err_place opened = src_place(&p->file->src, open->tag.start, open->tag.end);
	const char *hint = hint_of_tag(src_slice(&p->file->src, open->tag.start, open->tag.end));

	fail_tag(p, (struct src_piece){.start = end - 2, .end = end}, "Missing {%% end %%} block for %s",
	    block_name(open->block));
	if (hint != NULL)
		err_set_hint(p->err, "%s", hint);
	else
		err_set_hint(
		    p->err, "the {%% %s %%} of line %d has none", block_name(open->block), opened.line);
	err_add_frame(p->err, str_of(block_name(open->block)), opened);
	return false;
}

static bool
parse_piece(struct parser *p, struct src_piece piece, struct enclosure around, struct ast_body *body,
    struct body_end *end)
{
	struct tag tag;
	bool closes;

	if (piece.kind == SRC_TEXT)
		add_text(p, body, piece);
	if (piece.kind == SRC_EXPRESSION)
		return add_expression(p, body, piece);
	if (piece.kind != SRC_BLOCK)
		return true;
	if (!tag_open(p, piece, around, &tag) || !check_closing(&tag, &closes))
		return false;
	if (!closes)
		return parse_tag(&tag, body);
	*end = (struct body_end){piece, tag.op, tag.suffix};
	return true;
}

static bool
parse_body(struct parser *p, struct enclosure around, struct ast_body *body, struct body_end *end)
{
	struct src_piece piece;

	*end = (struct body_end){0};
	if (!body_make(p, body))
		return err_set(p->err, ERR_SYNTAX,
		    src_place(&p->file->src, p->scanner.after_tag - 2, p->scanner.after_tag),
		    "too many nested blocks");
	p->depth++;
	while (end->op.len == 0) {
		if (!src_next(&p->scanner, &piece, p->err))
			return false;
		if (piece.kind == SRC_END && around.block != BLOCK_NONE)
			return fail_missing_end(p, &around);
		if (piece.kind == SRC_END)
			break;
		if (!parse_piece(p, piece, around, body, end))
			return false;
	}
	p->depth--;
	return true;
}

static void
parse_autoescape_function(struct parser *p)
{
	struct ast_file *file = p->file;
	struct src_piece piece = {.start = file->autoescape_tag.start, .end = file->autoescape_tag.end};
	struct parse_text text = {.arena = p->arena, .src = &file->src};

	if (file->autoescape.len == 0)
		return;
	if (file->autoescape_tag.end == 0) {
		file->autoescape_function = parse_tag_call_by_name(p->arena, file->autoescape);
		return;
	}
	text.start = (uint32_t)(file->autoescape.data - file->src.text.data);
	text.end = text.start + (uint32_t)file->autoescape.len;
	p->fault = file->autoescape_fault = fault_new(p->arena);
	file->autoescape_function = read_value(p, piece, text, parse_tag_function);
}

static bool
has_extends(const struct ast_file *file)
{
	for (const struct ast_statement *s = file->body.first; s != NULL; s = s->next)
		if (s->kind == AST_STATEMENT_EXTENDS)
			return true;
	return false;
}

struct ast_file *
parse_file(struct arena *a, struct src src, struct err *e)
{
	struct ast_file *file = ARENA_NEW(a, struct ast_file);
	struct parser p = {.arena = a, .file = file, .err = e};
	struct body_end end;

	p.fault = file->fault = fault_new(a);
	file->src = src;
	file->autoescape = STR("xhtml_escape");
	p.scanner = src_scan(&file->src);
	p.whitespace = src_whitespace_default(src.name);
	if (!src_check(&file->src, e) ||
	    !parse_body(&p, (struct enclosure){.block = BLOCK_NONE}, &file->body, &end))
		return NULL;
	parse_autoescape_function(&p);
	file->extends = has_extends(file);
	return file;
}
