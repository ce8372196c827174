#include "tmpl/emit_tree.h"

static bool
emit_element(struct emit *m, const struct ast_expr *node)
{
	if (!emit_expr(m, node->left) || (node->kind == AST_DICT_OF && !emit_expr(m, node->right)))
		return false;
	emit_place(m, node->left);
	if (node->kind == AST_GENERATOR)
		emit_op(m, OP_YIELD, 0);
	else
		emit_op(m, node->kind == AST_DICT_OF ? OP_ADD_ENTRY : OP_ADD_ITEM, 0);
	return true;
}

/* The clauses from `clause` on; the values of the first one are on the stack already. */
static bool
emit_clauses(struct emit *m, const struct ast_expr *node, const struct ast_expr *clause, bool first)
{
	uint32_t start, jump;

	if (clause == NULL)
		return emit_element(m, node);
	if (clause->kind == AST_IF) {
		if (!emit_expr(m, clause->left))
			return false;
		jump = emit_op(m, OP_JUMP_FALSE, 0);
		if (!emit_clauses(m, node, clause->next, false))
			return false;
		emit_patch(m, jump);
		return true;
	}
	if (!first && !emit_iterable(m, clause->right))
		return false;
	emit_place(m, clause->right);
	emit_op_with(m, OP_ITERATE, 0, (uint16_t)emit_iterator_open(m), 0);
	start = emit_here(m);
	jump = emit_op_with(m, OP_NEXT, 0, (uint16_t)(m->function->iterator_depth - 1), 0);
	emit_place(m, clause->left);
	if (!emit_store(m, clause->left) || !emit_clauses(m, node, clause->next, false))
		return false;
	emit_op(m, OP_JUMP_BACK, start);
	emit_patch(m, jump);
	emit_iterator_close(m);
	return true;
}

static void
add_clause_names(struct emit *m, const struct ast_expr *clause)
{
	for (; clause != NULL; clause = clause->next)
		if (clause->kind == AST_FOR)
			emit_scope_add_targets(m, clause->left);
}

/* The container is below the values of the first clause on the stack, which ITERATE takes away. */
bool
emit_comprehension(struct emit *m, const struct ast_expr *node)
{
	enum op build = node->kind == AST_LIST_OF  ? OP_BUILD_LIST
			: node->kind == AST_SET_OF ? OP_BUILD_SET
						   : OP_BUILD_DICT;
	uint32_t first_slot;
	struct emit_scope scope;
	bool emitted;

	emit_op(m, build, 0);
	if (!emit_iterable(m, node->items->right))
		return false;
	first_slot = m->function->made->local_count;
	emit_scope_open(m, &scope);
	add_clause_names(m, node->items);
	emit_scope_unbind(m, first_slot);
	emitted = emit_clauses(m, node, node->items, true);
	emit_scope_close(m);
	return emitted;
}

bool
emit_generator(struct emit *m, const struct ast_expr *node)
{
	uint32_t over, number;
	struct emit_scope scope;
	bool emitted;

	if (!emit_iterable(m, node->items->right))
		return false;
	emit_place(m, node->items->right);
	over = emit_op(m, OP_JUMP, 0);
	number = emit_function_open(m);
	emit_scope_open(m, &scope);
	m->function->made->parameter_count = 1;
	emit_op(m, OP_LOCAL, emit_scope_add(m, STR(".0")));
	add_clause_names(m, node->items);
	emitted = emit_clauses(m, node, node->items, true);
	emit_op(m, OP_CONSTANT, emit_constant(m, tmpl_none()));
	emit_op(m, OP_RETURN, 0);
	emit_scope_close(m);
	emit_function_close(m);
	emit_patch(m, over);
	emit_place(m, node->items->right);
	emit_op(m, OP_GENERATOR, number);
	return emitted;
}
