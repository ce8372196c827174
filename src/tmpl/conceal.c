#include "tmpl/conceal.h"

#include "text/confidential.h"

enum {
	DEPTH_MAX = 64,
	LOOKS_MAX = 1000000, /* at values */
};

/* A walk through values, which may be circular. `fault` NULL only asks whether there is anything to be hidden. */
struct walk {
	struct err *fault;
	int depth, looks;
	bool found;
};

/* Whatever lies too deep to be looked at counts as found. */
static bool
walk_enter(struct walk *w)
{
	w->found |= w->depth == DEPTH_MAX || w->looks == LOOKS_MAX;
	if (w->depth == DEPTH_MAX || w->looks == LOOKS_MAX || (w->found && w->fault == NULL))
		return false;
	w->depth++;
	w->looks++;
	return true;
}

/* Texts and numbers of a value. `is_confidential`: all of them, not only those of keys that are. */
static void
walk_value(struct walk *w, struct tmpl_value v, bool is_confidential)
{
	struct value_entry *entry;

	w->found |= is_confidential;
	if (!walk_enter(w))
		return;
	if (value_is_sequence(v))
		for (size_t i = 0; i < value_list(v)->count; i++)
			walk_value(w, value_list(v)->items[i], is_confidential);
	else if (v.type == TMPL_DICT)
		for (size_t at = 0; (entry = value_dict_next(value_entries(v), &at)) != NULL;)
			walk_value(w, entry->value,
			    is_confidential ||
				(entry->key.type == TMPL_STR && confidential_is_name(value_str(entry->key))));
	else if (is_confidential && w->fault != NULL &&
		 (v.type == TMPL_STR || v.type == TMPL_INT || v.type == TMPL_FLOAT))
		confidential_hide(w->fault, tmpl_text(w->fault->arena, v));
	w->depth--;
}

bool
conceal_is_due(struct str name, struct tmpl_value v)
{
	struct walk w = {0};

	walk_value(&w, v, confidential_is_name(name));
	return w.found;
}

void
conceal_known(struct vm *vm, const struct vm_frame *frame)
{
	struct walk w = {.fault = vm->run->fault};
	struct value_entry *entry;

	for (const struct tmpl_scope *scope = vm->scope; scope != NULL; scope = scope->outer)
		for (size_t at = 0; (entry = value_dict_next(value_entries(scope->names), &at)) != NULL;)
			walk_value(&w, entry->value, confidential_is_name(value_str(entry->key)));
	for (; frame != NULL; frame = frame->outer)
		for (uint32_t i = 0; i < frame->function->local_count; i++)
			walk_value(
			    &w, frame->locals[i], confidential_is_name(frame->function->local_names[i]));
}
