#include "tmpl/parse_python.h"

bool
parse_assigned(struct cursor *c, struct ast_statement *statement, struct ast_expr *first)
{
	struct ast_expr *targets = cursor_node(c, AST_LIST, first->start), **end = &targets->items,
			*next = first;

	statement->value = first;
	if (!cursor_is_operator(c, "="))
		return true;
	while (cursor_take_operator(c, "=")) {
		if (!parse_check_target(c, next))
			return false;
		/* A target may itself be linked in no list: each is wrapped, so that `next` is free. */
		*end = cursor_node(c, AST_LINK, next->start);
		(*end)->left = next;
		cursor_node_end(c, *end);
		end = &(*end)->next;
		next = parse_list(c);
		if (next == NULL)
			return false;
	}
	statement->target = targets;
	statement->value = next;
	return cursor_node_end(c, targets) != NULL;
}

static bool
find_augmented(const struct cursor *c, enum ast_operator *op)
{
	struct str text = cursor_text(c);

	if (cursor_token(c)->kind != LEX_OPERATOR || text.len < 2 || text.data[text.len - 1] != '=')
		return false;
	for (int i = 0; i <= AST_LAST_ARITHMETIC; i++) {
		*op = (enum ast_operator)i;
		if (str_eq(str_slice(text, 0, text.len - 1), str_of(ast_operator_text(*op))))
			return true;
	}
	return false;
}

static bool
parse_augmented(struct cursor *c, struct ast_statement *statement, struct ast_expr *target)
{
	c->at++;
	if (target->kind == AST_TUPLE || target->kind == AST_LIST)
		return cursor_fail_at(c, target->start, target->end,
			   target->kind == AST_TUPLE
			       ? "'tuple' is an illegal expression for augmented assignment"
			       : "'list' is an illegal expression for augmented assignment") != NULL;
	if (!parse_check_target(c, target))
		return false;
	statement->kind = AST_STATEMENT_AUGMENT;
	statement->target = target;
	statement->value = parse_list(c);
	return statement->value != NULL;
}

static bool
parse_delete(struct cursor *c, struct ast_body *body, struct ast_tag tag)
{
	struct ast_statement *statement = ast_statement_new(c->arena, AST_STATEMENT_DELETE, tag);

	ast_body_add(body, statement);

	c->at++;
	statement->target = parse_list_of(c, parse_target);
	return statement->target != NULL && parse_check_target(c, statement->target);
}

bool
parse_statement(struct cursor *c, struct ast_body *body, struct ast_tag tag)
{
	static const char *const refused[] = {
	    "import", "from", "return", "raise", "global", "nonlocal", "assert", "yield", "await"};
	struct ast_statement *statement;
	struct ast_expr *first;

	for (size_t i = 0; i < COUNT_OF(refused); i++)
		if (cursor_is_word(c, refused[i]))
			return err_set(c->err, ERR_SYNTAX,
			    src_place(c->src, cursor_token(c)->start, cursor_token(c)->end),
			    "'%s' is not supported in templates", refused[i]);
	if (cursor_take_word(c, "pass"))
		return true;
	if (cursor_is_word(c, "del"))
		return parse_delete(c, body, tag);
	first = parse_list(c);
	if (first == NULL)
		return false;
	statement = ast_statement_new(c->arena, AST_STATEMENT_EVALUATE, tag);
	ast_body_add(body, statement);
	if (cursor_is_operator(c, "="))
		statement->kind = AST_STATEMENT_ASSIGN;
	if (!parse_assigned(c, statement, first))
		return false;
	if (statement->target == NULL && find_augmented(c, &statement->op))
		return parse_augmented(c, statement, first);
	if (statement->target == NULL && cursor_is_operator(c, ":"))
		return cursor_fail(c, "annotations are not supported in templates") != NULL;
	return true;
}
