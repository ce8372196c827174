/* sorted, min and max. */
#include "tmpl/builtin.h"
#include "tmpl/signature.h"

#include <string.h>

/* Fewer items than that are sorted by insertion. */
enum { INSERTION_MAX = 64 };

/* min and max */

struct extreme {
	const char *name;
	enum ast_operator op;
	struct tmpl_value key, fallback;
};

static bool
extreme_options(struct tmpl_call *call, struct extreme *extreme)
{
	for (size_t i = 0; i < call->keyword_count; i++) {
		struct str name = value_str(call->keyword_names[i]);

		if (str_eq(name, STR("key")))
			extreme->key = call->keywords[i];
		else if (str_eq(name, STR("default")))
			extreme->fallback = call->keywords[i];
		else
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "'%.*s' is an invalid keyword argument for %s()", STR_ARG(name), extreme->name);
	}
	if (builtin_given(extreme->fallback) && call->count > 1)
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "Cannot specify a default for %s() with multiple positional arguments", extreme->name);
	return true;
}

static bool
key_of(struct run *run, struct tmpl_value key, struct tmpl_value item, struct tmpl_value *value)
{
	*value = item;
	return !builtin_given(key) || key.type == TMPL_NONE || value_call_with(run, key, 1, &item, value);
}

static bool
find_extreme(struct tmpl_call *call, struct extreme extreme, struct tmpl_value *result)
{
	struct tmpl_value values = call->args[0], item, value, best = {0};
	struct value_iterator it;
	bool ended, better;

	if (!extreme_options(call, &extreme))
		return false;
	if (call->count > 1)
		values = value_tuple_of(call->run->arena, call->count, call->args);
	if (!value_iterate(call->run, values, &it))
		return false;
	for (*result = extreme.fallback;;) {
		if (!value_next(call->run, &it, &item, &ended))
			return false;
		if (ended)
			break;
		if (!key_of(call->run, extreme.key, item, &value))
			return false;
		better = !builtin_given(best);
		if (!better && !value_order(call->run, extreme.op, value, best, &better))
			return false;
		if (better) {
			best = value;
			*result = item;
		}
	}
	return builtin_given(*result) ||
	       VALUE_FAIL(call->run, ERR_VALUE, "%s() arg is an empty sequence", extreme.name);
}

BUILTIN(builtin_min)
{
	(void)args;
	return find_extreme(call, (struct extreme){.name = "min", .op = AST_LESS}, result);
}

BUILTIN(builtin_max)
{
	(void)args;
	return find_extreme(call, (struct extreme){.name = "max", .op = AST_GREATER}, result);
}

/* Sorting */

struct sortable {
	struct tmpl_value key, item;
};

static bool
is_less(struct run *run, const struct sortable *a, const struct sortable *b, bool *less)
{
	return value_spend(run, 1) && value_order(run, AST_LESS, a->key, b->key, less);
}

static void
reverse_items(struct sortable *items, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct sortable item = items[i];

		items[i] = items[count - 1 - i];
		items[count - 1 - i] = item;
	}
}

/* How many items at the start are in order already, or, strictly, in the reverse order: those are turned round. */
static bool
take_run(struct run *run, struct sortable *items, size_t count, size_t *length)
{
	bool descends = false, less;

	for (*length = MIN(count, 1); *length < count; ++*length) {
		if (!is_less(run, &items[*length], &items[*length - 1], &less))
			return false;
		if (*length == 1)
			descends = less;
		if (less != descends)
			break;
	}
	if (descends)
		reverse_items(items, *length);
	return true;
}

/* Few items, compared in the order in which CPython does, so that the first two without an order are the same. */
static bool
insertion_sort(struct run *run, struct sortable *items, size_t count)
{
	size_t sorted;

	if (!take_run(run, items, count, &sorted))
		return false;
	for (; sorted < count; sorted++) {
		struct sortable item = items[sorted];
		size_t low = 0, high = sorted;
		bool less;

		while (low < high) {
			size_t middle = low + (high - low) / 2;

			if (!is_less(run, &item, &items[middle], &less))
				return false;
			low = less ? low : middle + 1;
			high = less ? middle : high;
		}
		memmove(items + low + 1, items + low, (sorted - low) * sizeof(*items));
		items[low] = item;
	}
	return true;
}

/* Merges the sorted halves of `from` into `to`; equal ones keep their order. */
static bool
merge(struct run *run, const struct sortable *from, size_t middle, size_t count, struct sortable *to)
{
	size_t left = 0, right = middle;
	bool swap;

	for (size_t i = 0; i < count; i++) {
		swap = left == middle;
		if (!swap && right < count && !is_less(run, &from[right], &from[left], &swap))
			return false;
		to[i] = from[swap ? right++ : left++];
	}
	return true;
}

static bool
merge_sort(struct run *run, struct sortable *items, size_t count, struct sortable *spare)
{
	size_t middle = count / 2;

	if (count < INSERTION_MAX)
		return insertion_sort(run, items, count);
	if (!merge_sort(run, items, middle, spare) || !merge_sort(run, items + middle, count - middle, spare))
		return false;
	memcpy(spare, items, count * sizeof(*items));
	return merge(run, spare, middle, count, items);
}

static bool
sort(struct run *run, struct value_list *list, struct tmpl_value key, bool reverse)
{
	size_t count = list->count;
	struct sortable *items;

	if (!value_has_room_for(run, 2 * count + 1, sizeof(*items)))
		return false;
	items = ARENA_ARRAY(run->arena, struct sortable, 2 * count + 1);
	for (size_t i = 0; i < count; i++)
		items[i].item = list->items[i];
	for (size_t i = 0; i < count; i++)
		if (!key_of(run, key, items[i].item, &items[i].key))
			return false;
	/* Turned round twice, equal ones keep their order. */
	if (reverse)
		reverse_items(items, count);
	if (!merge_sort(run, items, count, items + count))
		return false;
	if (reverse)
		reverse_items(items, count);
	if (list->count != count)
		return VALUE_FAIL(run, ERR_VALUE, "list modified during sort");
	for (size_t i = 0; i < count; i++)
		list->items[i] = items[i].item;
	return true;
}

/* The keywords of sorted and list.sort. */
bool
builtin_sort_as(struct tmpl_call *call, struct value_list *list)
{
	struct tmpl_call keywords = *call;
	struct tmpl_value values[2] = {{0}, tmpl_int(0)};
	int64_t reverse;

	keywords.name = "sort";
	return signature_bind_c(&keywords, "* ?key ?reverse", values, call->run->fault) &&
	       builtin_integer(call->run, values[1], &reverse) &&
	       sort(call->run, list, values[0], reverse != 0);
}

BUILTIN(builtin_sorted)
{
	struct tmpl_call keywords = *call;

	if (call->count != 1)
		return VALUE_FAIL(call->run, ERR_TYPE, "sorted expected 1 argument, got %zu", call->count);
	keywords.count = 0;
	return value_collect(call->run, args[0], TMPL_LIST, result) &&
	       builtin_sort_as(&keywords, value_list(*result));
}
