#include "tmpl/parse_python.h"

struct ast_expr *
parse_target(struct cursor *c)
{
	return parse_arithmetic(c);
}

static const char *
target_fault(const struct ast_expr *node)
{
	switch (node->kind) {
	case AST_CONSTANT:
		if (node->constant.type == TMPL_NONE)
			return "cannot assign to None";
		if (node->constant.type == TMPL_BOOL)
			return node->constant.as.boolean ? "cannot assign to True" : "cannot assign to False";
		return "cannot assign to literal";
	case AST_CALL:
		return "cannot assign to function call";
	case AST_COMPARE:
		return "cannot assign to comparison";
	case AST_LAMBDA:
		return "cannot assign to lambda";
	case AST_CONDITIONAL:
		return "cannot assign to conditional expression";
	case AST_DICT:
		return "cannot assign to dict literal";
	case AST_SET:
		return "cannot assign to set display";
	case AST_GENERATOR:
		return "cannot assign to generator expression";
	case AST_LIST_OF:
		return "cannot assign to list comprehension";
	default:
		return "cannot assign to expression";
	}
}

static bool
check_target(struct cursor *c, const struct ast_expr *node, bool starred)
{
	const struct ast_expr *item;
	int stars = 0;

	switch (node->kind) {
	case AST_NAME:
	case AST_INDEX:
	case AST_ATTRIBUTE:
		return true;
	case AST_STARRED:
		if (!starred)
			break;
		return check_target(c, node->left, false);
	case AST_TUPLE:
	case AST_LIST:
		for (item = node->items; item != NULL; item = item->next) {
			stars += item->kind == AST_STARRED;
			if (!check_target(c, item, true))
				return false;
		}
		if (stars > 1)
			cursor_fail_at(
			    c, node->start, node->end, "multiple starred expressions in assignment");
		return stars <= 1;
	default:
		break;
	}
	return cursor_fail_at(c, node->start, node->end, target_fault(node)) != NULL;
}

bool
parse_check_target(struct cursor *c, const struct ast_expr *node)
{
	return check_target(c, node, false);
}
