#include "tmpl/emit_tree.h"

/* The target of the handler is the next instruction, with the exception on the stack. */
static uint32_t
handler_open(struct emit *m)
{
	struct emit_function *f = m->function;

	f->handler_depth++;
	f->made->handler_count = MAX(f->made->handler_count, f->handler_depth);
	return emit_op(m, OP_TRY, 0);
}

static void
handler_target(struct emit *m, uint32_t handler)
{
	struct emit_function *f = m->function;

	emit_patch(m, handler);
	emit_place(m, NULL);
	f->stack_depth++;
	f->made->stack_count = MAX(f->made->stack_count, f->stack_depth);
}

static void
handler_close(struct emit *m)
{
	emit_op(m, OP_TRY_END, 0);
	m->function->handler_depth--;
}

/* The body of an except: the exception is on the stack, and not any more at its end. */
static bool
emit_except_body(struct emit *m, const struct ast_branch *branch)
{
	struct emit_cleanup name;
	bool emitted;

	if (branch->target == NULL) {
		emit_op(m, OP_POP, 0);
		return emit_body(m, &branch->body);
	}
	if (!emit_store(m, branch->target))
		return false;
	emit_cleanup_open(m, &name, EMIT_CLEANUP_NAME);
	name.slot = emit_scope_add(m, branch->target->name);
	emitted = emit_body(m, &branch->body);
	emit_cleanup_close(m);
	emit_op_with(m, OP_UNBIND, name.slot, 1, 0);
	return emitted;
}

/* One except after the other; each that is taken jumps to the end. */
static bool
emit_excepts(struct emit *m, const struct ast_branch *branch, uint32_t *ends)
{
	uint32_t depth = m->function->stack_depth;

	for (; branch != NULL && branch->kind == AST_BRANCH_EXCEPT; branch = branch->next) {
		uint32_t jump = EMIT_NO_JUMP;

		if (!emit_branch_begin(m, branch))
			return false;
		if (branch->value != NULL) {
			emit_place(m, branch->value);
			emit_op(m, OP_MATCH, 0);
			jump = emit_op(m, OP_JUMP_FALSE, 0);
		}
		if (!emit_except_body(m, branch))
			return false;
		*ends = emit_op(m, OP_JUMP, *ends);
		m->function->stack_depth = depth;
		if (jump != EMIT_NO_JUMP)
			emit_patch(m, jump);
	}
	emit_place(m, NULL);
	emit_op(m, OP_RAISE, 0);
	return true;
}

static const struct ast_branch *
find_branch(const struct ast_branch *branch, enum ast_branch_kind kind)
{
	while (branch != NULL && branch->kind != kind)
		branch = branch->next;
	return branch;
}

/* try, except and else, without finally. */
static bool
emit_guarded(struct emit *m, const struct ast_statement *s)
{
	const struct ast_branch *otherwise = find_branch(s->branches, AST_BRANCH_ELSE);
	uint32_t handler, ends = EMIT_NO_JUMP;
	struct emit_cleanup cleanup;
	bool emitted;

	if (find_branch(s->branches, AST_BRANCH_EXCEPT) == NULL)
		return emit_body(m, &s->body);
	handler = handler_open(m);
	emit_cleanup_open(m, &cleanup, EMIT_CLEANUP_HANDLER);
	emitted = emit_body(m, &s->body);
	emit_cleanup_close(m);
	handler_close(m);
	if (!emitted || (otherwise != NULL && !emit_branch(m, otherwise)))
		return false;
	ends = emit_op(m, OP_JUMP, ends);
	m->tag = s->tag;
	handler_target(m, handler);
	if (!emit_excepts(m, s->branches, &ends))
		return false;
	emit_patch_chain(m, ends);
	return true;
}

/* The fault is told with the next line, if the body has none of its own; its last one is "pass". */
static bool
emit_open_try(struct emit *m, const struct ast_statement *s)
{
	if (!emit_body(m, &s->body))
		return false;
	m->tag = s->tag;
	if (!emit_line(m))
		return false;
	m->open_try = s;
	m->try_file = m->file;
	return true;
}

/* The body of a finally is there twice: for what went well, and for the exception that goes on after it. */
bool
emit_try(struct emit *m, const struct ast_statement *s)
{
	const struct ast_branch *finally = find_branch(s->branches, AST_BRANCH_FINALLY);
	uint32_t handler, end;
	struct emit_cleanup body, guard;
	bool emitted;

	if (s->branches == NULL)
		return emit_open_try(m, s);
	if (finally == NULL)
		return emit_guarded(m, s);
	handler = handler_open(m);
	emit_cleanup_open(m, &body, EMIT_CLEANUP_FINALLY);
	body.body = &finally->body;
	emit_cleanup_open(m, &guard, EMIT_CLEANUP_HANDLER);
	emitted = emit_guarded(m, s);
	emit_cleanup_close(m);
	emit_cleanup_close(m);
	handler_close(m);
	if (!emitted || !emit_branch(m, finally))
		return false;
	end = emit_op(m, OP_JUMP, 0);
	m->tag = s->tag;
	handler_target(m, handler);
	emit_cleanup_open(m, &guard, EMIT_CLEANUP_VALUE);
	emitted = emit_body(m, &finally->body);
	emit_cleanup_close(m);
	m->tag = s->tag;
	emit_place(m, NULL);
	emit_op(m, OP_RAISE, 0);
	emit_patch(m, end);
	return emitted;
}
