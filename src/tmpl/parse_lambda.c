#include "tmpl/parse_python.h"

/* What was read of the parameters so far. */
struct parameters {
	struct ast_expr *first, **end;
	bool has_slash, has_star, has_default;
};

static bool
check_parameter_name(struct cursor *c, const struct ast_expr *before, const struct ast_expr *parameter)
{
	for (; before != NULL; before = before->next)
		if (before->name.len > 0 && str_eq(before->name, parameter->name))
			return err_set(c->err, ERR_SYNTAX,
			    src_place(c->src, parameter->start, parameter->end),
			    "duplicate argument '%.*s' in function definition", STR_ARG(parameter->name));
	return true;
}

/* name or name=default */
static struct ast_expr *
parse_parameter(struct cursor *c, struct parameters *known)
{
	struct ast_expr *node = cursor_node(c, AST_KEYWORD, cursor_token(c)->start);
	bool optional = cursor_is_assigned(c);

	node->name = cursor_text(c);
	c->at += optional ? 2 : 1;
	if (optional && (node->left = parse_value(c)) == NULL)
		return NULL;
	cursor_node_end(c, node);
	if (!optional && known->has_default && !known->has_star)
		return cursor_fail_at(
		    c, node->start, node->end, "non-default argument follows default argument");
	known->has_default |= optional;
	return node;
}

/* "*", "*name" or "**name" */
static struct ast_expr *
parse_starred_parameter(struct cursor *c, struct parameters *known)
{
	bool twice = cursor_is_operator(c, "**");
	struct ast_expr *node =
	    cursor_node(c, twice ? AST_DOUBLE_STARRED : AST_STARRED, cursor_token(c)->start);

	if (known->has_star && !twice)
		return cursor_fail(c, "* argument may appear only once");
	known->has_star = true;
	c->at++;
	if (cursor_is_name(c)) {
		node->name = cursor_text(c);
		c->at++;
	} else if (twice || !cursor_is_operator(c, ",")) {
		return cursor_fail(c, twice ? "invalid syntax" : "named arguments must follow bare *");
	}
	return cursor_node_end(c, node);
}

static struct ast_expr *
parse_slash(struct cursor *c, struct parameters *known)
{
	if (known->first == NULL)
		return cursor_fail(c, "at least one argument must precede /");
	if (known->has_slash || known->has_star)
		return cursor_fail(c, known->has_slash ? "/ may appear only once" : "/ must be ahead of *");
	known->has_slash = true;
	c->at++;
	return cursor_node_end(c, cursor_node(c, AST_SLASH, c->tokens[c->at - 1].start));
}

static struct ast_expr *
parse_any_parameter(struct cursor *c, struct parameters *known)
{
	if (cursor_is_operator(c, "/"))
		return parse_slash(c, known);
	if (cursor_is_operator(c, "*") || cursor_is_operator(c, "**"))
		return parse_starred_parameter(c, known);
	return cursor_is_name(c) ? parse_parameter(c, known) : cursor_fail_unexpected(c);
}

static bool
is_bare_star(const struct ast_expr *parameter)
{
	return parameter != NULL && parameter->kind == AST_STARRED && parameter->name.len == 0;
}

/* Up to the colon. */
static bool
parse_parameters(struct cursor *c, struct parameters *known)
{
	const struct ast_expr *last = NULL;

	while (!cursor_is_operator(c, ":")) {
		struct ast_expr *parameter;

		if (is_bare_star(last) && !cursor_is_name(c))
			return cursor_fail(c, "named arguments must follow bare *") != NULL;
		if (last != NULL && last->kind == AST_DOUBLE_STARRED)
			return cursor_fail(c, "arguments cannot follow var-keyword argument") != NULL;
		parameter = parse_any_parameter(c, known);
		if (parameter == NULL || !check_parameter_name(c, known->first, parameter))
			return false;
		*known->end = parameter;
		known->end = &parameter->next;
		last = parameter;
		if (!cursor_take_operator(c, ","))
			break;
	}
	if (is_bare_star(last))
		return cursor_fail(c, "named arguments must follow bare *") != NULL;
	return cursor_expect(c, ":");
}

struct ast_expr *
parse_lambda(struct cursor *c)
{
	struct ast_expr *node = cursor_node(c, AST_LAMBDA, cursor_token(c)->start);
	struct parameters known = {.end = &known.first};

	c->at++;
	if (!parse_parameters(c, &known))
		return NULL;
	node->items = known.first;
	node->left = parse_value(c);
	return node->left ? cursor_node_end(c, node) : NULL;
}
