#include "tmpl/parse_python.h"

bool
parse_items(struct cursor *c, struct ast_expr *first, const char *close, size_t *commas)
{
	struct ast_expr **end = &first->next;

	for (*commas = 0; cursor_take_operator(c, ","); end = &(*end)->next) {
		++*commas;
		if (cursor_is_operator(c, close))
			break;
		*end = parse_starred(c, parse_value);
		if (*end == NULL)
			return false;
	}
	return cursor_expect(c, close);
}

/* Parentheses or brackets: empty, one value, several, or a parse_comprehension. */
static struct ast_expr *
parse_sequence(struct cursor *c, const char *close, enum ast_kind kind, enum ast_kind comprehended)
{
	struct ast_expr *node = cursor_node(c, kind, cursor_token(c)->start), *first;
	size_t commas;

	c->at++;
	if (cursor_take_operator(c, close))
		return cursor_node_end(c, node);
	first = parse_starred(c, parse_value);
	if (first == NULL)
		return NULL;
	if (cursor_is_word(c, "for")) {
		uint32_t start = node->start;

		node = parse_comprehension(c, comprehended, first, NULL);
		if (node == NULL || !cursor_expect(c, close))
			return NULL;
		node->start = start;
		return cursor_node_end(c, node);
	}
	if (!parse_items(c, first, close, &commas))
		return NULL;
	node->items = first;
	if (kind != AST_TUPLE || commas > 0)
		return cursor_node_end(c, node);
	if (first->kind == AST_STARRED)
		return cursor_fail_at(c, first->start, first->end, "cannot use starred expression here");
	first->in_parentheses = true;
	return first;
}

static struct ast_expr *
parse_pair(struct cursor *c)
{
	struct ast_expr *node = cursor_node(c, AST_DOUBLE_STARRED, cursor_token(c)->start);

	if (cursor_take_operator(c, "**")) {
		node->left = parse_arithmetic(c);
		return node->left ? cursor_node_end(c, node) : NULL;
	}
	node->kind = AST_PAIR;
	node->left = parse_value(c);
	if (node->left == NULL || !cursor_expect(c, ":"))
		return NULL;
	node->right = parse_value(c);
	return node->right ? cursor_node_end(c, node) : NULL;
}

static struct ast_expr *
parse_dict(struct cursor *c, uint32_t start)
{
	struct ast_expr *node = cursor_node(c, AST_DICT, start), **end = &node->items;

	while (!cursor_is_operator(c, "}")) {
		*end = parse_pair(c);
		if (*end == NULL)
			return NULL;
		if (cursor_is_word(c, "for") && end == &node->items && (*end)->kind == AST_PAIR) {
			node = parse_comprehension(c, AST_DICT_OF, (*end)->left, (*end)->right);
			break;
		}
		end = &(*end)->next;
		if (!cursor_take_operator(c, ","))
			break;
	}
	if (node == NULL || !cursor_expect(c, "}"))
		return NULL;
	node->start = start;
	return cursor_node_end(c, node);
}

/* Braces: a dict, a set, or a parse_comprehension of one. */
static struct ast_expr *
parse_braces(struct cursor *c)
{
	size_t brace = c->at;
	struct ast_expr *first;

	c->at++;
	if (cursor_is_operator(c, "}") || cursor_is_operator(c, "**"))
		return parse_dict(c, c->tokens[brace].start);
	first = parse_starred(c, parse_value);
	if (first == NULL)
		return NULL;
	c->at = cursor_is_operator(c, ":") ? brace + 1 : brace;
	if (c->at > brace)
		return parse_dict(c, c->tokens[brace].start);
	return parse_sequence(c, "}", AST_SET, AST_SET_OF);
}

struct ast_expr *
parse_constant(struct cursor *c, struct tmpl_value value)
{
	struct ast_expr *node = cursor_node(c, AST_CONSTANT, cursor_token(c)->start);

	node->constant = value;
	c->at++;
	return cursor_node_end(c, node);
}

static struct ast_expr *
parse_number(struct cursor *c)
{
	if (cursor_token(c)->is_min_int) {
		err_set(c->err, ERR_OVERFLOW, src_place(c->src, cursor_token(c)->start, cursor_token(c)->end),
		    "an integer of a template has 64 bits: this one is too large");
		return NULL;
	}
	return parse_constant(c, cursor_token(c)->value);
}

/* Neighbouring strings are one. */
static struct ast_expr *
parse_strings(struct cursor *c)
{
	struct ast_expr *node = cursor_node(c, AST_CONSTANT, cursor_token(c)->start);
	struct buf b = buf_make(c->arena);

	node->constant = cursor_token(c)->value;
	for (; cursor_token(c)->kind == LEX_STRING; c->at++)
		buf_add(&b, str_make(cursor_token(c)->value.as.text, cursor_token(c)->value.len));
	node->constant = tmpl_str(buf_str(&b));
	return cursor_node_end(c, node);
}

struct ast_expr *
parse_name(struct cursor *c)
{
	struct ast_expr *node = cursor_node(c, AST_NAME, cursor_token(c)->start);

	node->name = cursor_text(c);
	c->at++;
	return cursor_node_end(c, node);
}

struct ast_expr *
parse_atom(struct cursor *c)
{
	if (cursor_take_body(c))
		return parse_applied(c);
	if (cursor_is_name(c))
		return parse_name(c);
	if (cursor_token(c)->kind == LEX_NUMBER)
		return parse_number(c);
	if (cursor_token(c)->kind == LEX_STRING)
		return parse_strings(c);
	if (cursor_is_operator(c, "("))
		return parse_sequence(c, ")", AST_TUPLE, AST_GENERATOR);
	if (cursor_is_operator(c, "["))
		return parse_sequence(c, "]", AST_LIST, AST_LIST_OF);
	if (cursor_is_operator(c, "{"))
		return parse_braces(c);
	if (cursor_is_word(c, "None"))
		return parse_constant(c, tmpl_none());
	if (cursor_is_word(c, "True") || cursor_is_word(c, "False"))
		return parse_constant(c, tmpl_bool(cursor_is_word(c, "True")));
	return cursor_fail_unexpected(c);
}
