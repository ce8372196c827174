/* What is equal, what is in what, and which is first. */
#include "tmpl/set.h"
#include "tmpl/value.h"

#include <math.h>

/* An object of the host is made anew each time that it is asked for. */
static bool
same_objects(const struct value_object *a, const struct value_object *b)
{
	return a == b || (a->get == b->get && a->context == b->context);
}

bool
value_same(struct tmpl_value a, struct tmpl_value b)
{
	if (a.type != b.type)
		return false;
	switch (a.type) {
	case TMPL_NONE:
		return true;
	case TMPL_BOOL:
		return a.as.boolean == b.as.boolean;
	case TMPL_INT:
		return a.as.integer == b.as.integer;
	case TMPL_FLOAT:
		return a.as.real == b.as.real;
	case TMPL_STR:
		return str_eq(value_str(a), value_str(b));
	case VALUE_OBJECT:
		return same_objects(a.as.object, b.as.object);
	default:
		return a.as.object == b.as.object;
	}
}

static bool
equal_items(struct run *run, const struct value_list *a, const struct value_list *b, bool *equal)
{
	*equal = a->count == b->count;
	for (size_t i = 0; *equal && i < a->count && i < b->count; i++)
		if (!value_spend(run, 1) || !value_identical_or_equal(run, a->items[i], b->items[i], equal))
			return false;
	return true;
}

static bool
equal_dicts(struct run *run, struct value_dict *a, struct value_dict *b, bool *equal)
{
	struct value_entry *entry;
	struct tmpl_value other = {0};

	*equal = a->count == b->count;
	for (size_t at = 0; *equal && (entry = value_dict_next(a, &at)) != NULL;) {
		if (!value_spend(run, 1) || !value_dict_get(run, b, entry->key, &other, equal))
			return false;
		if (*equal && !value_identical_or_equal(run, entry->value, other, equal))
			return false;
	}
	return true;
}

static bool
equal_sets(struct run *run, const struct value_set *a, const struct value_set *b, bool *equal)
{
	*equal = false;
	return a->count != b->count || value_set_is_subset(run, a, b, equal);
}

/* Items may hold values that no set can: each is looked for. */
static bool
equal_views(struct run *run, struct tmpl_value a, struct tmpl_value b, bool *equal)
{
	size_t x, y;
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false;

	*equal = false;
	if (!value_length(run, a, &x) || !value_length(run, b, &y) || !value_iterate(run, a, &it))
		return false;
	*equal = x == y;
	while (*equal && value_next(run, &it, &item, &ended) && !ended)
		if (!value_contains(run, b, item, equal))
			return false;
	return !*equal || ended;
}

static bool
equal_ranges(const struct value_range *a, const struct value_range *b)
{
	return a->count == b->count &&
	       (a->count == 0 || (a->start == b->start && (a->count == 1 || a->step == b->step)));
}

static bool
equal_containers(struct run *run, struct tmpl_value a, struct tmpl_value b, bool *equal)
{
	if (a.type == VALUE_VIEW || b.type == VALUE_VIEW)
		return equal_views(run, a, b, equal);
	if (value_is_sequence(a))
		return equal_items(run, value_list(a), value_list(b), equal);
	if (a.type == VALUE_RANGE) {
		*equal = equal_ranges(a.as.object, b.as.object);
		return true;
	}
	if (a.type == VALUE_SET)
		return equal_sets(run, a.as.object, b.as.object, equal);
	return equal_dicts(run, value_entries(a), value_entries(b), equal);
}

/* int and float, without losing digits of the int. */
static int
order_mixed(int64_t integer, double real)
{
	if (real != real)
		return 2;
	if (real >= 9223372036854775808.0)
		return -1;
	if (real < -9223372036854775808.0)
		return 1;
	if (integer != (int64_t)real)
		return integer < (int64_t)real ? -1 : 1;
	return (double)(int64_t)real < real ? -1 : (double)(int64_t)real > real;
}

/* -1, 0 or 1; 2 where the numbers have no order (NaN). */
static int
order_numbers(struct tmpl_value a, struct tmpl_value b)
{
	int reversed;

	if (a.type != TMPL_FLOAT && b.type != TMPL_FLOAT)
		return value_integer(a) < value_integer(b) ? -1 : value_integer(a) > value_integer(b);
	if (a.type != TMPL_FLOAT)
		return order_mixed(value_integer(a), b.as.real);
	if (b.type != TMPL_FLOAT) {
		reversed = order_mixed(value_integer(b), a.as.real);
		return reversed == 2 ? 2 : -reversed;
	}
	if (a.as.real != a.as.real || b.as.real != b.as.real)
		return 2;
	return a.as.real < b.as.real ? -1 : a.as.real > b.as.real;
}

/* Whether values that are not the same may be equal by what they hold. */
static bool
may_be_equal(struct tmpl_value a, struct tmpl_value b)
{
	if (a.type == VALUE_VIEW || b.type == VALUE_VIEW)
		return value_is_set_like(a) && value_is_set_like(b);
	return a.type == b.type &&
	       (value_is_sequence(a) || a.type == TMPL_DICT || a.type == VALUE_SET || a.type == VALUE_RANGE);
}

bool
value_equal(struct run *run, struct tmpl_value a, struct tmpl_value b, bool *equal)
{
	bool compared;

	if (value_is_number(a) && value_is_number(b)) {
		*equal = order_numbers(a, b) == 0;
		return true;
	}
	if (a.type == TMPL_STR && b.type == TMPL_STR && !value_spend_bytes(run, MIN(a.len, b.len)))
		return false;
	*equal = value_same(a, b);
	if (*equal || !may_be_equal(a, b))
		return true;
	if (!value_enter(run, " in comparison"))
		return false;
	compared = equal_containers(run, a, b, equal);
	value_leave(run);
	return compared;
}

bool
value_identical_or_equal(struct run *run, struct tmpl_value a, struct tmpl_value b, bool *equal)
{
	if (a.type == TMPL_FLOAT && b.type == TMPL_FLOAT && isnan(a.as.real) && isnan(b.as.real)) {
		*equal = true;
		return true;
	}
	return value_equal(run, a, b, equal);
}

static bool
order_holds(enum ast_operator op, int order)
{
	switch (op) {
	case AST_LESS:
		return order == -1;
	case AST_LESS_EQUAL:
		return order == -1 || order == 0;
	case AST_GREATER:
		return order == 1;
	default:
		return order == 1 || order == 0;
	}
}

static bool
order_sequences(struct run *run, enum ast_operator op, const struct value_list *a, const struct value_list *b,
    bool *result)
{
	bool equal;

	for (size_t i = 0; i < a->count && i < b->count; i++) {
		struct tmpl_value x = a->items[i], y = b->items[i];

		if (!value_spend(run, 1) || !value_identical_or_equal(run, x, y, &equal))
			return false;
		if (!equal)
			return value_order(run, op, x, y, result);
	}
	*result = order_holds(op, a->count < b->count ? -1 : a->count > b->count);
	return true;
}

static bool
order_sets(
    struct run *run, enum ast_operator op, const struct value_set *a, const struct value_set *b, bool *result)
{
	bool strict = op == AST_LESS || op == AST_GREATER;

	if (op == AST_GREATER || op == AST_GREATER_EQUAL) {
		const struct value_set *swapped = a;

		a = b;
		b = swapped;
	}
	if (strict && a->count >= b->count) {
		*result = false;
		return true;
	}
	return value_set_is_subset(run, a, b, result);
}

/* Keys and items of a dict compare as sets do. */
static bool
to_set(struct run *run, struct tmpl_value *view)
{
	struct tmpl_value set = value_set(run->arena);

	if (!value_set_update(run, set.as.object, *view))
		return false;
	*view = set;
	return true;
}

bool
value_order(struct run *run, enum ast_operator op, struct tmpl_value a, struct tmpl_value b, bool *result)
{
	bool compared = false;

	if (value_is_number(a) && value_is_number(b)) {
		*result = order_holds(op, order_numbers(a, b));
		return true;
	}
	if (a.type == TMPL_STR && b.type == TMPL_STR) {
		int order;

		if (!value_spend_bytes(run, MIN(a.len, b.len)))
			return false;
		order = str_cmp(value_str(a), value_str(b));
		*result = order_holds(op, order < 0 ? -1 : order > 0);
		return true;
	}
	if (value_is_set_like(a) && value_is_set_like(b))
		return (a.type == VALUE_SET || to_set(run, &a)) && (b.type == VALUE_SET || to_set(run, &b)) &&
		       order_sets(run, op, a.as.object, b.as.object, result);
	if (!value_is_sequence(a) || a.type != b.type)
		return VALUE_FAIL(run, ERR_TYPE, "'%s' not supported between instances of '%s' and '%s'",
		    ast_operator_text(op), value_type_name(a), value_type_name(b));
	if (!value_enter(run, " in comparison"))
		return false;
	compared = order_sequences(run, op, value_list(a), value_list(b), result);
	value_leave(run);
	return compared;
}

static bool
contains_item(struct run *run, struct tmpl_value container, struct tmpl_value item, bool *found)
{
	struct value_iterator it;
	struct tmpl_value value;
	bool ended;

	*found = false;
	if (!value_iterate(run, container, &it)) {
		if (run->fault->kind == ERR_TYPE)
			VALUE_FAULT(run, ERR_TYPE, "argument of type '%s' is not iterable",
			    value_type_name(container));
		return false;
	}
	while (!*found) {
		if (!value_spend(run, 1) || !value_next(run, &it, &value, &ended))
			return false;
		if (ended)
			break;
		if (!value_identical_or_equal(run, value, item, found))
			return false;
	}
	return true;
}

/* Whether the pair is a key and its value. */
static bool
contains_entry(struct run *run, struct value_dict *dict, struct tmpl_value pair, bool *found)
{
	struct tmpl_value value;

	*found = false;
	if (pair.type != TMPL_TUPLE || value_list(pair)->count != 2)
		return true;
	if (!value_dict_get(run, dict, value_list(pair)->items[0], &value, found))
		return false;
	return !*found || value_identical_or_equal(run, value, value_list(pair)->items[1], found);
}

bool
value_contains(struct run *run, struct tmpl_value container, struct tmpl_value item, bool *found)
{
	struct tmpl_value unused;

	if (container.type == VALUE_SET) {
		*found = false;
		return item.type == VALUE_SET || value_set_has(run, container.as.object, item, found);
	}
	if (container.type == TMPL_DICT)
		return value_dict_get(run, value_entries(container), item, &unused, found);
	if (container.type == VALUE_VIEW && ((struct value_view *)container.as.object)->kind == VALUE_ITEMS)
		return contains_entry(run, ((struct value_view *)container.as.object)->dict, item, found);
	if (container.type == VALUE_VIEW && ((struct value_view *)container.as.object)->kind == VALUE_KEYS)
		return value_dict_get(
		    run, ((struct value_view *)container.as.object)->dict, item, &unused, found);
	if (container.type == VALUE_RANGE && value_is_integer(item)) {
		const struct value_range *range = container.as.object;
		int64_t value = value_integer(item), last = value_range_at(range, range->count - 1);

		*found = range->count > 0 && value >= MIN(range->start, last) &&
			 value <= MAX(range->start, last) &&
			 ((__int128)value - range->start) % range->step == 0;
		return true;
	}
	if (container.type != TMPL_STR)
		return contains_item(run, container, item, found);
	if (item.type != TMPL_STR)
		return VALUE_FAIL(run, ERR_TYPE, "'in <string>' requires string as left operand, not %s",
		    value_type_name(item));
	if (!value_spend_bytes(run, container.len))
		return false;
	*found = str_find(value_str(container), value_str(item)) != STR_NONE;
	return true;
}

bool
value_compare(struct run *run, enum ast_operator op, struct tmpl_value a, struct tmpl_value b, bool *result)
{
	switch (op) {
	case AST_EQUAL:
		return value_equal(run, a, b, result);
	case AST_NOT_EQUAL:
		if (!value_equal(run, a, b, result))
			return false;
		*result = !*result;
		return true;
	case AST_IN:
		return value_contains(run, b, a, result);
	case AST_NOT_IN:
		if (!value_contains(run, b, a, result))
			return false;
		*result = !*result;
		return true;
	case AST_IS:
		*result = value_same(a, b);
		return true;
	case AST_IS_NOT:
		*result = !value_same(a, b);
		return true;
	default:
		return value_order(run, op, a, b, result);
	}
}
