#include "tmpl/emit.h"

/* Names */

void
emit_scope_open(struct emit *m, struct emit_scope *scope)
{
	*scope = (struct emit_scope){.outer = m->scope, .function = m->function};
	m->scope = scope;
}

void
emit_scope_close(struct emit *m)
{
	map_free(&m->scope->slots);
	m->scope = m->scope->outer;
}

uint32_t
emit_scope_add(struct emit *m, struct str name)
{
	uintptr_t found = (uintptr_t)map_get(&m->scope->slots, name);
	uint32_t slot;

	if (found != 0)
		return (uint32_t)(found - 1);
	slot = emit_function_add_local(m, m->scope->function, name);
	map_put(&m->scope->slots, name, (void *)((uintptr_t)slot + 1));
	return slot;
}

void
emit_scope_add_targets(struct emit *m, const struct ast_expr *target)
{
	if (target == NULL)
		return;
	if (target->kind == AST_NAME)
		emit_scope_add(m, target->name);
	if (target->kind == AST_STARRED || target->kind == AST_LINK)
		emit_scope_add_targets(m, target->left);
	if (target->kind == AST_TUPLE || target->kind == AST_LIST)
		for (const struct ast_expr *item = target->items; item != NULL; item = item->next)
			emit_scope_add_targets(m, item);
}

void
emit_scope_unbind(struct emit *m, uint32_t first_slot)
{
	emit_op_with(m, OP_UNBIND, first_slot, (uint16_t)(m->function->made->local_count - first_slot), 0);
}

/* Where a name lives: its slot, and how many functions further out. False for a global. */
static bool
find_slot(const struct emit *m, struct str name, uint32_t *slot, uint8_t *out)
{
	const struct emit_function *f = m->function;

	*out = 0;
	for (const struct emit_scope *scope = m->scope; scope != NULL; scope = scope->outer) {
		uintptr_t found = (uintptr_t)map_get(&scope->slots, name);

		if (found == 0)
			continue;
		for (; f != scope->function; f = f->outer)
			++*out;
		*slot = (uint32_t)(found - 1);
		return true;
	}
	return false;
}

bool
emit_scope_find_own(const struct emit *m, struct str name, uint32_t *slot)
{
	uint8_t out;

	return find_slot(m, name, slot, &out) && out == 0;
}

bool
emit_scope_is_global(const struct emit *m, struct str name)
{
	uint32_t slot;
	uint8_t out;

	return !find_slot(m, name, &slot, &out);
}

/* Whether a local is one of the innermost scope, and not of a scope that in Python would be another function. */
static bool
is_own(const struct emit *m, struct str name)
{
	return map_get(&m->scope->slots, name) != NULL;
}

void
emit_load(struct emit *m, const struct ast_expr *node, struct str name)
{
	uint32_t slot;
	uint8_t out;

	emit_place(m, node);
	if (!find_slot(m, name, &slot, &out))
		emit_op(m, OP_GLOBAL, emit_global(m, name));
	else if (out == 0)
		emit_op_with(m, OP_LOCAL, slot, !is_own(m, name), 0);
	else
		emit_op_with(m, OP_OUTER, slot, 0, out);
}

/* The names of a body */

/* The code that Tornado makes stands on them: there an assignment to one breaks the template. */
static bool
is_reserved(struct str name)
{
	static const char *const names[] = {"_tt_append", "_tt_buffer", "_tt_string_types", "_tt_utf8"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

/* The first reserved name among the targets, or NULL. */
static const struct ast_expr *
find_reserved(const struct ast_expr *target)
{
	const struct ast_expr *found = NULL;

	if (target->kind == AST_NAME)
		return is_reserved(target->name) ? target : NULL;
	if (target->kind == AST_STARRED || target->kind == AST_LINK)
		return find_reserved(target->left);
	if (target->kind == AST_TUPLE || target->kind == AST_LIST)
		for (const struct ast_expr *item = target->items; item != NULL && found == NULL;
		     item = item->next)
			found = find_reserved(item);
	return found;
}

static bool
collect_targets(struct emit *m, const struct ast_file *file, const struct ast_expr *target)
{
	const struct ast_expr *reserved = target ? find_reserved(target) : NULL;

	emit_scope_add_targets(m, target);
	if (reserved == NULL)
		return true;
	err_set(m->err, ERR_SYNTAX, src_place(&file->src, reserved->start, reserved->end),
	    "'%.*s' belongs to Tornado's own code", STR_ARG(reserved->name));
	err_set_hint(m->err, "choose another name");
	return false;
}

static bool
collect_in_branches(struct emit *m, const struct ast_file *file, const struct ast_branch *branch)
{
	for (; branch != NULL; branch = branch->next) {
		if (!collect_targets(m, file, branch->target) || !emit_scope_collect(m, file, &branch->body))
			return false;
	}
	return true;
}

static bool
collect_elsewhere(struct emit *m, const struct ast_file *file, const struct ast_statement *s)
{
	const struct ast_file *included;

	if (s->kind == AST_STATEMENT_BLOCK) {
		const struct link_block *winner = link_block(&m->link, file, s);

		return winner != NULL && emit_scope_collect(m, winner->file, &winner->block->body);
	}
	included = link_load(&m->link, file, s);
	return included != NULL && emit_scope_collect(m, included, &included->body);
}

/* The root has none outside of its blocks, or it would not be the root. */
static bool
fail_extends(struct emit *m, const struct ast_file *file, const struct ast_statement *s)
{
	return err_set(m->err, ERR_NOT_IMPLEMENTED, src_place(&file->src, s->tag.start, s->tag.end),
	    file->extends ? "a file that extends another can't be included"
			  : "extends works only outside of all blocks");
}

bool
emit_scope_collect(struct emit *m, const struct ast_file *file, const struct ast_body *body)
{
	bool collected = true;

	if (m->depth >= EMIT_DEPTH_MAX)
		return err_set(m->err, ERR_RECURSION, (struct err_place){.file = file->src.name},
		    "maximum recursion depth exceeded");
	m->depth++;
	for (const struct ast_statement *s = body->first; collected && s != NULL; s = s->next) {
		if (s->kind == AST_STATEMENT_APPLY)
			continue;
		if (s->kind == AST_STATEMENT_EXTENDS)
			return fail_extends(m, file, s);
		collected = collect_targets(m, file, s->target);
		if (!collected)
			break;
		if (s->kind == AST_STATEMENT_BLOCK || s->kind == AST_STATEMENT_INCLUDE)
			collected = collect_elsewhere(m, file, s);
		else
			collected = emit_scope_collect(m, file, &s->body) &&
				    collect_in_branches(m, file, s->branches);
	}
	m->depth--;
	return collected;
}
