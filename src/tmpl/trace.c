#include "tmpl/trace.h"

#include "base/utf8.h"
#include "text/confidential.h"
#include "tmpl/builtin.h"
#include "tmpl/conceal.h"
#include "tmpl/hint.h"
#include "tmpl/lex.h"
#include "tmpl/module.h"

enum {
	VALUES_MAX = 12,       /* shown at most */
	SHORT_POINTS_MAX = 80, /* of a value that needs no folding */
	VALUE_POINTS_MAX = 2000,
	VALUE_BYTES_MAX = VALUE_POINTS_MAX * UTF8_MAX_BYTES,
	MESSAGE_POINTS_MAX = 2000, /* a key that is missing may be of any length */
	SLIP_DISTANCE = 1,         /* a slip of the hand rather than another language's name */
};

static struct str
shorten(struct arena *a, struct str text, size_t points)
{
	size_t end = utf8_offset(text, points);

	return end == text.len ? text : str_format(a, "%.*s…", (int)end, text.data);
}

/* What called the function that failed: a module or an apply by its tag. */
static struct str
call_name(struct arena *a, const struct code_place *place)
{
	const struct src *src = place->context->src;
	struct str tag = src_slice(src, place->tag.start, place->tag.end);

	if (tag.len < 4 || !str_starts(tag, STR("{%")))
		return STR("call");
	tag = utf8_trim(str_slice(tag, 2, tag.len - 2));
	return str_starts(tag, STR("module ")) || str_starts(tag, STR("apply "))
		   ? shorten(a, tag, SHORT_POINTS_MAX)
		   : STR("call");
}

/* The tag is counted by its first line; a place further down becomes the first step. */
void
trace_place(struct vm *vm, uint32_t pc)
{
	const struct code_place *place = code_place_at(vm->code, pc);
	struct err_place found, tag;
	struct err step;

	if (place == NULL)
		return;
	found = src_place(place->context->src, place->start, place->end);
	if (vm->run->fault->place.file.len > 0) {
		err_add_frame(vm->run->fault, call_name(vm->run->arena, place), found);
		return;
	}
	tag = src_place(place->context->src, place->tag.start, place->tag.end);
	step = *vm->run->fault;
	err_set(
	    vm->run->fault, step.kind, found.line == tag.line ? found : tag, "%.*s", STR_ARG(step.message));
	vm->run->fault->hint = step.hint;
	if (found.line != tag.line)
		err_add_frame(vm->run->fault, STR("in the tag"), found);
}

/* Values */

static bool
is_shown(struct tmpl_value v)
{
	return v.type != TMPL_UNBOUND && v.type != VALUE_FUNCTION && v.type != VALUE_CLASS &&
	       v.type != VALUE_NATIVE;
}

/* How long a value is that isn't shown whole at first sight. */
static struct str
size_of(struct run *run, struct tmpl_value v, struct str repr)
{
	size_t count;

	if (utf8_count(repr) <= SHORT_POINTS_MAX)
		return STR("");
	if (v.type == TMPL_STR)
		return str_format(run->arena, "%zu characters", utf8_count(value_str(v)));
	if (value_length(run, v, &count))
		return str_format(run->arena, "%zu items", count);
	return str_format(
	    run->arena, "%s%zu characters", repr.len < VALUE_BYTES_MAX ? "" : "more than ", utf8_count(repr));
}

static void
add_value(struct vm *vm, struct err *fault, struct str name, struct tmpl_value v)
{
	struct err ignored = err_make(vm->run->arena);
	struct arena_ceiling *ceiling = vm->run->arena->ceiling;
	struct run run = *vm->run;
	struct str text;

	for (const struct err_value *shown = fault->values; shown != NULL; shown = shown->next)
		if (str_eq(shown->name, name))
			return;
	if (conceal_is_due(name, v)) {
		err_add_value(fault, name, CONFIDENTIAL_SHOWN, STR(""));
		return;
	}
	run.fault = &ignored;
	run.fuel = 10000;
	run.memory = (struct arena_ceiling){0};
	run.repr_max_bytes = VALUE_BYTES_MAX;
	run.arena->ceiling = NULL; /* which may be what was reached */
	if (value_to_repr(&run, v, &text))
		err_add_value(
		    fault, name, shorten(run.arena, text, VALUE_POINTS_MAX), size_of(&run, v, text));
	run.arena->ceiling = ceiling;
}

static bool
find_local(const struct vm_frame *frame, struct str name, struct tmpl_value *value)
{
	for (; frame != NULL; frame = frame->outer)
		for (uint32_t i = frame->function->local_count; i > 0; i--)
			if (str_eq(frame->function->local_names[i - 1], name) &&
			    frame->locals[i - 1].type != TMPL_UNBOUND) {
				*value = frame->locals[i - 1];
				return true;
			}
	return false;
}

/* The names in the tag: of locals first, then of what the template was given. */
static void
add_values(struct vm *vm, const struct vm_frame *frame, const struct code_place *place, bool locals)
{
	const struct src *src = place->context->src;
	struct err ignored = err_make(vm->run->arena);
	size_t shown = 0;
	struct lex lex;

	if (!lex_run(vm->run->arena, src, place->tag.start + 2, MAX(place->tag.end, 2) - 2, &lex, &ignored))
		return;
	for (size_t i = 0; i < lex.count && shown < VALUES_MAX; i++) {
		struct str name = src_slice(src, lex.tokens[i].start, lex.tokens[i].end);
		bool attribute = i > 0 && src->text.data[lex.tokens[i - 1].start] == '.';
		struct tmpl_value value;

		if (lex.tokens[i].kind != LEX_NAME || attribute)
			continue;
		if (find_local(frame, name, &value) ? !locals : locals || !vm_find_global(vm, name, &value))
			continue;
		if (is_shown(value)) {
			add_value(vm, vm->run->fault, name, value);
			shown++;
		}
	}
}

/* Those locals that the tag does not name. */
static void
add_locals(struct vm *vm, const struct vm_frame *frame)
{
	size_t shown = 0;

	for (; frame != NULL; frame = frame->outer)
		for (uint32_t i = 0; i < frame->function->local_count && shown < VALUES_MAX; i++) {
			struct str name = frame->function->local_names[i];

			if (name.len == 0 || !is_shown(frame->locals[i]))
				continue;
			add_value(vm, vm->run->fault, name, frame->locals[i]);
			shown++;
		}
}

static bool
is_around(const struct code_context *outer, const struct code_context *inner)
{
	for (; inner != NULL; inner = inner->outer)
		if (inner == outer)
			return true;
	return false;
}

/* The step from what the context encloses to where its tag stands. */
static void
add_step(struct vm *vm, const struct code_context *c)
{
	err_add_frame(vm->run->fault, c->what, src_place(c->outer->src, c->tag.start, c->tag.end));
}

void
trace_leave(struct vm *vm, uint32_t from_pc, uint32_t to_pc)
{
	const struct code_place *from = code_place_at(vm->code, from_pc),
				*to = code_place_at(vm->code, to_pc);

	if (from == NULL || to == NULL)
		return;
	for (const struct code_context *c = from->context; c->outer != NULL && !is_around(c, to->context);
	     c = c->outer)
		add_step(vm, c);
}

void
trace_finish(struct vm *vm, const struct vm_frame *frame, uint32_t pc)
{
	const struct code_place *place = code_place_at(vm->code, pc);

	if (place == NULL)
		return;
	for (const struct code_context *c = place->context; c->outer != NULL; c = c->outer)
		add_step(vm, c);
	if (!vm->run->is_traced) {
		vm->run->is_traced = true;
		add_values(vm, frame, place, true);
		add_values(vm, frame, place, false);
		add_locals(vm, frame);
	}
	vm->run->fault->message = shorten(vm->run->arena, vm->run->fault->message, MESSAGE_POINTS_MAX);
	conceal_known(vm, frame);
}

/* Hints */

static void
try_scope(const struct vm *vm, struct str_near *near)
{
	struct value_entry *entry;

	for (const struct tmpl_scope *scope = vm->scope; scope != NULL; scope = scope->outer)
		for (size_t at = 0; (entry = value_dict_next(value_entries(scope->names), &at)) != NULL;)
			str_near_try(near, value_str(entry->key));
}

static void
try_locals(const struct vm_frame *frame, struct str_near *near)
{
	for (; frame != NULL; frame = frame->outer)
		for (uint32_t i = 0; i < frame->function->local_count; i++)
			if (frame->locals[i].type != TMPL_UNBOUND)
				str_near_try(near, frame->function->local_names[i]);
}

bool
trace_name_error(struct vm *vm, const struct vm_frame *frame, enum err_kind kind, struct str name)
{
	struct str_near near = str_near_make(name);
	const char *known = hint_of_name(name);
	struct tmpl_value hidden;

	if (kind == ERR_UNBOUND_LOCAL) {
		err_set(vm->run->fault, kind, ERR_NOWHERE,
		    "cannot access local variable '%.*s' where it is not associated with a value",
		    STR_ARG(name));
		err_set_hint(vm->run->fault, "%s",
		    vm_find_global(vm, name, &hidden)
			? "the template sets it, which hides the one it was given: set another name"
			: "the template sets it only further on");
		return false;
	}
	vm->run->missing_name = name;
	err_set(vm->run->fault, kind, ERR_NOWHERE, "name '%.*s' is not defined", STR_ARG(name));
	try_locals(frame, &near);
	try_scope(vm, &near);
	if (near.nearest.data != NULL) {
		if (near.below <= SLIP_DISTANCE) /* what the template was given comes before any table */
			known = NULL;
	} else if (known == NULL) {
		/* A short name is always near to one of so many. */
		near.below = MIN(near.below, MAX(SLIP_DISTANCE, name.len / 4) + 1);
		builtin_try_names(&near);
		hint_try_names(&near);
		known = hint_of_name(near.nearest);
	}
	if (known != NULL)
		err_set_hint(vm->run->fault, "%s", known);
	else
		hint_set_nearest(vm->run->fault, &near);
	if (vm->run->fault->hint.len == 0 && module_has_scope(vm->scope))
		err_set_hint(vm->run->fault, "a module knows its arguments, not the names around it");
	return false;
}
