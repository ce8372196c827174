#include "tmpl/parse_python.h"

/* Operators */

static struct ast_expr *
node_of(struct cursor *c, enum ast_kind kind, struct ast_expr *left, struct ast_expr *right)
{
	struct ast_expr *node = cursor_node(c, kind, left->start);

	node->left = left;
	node->right = right;
	return cursor_node_end(c, node);
}

static struct ast_expr *parse_unary(struct cursor *c);

static struct ast_expr *
parse_power(struct cursor *c)
{
	struct ast_expr *node = parse_trailers(c, parse_atom(c)), *right;

	if (node == NULL || !cursor_take_operator(c, "**"))
		return node;
	right = parse_unary(c);
	if (right == NULL || (node = node_of(c, AST_BINARY, node, right)) == NULL)
		return NULL;
	node->op = AST_POWER;
	return node;
}

static struct ast_expr *
parse_min_int(struct cursor *c, uint32_t start)
{
	struct ast_expr *node = parse_constant(c, cursor_token(c)->value);

	node->start = start;
	return node;
}

static struct ast_expr *
parse_unary(struct cursor *c)
{
	static const struct {
		const char *text;
		enum ast_operator op;
	} signs[] = {{"-", AST_NEGATE}, {"+", AST_PLUS}, {"~", AST_INVERT}};
	size_t sign = 0;
	struct ast_expr *node;

	while (sign < COUNT_OF(signs) && !cursor_is_operator(c, signs[sign].text))
		sign++;
	if (sign == COUNT_OF(signs))
		return parse_power(c);
	node = cursor_node(c, AST_UNARY, cursor_token(c)->start);
	node->op = signs[sign].op;
	c->at++;
	if (node->op == AST_NEGATE && cursor_token(c)->kind == LEX_NUMBER && cursor_token(c)->is_min_int)
		return parse_min_int(c, node->start);
	if (!cursor_enter(c))
		return NULL;
	node->left = parse_unary(c);
	cursor_leave(c);
	return node->left ? cursor_node_end(c, node) : NULL;
}

/* From the one that binds least. */
static const struct {
	const char *text;
	enum ast_operator op;
} levels[][6] = {
    {{"|", AST_BIT_OR}},
    {{"^", AST_BIT_XOR}},
    {{"&", AST_BIT_AND}},
    {{"<<", AST_LEFT_SHIFT}, {">>", AST_RIGHT_SHIFT}},
    {{"+", AST_ADD}, {"-", AST_SUBTRACT}},
    {{"*", AST_MULTIPLY}, {"/", AST_DIVIDE}, {"//", AST_FLOOR_DIVIDE}, {"%", AST_MODULO}, {"@", AST_MATRIX}},
};

static struct ast_expr *
parse_level(struct cursor *c, size_t level)
{
	struct ast_expr *node, *right;

	if (level == COUNT_OF(levels))
		return parse_unary(c);
	node = parse_level(c, level + 1);
	while (node != NULL) {
		size_t i = 0;

		while (levels[level][i].text != NULL && !cursor_is_operator(c, levels[level][i].text))
			i++;
		if (levels[level][i].text == NULL)
			break;
		c->at++;
		right = parse_level(c, level + 1);
		node = right ? node_of(c, AST_BINARY, node, right) : NULL;
		if (node != NULL)
			node->op = levels[level][i].op;
	}
	return node;
}

struct ast_expr *
parse_arithmetic(struct cursor *c)
{
	return parse_level(c, 0);
}

static bool
take_comparison(struct cursor *c, enum ast_operator *op)
{
	static const struct {
		const char *text;
		enum ast_operator op;
	} signs[] = {{"<", AST_LESS}, {"<=", AST_LESS_EQUAL}, {"==", AST_EQUAL}, {"!=", AST_NOT_EQUAL},
	    {">", AST_GREATER}, {">=", AST_GREATER_EQUAL}};

	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		*op = signs[i].op;
		if (cursor_take_operator(c, signs[i].text))
			return true;
	}
	if (cursor_take_word(c, "in")) {
		*op = AST_IN;
		return true;
	}
	if (cursor_take_word(c, "is")) {
		*op = cursor_take_word(c, "not") ? AST_IS_NOT : AST_IS;
		return true;
	}
	*op = AST_NOT_IN;
	if (!cursor_is_word(c, "not") ||
	    !str_eq(src_slice(c->src, cursor_token(c)[1].start, cursor_token(c)[1].end), STR("in")))
		return false;
	c->at += 2;
	return true;
}

static struct ast_expr *
parse_comparison(struct cursor *c)
{
	struct ast_expr *first = parse_arithmetic(c), *node, **end;
	enum ast_operator op;

	if (first == NULL || !take_comparison(c, &op))
		return first;
	node = cursor_node(c, AST_COMPARE, first->start);
	node->left = first;
	end = &node->items;
	do {
		*end = cursor_node(c, AST_LINK, cursor_token(c)->start);
		(*end)->op = op;
		(*end)->left = parse_arithmetic(c);
		if ((*end)->left == NULL || cursor_node_end(c, *end) == NULL)
			return NULL;
		end = &(*end)->next;
	} while (take_comparison(c, &op));
	return cursor_node_end(c, node);
}

static struct ast_expr *
parse_not(struct cursor *c)
{
	struct ast_expr *node;

	if (!cursor_is_word(c, "not"))
		return parse_comparison(c);
	if (!cursor_enter(c))
		return NULL;
	node = cursor_node(c, AST_UNARY, cursor_token(c)->start);
	node->op = AST_NOT;
	c->at++;
	node->left = parse_not(c);
	cursor_leave(c);
	return node->left ? cursor_node_end(c, node) : NULL;
}

static struct ast_expr *
parse_and(struct cursor *c)
{
	struct ast_expr *node = parse_not(c), *right;

	while (node != NULL && cursor_take_word(c, "and")) {
		right = parse_not(c);
		node = right ? node_of(c, AST_AND, node, right) : NULL;
	}
	return node;
}

struct ast_expr *
parse_or(struct cursor *c)
{
	struct ast_expr *node = parse_and(c), *right;

	while (node != NULL && cursor_take_word(c, "or")) {
		right = parse_and(c);
		node = right ? node_of(c, AST_OR, node, right) : NULL;
	}
	return node;
}

/* Values */

static struct ast_expr *
parse_conditional(struct cursor *c)
{
	struct ast_expr *left = parse_or(c), *node;

	if (left == NULL || !cursor_take_word(c, "if"))
		return left;
	node = cursor_node(c, AST_CONDITIONAL, left->start);
	node->left = left;
	node->third = parse_or(c);
	if (node->third == NULL)
		return NULL;
	if (!cursor_take_word(c, "else"))
		return cursor_fail_at(
		    c, node->start, c->tokens[c->at - 1].end, "expected 'else' after 'if' expression");
	node->right = parse_value(c);
	return node->right ? cursor_node_end(c, node) : NULL;
}

struct ast_expr *
parse_value(struct cursor *c)
{
	struct ast_expr *node;

	if (!cursor_enter(c))
		return NULL;
	node = cursor_is_word(c, "lambda") ? parse_lambda(c) : parse_conditional(c);
	cursor_leave(c);
	return node;
}

struct ast_expr *
parse_starred(struct cursor *c, parse_fn *parse)
{
	struct ast_expr *node;

	if (!cursor_is_operator(c, "*"))
		return parse(c);
	node = cursor_node(c, AST_STARRED, cursor_token(c)->start);
	c->at++;
	node->left = parse_arithmetic(c);
	return node->left ? cursor_node_end(c, node) : NULL;
}

static bool
list_ends(const struct cursor *c)
{
	return (cursor_token(c)->kind == LEX_END && !c->awaits_body) ||
	       cursor_token(c)->kind == LEX_COMMENT || cursor_token(c)->kind == LEX_NEWLINE ||
	       cursor_is_operator(c, "=") || cursor_is_operator(c, ";") || cursor_is_word(c, "in");
}

struct ast_expr *
parse_list_of(struct cursor *c, parse_fn *parse)
{
	struct ast_expr *first = parse_starred(c, parse), *tuple, **end;

	if (first == NULL)
		return NULL;
	if (!cursor_is_operator(c, ",")) {
		if (first->kind == AST_STARRED)
			return cursor_fail_at(
			    c, first->start, first->end, "can't use starred expression here");
		return first;
	}
	tuple = cursor_node(c, AST_TUPLE, first->start);
	tuple->items = first;
	end = &first->next;
	while (cursor_take_operator(c, ",") && !list_ends(c)) {
		*end = parse_starred(c, parse);
		if (*end == NULL)
			return NULL;
		end = &(*end)->next;
	}
	return cursor_node_end(c, tuple);
}

struct ast_expr *
parse_list(struct cursor *c)
{
	return parse_list_of(c, parse_value);
}
