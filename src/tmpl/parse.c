#include "tmpl/parse.h"

#include "base/utf8.h"
#include "tmpl/hint.h"
#include "tmpl/parse_tornado.h"
#include "tmpl/value.h"

#include <ctype.h>

/* The deepest nesting of blocks: later stages walk it by recursion. */
enum { PARSE_DEPTH_MAX = 100 };

/* Errors */

bool
parse_fail(struct parser *p, struct src_piece piece, const char *format, ...)
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

struct err *
parse_fault_new(struct arena *a)
{
	struct err *fault = ARENA_NEW(a, struct err);

	*fault = err_make(a);
	return fault;
}

struct err *
parse_fault_slot(struct parser *p)
{
	struct err *slot = p->fault->kind == ERR_NONE ? p->fault : &p->fault_ignored;

	*slot = err_make(p->arena);
	return slot;
}

void
parse_fault_at(struct parser *p, struct err *fault, struct src_piece piece)
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

void
parse_fault_set(struct parser *p, struct src_piece piece, const char *message)
{
	p->file->has_fault = true;
	err_set(
	    parse_fault_slot(p), ERR_SYNTAX, src_place(&p->file->src, piece.start, piece.end), "%s", message);
}

/* Statements */

struct ast_tag
parse_place(struct src_piece piece)
{
	return (struct ast_tag){piece.start, piece.end};
}

static void
add_text(struct parser *p, struct ast_body *body, struct src_piece piece)
{
	struct ast_statement *text = ast_statement_new(p->arena, AST_STATEMENT_TEXT, parse_place(piece));

	text->text =
	    src_filter(p->arena, src_slice(&p->file->src, piece.inner_start, piece.inner_end), p->whitespace);
	if (text->text.len > 0)
		ast_body_add(body, text);
}

static struct parse_text
text_between(struct parser *p, uint32_t start, uint32_t end)
{
	return (struct parse_text){.arena = p->arena, .src = &p->file->src, .start = start, .end = end};
}

struct parse_text
parse_suffix(const struct parse_tag *tag)
{
	uint32_t start = (uint32_t)(tag->suffix.data - tag->parser->file->src.text.data);

	return text_between(tag->parser, start, start + (uint32_t)tag->suffix.len);
}

struct ast_expr *
parse_read(struct parser *p, struct src_piece piece, struct parse_text text, parse_read_fn *read)
{
	struct err *fault = parse_fault_slot(p);
	struct ast_expr *value;

	value = read(text, fault);
	parse_fault_at(p, fault, piece);
	return value;
}

void
parse_add_echo(
    const struct parse_tag *tag, struct ast_body *body, enum ast_statement_kind kind, struct parse_text text)
{
	struct ast_statement *statement =
	    ast_statement_new(tag->parser->arena, kind, parse_place(tag->piece));
	struct err *fault = parse_fault_slot(tag->parser);

	if (!parse_tag_echo(text, statement, fault))
		statement->value = NULL;
	parse_fault_at(tag->parser, fault, tag->piece);
	ast_body_add(body, statement);
}

static bool
add_expression(struct parser *p, struct ast_body *body, struct src_piece piece)
{
	struct parse_tag tag = {.parser = p, .piece = piece};

	tag.suffix = src_slice(&p->file->src, piece.inner_start, piece.inner_end);
	if (tag.suffix.len == 0)
		return parse_fail(p, piece, "Empty expression");
	parse_add_echo(&tag, body, AST_STATEMENT_ECHO, parse_suffix(&tag));
	return true;
}

/* Tags */

/* The directive whose name is near to that of the tag. */
static struct str_near
nearest_directive(struct str name)
{
	struct str_near near = str_near_make(name);

	parse_block_near(&near);
	parse_directive_near(&near);
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
fail_unknown(const struct parse_tag *tag)
{
	struct arena *a = tag->parser->arena;
	struct str word = leading_word(a, tag->op);
	struct str_near near = nearest_directive(word);
	const char *known = hint_of_directive(word);
	struct buf quoted = buf_make(a);

	value_add_quoted(&quoted, tag->op, false);
	parse_fail(tag->parser, tag->piece, "unknown operator: %.*s", STR_ARG(buf_str(&quoted)));
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
parse_tag(const struct parse_tag *tag, struct ast_body *body)
{
	enum parse_block block = parse_block_find(tag->op);
	parse_directive_fn *parse = parse_directive_find(tag->op);

	if (block != PARSE_BLOCK_NONE)
		return parse_block(tag, body, block);
	return parse != NULL ? parse(tag, body) : fail_unknown(tag);
}

static bool
tag_open(struct parser *p, struct src_piece piece, struct parse_enclosure around, struct parse_tag *tag)
{
	struct str contents = src_slice(&p->file->src, piece.inner_start, piece.inner_end);
	size_t space = str_find_char(contents, ' ');

	*tag = (struct parse_tag){.parser = p, .piece = piece, .around = around};
	if (contents.len == 0)
		return parse_fail(p, piece, "Empty block tag ({%% %%})");
	tag->op = str_slice(contents, 0, space == STR_NONE ? contents.len : space);
	tag->suffix = utf8_trim(str_from(contents, tag->op.len));
	return true;
}

static bool
fail_missing_end(struct parser *p, const struct parse_enclosure *open)
{
	uint32_t end = p->scanner.after_tag;
	struct err_place opened = src_place(&p->file->src, open->tag.start, open->tag.end);
	const char *hint = hint_of_tag(src_slice(&p->file->src, open->tag.start, open->tag.end));

	parse_fail(p, (struct src_piece){.start = end - 2, .end = end}, "Missing {%% end %%} block for %s",
	    parse_block_name(open->block));
	if (hint != NULL)
		err_set_hint(p->err, "%s", hint);
	else
		err_set_hint(
		    p->err, "the {%% %s %%} of line %d has none", parse_block_name(open->block), opened.line);
	err_add_frame(p->err, str_of(parse_block_name(open->block)), opened);
	return false;
}

static bool
parse_piece(struct parser *p, struct src_piece piece, struct parse_enclosure around, struct ast_body *body,
    struct parse_end *end)
{
	struct parse_tag tag;
	bool closes;

	if (piece.kind == SRC_TEXT)
		add_text(p, body, piece);
	if (piece.kind == SRC_EXPRESSION)
		return add_expression(p, body, piece);
	if (piece.kind != SRC_BLOCK)
		return true;
	if (!tag_open(p, piece, around, &tag) || !parse_check_closing(&tag, &closes))
		return false;
	if (!closes)
		return parse_tag(&tag, body);
	*end = (struct parse_end){piece, tag.op, tag.suffix};
	return true;
}

bool
parse_body(struct parser *p, struct parse_enclosure around, struct ast_body *body, struct parse_end *end)
{
	struct src_piece piece;

	*end = (struct parse_end){0};
	ast_body_open(body);
	if (p->depth >= PARSE_DEPTH_MAX)
		return err_set(p->err, ERR_SYNTAX,
		    src_place(&p->file->src, p->scanner.after_tag - 2, p->scanner.after_tag),
		    "too many nested blocks");
	p->depth++;
	while (end->op.len == 0) {
		if (!src_next(&p->scanner, &piece, p->err))
			return false;
		if (piece.kind == SRC_END && around.block != PARSE_BLOCK_NONE)
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
	p->fault = file->autoescape_fault = parse_fault_new(p->arena);
	file->autoescape_function = parse_read(p, piece, text, parse_tag_function);
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
	struct parse_end end;

	p.fault = file->fault = parse_fault_new(a);
	file->src = src;
	file->autoescape = STR("xhtml_escape");
	p.scanner = src_scan(&file->src);
	p.whitespace = src_whitespace_default(src.name);
	if (!src_check(&file->src, e) ||
	    !parse_body(&p, (struct parse_enclosure){.block = PARSE_BLOCK_NONE}, &file->body, &end))
		return NULL;
	parse_autoescape_function(&p);
	file->extends = has_extends(file);
	return file;
}
