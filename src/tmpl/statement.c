#include "tmpl/emit.h"

/* Bodies within bodies, whatever file they come from. */
enum { STATEMENT_DEPTH_MAX = 200 };

/* No name of a template. */
#define ESCAPED_NAME ".escaped"

enum cleanup_kind {
	CLEANUP_LOOP,    /* ends the way */
	CLEANUP_HANDLER, /* of a try */
	CLEANUP_FINALLY, /* its body is to be run */
	CLEANUP_NAME,    /* of an exception: it loses its value */
	CLEANUP_VALUE,   /* on the stack */
};

/* What a break or continue has to do on its way out of a statement, innermost first. */
struct emit_cleanup {
	struct emit_cleanup *outer;
	enum cleanup_kind kind;
	const struct ast_body *body;
	uint32_t slot;
	uint32_t start;  /* of a loop: where a continue goes */
	uint32_t breaks; /* of a loop: the last jump to its end; each holds the one before it as its target */
};

static bool emit_body(struct emit *m, const struct ast_body *body);

/* Scopes: the names that are assigned anywhere make it up, in dead branches, overriding blocks and includes
 * too. */

static bool collect_names(struct emit *m, const struct ast_file *file, const struct ast_body *body);

static bool
collect_in_branches(struct emit *m, const struct ast_file *file, const struct ast_branch *branch)
{
	for (; branch != NULL; branch = branch->next) {
		emit_scope_add_targets(m, branch->target);
		if (!collect_names(m, file, &branch->body))
			return false;
	}
	return true;
}

static bool
collect_elsewhere(struct emit *m, const struct ast_file *file, const struct ast_statement *s)
{
	const struct ast_file *included;

	if (s->kind == AST_STATEMENT_BLOCK) {
		const struct link_block *winner = link_block(&m->link, s);

		return collect_names(m, winner->file, &winner->block->body);
	}
	included = link_load(&m->link, file, s);
	return included != NULL && collect_names(m, included, &included->body);
}

/* The root has none outside of its blocks, or it would not be the root. */
static bool
fail_extends(struct emit *m, const struct ast_file *file, const struct ast_statement *s)
{
	return err_set(m->err, ERR_NOT_IMPLEMENTED, src_place(&file->src, s->tag.start, s->tag.end),
	    file->extends ? "a file that extends another can't be included"
			  : "extends works only outside of all blocks");
}

static bool
collect_names(struct emit *m, const struct ast_file *file, const struct ast_body *body)
{
	bool collected = true;

	if (m->depth >= STATEMENT_DEPTH_MAX)
		return err_set(m->err, ERR_RECURSION, (struct err_place){.file = file->src.name},
		    "maximum recursion depth exceeded");
	m->depth++;
	for (const struct ast_statement *s = body->first; collected && s != NULL; s = s->next) {
		if (s->kind == AST_STATEMENT_APPLY)
			continue;
		if (s->kind == AST_STATEMENT_EXTENDS)
			return fail_extends(m, file, s);
		emit_scope_add_targets(m, s->target);
		if (s->kind == AST_STATEMENT_BLOCK || s->kind == AST_STATEMENT_INCLUDE)
			collected = collect_elsewhere(m, file, s);
		else
			collected =
			    collect_names(m, file, &s->body) && collect_in_branches(m, file, s->branches);
	}
	m->depth--;
	return collected;
}

/* Faults that the parser found, and left to be told where the code is not dead. */

static bool
check_fault(struct emit *m, const struct err *fault)
{
	if (fault == NULL || fault->kind == ERR_NONE)
		return true;
	*m->err = err_copy(m->err->arena, fault);
	return false;
}

/* Python sees only in the next line that a try ends without except or finally. */
static bool
fail_open_try(struct emit *m, struct err_place next)
{
	struct ast_tag tag = m->open_try->tag;

	err_set(m->err, ERR_SYNTAX, next, "expected 'except' or 'finally' block");
	err_add_frame(m->err, STR("try"), src_place(&m->try_file->src, tag.start, tag.end));
	return false;
}

/* The tag begins a line of Python. */
static bool
emit_line(struct emit *m)
{
	return m->open_try == NULL || fail_open_try(m, src_place(&m->file->src, m->tag.start, m->tag.end));
}

/* Output */

static void
emit_text(struct emit *m, const struct ast_statement *s)
{
	emit_op(m, OP_TEXT, emit_constant(m, tmpl_str(s->text)));
}

/* Whether the call is name(BODY), and the name a global one: the machine has an instruction for that. */
static bool
is_plain_escape(const struct emit *m, const struct ast_expr *call)
{
	return call->kind == AST_CALL && call->left->kind == AST_NAME && call->items->kind == AST_BODY &&
	       call->items->next == NULL && emit_is_global(m, call->left->name);
}

/* The value, as text, has a name while the function is called with it. */
static bool
emit_escaped(struct emit *m, const struct ast_statement *s, const struct ast_expr *call)
{
	const struct ast_statement *applied = m->applied;
	bool emitted;

	emit_op(m, OP_TO_TEXT, 0);
	emit_op(m, OP_SET_LOCAL, emit_scope_add(m, STR(ESCAPED_NAME)));
	m->applied = NULL;
	emitted = emit_expr(m, call);
	m->applied = applied;
	emit_place(m, s->value);
	emit_op(m, OP_ECHO_TEXT, 0);
	return emitted;
}

/* What Tornado does: str(value), then the file's function, whose result must be text. */
static bool
emit_echo(struct emit *m, const struct ast_statement *s)
{
	const struct ast_file *file = m->file;
	const struct ast_expr *call = s->kind == AST_STATEMENT_ECHO ? file->autoescape_function : NULL;

	if (s->kind == AST_STATEMENT_ECHO && !check_fault(m, file->autoescape_fault))
		return false;
	if (!emit_expr(m, s->value))
		return false;
	emit_place(m, s->value);
	if (call == NULL)
		emit_op(m, OP_ECHO_RAW, 0);
	else if (is_plain_escape(m, call))
		emit_op(m, OP_ECHO, emit_global(m, call->left->name));
	else
		return emit_escaped(m, s, call);
	return true;
}

/* A body of another file, or of this one by another way. */
static bool
emit_elsewhere(
    struct emit *m, const struct ast_file *file, const struct ast_body *body, const struct ast_statement *tag)
{
	struct code_context *context = ARENA_NEW(m->arena, struct code_context);
	const struct code_context *outer = m->context;
	const struct ast_file *from = m->file;
	bool emitted;

	*context = (struct code_context){&file->src, outer, link_what(m->arena, tag), tag->tag};
	m->context = context;
	m->file = file;
	emitted = emit_body(m, body);
	m->context = outer;
	m->file = from;
	return emitted;
}

/* The body of an apply, as text. */
static bool
emit_captured(struct emit *m, const struct ast_statement *s)
{
	uint32_t first_slot = m->function->made->local_count;
	struct emit_cleanup *cleanups = m->cleanups;
	struct emit_scope scope;
	bool emitted;

	emit_op(m, OP_CAPTURE, 0);
	emit_scope_open(m, &scope);
	emitted = collect_names(m, m->file, &s->body);
	emit_op_with(m, OP_UNBIND, first_slot, (uint16_t)(m->function->made->local_count - first_slot), 0);
	m->cleanups = NULL;
	emitted = emitted && emit_elsewhere(m, m->file, &s->body, s);
	m->cleanups = cleanups;
	emit_scope_close(m);
	emit_op(m, OP_CAPTURED, 0);
	m->tag = s->tag;
	return emitted && emit_line(m);
}

bool
emit_applied(struct emit *m)
{
	if (m->applied != NULL)
		return emit_captured(m, m->applied);
	emit_load(m, NULL, STR(ESCAPED_NAME));
	return true;
}

static bool
emit_apply(struct emit *m, const struct ast_statement *s)
{
	const struct ast_statement *applied = m->applied;
	bool emitted;

	m->applied = s;
	emitted = emit_expr(m, s->value);
	m->applied = applied;
	emit_place(m, s->value);
	emit_op(m, OP_ECHO_TEXT, 0);
	return emitted;
}

/* Loops */

static void
cleanup_open(struct emit *m, struct emit_cleanup *cleanup, enum cleanup_kind kind)
{
	*cleanup = (struct emit_cleanup){.outer = m->cleanups, .kind = kind, .breaks = UINT32_MAX};
	m->cleanups = cleanup;
}

static void
cleanup_close(struct emit *m)
{
	m->cleanups = m->cleanups->outer;
}

static void
handler_close(struct emit *m)
{
	emit_op(m, OP_TRY_END, 0);
	m->function->handler_depth--;
}

/* Leaves every statement up to the innermost loop, then jumps to its start or its end. */
static bool
emit_leave(struct emit *m, bool breaks)
{
	struct emit_cleanup *saved = m->cleanups, *loop;
	uint32_t depth = m->function->stack_depth;
	bool emitted = true;

	while (emitted && m->cleanups != NULL && m->cleanups->kind != CLEANUP_LOOP) {
		struct emit_cleanup *cleanup = m->cleanups;

		m->cleanups = cleanup->outer;
		if (cleanup->kind == CLEANUP_HANDLER)
			emit_op(m, OP_TRY_END, 0);
		else if (cleanup->kind == CLEANUP_NAME)
			emit_op_with(m, OP_UNBIND, cleanup->slot, 1, 0);
		else if (cleanup->kind == CLEANUP_VALUE)
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

/* Every break of the loop goes to the next instruction. */
static void
patch_breaks(struct emit *m, uint32_t jump)
{
	while (jump != UINT32_MAX) {
		uint32_t before = m->code->ops[jump].index;

		emit_patch(m, jump);
		jump = before;
	}
}

static bool
emit_branch(struct emit *m, const struct ast_branch *branch)
{
	m->tag = branch->tag;
	return emit_line(m) && emit_body(m, &branch->body);
}

static bool
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
	cleanup_open(m, &loop, CLEANUP_LOOP);
	loop.start = emit_here(m);
	jump = emit_op_with(m, OP_NEXT, 0, (uint16_t)iterator, 0);
	emit_place(m, s->target);
	emitted = emit_store(m, s->target) && emit_body(m, &s->body);
	m->tag = s->tag;
	emit_place(m, s->value);
	emit_op(m, OP_JUMP_BACK, loop.start);
	cleanup_close(m);
	emit_iterator_close(m);
	emit_patch(m, jump);
	emitted = emitted && (s->branches == NULL || emit_branch(m, s->branches));
	patch_breaks(m, loop.breaks);
	return emitted;
}

static bool
emit_while(struct emit *m, const struct ast_statement *s)
{
	struct emit_cleanup loop;
	uint32_t jump;
	bool emitted;

	cleanup_open(m, &loop, CLEANUP_LOOP);
	loop.start = emit_here(m);
	if (!emit_expr(m, s->value))
		return false;
	jump = emit_op(m, OP_JUMP_FALSE, 0);
	emitted = emit_body(m, &s->body);
	m->tag = s->tag;
	emit_place(m, s->value);
	emit_op(m, OP_JUMP_BACK, loop.start);
	cleanup_close(m);
	emit_patch(m, jump);
	emitted = emitted && (s->branches == NULL || emit_branch(m, s->branches));
	patch_breaks(m, loop.breaks);
	return emitted;
}

static bool
emit_if(struct emit *m, const struct ast_statement *s)
{
	uint32_t ends = UINT32_MAX;

	for (const struct ast_branch *branch = s->branches; branch != NULL; branch = branch->next) {
		uint32_t jump = UINT32_MAX;

		m->tag = branch->tag;
		if (!emit_line(m))
			return false;
		if (branch->value != NULL) {
			if (!emit_expr(m, branch->value))
				return false;
			jump = emit_op(m, OP_JUMP_FALSE, 0);
		}
		if (!emit_body(m, &branch->body))
			return false;
		if (branch->next != NULL)
			ends = emit_op(m, OP_JUMP, ends);
		if (jump != UINT32_MAX)
			emit_patch(m, jump);
	}
	patch_breaks(m, ends);
	return true;
}

/* Exceptions */

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
	cleanup_open(m, &name, CLEANUP_NAME);
	name.slot = emit_scope_add(m, branch->target->name);
	emitted = emit_body(m, &branch->body);
	cleanup_close(m);
	emit_op_with(m, OP_UNBIND, name.slot, 1, 0);
	return emitted;
}

/* One except after the other; each that is taken jumps to the end. */
static bool
emit_excepts(struct emit *m, const struct ast_branch *branch, uint32_t *ends)
{
	uint32_t depth = m->function->stack_depth;

	for (; branch != NULL && branch->kind == AST_BRANCH_EXCEPT; branch = branch->next) {
		uint32_t jump = UINT32_MAX;

		m->tag = branch->tag;
		if (!emit_line(m))
			return false;
		if (branch->value != NULL) {
			if (!emit_expr(m, branch->value))
				return false;
			emit_place(m, branch->value);
			emit_op(m, OP_MATCH, 0);
			jump = emit_op(m, OP_JUMP_FALSE, 0);
		}
		if (!emit_except_body(m, branch))
			return false;
		*ends = emit_op(m, OP_JUMP, *ends);
		m->function->stack_depth = depth;
		if (jump != UINT32_MAX)
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
	uint32_t handler, ends = UINT32_MAX;
	struct emit_cleanup cleanup;
	bool emitted;

	if (find_branch(s->branches, AST_BRANCH_EXCEPT) == NULL)
		return emit_body(m, &s->body);
	handler = handler_open(m);
	cleanup_open(m, &cleanup, CLEANUP_HANDLER);
	emitted = emit_body(m, &s->body);
	cleanup_close(m);
	handler_close(m);
	if (!emitted || (otherwise != NULL && !emit_branch(m, otherwise)))
		return false;
	ends = emit_op(m, OP_JUMP, ends);
	m->tag = s->tag;
	handler_target(m, handler);
	if (!emit_excepts(m, s->branches, &ends))
		return false;
	patch_breaks(m, ends);
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
static bool
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
	cleanup_open(m, &body, CLEANUP_FINALLY);
	body.body = &finally->body;
	cleanup_open(m, &guard, CLEANUP_HANDLER);
	emitted = emit_guarded(m, s);
	cleanup_close(m);
	cleanup_close(m);
	handler_close(m);
	if (!emitted || !emit_branch(m, finally))
		return false;
	end = emit_op(m, OP_JUMP, 0);
	m->tag = s->tag;
	handler_target(m, handler);
	cleanup_open(m, &guard, CLEANUP_VALUE);
	emitted = emit_body(m, &finally->body);
	cleanup_close(m);
	m->tag = s->tag;
	emit_place(m, NULL);
	emit_op(m, OP_RAISE, 0);
	emit_patch(m, end);
	return emitted;
}

/* Other files */

static bool
emit_include(struct emit *m, const struct ast_statement *s)
{
	const struct ast_file *file = link_load(&m->link, m->file, s);

	return file != NULL && check_fault(m, file->fault) && emit_elsewhere(m, file, &file->body, s);
}

static bool
emit_block(struct emit *m, const struct ast_statement *s)
{
	const struct link_block *winner = link_block(&m->link, s);

	return check_fault(m, winner->block->fault) &&
	       emit_elsewhere(m, winner->file, &winner->block->body, s);
}

/* Statements */

static bool
emit_assign(struct emit *m, const struct ast_statement *s)
{
	if (!emit_expr(m, s->value))
		return false;
	for (const struct ast_expr *target = s->target->items; target != NULL; target = target->next) {
		if (target->next != NULL)
			emit_op(m, OP_COPY, 0);
		if (!emit_store(m, target->left))
			return false;
	}
	return true;
}

static bool
emit_evaluate(struct emit *m, const struct ast_statement *s)
{
	if (!emit_expr(m, s->value))
		return false;
	emit_op(m, OP_POP, 0);
	return true;
}

static bool
emit_statement(struct emit *m, const struct ast_statement *s)
{
	switch (s->kind) {
	case AST_STATEMENT_TEXT:
		emit_text(m, s);
		return true;
	case AST_STATEMENT_ECHO:
	case AST_STATEMENT_RAW:
		return emit_echo(m, s);
	case AST_STATEMENT_CHOICE:
		return emit_if(m, s);
	case AST_STATEMENT_LOOP:
		return emit_for(m, s);
	case AST_STATEMENT_WHILE:
		return emit_while(m, s);
	case AST_STATEMENT_TRY:
		return emit_try(m, s);
	case AST_STATEMENT_APPLY:
		return emit_apply(m, s);
	case AST_STATEMENT_BLOCK:
		return emit_block(m, s);
	case AST_STATEMENT_EXTENDS:
		return fail_extends(m, m->file, s);
	case AST_STATEMENT_INCLUDE:
		return emit_include(m, s);
	case AST_STATEMENT_BREAK:
	case AST_STATEMENT_CONTINUE:
		return emit_leave(m, s->kind == AST_STATEMENT_BREAK);
	case AST_STATEMENT_ASSIGN:
		return emit_assign(m, s);
	case AST_STATEMENT_AUGMENT:
		return emit_augment(m, s);
	case AST_STATEMENT_EVALUATE:
		return emit_evaluate(m, s);
	case AST_STATEMENT_DELETE:
		return emit_delete(m, s->target);
	}
	return true;
}

/* The others are nothing but the lines of their bodies. */
static bool
begins_line(const struct ast_statement *s)
{
	return s->kind != AST_STATEMENT_BLOCK && s->kind != AST_STATEMENT_INCLUDE;
}

/* Whose last body Tornado ends with a line "pass"; that of an open try is inside of it. */
static bool
is_control(const struct ast_statement *s)
{
	return s->kind == AST_STATEMENT_CHOICE || s->kind == AST_STATEMENT_LOOP ||
	       s->kind == AST_STATEMENT_WHILE || (s->kind == AST_STATEMENT_TRY && s->branches != NULL);
}

static bool
emit_body(struct emit *m, const struct ast_body *body)
{
	bool emitted = true;

	if (m->depth >= STATEMENT_DEPTH_MAX)
		return err_set(m->err, ERR_RECURSION, src_place(&m->file->src, m->tag.start, m->tag.end),
		    "maximum recursion depth exceeded");
	m->depth++;
	for (const struct ast_statement *s = body->first; emitted && s != NULL; s = s->next) {
		m->tag = s->tag;
		if (s->kind == AST_STATEMENT_TEXT) /* Tornado counts it where it ends */
			m->tag.start = m->tag.end;
		emitted = (!begins_line(s) || emit_line(m)) && emit_statement(m, s);
		m->tag = s->tag;
		emitted = emitted && (!is_control(s) || emit_line(m));
	}
	m->depth--;
	return emitted;
}

bool
emit_program(struct emit *m)
{
	struct emit_scope scope;
	uint32_t number;
	bool emitted;

	m->file = m->link.root.file;
	m->context = m->link.root.context;
	emit_function_open(m, &number);
	emit_scope_open(m, &scope);
	emitted = collect_names(m, m->file, &m->file->body) && check_fault(m, m->file->fault) &&
		  emit_body(m, &m->file->body);
	if (emitted && m->open_try != NULL)
		emitted =
		    fail_open_try(m, (struct err_place){.file = m->file->src.name, .line = ERR_LINE_ZERO});
	emit_op(m, OP_END, 0);
	emit_scope_close(m);
	return emitted;
}
