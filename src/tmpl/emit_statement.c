#include "tmpl/emit_tree.h"

/* No name of a template. */
#define ESCAPED_NAME ".escaped"

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

bool
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
	       call->items->next == NULL && emit_scope_is_global(m, call->left->name);
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
	if (!emit_assigned(m, s) || !emit_body(m, &s->body))
		return false;
	m->tag = s->tag;
	emit_place(m, s->value);
	if (call == NULL)
		emit_op(m, OP_ECHO_RAW, 0);
	else if (is_plain_escape(m, call))
		emit_op(m, OP_ECHO, emit_global(m, call->left->name));
	else
		return emit_escaped(m, s, call);
	return true;
}

/* Bodies of other files, and of this one by another way */

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
	emitted = emit_scope_collect(m, m->file, &s->body);
	emit_scope_unbind(m, first_slot);
	m->cleanups = NULL;
	emitted = emitted && emit_elsewhere(m, m->file, &s->body, s);
	m->cleanups = cleanups;
	emit_scope_close(m);
	m->tag = s->tag;
	emit_place(m, NULL);
	emit_op(m, OP_CAPTURED, 0);
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

static bool
emit_include(struct emit *m, const struct ast_statement *s)
{
	const struct ast_file *file = link_load(&m->link, m->file, s);

	return file != NULL && check_fault(m, file->fault) && emit_elsewhere(m, file, &file->body, s);
}

static bool
emit_block(struct emit *m, const struct ast_statement *s)
{
	const struct link_block *winner = link_block(&m->link, m->file, s);

	return winner != NULL && check_fault(m, winner->block->fault) &&
	       emit_elsewhere(m, winner->file, &winner->block->body, s);
}

/* Statements */

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
		break; /* what collects the names has refused it */
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

bool
emit_body(struct emit *m, const struct ast_body *body)
{
	bool emitted = true;

	if (m->depth >= EMIT_DEPTH_MAX)
		return err_set(m->err, ERR_RECURSION, src_place(&m->file->src, m->tag.start, m->tag.end),
		    "maximum recursion depth exceeded");
	m->depth++;
	for (const struct ast_statement *s = body->first; emitted && s != NULL; s = s->next) {
		m->tag = s->tag;
		if (s->kind == AST_STATEMENT_TEXT) /* Tornado counts it where it ends */
			m->tag.start = m->tag.end;
		emitted = emit_fits(m, s->tag.start, s->tag.end) && (!begins_line(s) || emit_line(m)) &&
			  emit_statement(m, s);
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
	bool emitted;

	m->file = m->link.root.file;
	m->context = m->link.root.context;
	emit_function_open(m);
	emit_scope_open(m, &scope);
	emitted = emit_scope_collect(m, m->file, &m->file->body) && check_fault(m, m->file->fault) &&
		  emit_body(m, &m->file->body);
	if (emitted && m->open_try != NULL)
		emitted =
		    fail_open_try(m, (struct err_place){.file = m->file->src.name, .line = ERR_LINE_ZERO});
	emit_place(m, NULL);
	emit_op(m, OP_END, 0);
	emit_scope_close(m);
	return emitted;
}
