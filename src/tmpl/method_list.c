/* Methods of lists, tuples and ranges. */
#include "tmpl/builtin.h"

#include <string.h>

static struct value_list *
self_list(const struct tmpl_call *call)
{
	return value_list(call->self);
}

static BUILTIN(list_append)
{
	value_list_add(call->run->arena, self_list(call), args[0]);
	*result = tmpl_none();
	return true;
}

static BUILTIN(list_extend)
{
	*result = tmpl_none();
	return value_binary(call->run, AST_ADD, true, call->self, args[0], &(struct tmpl_value){0});
}

static BUILTIN(list_insert)
{
	struct value_list *list = self_list(call);
	int64_t at, count = (int64_t)list->count;

	*result = tmpl_none();
	if (!builtin_integer(call->run, args[0], &at))
		return false;
	at = at < 0 ? MAX(at + count, 0) : MIN(at, count);
	value_list_add(call->run->arena, list, args[1]);
	if (!value_memory_suffices(call->run))
		return false;
	memmove(list->items + at + 1, list->items + at, (size_t)(count - at) * sizeof(*list->items));
	list->items[at] = args[1];
	return true;
}

static void
remove_at(struct value_list *list, size_t at)
{
	list->count--;
	memmove(list->items + at, list->items + at + 1, (list->count - at) * sizeof(*list->items));
}

static BUILTIN(list_pop)
{
	struct value_list *list = self_list(call);
	struct tmpl_value key = builtin_given(args[0]) ? args[0] : tmpl_int(-1);
	int64_t unused;
	size_t at;

	if (!builtin_integer(call->run, key, &unused))
		return false;
	if (list->count == 0)
		return VALUE_FAIL(call->run, ERR_INDEX, "pop from empty list");
	if (!value_index(call->run, key, list->count, "pop", &at))
		return false;
	*result = list->items[at];
	remove_at(list, at);
	return true;
}

/* The first place of the value between two indexes. */
static bool
find_item(struct run *run, const struct value_list *list, struct tmpl_value wanted, size_t start, size_t stop,
    size_t *at)
{
	bool equal;

	for (*at = start; *at < MIN(stop, list->count); ++*at) {
		if (!value_spend(run, 1) || !value_equal(run, list->items[*at], wanted, &equal))
			return false;
		if (equal)
			return true;
	}
	*at = SIZE_MAX;
	return true;
}

static BUILTIN(list_remove)
{
	size_t at;

	*result = tmpl_none();
	if (!find_item(call->run, self_list(call), args[0], 0, SIZE_MAX, &at))
		return false;
	if (at == SIZE_MAX)
		return VALUE_FAIL(call->run, ERR_VALUE, "list.remove(x): x not in list");
	remove_at(self_list(call), at);
	return true;
}

static BUILTIN(list_index)
{
	struct value_slice slice = {tmpl_none(), tmpl_none(), tmpl_none()};
	struct value_span span;
	struct str text;
	size_t at;

	slice.start = builtin_given(args[1]) ? args[1] : tmpl_none();
	slice.stop = builtin_given(args[2]) ? args[2] : tmpl_none();
	if ((builtin_given(args[1]) && !value_is_integer(args[1])) ||
	    (builtin_given(args[2]) && !value_is_integer(args[2])))
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "slice indices must be integers or have an __index__ method");
	if (!value_slice_span(call->run, &slice, self_list(call)->count, &span) ||
	    !find_item(call->run, self_list(call), args[0], (size_t)span.start,
		(size_t)(span.start + span.count), &at))
		return false;
	*result = tmpl_int((int64_t)at);
	if (at != SIZE_MAX)
		return true;
	if (call->self.type == TMPL_TUPLE)
		return VALUE_FAIL(call->run, ERR_VALUE, "tuple.index(x): x not in tuple");
	return value_to_repr(call->run, args[0], &text) &&
	       VALUE_FAIL(call->run, ERR_VALUE, "%.*s is not in list", STR_ARG(text));
}

static BUILTIN(list_count)
{
	const struct value_list *list = self_list(call);
	int64_t count = 0;
	bool equal;

	for (size_t i = 0; i < list->count; i++) {
		if (!value_spend(call->run, 1) || !value_equal(call->run, list->items[i], args[0], &equal))
			return false;
		count += equal;
	}
	*result = tmpl_int(count);
	return true;
}

static BUILTIN(list_sort)
{
	(void)args;
	*result = tmpl_none();
	return builtin_sort_as(call, self_list(call));
}

static BUILTIN(list_reverse)
{
	struct value_list *list = self_list(call);

	(void)args;
	*result = tmpl_none();
	for (size_t i = 0; i < list->count / 2; i++) {
		struct tmpl_value item = list->items[i];

		list->items[i] = list->items[list->count - 1 - i];
		list->items[list->count - 1 - i] = item;
	}
	return true;
}

static BUILTIN(list_clear)
{
	(void)args;
	self_list(call)->count = 0;
	*result = tmpl_none();
	return true;
}

static BUILTIN(list_copy)
{
	(void)args;
	return value_collect(call->run, call->self, TMPL_LIST, result);
}

/* What is no integer is looked for one by one. */
static bool
find_in_range(struct tmpl_call *call, struct tmpl_value wanted, struct tmpl_value *result)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended, equal;

	if (!value_iterate(call->run, call->self, &it))
		return false;
	for (int64_t at = 0;; at++) {
		if (!value_next(call->run, &it, &item, &ended))
			return false;
		if (ended)
			return VALUE_FAIL(call->run, ERR_VALUE, "sequence.index(x): x not in sequence");
		*result = tmpl_int(at);
		if (!value_equal(call->run, item, wanted, &equal))
			return false;
		if (equal)
			return true;
	}
}

static BUILTIN(range_index)
{
	const struct value_range *range = call->self.as.object;
	struct str text;
	bool found;

	if (!value_is_integer(args[0]))
		return find_in_range(call, args[0], result);
	if (!value_contains(call->run, call->self, args[0], &found))
		return false;
	if (!found)
		return value_to_repr(call->run, args[0], &text) &&
		       VALUE_FAIL(call->run, ERR_VALUE, "%.*s is not in range", STR_ARG(text));
	*result = tmpl_int((int64_t)(((__int128)value_integer(args[0]) - range->start) / range->step));
	return true;
}

static BUILTIN(range_count)
{
	bool found;

	if (!value_contains(call->run, call->self, args[0], &found))
		return false;
	*result = tmpl_int(found);
	return true;
}

static const struct builtin list_rows[] = {
    {"append", list_append, 1, 1, NULL, 0},
    {"clear", list_clear, 0, 0, NULL, 0},
    {"copy", list_copy, 0, 0, NULL, 0},
    {"count", list_count, 1, 1, NULL, 0},
    {"extend", list_extend, 1, 1, NULL, 0},
    {"index", list_index, 1, 3, NULL, 0},
    {"insert", list_insert, 2, 2, NULL, 0},
    {"pop", list_pop, 0, 1, NULL, 0},
    {"remove", list_remove, 1, 1, NULL, 0},
    {"reverse", list_reverse, 0, 0, NULL, 0},
    {"sort", list_sort, 0, BUILTIN_VARIADIC, "*", 0},
};

static const struct builtin tuple_rows[] = {
    {"count", list_count, 1, 1, NULL, 0},
    {"index", list_index, 1, 3, NULL, 0},
};

static const struct builtin range_rows[] = {
    {"count", range_count, 1, 1, NULL, 0},
    {"index", range_index, 1, 1, NULL, 0},
};

const struct builtin_table builtin_list_methods = {list_rows, COUNT_OF(list_rows)};
const struct builtin_table builtin_tuple_methods = {tuple_rows, COUNT_OF(tuple_rows)};
const struct builtin_table builtin_range_methods = {range_rows, COUNT_OF(range_rows)};
