#include "tmpl/parse_python.h"

static bool
keyword_repeats(const struct ast_expr *items, const struct ast_expr *keyword)
{
	for (; items != NULL; items = items->next)
		if (items->kind == AST_KEYWORD && str_eq(items->name, keyword->name))
			return true;
	return false;
}

static struct ast_expr *
parse_keyword(struct cursor *c, const struct ast_expr *items)
{
	struct ast_expr *node = cursor_node(c, AST_KEYWORD, cursor_token(c)->start);

	node->name = cursor_text(c);
	c->at += 2;
	if (keyword_repeats(items, node)) {
		err_set(c->err, ERR_SYNTAX,
		    src_place(c->src, node->start, node->start + (uint32_t)node->name.len),
		    "keyword argument repeated: %.*s", STR_ARG(node->name));
		return NULL;
	}
	node->left = parse_value(c);
	return node->left ? cursor_node_end(c, node) : NULL;
}

static struct ast_expr *
parse_double_starred(struct cursor *c)
{
	struct ast_expr *node = cursor_node(c, AST_DOUBLE_STARRED, cursor_token(c)->start);

	c->at++;
	node->left = parse_value(c);
	return node->left ? cursor_node_end(c, node) : NULL;
}

static struct ast_expr *
parse_argument(struct cursor *c, const struct ast_expr *items, bool after_keyword, bool first)
{
	struct ast_expr *argument;

	if (cursor_is_operator(c, "**"))
		return parse_double_starred(c);
	if (cursor_is_name(c) && cursor_is_assigned(c))
		return parse_keyword(c, items);
	argument = parse_starred(c, parse_value);
	if (argument == NULL)
		return NULL;
	if (cursor_is_word(c, "for")) {
		argument = parse_comprehension(c, AST_GENERATOR, argument, NULL);
		if (argument != NULL && (!first || cursor_is_operator(c, ",")))
			return cursor_fail_at(
			    c, argument->start, argument->end, "Generator expression must be parenthesized");
		return argument;
	}
	if (after_keyword && argument->kind != AST_STARRED)
		return cursor_fail_at(
		    c, argument->start, argument->end, "positional argument follows keyword argument");
	if (argument->kind == AST_STARRED && ast_has_kind(items, AST_DOUBLE_STARRED))
		return cursor_fail_at(c, argument->start, argument->end,
		    "iterable argument unpacking follows keyword argument unpacking");
	return argument;
}

static struct ast_expr *
parse_call(struct cursor *c, struct ast_expr *function)
{
	struct ast_expr *node = cursor_node(c, AST_CALL, function->start), **end = &node->items;
	bool after_keyword = false;

	c->at++;
	node->left = function;
	while (!cursor_is_operator(c, ")")) {
		*end = parse_argument(c, node->items, after_keyword, end == &node->items);
		if (*end == NULL)
			return NULL;
		after_keyword |= (*end)->kind == AST_KEYWORD || (*end)->kind == AST_DOUBLE_STARRED;
		end = &(*end)->next;
		if (!cursor_take_operator(c, ","))
			break;
	}
	return cursor_expect(c, ")") ? cursor_node_end(c, node) : NULL;
}

static bool
parse_slice_part(struct cursor *c, struct ast_expr **part)
{
	*part = NULL;
	if (cursor_is_operator(c, ":") || cursor_is_operator(c, "]") || cursor_is_operator(c, ","))
		return true;
	*part = parse_value(c);
	return *part != NULL;
}

static struct ast_expr *
parse_slice(struct cursor *c)
{
	struct ast_expr *node = cursor_node(c, AST_SLICE, cursor_token(c)->start);

	if (!parse_slice_part(c, &node->left))
		return NULL;
	if (!cursor_is_operator(c, ":"))
		return node->left ? node->left : cursor_fail_unexpected(c);
	c->at++;
	if (!parse_slice_part(c, &node->right))
		return NULL;
	if (cursor_take_operator(c, ":") && !parse_slice_part(c, &node->third))
		return NULL;
	return cursor_node_end(c, node);
}

static struct ast_expr *
parse_index(struct cursor *c, struct ast_expr *container)
{
	struct ast_expr *node = cursor_node(c, AST_INDEX, container->start), *first;
	size_t commas;

	c->at++;
	node->left = container;
	first = parse_slice(c);
	if (first == NULL)
		return NULL;
	node->right = first;
	if (cursor_is_operator(c, ",")) {
		node->right = cursor_node(c, AST_TUPLE, first->start);
		node->right->items = first;
		if (!parse_items(c, first, "]", &commas))
			return NULL;
		return cursor_node_end(c, node->right) ? cursor_node_end(c, node) : NULL;
	}
	return cursor_expect(c, "]") ? cursor_node_end(c, node) : NULL;
}

static struct ast_expr *
parse_attribute(struct cursor *c, struct ast_expr *object)
{
	struct ast_expr *node = cursor_node(c, AST_ATTRIBUTE, object->start);

	c->at++;
	if (!cursor_is_name(c))
		return cursor_fail(c, "invalid syntax");
	node->left = object;
	node->name = cursor_text(c);
	c->at++;
	return cursor_node_end(c, node);
}

struct ast_expr *
parse_applied(struct cursor *c)
{
	return cursor_node_end(c, cursor_node(c, AST_BODY, cursor_token(c)->start));
}

static struct ast_expr *
call_with_body(struct cursor *c, struct ast_expr *function)
{
	struct ast_expr *call = cursor_node(c, AST_CALL, function->start);

	call->left = function;
	call->items = parse_applied(c);
	return cursor_node_end(c, call);
}

struct ast_expr *
parse_trailers(struct cursor *c, struct ast_expr *node)
{
	while (node != NULL) {
		if (cursor_is_operator(c, "("))
			node = parse_call(c, node);
		else if (cursor_is_operator(c, "["))
			node = parse_index(c, node);
		else if (cursor_is_operator(c, "."))
			node = parse_attribute(c, node);
		else if (cursor_take_body(c))
			node = call_with_body(c, node);
		else
			break;
	}
	return node;
}
