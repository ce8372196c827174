/* Methods of sets, and of the views of a dict. */
#include "tmpl/builtin.h"
#include "tmpl/set.h"

static struct value_set *
self_set(const struct tmpl_call *call)
{
	return call->self.as.object;
}

/* A set of what `v` gives: itself, where it is one. */
static bool
to_set(struct tmpl_call *call, struct tmpl_value v, struct tmpl_value *set)
{
	*set = v;
	if (v.type == VALUE_SET)
		return true;
	*set = value_set(call->run->arena);
	return value_set_update(call->run, set->as.object, v);
}

/* Anew */

static BUILTIN(set_copy)
{
	(void)args;
	return value_set_copy(call->run, self_set(call), result);
}

static BUILTIN(set_union)
{
	(void)args;
	if (!value_set_copy(call->run, self_set(call), result))
		return false;
	for (size_t i = 0; i < call->count; i++)
		if (!value_set_update(call->run, result->as.object, call->args[i]))
			return false;
	return true;
}

static BUILTIN(set_intersection)
{
	(void)args;
	if (call->count == 0)
		return value_set_copy(call->run, self_set(call), result);
	*result = call->self;
	for (size_t i = 0; i < call->count; i++)
		if (!value_set_intersection(call->run, result->as.object, call->args[i], result))
			return false;
	return true;
}

static BUILTIN(set_difference)
{
	(void)args;
	if (call->count == 0)
		return value_set_copy(call->run, self_set(call), result);
	if (!value_set_difference(call->run, self_set(call), call->args[0], result))
		return false;
	for (size_t i = 1; i < call->count; i++)
		if (!value_set_difference_update(call->run, result->as.object, call->args[i]))
			return false;
	return true;
}

static BUILTIN(set_symmetric_difference)
{
	*result = value_set(call->run->arena);
	return value_set_update(call->run, result->as.object, args[0]) &&
	       value_set_symmetric_update(call->run, result->as.object, call->self);
}

/* In place */

static BUILTIN(set_update)
{
	(void)args;
	*result = tmpl_none();
	for (size_t i = 0; i < call->count; i++)
		if (!value_set_update(call->run, self_set(call), call->args[i]))
			return false;
	return true;
}

static BUILTIN(set_intersection_update)
{
	struct tmpl_value both;

	if (!set_intersection(call, args, &both))
		return false;
	*self_set(call) = *(struct value_set *)both.as.object;
	*result = tmpl_none();
	return true;
}

static BUILTIN(set_difference_update)
{
	(void)args;
	*result = tmpl_none();
	for (size_t i = 0; i < call->count; i++)
		if (!value_set_difference_update(call->run, self_set(call), call->args[i]))
			return false;
	return true;
}

static BUILTIN(set_symmetric_difference_update)
{
	*result = tmpl_none();
	return value_set_symmetric_update(call->run, self_set(call), args[0]);
}

static BUILTIN(set_add)
{
	*result = tmpl_none();
	return value_set_add(call->run, self_set(call), args[0]);
}

/* No set has a set in it, so that one can be looked for, but not found. */
static bool
discard(struct tmpl_call *call, struct tmpl_value key, bool *found)
{
	*found = false;
	return key.type == VALUE_SET || value_set_discard(call->run, self_set(call), key, found);
}

static BUILTIN(set_discard)
{
	bool found;

	*result = tmpl_none();
	return discard(call, args[0], &found);
}

static BUILTIN(set_remove)
{
	bool found;

	*result = tmpl_none();
	return discard(call, args[0], &found) && (found || value_fail_key(call->run, args[0]));
}

static BUILTIN(set_pop)
{
	(void)args;
	return value_set_pop(self_set(call), result) ||
	       value_fail_key(call->run, value_ascii(STR("pop from an empty set")));
}

static BUILTIN(set_clear)
{
	(void)args;
	value_set_clear(self_set(call));
	*result = tmpl_none();
	return true;
}

/* Asking */

static BUILTIN(set_issubset)
{
	struct tmpl_value other;
	bool holds;

	if (!to_set(call, args[0], &other) ||
	    !value_set_is_subset(call->run, self_set(call), other.as.object, &holds))
		return false;
	*result = tmpl_bool(holds);
	return true;
}

static BUILTIN(set_issuperset)
{
	struct tmpl_value other;
	bool holds;

	if (!to_set(call, args[0], &other) ||
	    !value_set_is_subset(call->run, other.as.object, self_set(call), &holds))
		return false;
	*result = tmpl_bool(holds);
	return true;
}

static BUILTIN(set_isdisjoint)
{
	struct tmpl_value both;

	if (!value_set_intersection(call->run, self_set(call), args[0], &both))
		return false;
	*result = tmpl_bool(!tmpl_truth(both));
	return true;
}

static BUILTIN(view_isdisjoint)
{
	struct tmpl_value elements, both;

	if (!to_set(call, call->self, &elements) ||
	    !value_set_intersection(call->run, elements.as.object, args[0], &both))
		return false;
	*result = tmpl_bool(!tmpl_truth(both));
	return true;
}

static const struct builtin set_rows[] = {
    {"add", set_add, 1, 1, NULL, 0},
    {"clear", set_clear, 0, 0, NULL, 0},
    {"copy", set_copy, 0, 0, NULL, 0},
    {"difference", set_difference, 0, BUILTIN_VARIADIC, NULL, 0},
    {"difference_update", set_difference_update, 0, BUILTIN_VARIADIC, NULL, 0},
    {"discard", set_discard, 1, 1, NULL, 0},
    {"intersection", set_intersection, 0, BUILTIN_VARIADIC, NULL, 0},
    {"intersection_update", set_intersection_update, 0, BUILTIN_VARIADIC, NULL, 0},
    {"isdisjoint", set_isdisjoint, 1, 1, NULL, 0},
    {"issubset", set_issubset, 1, 1, NULL, 0},
    {"issuperset", set_issuperset, 1, 1, NULL, 0},
    {"pop", set_pop, 0, 0, NULL, 0},
    {"remove", set_remove, 1, 1, NULL, 0},
    {"symmetric_difference", set_symmetric_difference, 1, 1, NULL, 0},
    {"symmetric_difference_update", set_symmetric_difference_update, 1, 1, NULL, 0},
    {"union", set_union, 0, BUILTIN_VARIADIC, NULL, 0},
    {"update", set_update, 0, BUILTIN_VARIADIC, NULL, 0},
};

static const struct builtin view_rows[] = {
    {"isdisjoint", view_isdisjoint, 1, 1, NULL, 0},
};

const struct builtin_table builtin_set_methods = {set_rows, COUNT_OF(set_rows)};
const struct builtin_table builtin_view_methods = {view_rows, COUNT_OF(view_rows)};
