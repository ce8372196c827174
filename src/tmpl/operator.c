/* What operators do with text and containers. */
#include "tmpl/builtin.h"
#include "tmpl/format.h"
#include "tmpl/set.h"

/* Text */

static bool
concat_text(struct run *run, struct str a, struct str b, struct tmpl_value *result)
{
	struct buf joined = buf_make(run->arena);

	if (!value_has_room(run, a.len + b.len))
		return false;
	buf_reserve(&joined, a.len + b.len);
	buf_add(&joined, a);
	buf_add(&joined, b);
	*result = value_text(buf_str(&joined));
	return true;
}

static void
list_append_all(struct arena *a, struct value_list *to, const struct value_list *from)
{
	for (size_t i = 0, count = from->count; i < count; i++)
		value_list_add(a, to, from->items[i]);
}

static bool
concat_lists(struct run *run, struct tmpl_value a, struct tmpl_value b, struct tmpl_value *result)
{
	size_t count = value_list(a)->count + value_list(b)->count;

	if (!value_has_room(run, count * sizeof(a)) || !value_spend(run, count))
		return false;
	*result = value_sequence(run->arena, a.type, count);
	list_append_all(run->arena, value_list(*result), value_list(a));
	list_append_all(run->arena, value_list(*result), value_list(b));
	return true;
}

static bool
add_in_place(struct run *run, struct tmpl_value list, struct tmpl_value more)
{
	struct tmpl_value items;

	if (!value_collect(run, more, TMPL_LIST, &items))
		return false;
	list_append_all(run->arena, value_list(list), value_list(items));
	return true;
}

static bool
add_sequences(
    struct run *run, bool in_place, struct tmpl_value a, struct tmpl_value b, struct tmpl_value *result)
{
	if (a.type == TMPL_LIST && in_place) {
		*result = a;
		return add_in_place(run, a, b);
	}
	if (a.type != b.type) {
		VALUE_FAULT(run, ERR_TYPE, "can only concatenate %s (not \"%s\") to %s", value_type_name(a),
		    value_type_name(b), value_type_name(a));
		if (a.type == TMPL_STR)
			err_set_hint(run->fault, "str(x) makes a text of a value");
		return false;
	}
	if (a.type == TMPL_STR)
		return concat_text(run, value_str(a), value_str(b), result);
	return concat_lists(run, a, b, result);
}

static bool
repeat_text(struct run *run, struct str text, size_t times, struct tmpl_value *result)
{
	struct buf b = buf_make(run->arena);

	if (!value_has_room_for(run, times, text.len))
		return false;
	if (text.len > 0 && times > 0)
		buf_reserve(&b, text.len * times);
	for (size_t i = 0; text.len > 0 && i < times; i++)
		buf_add(&b, text);
	*result = value_text(buf_str(&b));
	return true;
}

static bool
repeat_list(struct run *run, struct tmpl_value list, size_t times, struct tmpl_value *result)
{
	size_t count = value_list(list)->count;

	if (!value_has_room_for(run, times, count * sizeof(list)))
		return false;
	*result = value_sequence(run->arena, list.type, count * times);
	for (size_t i = 0; count > 0 && i < times; i++)
		list_append_all(run->arena, value_list(*result), value_list(list));
	return true;
}

static bool
is_repeatable(struct tmpl_value v)
{
	return v.type == TMPL_STR || value_is_sequence(v);
}

static bool
multiply_sequence(struct run *run, bool in_place, struct tmpl_value sequence, struct tmpl_value times,
    struct tmpl_value *result)
{
	size_t count;

	if (!value_is_integer(times))
		return VALUE_FAIL(
		    run, ERR_TYPE, "can't multiply sequence by non-int of type '%s'", value_type_name(times));
	count = value_integer(times) > 0 ? (size_t)value_integer(times) : 0;
	if (sequence.type == TMPL_STR)
		return repeat_text(run, value_str(sequence), count, result);
	if (!repeat_list(run, sequence, count, result))
		return false;
	if (in_place && sequence.type == TMPL_LIST) {
		*value_list(sequence) = *value_list(*result);
		*result = sequence;
	}
	return true;
}

/* - & | ^ of sets. */
static bool
combine_sets(struct run *run, enum ast_operator op, struct value_set *a, struct tmpl_value b,
    struct tmpl_value *result)
{
	switch (op) {
	case AST_SUBTRACT:
		return value_set_difference(run, a, b, result);
	case AST_BIT_AND:
		return value_set_intersection(run, a, b, result);
	case AST_BIT_OR:
		return value_set_copy(run, a, result) && value_set_update(run, result->as.object, b);
	default:
		if (!value_set_copy(run, b.as.object, result))
			return false;
		return value_set_symmetric_update(run, result->as.object, value_object(VALUE_SET, a));
	}
}

/* -= &= |= ^= of sets. */
static bool
combine_in_place(struct run *run, enum ast_operator op, struct value_set *a, struct tmpl_value b)
{
	struct tmpl_value both;

	switch (op) {
	case AST_SUBTRACT:
		return value_set_difference_update(run, a, b);
	case AST_BIT_OR:
		return value_set_update(run, a, b);
	case AST_BIT_XOR:
		return value_set_symmetric_update(run, a, b);
	default:
		if (!value_set_intersection(run, a, b, &both))
			return false;
		*a = *(struct value_set *)both.as.object;
		return true;
	}
}

static bool
is_set_operator(enum ast_operator op)
{
	return op == AST_SUBTRACT || op == AST_BIT_AND || op == AST_BIT_OR || op == AST_BIT_XOR;
}

static bool
is_set_view(struct tmpl_value v)
{
	return v.type == VALUE_VIEW && value_is_set_like(v);
}

static bool
combine_views(struct run *run, enum ast_operator op, struct tmpl_value a, struct tmpl_value b,
    struct tmpl_value *result)
{
	struct tmpl_value x = value_set(run->arena), y = value_set(run->arena);

	return value_set_update(run, x.as.object, a) && value_set_update(run, y.as.object, b) &&
	       combine_sets(run, op, x.as.object, y, result);
}

static bool
combine_dicts(
    struct run *run, bool in_place, struct tmpl_value a, struct tmpl_value b, struct tmpl_value *result)
{
	*result = in_place ? a : value_dict(run->arena);
	if (in_place)
		return builtin_fill_dict(run, value_entries(a), b);
	return value_dict_add_all(run, value_entries(*result), value_entries(a)) &&
	       value_dict_add_all(run, value_entries(*result), value_entries(b));
}

bool
value_binary(struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a, struct tmpl_value b,
    struct tmpl_value *result)
{
	if (value_is_number(a) && value_is_number(b))
		return value_arithmetic(run, op, in_place, a, b, result);
	if (op == AST_ADD && is_repeatable(a))
		return add_sequences(run, in_place, a, b, result);
	if (op == AST_MULTIPLY && is_repeatable(a))
		return multiply_sequence(run, in_place, a, b, result);
	if (op == AST_MULTIPLY && is_repeatable(b))
		return multiply_sequence(run, false, b, a, result);
	if (op == AST_MODULO && a.type == TMPL_STR)
		return format_percent(run, value_str(a), b, result);
	if (op == AST_BIT_OR && a.type == TMPL_DICT && (b.type == TMPL_DICT || in_place))
		return combine_dicts(run, in_place, a, b, result);
	if (is_set_operator(op) && a.type == VALUE_SET && b.type == VALUE_SET) {
		*result = a;
		return in_place ? combine_in_place(run, op, a.as.object, b)
				: combine_sets(run, op, a.as.object, b, result);
	}
	if (is_set_operator(op) && (is_set_view(a) || is_set_view(b)))
		return combine_views(run, op, a, b, result);
	return value_fail_operands(run, op, in_place, a, b);
}
