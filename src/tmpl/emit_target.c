#include "tmpl/emit_tree.h"

static bool
emit_unpack(struct emit *m, const struct ast_expr *target)
{
	uint32_t star = 0, number = 0;

	for (const struct ast_expr *item = target->items; item != NULL; item = item->next) {
		number++;
		if (item->kind == AST_STARRED)
			star = number;
	}
	emit_place(m, target);
	emit_op_with(m, OP_UNPACK, number, (uint16_t)star, 0);
	if (!emit_fits(m, target->start, target->end))
		return false;
	for (const struct ast_expr *item = target->items; item != NULL; item = item->next)
		if (!emit_store(m, item->kind == AST_STARRED ? item->left : item))
			return false;
	return true;
}

bool
emit_store(struct emit *m, const struct ast_expr *target)
{
	uint32_t slot;

	switch (target->kind) {
	case AST_NAME:
		if (emit_scope_find_own(m, target->name, &slot))
			emit_op(m, OP_SET_LOCAL, slot);
		return true;
	case AST_TUPLE:
	case AST_LIST:
		return emit_unpack(m, target);
	case AST_INDEX:
		return emit_item(m, target, OP_SET_ITEM);
	default:
		return emit_attribute(m, target, OP_SET_ATTRIBUTE);
	}
}

bool
emit_delete(struct emit *m, const struct ast_expr *target)
{
	uint32_t slot;

	if (target->kind == AST_TUPLE || target->kind == AST_LIST) {
		for (const struct ast_expr *item = target->items; item != NULL; item = item->next)
			if (!emit_delete(m, item))
				return false;
		return true;
	}
	if (target->kind == AST_INDEX)
		return emit_item(m, target, OP_DELETE_ITEM);
	emit_place(m, target);
	if (target->kind == AST_NAME && emit_scope_find_own(m, target->name, &slot)) {
		emit_op(m, OP_DELETE_LOCAL, slot);
		return true;
	}
	return err_set(m->err, ERR_SYNTAX, src_place(&m->file->src, target->start, target->end),
	    "this can't be deleted in a template");
}

static bool
emit_augmented_value(struct emit *m, const struct ast_statement *statement)
{
	struct ast_expr whole = *statement->target;

	if (!emit_expr(m, statement->value))
		return false;
	whole.end = statement->value->end;
	emit_place(m, &whole);
	emit_op_with(m, OP_BINARY, 0, 1, (uint8_t)statement->op);
	return true;
}

bool
emit_augment(struct emit *m, const struct ast_statement *statement)
{
	const struct ast_expr *target = statement->target;

	m->code->changes_data = true;
	if (target->kind != AST_INDEX)
		return emit_expr(m, target) && emit_augmented_value(m, statement) && emit_store(m, target);
	if (!emit_item(m, target, OP_COPY_TWO))
		return false;
	emit_op(m, OP_ITEM, 0);
	if (!emit_augmented_value(m, statement))
		return false;
	emit_op(m, OP_UNDER_TWO, 0);
	emit_place(m, target);
	emit_op(m, OP_SET_ITEM, 0);
	return true;
}

/* The value goes to each target; with `keep` it stays on the stack. */
static bool
emit_stores(struct emit *m, const struct ast_statement *s, bool keep)
{
	const struct ast_expr *link = s->target != NULL ? s->target->items : NULL;

	if (!emit_expr(m, s->value))
		return false;
	for (; link != NULL; link = link->next) {
		if (keep || link->next != NULL)
			emit_op(m, OP_COPY, 0);
		if (!emit_store(m, link->left))
			return false;
	}
	return true;
}

bool
emit_assigned(struct emit *m, const struct ast_statement *s)
{
	return emit_stores(m, s, true);
}

bool
emit_assign(struct emit *m, const struct ast_statement *s)
{
	return emit_stores(m, s, false);
}
