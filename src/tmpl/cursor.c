#include "tmpl/cursor.h"

/* The deepest tree: later stages walk it by recursion. */
enum { CURSOR_DEPTH_MAX = 500 };

#define TOO_DEEP "the expression is nested too deeply"

/* Tokens */

const struct lex_token *
cursor_token(const struct cursor *c)
{
	return &c->tokens[c->at];
}

struct str
cursor_text(const struct cursor *c)
{
	return src_slice(c->src, cursor_token(c)->start, cursor_token(c)->end);
}

bool
cursor_is_operator(const struct cursor *c, const char *text)
{
	return cursor_token(c)->kind == LEX_OPERATOR && str_eq(cursor_text(c), str_of(text));
}

bool
cursor_is_word(const struct cursor *c, const char *word)
{
	return cursor_token(c)->kind == LEX_NAME && str_eq(cursor_text(c), str_of(word));
}

bool
cursor_take_operator(struct cursor *c, const char *text)
{
	bool found = cursor_is_operator(c, text);

	c->at += found;
	return found;
}

bool
cursor_take_word(struct cursor *c, const char *word)
{
	bool found = cursor_is_word(c, word);

	c->at += found;
	return found;
}

bool
cursor_is_name(const struct cursor *c)
{
	return cursor_token(c)->kind == LEX_NAME && !lex_is_keyword(cursor_text(c));
}

bool
cursor_is_assigned(const struct cursor *c)
{
	const struct lex_token *next = cursor_token(c) + 1;

	return next->kind == LEX_OPERATOR && next->end - next->start == 1 &&
	       c->src->text.data[next->start] == '=';
}

bool
cursor_take_body(struct cursor *c)
{
	bool next = c->awaits_body && cursor_token(c)->kind == LEX_END;

	c->awaits_body &= !next;
	return next;
}

/* Errors */

void *
cursor_fail_at(struct cursor *c, uint32_t start, uint32_t end, const char *message)
{
	err_set(c->err, ERR_SYNTAX, src_place(c->src, start, end), "%s", message);
	return NULL;
}

void *
cursor_fail(struct cursor *c, const char *message)
{
	return cursor_fail_at(c, cursor_token(c)->start, cursor_token(c)->end, message);
}

/* What is refused on purpose. */
void *
cursor_fail_unexpected(struct cursor *c)
{
	static const struct {
		const char *text, *message, *hint;
	} known[] = {
	    {":=", "':=' is not supported in templates", "use {% set %}"},
	    {"yield", "'yield' is not supported in templates", NULL},
	    {"await", "'await' is not supported in templates", NULL},
	    {"...", "'...' is not supported in templates", NULL},
	};
	bool at_operator = cursor_token(c)->kind == LEX_OPERATOR || cursor_token(c)->kind == LEX_NAME;

	for (size_t i = 0; at_operator && i < COUNT_OF(known); i++) {
		if (!str_eq(cursor_text(c), str_of(known[i].text)))
			continue;
		cursor_fail(c, known[i].message);
		if (known[i].hint != NULL)
			err_set_hint(c->err, "%s", known[i].hint);
		return NULL;
	}
	return cursor_fail(c, "invalid syntax");
}

bool
cursor_expect(struct cursor *c, const char *text)
{
	if (cursor_take_operator(c, text))
		return true;
	cursor_fail_unexpected(c);
	return false;
}

/* Nesting */

bool
cursor_enter(struct cursor *c)
{
	if (c->nesting >= CURSOR_DEPTH_MAX)
		return cursor_fail(c, TOO_DEEP) != NULL;
	c->nesting++;
	return true;
}

void
cursor_leave(struct cursor *c)
{
	c->nesting--;
}

/* Nodes */

struct ast_expr *
cursor_node(struct cursor *c, enum ast_kind kind, uint32_t start)
{
	struct ast_expr *node = ARENA_NEW(c->arena, struct ast_expr);

	node->kind = kind;
	node->start = start;
	return node;
}

static int
depth_of(const struct ast_expr *node)
{
	return node ? node->depth : 0;
}

struct ast_expr *
cursor_node_end(struct cursor *c, struct ast_expr *node)
{
	int depth = MAX(MAX(depth_of(node->left), depth_of(node->right)), depth_of(node->third));

	for (const struct ast_expr *item = node->items; item != NULL; item = item->next)
		depth = MAX(depth, item->depth);
	node->depth = (uint16_t)(depth + 1);
	node->end = c->at > 0 ? c->tokens[c->at - 1].end : node->start;
	if (depth + 1 > CURSOR_DEPTH_MAX)
		return cursor_fail_at(c, node->start, node->end, TOO_DEEP);
	return node;
}
