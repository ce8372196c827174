#include "tmpl/emit_tree.h"

static size_t
count_positional(const struct ast_expr *items)
{
	size_t count = 0;

	for (; items != NULL; items = items->next)
		count += items->kind != AST_KEYWORD && items->kind != AST_DOUBLE_STARRED;
	return count;
}

/* Arguments with stars: a list of the positional ones and a dict of the named. */
static bool
emit_call_spread(struct emit *m, const struct ast_expr *node)
{
	bool alone = count_positional(node->items) == 1;

	emit_op(m, OP_BUILD_LIST, 0);
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next) {
		if (item->kind == AST_KEYWORD || item->kind == AST_DOUBLE_STARRED)
			continue;
		if (!emit_expr(m, item->kind == AST_STARRED ? item->left : item))
			return false;
		emit_place(m, item);
		emit_op_with(m, item->kind == AST_STARRED ? OP_ADD_ALL : OP_ADD_ITEM, 0, 0, alone);
	}
	emit_op(m, OP_BUILD_DICT, 0);
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next) {
		if (item->kind == AST_KEYWORD)
			emit_op(m, OP_CONSTANT, emit_constant(m, tmpl_str(item->name)));
		else if (item->kind != AST_DOUBLE_STARRED)
			continue;
		if (!emit_expr(m, item->left))
			return false;
		emit_place(m, item);
		emit_op_with(m, item->kind == AST_KEYWORD ? OP_ADD_ENTRY : OP_ADD_ENTRIES, 0, 0, 1);
	}
	emit_place(m, node);
	emit_op(m, OP_CALL_SPREAD, 0);
	return true;
}

/* Pushes the values of the arguments and, where some are named, the tuple of their names. */
static bool
emit_arguments(struct emit *m, const struct ast_expr *items, uint32_t *count, uint16_t *named)
{
	size_t name_count = 0;

	*count = 0;
	*named = 0;
	for (const struct ast_expr *item = items; item != NULL; item = item->next, ++*count) {
		name_count += item->kind == AST_KEYWORD;
		if (!emit_expr(m, item->kind == AST_KEYWORD ? item->left : item))
			return false;
	}
	if (name_count == 0)
		return true;
	for (const struct ast_expr *item = items; item != NULL; item = item->next)
		if (item->kind == AST_KEYWORD)
			emit_op(m, OP_CONSTANT, emit_constant(m, tmpl_str(item->name)));
	emit_op(m, OP_BUILD_TUPLE, (uint32_t)name_count);
	*named = (uint16_t)name_count;
	return true;
}

bool
emit_call(struct emit *m, const struct ast_expr *node)
{
	bool spread = ast_has_kind(node->items, AST_STARRED) ||
		      ast_has_kind(node->items, AST_DOUBLE_STARRED) ||
		      ast_count(node->items) > EMIT_STACK_MAX;
	bool method = node->left->kind == AST_ATTRIBUTE && !spread && !ast_has_kind(node->items, AST_KEYWORD);
	uint32_t count;
	uint16_t named;

	if (method ? !emit_attribute(m, node->left, OP_METHOD) : !emit_expr(m, node->left))
		return false;
	if (spread)
		return emit_call_spread(m, node);
	if (!emit_arguments(m, node->items, &count, &named))
		return false;
	emit_place(m, node);
	if (method)
		emit_op(m, OP_CALL_METHOD, count);
	else
		emit_op_with(m, named > 0 ? OP_CALL_NAMED : OP_CALL, count, named, 0);
	return true;
}
