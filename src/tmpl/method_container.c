#include "tmpl/builtin.h"

#include <math.h>
#include <string.h>

#define METHOD(name) \
	static bool name(struct tmpl_call *call, const struct tmpl_value *args, struct tmpl_value *result)

static bool
given(struct tmpl_value v)
{
	return v.type != TMPL_UNBOUND;
}

static struct value_list *
self_list(const struct tmpl_call *call)
{
	return value_list(call->self);
}

static struct value_dict *
self_dict(const struct tmpl_call *call)
{
	return value_entries(call->self);
}

/* Lists and tuples */

METHOD(list_append)
{
	value_list_add(call->run->arena, self_list(call), args[0]);
	*result = tmpl_none();
	return true;
}

METHOD(list_extend)
{
	*result = tmpl_none();
	return value_binary(call->run, AST_ADD, true, call->self, args[0], &(struct tmpl_value){0});
}

METHOD(list_insert)
{
	struct value_list *list = self_list(call);
	int64_t at, count = (int64_t)list->count;

	*result = tmpl_none();
	if (!builtin_integer(call->run, args[0], &at))
		return false;
	at = at < 0 ? MAX(at + count, 0) : MIN(at, count);
	value_list_add(call->run->arena, list, args[1]);
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

METHOD(list_pop)
{
	struct value_list *list = self_list(call);
	struct tmpl_value key = given(args[0]) ? args[0] : tmpl_int(-1);
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

METHOD(list_remove)
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

METHOD(list_index)
{
	struct value_slice slice = {tmpl_none(), tmpl_none(), tmpl_none()};
	struct value_span span;
	struct str text;
	size_t at;

	slice.start = given(args[1]) ? args[1] : tmpl_none();
	slice.stop = given(args[2]) ? args[2] : tmpl_none();
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

METHOD(list_count)
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

METHOD(list_sort)
{
	*result = tmpl_none();
	if (call->count > 0)
		return VALUE_FAIL(call->run, ERR_TYPE, "sort() takes no positional arguments");
	return builtin_sort(call->run, self_list(call), args[0], given(args[1]) && tmpl_truth(args[1]));
}

METHOD(list_reverse)
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

METHOD(list_clear)
{
	(void)args;
	self_list(call)->count = 0;
	*result = tmpl_none();
	return true;
}

METHOD(list_copy)
{
	(void)args;
	return value_collect(call->run, call->self, TMPL_LIST, result);
}

/* Dicts */

METHOD(dict_get)
{
	bool found;

	*result = given(args[1]) ? args[1] : tmpl_none();
	return value_dict_get(call->run, self_dict(call), args[0], result, &found);
}

static bool
make_view(struct tmpl_call *call, enum value_view_kind kind, struct tmpl_value *result)
{
	struct value_view *view = ARENA_NEW(call->run->arena, struct value_view);

	*view = (struct value_view){kind, self_dict(call)};
	*result = value_object(VALUE_VIEW, view);
	return true;
}

METHOD(dict_keys)
{
	(void)args;
	return make_view(call, VALUE_KEYS, result);
}

METHOD(dict_values)
{
	(void)args;
	return make_view(call, VALUE_VALUES, result);
}

METHOD(dict_items)
{
	(void)args;
	return make_view(call, VALUE_ITEMS, result);
}

METHOD(dict_pop)
{
	struct str text;
	bool found;

	if (!value_dict_remove(call->run, self_dict(call), args[0], result, &found))
		return false;
	if (found)
		return true;
	*result = args[1];
	return given(args[1]) || (value_to_repr(call->run, args[0], &text) &&
				     VALUE_FAIL(call->run, ERR_KEY, "%.*s", STR_ARG(text)));
}

METHOD(dict_popitem)
{
	struct value_dict *dict = self_dict(call);
	struct value_entry *last = NULL, *entry;
	struct tmpl_value pair[2];
	bool found;

	(void)args;
	for (size_t at = 0; (entry = value_dict_next(dict, &at)) != NULL;)
		last = entry;
	if (last == NULL)
		return VALUE_FAIL(call->run, ERR_KEY, "'popitem(): dictionary is empty'");
	pair[0] = last->key;
	pair[1] = last->value;
	*result = value_tuple_of(call->run->arena, 2, pair);
	return value_dict_remove(call->run, dict, pair[0], &pair[1], &found);
}

METHOD(dict_setdefault)
{
	bool found;

	if (!value_dict_get(call->run, self_dict(call), args[0], result, &found))
		return false;
	if (found)
		return true;
	*result = given(args[1]) ? args[1] : tmpl_none();
	return value_dict_set(call->run, self_dict(call), args[0], *result);
}

METHOD(dict_update)
{
	*result = tmpl_none();
	if (call->count > 1)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "update expected at most 1 argument, got %zu", call->count);
	return builtin_fill_dict(
	    call->run, self_dict(call), call->count > 0 ? args[0] : (struct tmpl_value){0}, call);
}

METHOD(dict_clear)
{
	(void)args;
	*self_dict(call) = (struct value_dict){0};
	*result = tmpl_none();
	return true;
}

METHOD(dict_copy)
{
	struct value_entry *entry;

	(void)args;
	*result = value_dict(call->run->arena, call->self.type);
	for (size_t at = 0; (entry = value_dict_next(self_dict(call), &at)) != NULL;)
		if (!value_spend(call->run, 1) ||
		    !value_dict_set(call->run, value_entries(*result), entry->key, entry->value))
			return false;
	return true;
}

/* Sets: the methods take anything that can be iterated. */

static bool
to_set(struct tmpl_call *call, struct tmpl_value v, struct tmpl_value *set)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false;

	*set = v;
	if (v.type == VALUE_SET)
		return true;
	*set = value_dict(call->run->arena, VALUE_SET);
	if (!value_iterate(call->run, v, &it))
		return false;
	while (value_next(call->run, &it, &item, &ended) && !ended)
		if (!value_dict_set(call->run, value_entries(*set), item, tmpl_none()))
			return false;
	return ended;
}

/* The set combined with each argument in turn. */
static bool
combine(struct tmpl_call *call, enum ast_operator op, struct tmpl_value *result)
{
	struct tmpl_value other;

	if (!dict_copy(call, NULL, result))
		return false;
	for (size_t i = 0; i < call->count; i++)
		if (!to_set(call, call->args[i], &other) ||
		    !value_binary(call->run, op, false, *result, other, result))
			return false;
	return true;
}

METHOD(set_union)
{
	(void)args;
	return combine(call, AST_BIT_OR, result);
}

METHOD(set_intersection)
{
	(void)args;
	return combine(call, AST_BIT_AND, result);
}

METHOD(set_difference)
{
	(void)args;
	return combine(call, AST_SUBTRACT, result);
}

METHOD(set_symmetric_difference)
{
	(void)args;
	return combine(call, AST_BIT_XOR, result);
}

static bool
order(struct tmpl_call *call, enum ast_operator op, struct tmpl_value *result)
{
	struct tmpl_value other;
	bool holds;

	if (!to_set(call, call->args[0], &other) || !value_order(call->run, op, call->self, other, &holds))
		return false;
	*result = tmpl_bool(holds);
	return true;
}

METHOD(set_issubset)
{
	(void)args;
	return order(call, AST_LESS_EQUAL, result);
}

METHOD(set_issuperset)
{
	(void)args;
	return order(call, AST_GREATER_EQUAL, result);
}

METHOD(set_isdisjoint)
{
	struct tmpl_value other, both;

	if (!to_set(call, args[0], &other) ||
	    !value_binary(call->run, AST_BIT_AND, false, call->self, other, &both))
		return false;
	*result = tmpl_bool(value_entries(both)->count == 0);
	return true;
}

METHOD(set_add)
{
	*result = tmpl_none();
	return value_dict_set(call->run, self_dict(call), args[0], tmpl_none());
}

METHOD(set_discard)
{
	struct tmpl_value unused;
	bool found;

	*result = tmpl_none();
	return value_dict_remove(call->run, self_dict(call), args[0], &unused, &found);
}

METHOD(set_remove)
{
	struct tmpl_value unused;
	struct str text;
	bool found;

	*result = tmpl_none();
	if (!value_dict_remove(call->run, self_dict(call), args[0], &unused, &found))
		return false;
	return found || (value_to_repr(call->run, args[0], &text) &&
			    VALUE_FAIL(call->run, ERR_KEY, "%.*s", STR_ARG(text)));
}

METHOD(set_pop)
{
	struct value_entry *entry;
	struct tmpl_value unused;
	size_t at = 0;
	bool found;

	(void)args;
	entry = value_dict_next(self_dict(call), &at);
	if (entry == NULL)
		return VALUE_FAIL(call->run, ERR_KEY, "'pop from an empty set'");
	*result = entry->key;
	return value_dict_remove(call->run, self_dict(call), entry->key, &unused, &found);
}

METHOD(set_update)
{
	struct tmpl_value other;

	(void)args;
	*result = tmpl_none();
	for (size_t i = 0; i < call->count; i++)
		if (!to_set(call, call->args[i], &other) ||
		    !value_binary(call->run, AST_BIT_OR, true, call->self, other, &(struct tmpl_value){0}))
			return false;
	return true;
}

/* Ranges and numbers */

METHOD(range_index)
{
	struct tmpl_value list;
	struct str text;
	size_t at;

	if (!value_collect(call->run, call->self, TMPL_LIST, &list) ||
	    !find_item(call->run, value_list(list), args[0], 0, SIZE_MAX, &at))
		return false;
	*result = tmpl_int((int64_t)at);
	if (at != SIZE_MAX)
		return true;
	return value_to_repr(call->run, args[0], &text) &&
	       VALUE_FAIL(call->run, ERR_VALUE, "%.*s is not in range", STR_ARG(text));
}

METHOD(range_count)
{
	bool found;

	if (!value_contains(call->run, call->self, args[0], &found))
		return false;
	*result = tmpl_int(found);
	return true;
}

METHOD(number_is_integer)
{
	double real = value_real(call->self);

	(void)args;
	*result = tmpl_bool(isfinite(real) && floor(real) == real);
	return true;
}

METHOD(number_bit_length)
{
	uint64_t size;
	int64_t bits = 0;

	(void)args;
	if (call->self.type == TMPL_FLOAT)
		return VALUE_FAIL(call->run, ERR_ATTRIBUTE, "'float' object has no attribute 'bit_length'");
	size = value_integer(call->self) < 0 ? -(uint64_t)value_integer(call->self)
					     : (uint64_t)value_integer(call->self);
	for (; size > 0; size >>= 1)
		bits++;
	*result = tmpl_int(bits);
	return true;
}

static const struct builtin list_rows[] = {
    {"append", list_append, 1, 1, NULL},
    {"clear", list_clear, 0, 0, NULL},
    {"copy", list_copy, 0, 0, NULL},
    {"count", list_count, 1, 1, NULL},
    {"extend", list_extend, 1, 1, NULL},
    {"index", list_index, 1, 3, NULL},
    {"insert", list_insert, 2, 2, NULL},
    {"pop", list_pop, 0, 1, NULL},
    {"remove", list_remove, 1, 1, NULL},
    {"reverse", list_reverse, 0, 0, NULL},
    {"sort", list_sort, 0, 2, "?key ?reverse"},
};

static const struct builtin tuple_rows[] = {
    {"count", list_count, 1, 1, NULL},
    {"index", list_index, 1, 3, NULL},
};

static const struct builtin dict_rows[] = {
    {"clear", dict_clear, 0, 0, NULL},
    {"copy", dict_copy, 0, 0, NULL},
    {"get", dict_get, 1, 2, NULL},
    {"items", dict_items, 0, 0, NULL},
    {"keys", dict_keys, 0, 0, NULL},
    {"pop", dict_pop, 1, 2, NULL},
    {"popitem", dict_popitem, 0, 0, NULL},
    {"setdefault", dict_setdefault, 1, 2, NULL},
    {"update", dict_update, 0, BUILTIN_VARIADIC, "*"},
    {"values", dict_values, 0, 0, NULL},
};

static const struct builtin set_rows[] = {
    {"add", set_add, 1, 1, NULL},
    {"clear", dict_clear, 0, 0, NULL},
    {"copy", dict_copy, 0, 0, NULL},
    {"difference", set_difference, 0, BUILTIN_VARIADIC, NULL},
    {"discard", set_discard, 1, 1, NULL},
    {"intersection", set_intersection, 0, BUILTIN_VARIADIC, NULL},
    {"isdisjoint", set_isdisjoint, 1, 1, NULL},
    {"issubset", set_issubset, 1, 1, NULL},
    {"issuperset", set_issuperset, 1, 1, NULL},
    {"pop", set_pop, 0, 0, NULL},
    {"remove", set_remove, 1, 1, NULL},
    {"symmetric_difference", set_symmetric_difference, 1, 1, NULL},
    {"union", set_union, 0, BUILTIN_VARIADIC, NULL},
    {"update", set_update, 0, BUILTIN_VARIADIC, NULL},
};

static const struct builtin range_rows[] = {
    {"count", range_count, 1, 1, NULL},
    {"index", range_index, 1, 1, NULL},
};

static const struct builtin number_rows[] = {
    {"bit_length", number_bit_length, 0, 0, NULL},
    {"is_integer", number_is_integer, 0, 0, NULL},
};

const struct builtin_table builtin_list_methods = {list_rows, COUNT_OF(list_rows)};
const struct builtin_table builtin_tuple_methods = {tuple_rows, COUNT_OF(tuple_rows)};
const struct builtin_table builtin_dict_methods = {dict_rows, COUNT_OF(dict_rows)};
const struct builtin_table builtin_set_methods = {set_rows, COUNT_OF(set_rows)};
const struct builtin_table builtin_range_methods = {range_rows, COUNT_OF(range_rows)};
const struct builtin_table builtin_number_methods = {number_rows, COUNT_OF(number_rows)};
