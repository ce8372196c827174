#include "tmpl/parse_python.h"

#define MODULES_NAME "_tt_modules"

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

/* The end of a node that was begun behind its bracket, which is at `start`. */
static struct ast_expr *
end_from(struct cursor *c, struct ast_expr *node, uint32_t start)
{
	node->start = start;
	return cursor_node_end(c, node);
}

/* What opens with `start` and has its first item: a comprehension, several items, or one. */
static struct ast_expr *
parse_sequence_from(struct cursor *c, uint32_t start, struct ast_expr *first, enum ast_kind kind)
{
	static const struct {
		const char *close;
		enum ast_kind comprehended;
	} of_kind[] = {[AST_TUPLE] = {")", AST_GENERATOR},
	    [AST_LIST] = {"]", AST_LIST_OF},
	    [AST_SET] = {"}", AST_SET_OF}};
	struct ast_expr *node;
	size_t commas;

	if (cursor_is_word(c, "for")) {
		node = parse_comprehension(c, of_kind[kind].comprehended, first, NULL);
		return node && cursor_expect(c, of_kind[kind].close) ? end_from(c, node, start) : NULL;
	}
	if (!parse_items(c, first, of_kind[kind].close, &commas))
		return NULL;
	if (kind != AST_TUPLE || commas > 0) {
		node = cursor_node(c, kind, start);
		node->items = first;
		return cursor_node_end(c, node);
	}
	if (first->kind == AST_STARRED)
		return cursor_fail_at(c, first->start, first->end, "cannot use starred expression here");
	first->in_parentheses = true;
	return first;
}

/* Parentheses or brackets. */
static struct ast_expr *
parse_sequence(struct cursor *c, const char *close, enum ast_kind kind)
{
	uint32_t start = cursor_token(c)->start;
	struct ast_expr *first;

	c->at++;
	if (cursor_take_operator(c, close))
		return cursor_node_end(c, cursor_node(c, kind, start));
	first = parse_starred(c, parse_value);
	return first ? parse_sequence_from(c, start, first, kind) : NULL;
}

/* "**VALUE" or "KEY: VALUE", the key of which may have been read already. */
static struct ast_expr *
parse_pair(struct cursor *c, struct ast_expr *key)
{
	struct ast_expr *node = cursor_node(c, AST_DOUBLE_STARRED, key ? key->start : cursor_token(c)->start);

	if (key == NULL && cursor_take_operator(c, "**")) {
		node->left = parse_arithmetic(c);
		return node->left ? cursor_node_end(c, node) : NULL;
	}
	node->kind = AST_PAIR;
	node->left = key ? key : parse_value(c);
	if (node->left == NULL || !cursor_expect(c, ":"))
		return NULL;
	node->right = parse_value(c);
	return node->right ? cursor_node_end(c, node) : NULL;
}

/* Behind the brace at `start`, and behind the first key where there is one that was read already. */
static struct ast_expr *
parse_dict_from(struct cursor *c, uint32_t start, struct ast_expr *key)
{
	struct ast_expr *node = cursor_node(c, AST_DICT, start), **end = &node->items;

	while (!cursor_is_operator(c, "}")) {
		*end = parse_pair(c, key);
		if (*end == NULL)
			return NULL;
		if (cursor_is_word(c, "for") && end == &node->items && (*end)->kind == AST_PAIR) {
			node = parse_comprehension(c, AST_DICT_OF, (*end)->left, (*end)->right);
			break;
		}
		key = NULL;
		end = &(*end)->next;
		if (!cursor_take_operator(c, ","))
			break;
	}
	return node && cursor_expect(c, "}") ? end_from(c, node, start) : NULL;
}

/* Braces: a dict or a set, which what follows the first value tells. */
static struct ast_expr *
parse_braces(struct cursor *c)
{
	uint32_t start = cursor_token(c)->start;
	struct ast_expr *first;

	c->at++;
	if (cursor_is_operator(c, "}") || cursor_is_operator(c, "**"))
		return parse_dict_from(c, start, NULL);
	first = parse_starred(c, parse_value);
	if (first == NULL)
		return NULL;
	if (cursor_is_operator(c, ":") && first->kind != AST_STARRED)
		return parse_dict_from(c, start, first);
	return parse_sequence_from(c, start, first, AST_SET);
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

/* {% module NAME(…) %}: an attribute of the modules. */
static struct ast_expr *
parse_module(struct cursor *c)
{
	struct ast_expr *modules = cursor_node(c, AST_NAME, cursor_token(c)->start);
	struct ast_expr *node = cursor_node(c, AST_ATTRIBUTE, cursor_token(c)->start);

	c->awaits_modules = false;
	modules->name = STR(MODULES_NAME);
	node->left = cursor_node_end(c, modules);
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
		return c->awaits_modules ? parse_module(c) : parse_name(c);
	if (cursor_token(c)->kind == LEX_NUMBER)
		return parse_number(c);
	if (cursor_token(c)->kind == LEX_STRING)
		return parse_strings(c);
	if (cursor_is_operator(c, "("))
		return parse_sequence(c, ")", AST_TUPLE);
	if (cursor_is_operator(c, "["))
		return parse_sequence(c, "]", AST_LIST);
	if (cursor_is_operator(c, "{"))
		return parse_braces(c);
	if (cursor_is_word(c, "None"))
		return parse_constant(c, tmpl_none());
	if (cursor_is_word(c, "True") || cursor_is_word(c, "False"))
		return parse_constant(c, tmpl_bool(cursor_is_word(c, "True")));
	return cursor_fail_unexpected(c);
}
