#include "tmpl/emit_tree.h"

/* Leaving */

void
emit_cleanup_open(struct emit *m, struct emit_cleanup *cleanup, enum emit_cleanup_kind kind)
{
	*cleanup = (struct emit_cleanup){.outer = m->cleanups, .kind = kind, .breaks = EMIT_NO_JUMP};
	m->cleanups = cleanup;
}

void
emit_cleanup_close(struct emit *m)
{
	m->cleanups = m->cleanups->outer;
}

bool
emit_leave(struct emit *m, bool breaks)
{
	struct emit_cleanup *saved = m->cleanups, *loop;
	uint32_t depth = m->function->stack_depth;
	bool emitted = true;

	while (emitted && m->cleanups != NULL && m->cleanups->kind != EMIT_CLEANUP_LOOP) {
		struct emit_cleanup *cleanup = m->cleanups;

		m->cleanups = cleanup->outer;
		if (cleanup->kind == EMIT_CLEANUP_HANDLER)
			emit_op(m, OP_TRY_END, 0);
		else if (cleanup->kind == EMIT_CLEANUP_NAME)
			emit_op_with(m, OP_UNBIND, cleanup->slot, 1, 0);
		else if (cleanup->kind == EMIT_CLEANUP_VALUE)
			emit_op(m, OP_POP, 0);
		else
			emitted = emit_body(m, cleanup->body);
	}
	loop = m->cleanups;
	if (loop == NULL) {
		m->cleanups = saved;
		return err_set(m->err, ERR_SYNTAX, src_place(&m->file->src, m->tag.start, m->tag.end), "%s",
		    breaks ? "'break' outside loop" : "'continue' not properly in loop");
	}
	if (breaks)
		loop->breaks = emit_op(m, OP_JUMP, loop->breaks);
	else
		emit_op(m, OP_JUMP_BACK, loop->start);
	m->cleanups = saved;
	m->function->stack_depth = depth;
	return emitted;
}

/* Branches and loops */

bool
emit_branch_begin(struct emit *m, const struct ast_branch *branch)
{
	m->tag = branch->tag;
	return emit_line(m) && (branch->value == NULL || emit_expr(m, branch->value));
}

bool
emit_branch(struct emit *m, const struct ast_branch *branch)
{
	return emit_branch_begin(m, branch) && emit_body(m, &branch->body);
}

bool
emit_for(struct emit *m, const struct ast_statement *s)
{
	struct emit_cleanup loop;
	uint32_t jump, iterator;
	bool emitted;

	if (!emit_iterable(m, s->value))
		return false;
	emit_place(m, s->value);
	iterator = emit_iterator_open(m);
	emit_op_with(m, OP_ITERATE, 0, (uint16_t)iterator, 0);
	emit_cleanup_open(m, &loop, EMIT_CLEANUP_LOOP);
	loop.start = emit_here(m);
	jump = emit_op_with(m, OP_NEXT, 0, (uint16_t)iterator, 0);
	emit_place(m, s->target);
	emitted = emit_store(m, s->target) && emit_body(m, &s->body);
	m->tag = s->tag;
	emit_place(m, s->value);
	emit_op(m, OP_JUMP_BACK, loop.start);
	emit_cleanup_close(m);
	emit_iterator_close(m);
	emit_patch(m, jump);
	emitted = emitted && (s->branches == NULL || emit_branch(m, s->branches));
	emit_patch_chain(m, loop.breaks);
	return emitted;
}

bool
emit_while(struct emit *m, const struct ast_statement *s)
{
	struct emit_cleanup loop;
	uint32_t jump;
	bool emitted;

	emit_cleanup_open(m, &loop, EMIT_CLEANUP_LOOP);
	loop.start = emit_here(m);
	if (!emit_expr(m, s->value))
		return false;
	jump = emit_op(m, OP_JUMP_FALSE, 0);
	emitted = emit_body(m, &s->body);
	m->tag = s->tag;
	emit_place(m, s->value);
	emit_op(m, OP_JUMP_BACK, loop.start);
	emit_cleanup_close(m);
	emit_patch(m, jump);
	emitted = emitted && (s->branches == NULL || emit_branch(m, s->branches));
	emit_patch_chain(m, loop.breaks);
	return emitted;
}

bool
emit_if(struct emit *m, const struct ast_statement *s)
{
	uint32_t ends = EMIT_NO_JUMP;

	for (const struct ast_branch *branch = s->branches; branch != NULL; branch = branch->next) {
		uint32_t jump = EMIT_NO_JUMP;

		if (!emit_branch_begin(m, branch))
			return false;
		if (branch->value != NULL)
			jump = emit_op(m, OP_JUMP_FALSE, 0);
		if (!emit_body(m, &branch->body))
			return false;
		if (branch->next != NULL)
			ends = emit_op(m, OP_JUMP, ends);
		if (jump != EMIT_NO_JUMP)
			emit_patch(m, jump);
	}
	emit_patch_chain(m, ends);
	return true;
}
