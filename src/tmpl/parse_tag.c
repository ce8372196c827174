#include "tmpl/parse_tag.h"

#include "tmpl/parse_python.h"

static bool
text_open(struct cursor *c, struct parse_text text, struct err *e)
{
	struct lex lex;

	if (!lex_run(text.arena, text.src, text.start, text.end, &lex, e))
		return false;
	*c = (struct cursor){.arena = text.arena, .src = text.src, .tokens = lex.tokens, .err = e};
	return true;
}

enum { PYTHON_INDENT = 4 };

/* How many spaces are before the next token on its line. */
static uint32_t
count_indent(const struct cursor *c)
{
	uint32_t end = cursor_token(c)->start, at = end;

	while (at > 0 && c->src->text.data[at - 1] == ' ')
		at--;
	return end - at;
}

/* Whether the token may follow a statement. */
static bool
statement_ends(const struct cursor *c)
{
	enum lex_kind kind = cursor_token(c)->kind;

	return kind == LEX_END || kind == LEX_COMMENT || kind == LEX_NEWLINE || cursor_is_operator(c, ";");
}

/*
 * More than one line. Tornado puts the tag into an indented line, so that what follows a line of its own is indented
 * otherwise. Python sees that only behind that line, which must be a statement where it stands no further in.
 */
static bool
fail_line(struct cursor *c)
{
	struct err_place place = src_place(c->src, cursor_token(c)->start, cursor_token(c)->end);
	struct ast_body unused = {.end = &unused.first};
	uint32_t indent = count_indent(c);
	bool is_line = (indent == 0 || indent == PYTHON_INDENT) && !cursor_is_operator(c, "*");

	if (is_line && !parse_statement(c, &unused, (struct ast_tag){0}))
		return false;
	if (is_line && !statement_ends(c))
		return cursor_fail_unexpected(c) != NULL;
	err_set(c->err, ERR_INDENTATION, place, "unexpected indent");
	err_set_hint(c->err, "an expression of several lines needs brackets around it");
	return false;
}

/* At the end? Comments may follow where the tag becomes a line of its own in Python. */
static bool
text_ends(struct cursor *c, bool allow_comment)
{
	bool is_next_line = false;

	while (
	    allow_comment && (cursor_token(c)->kind == LEX_COMMENT || cursor_token(c)->kind == LEX_NEWLINE)) {
		is_next_line |= cursor_token(c)->kind == LEX_NEWLINE;
		c->at++;
	}
	if (cursor_token(c)->kind == LEX_END)
		return true;
	if (is_next_line)
		return fail_line(c);
	cursor_fail_unexpected(c);
	return false;
}

/* Statements with semicolons before them; one may stand at the end, too. */
static bool
parse_more(struct cursor *c, struct ast_body *body, struct ast_tag tag)
{
	while (cursor_take_operator(c, ";") && cursor_token(c)->kind != LEX_END &&
	       cursor_token(c)->kind != LEX_COMMENT)
		if (!parse_statement(c, body, tag))
			return false;
	return true;
}

bool
parse_tag_echo(struct parse_text text, struct ast_statement *statement, struct err *e)
{
	struct cursor c;
	struct ast_expr *first;

	statement->body.end = &statement->body.first;
	if (!text_open(&c, text, e))
		return false;
	c.awaits_modules = text.is_module;
	if (text.is_module && !cursor_is_name(&c)) {
		cursor_fail_unexpected(&c);
		return false;
	}
	first = parse_list(&c);
	return first != NULL && parse_assigned(&c, statement, first) &&
	       parse_more(&c, &statement->body, statement->tag) && text_ends(&c, true);
}

struct ast_expr *
parse_tag_condition(struct parse_text text, struct err *e)
{
	struct cursor c;
	struct ast_expr *value = text_open(&c, text, e) ? parse_value(&c) : NULL;

	return value && text_ends(&c, false) ? value : NULL;
}

struct ast_expr *
parse_tag_call_by_name(struct arena *a, struct str name)
{
	struct ast_expr *call = ARENA_NEW(a, struct ast_expr);

	call->kind = AST_CALL;
	call->left = ARENA_NEW(a, struct ast_expr);
	call->left->kind = AST_NAME;
	call->left->name = name;
	call->items = ARENA_NEW(a, struct ast_expr);
	call->items->kind = AST_BODY;
	return call;
}

struct ast_expr *
parse_tag_function(struct parse_text text, struct err *e)
{
	struct cursor c;
	struct ast_expr *value;

	if (!text_open(&c, text, e))
		return NULL;
	c.awaits_body = true;
	value = parse_list(&c);
	if (value == NULL || !text_ends(&c, false))
		return NULL;
	return c.awaits_body ? cursor_fail_unexpected(&c) : value;
}

bool
parse_tag_loop(struct parse_text text, struct ast_expr **target, struct ast_expr **values, struct err *e)
{
	struct cursor c;

	if (!text_open(&c, text, e) || (*target = parse_list_of(&c, parse_target)) == NULL ||
	    !parse_check_target(&c, *target))
		return false;
	if (!cursor_take_word(&c, "in")) {
		cursor_fail(&c, "invalid syntax");
		err_set_hint(e, "for NAME in VALUES");
		return false;
	}
	*values = parse_list(&c);
	return *values != NULL && text_ends(&c, false);
}

bool
parse_tag_except(struct parse_text text, struct ast_expr **class, struct ast_expr **name, struct err *e)
{
	struct cursor c;

	*class = *name = NULL;
	if (!text_open(&c, text, e))
		return false;
	if (cursor_token(&c)->kind == LEX_END)
		return true;
	*class = parse_value(&c);
	if (*class == NULL)
		return false;
	if (cursor_is_operator(&c, ","))
		return cursor_fail(&c, "multiple exception types must be parenthesized") != NULL;
	if (cursor_take_word(&c, "as")) {
		if (!cursor_is_name(&c))
			return cursor_fail_unexpected(&c) != NULL;
		*name = parse_name(&c);
	}
	return text_ends(&c, false);
}

bool
parse_tag_statements(struct parse_text text, struct ast_tag tag, struct ast_body *body, struct err *e)
{
	struct cursor c;

	if (!text_open(&c, text, e))
		return false;
	return parse_statement(&c, body, tag) && parse_more(&c, body, tag) && text_ends(&c, true);
}
