#include "tmpl/parse_python.h"

/* The clauses, as often as they come. */
static struct ast_expr *
parse_clauses(struct cursor *c)
{
	struct ast_expr *first = NULL, **end = &first;

	while (cursor_is_word(c, "for") || (first != NULL && cursor_is_word(c, "if"))) {
		struct ast_expr *clause =
		    cursor_node(c, cursor_is_word(c, "for") ? AST_FOR : AST_IF, cursor_token(c)->start);

		c->at++;
		clause->left = clause->kind == AST_FOR ? parse_list_of(c, parse_target) : parse_or(c);
		if (clause->left == NULL)
			return NULL;
		if (clause->kind == AST_FOR) {
			if (!parse_check_target(c, clause->left))
				return NULL;
			if (!cursor_take_word(c, "in"))
				return cursor_fail_unexpected(c);
			clause->right = parse_or(c);
			if (clause->right == NULL)
				return NULL;
		}
		*end = cursor_node_end(c, clause);
		if (*end == NULL)
			return NULL;
		end = &clause->next;
	}
	if (cursor_is_word(c, "async"))
		return cursor_fail(c, "'async' is not supported in templates");
	return first;
}

struct ast_expr *
parse_comprehension(struct cursor *c, enum ast_kind kind, struct ast_expr *left, struct ast_expr *right)
{
	struct ast_expr *node = cursor_node(c, kind, left->start);

	node->left = left;
	node->right = right;
	node->items = parse_clauses(c);
	return node->items ? cursor_node_end(c, node) : NULL;
}
