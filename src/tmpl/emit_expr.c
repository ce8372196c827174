#include "tmpl/emit_tree.h"

/* A display with stars: items are added to the container one by one. */
static bool
emit_spread(struct emit *m, const struct ast_expr *items, enum op build)
{
	emit_op(m, build, 0);
	for (; items != NULL; items = items->next) {
		bool starred = items->kind == AST_STARRED;

		if (!emit_expr(m, starred ? items->left : items))
			return false;
		emit_place(m, items);
		emit_op(m, starred ? OP_ADD_ALL : OP_ADD_ITEM, 0);
	}
	return true;
}

/* What CPython folds into a constant before it makes code. */
static bool
is_constant(const struct ast_expr *node)
{
	switch (node->kind) {
	case AST_CONSTANT:
		return true;
	case AST_UNARY:
		return is_constant(node->left);
	case AST_BINARY:
		return is_constant(node->left) && is_constant(node->right);
	case AST_TUPLE:
	case AST_SET:
		for (const struct ast_expr *item = node->items; item != NULL; item = item->next)
			if (!is_constant(item))
				return false;
		return true;
	default:
		return false;
	}
}

static bool
emit_display(struct emit *m, const struct ast_expr *node)
{
	enum op build = node->kind == AST_LIST  ? OP_BUILD_LIST
			: node->kind == AST_SET ? OP_BUILD_SET
						: OP_BUILD_TUPLE;

	if (ast_has_kind(node->items, AST_STARRED) || ast_count(node->items) > EMIT_STACK_MAX) {
		if (!emit_spread(m, node->items, node->kind == AST_SET ? OP_BUILD_SET : OP_BUILD_LIST))
			return false;
		if (node->kind == AST_TUPLE)
			emit_op(m, OP_TO_TUPLE, 0);
		return true;
	}
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next)
		if (!emit_expr(m, item))
			return false;
	emit_place(m, node);
	emit_op_with(m, build, (uint32_t)ast_count(node->items), 0,
	    node->kind == AST_SET && ast_count(node->items) > 2 && is_constant(node) ? OP_SET_CONSTANT : 0);
	return true;
}

static bool
emit_dict(struct emit *m, const struct ast_expr *node)
{
	emit_op(m, OP_BUILD_DICT, 0);
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next) {
		if (!emit_expr(m, item->left) || (item->right != NULL && !emit_expr(m, item->right)))
			return false;
		emit_place(m, item);
		emit_op(m, item->right != NULL ? OP_ADD_ENTRY : OP_ADD_ENTRIES, 0);
	}
	return true;
}

static bool
emit_slice(struct emit *m, const struct ast_expr *node)
{
	const struct ast_expr *parts[] = {node->left, node->right, node->third};

	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		if (parts[i] == NULL)
			emit_op(m, OP_CONSTANT, emit_constant(m, tmpl_none()));
		else if (!emit_expr(m, parts[i]))
			return false;
	}
	emit_op(m, OP_BUILD_SLICE, 0);
	return true;
}

/* Methods that change their object, and what could give one of them: a module, too, which gets the object itself. */
static bool
changes_data(struct str name)
{
	static const char *const names[] = {"append", "extend", "insert", "pop", "remove", "sort", "reverse",
	    "clear", "update", "setdefault", "popitem", "add", "discard", "intersection_update",
	    "difference_update", "symmetric_difference_update", "getattr", "_tt_modules", "modules"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

bool
emit_attribute(struct emit *m, const struct ast_expr *node, enum op op)
{
	if (!emit_expr(m, node->left))
		return false;
	m->code->changes_data |= changes_data(node->name);
	emit_place(m, node);
	emit_op(m, op, emit_name(m, node->name));
	return true;
}

static bool
emit_comparison(struct emit *m, const struct ast_expr *node)
{
	uint32_t ends = EMIT_NO_JUMP;

	if (!emit_expr(m, node->left))
		return false;
	for (const struct ast_expr *link = node->items; link != NULL; link = link->next) {
		if (!emit_expr(m, link->left))
			return false;
		emit_place(m, node);
		if (link->next == NULL) {
			emit_op_with(m, OP_COMPARE, 0, 0, (uint8_t)link->op);
			continue;
		}
		ends = emit_op_with(m, OP_COMPARE_CHAIN, ends, 0, (uint8_t)link->op);
	}
	emit_patch_chain(m, ends);
	return true;
}

static bool
emit_either(struct emit *m, const struct ast_expr *node)
{
	uint32_t jump;

	if (!emit_expr(m, node->left))
		return false;
	jump = emit_op(m, node->kind == AST_AND ? OP_FALSE_OR_POP : OP_TRUE_OR_POP, 0);
	if (!emit_expr(m, node->right))
		return false;
	emit_patch(m, jump);
	return true;
}

static bool
emit_conditional(struct emit *m, const struct ast_expr *node)
{
	uint32_t to_else, to_end;

	if (!emit_expr(m, node->third))
		return false;
	to_else = emit_op(m, OP_JUMP_FALSE, 0);
	if (!emit_expr(m, node->left))
		return false;
	to_end = emit_op(m, OP_JUMP, 0);
	m->function->stack_depth--;
	emit_patch(m, to_else);
	if (!emit_expr(m, node->right))
		return false;
	emit_patch(m, to_end);
	return true;
}

bool
emit_iterable(struct emit *m, const struct ast_expr *node)
{
	bool constant = node->kind == AST_SET && is_constant(node);

	if (!emit_expr(m, node))
		return false;
	if (constant)
		m->code->ops[m->code->op_count - 1].small = OP_SET_FROZEN;
	return true;
}

static bool
emit_operation(struct emit *m, const struct ast_expr *node)
{
	if (!emit_expr(m, node->left) || (node->kind == AST_BINARY && !emit_expr(m, node->right)))
		return false;
	emit_place(m, node);
	emit_op_with(m, node->kind == AST_BINARY ? OP_BINARY : OP_UNARY, 0, 0, (uint8_t)node->op);
	return true;
}

bool
emit_item(struct emit *m, const struct ast_expr *node, enum op op)
{
	if (!emit_expr(m, node->left) || !emit_expr(m, node->right))
		return false;
	m->code->changes_data |= op != OP_ITEM;
	emit_place(m, node);
	emit_op(m, op, 0);
	return true;
}

bool
emit_expr(struct emit *m, const struct ast_expr *node)
{
	if (!emit_fits(m, node->start, node->end))
		return false;
	switch (node->kind) {
	case AST_CONSTANT:
		emit_op(m, OP_CONSTANT, emit_constant(m, node->constant));
		return true;
	case AST_NAME:
		m->code->changes_data |= changes_data(node->name);
		emit_load(m, node, node->name);
		return true;
	case AST_BODY:
		return emit_applied(m);
	case AST_LIST:
	case AST_TUPLE:
	case AST_SET:
		return emit_display(m, node);
	case AST_DICT:
		return emit_dict(m, node);
	case AST_ATTRIBUTE:
		return emit_attribute(m, node, OP_ATTRIBUTE);
	case AST_INDEX:
		return emit_item(m, node, OP_ITEM);
	case AST_SLICE:
		return emit_slice(m, node);
	case AST_CALL:
		return emit_call(m, node);
	case AST_UNARY:
	case AST_BINARY:
		return emit_operation(m, node);
	case AST_COMPARE:
		return emit_comparison(m, node);
	case AST_AND:
	case AST_OR:
		return emit_either(m, node);
	case AST_CONDITIONAL:
		return emit_conditional(m, node);
	case AST_LAMBDA:
		return emit_lambda(m, node);
	case AST_LIST_OF:
	case AST_SET_OF:
	case AST_DICT_OF:
		return emit_comprehension(m, node);
	case AST_GENERATOR:
		return emit_generator(m, node);
	default:
		return err_set(
		    m->err, ERR_SYNTAX, src_place(&m->file->src, node->start, node->end), "invalid syntax");
	}
}
