#include "tmpl/format.h"
#include "tmpl/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REAL_TEXT_SIZE = 32, REAL_DIGITS_MAX = 17 };

static bool
fail_overflow(struct run *run)
{
	return VALUE_FAIL(run, ERR_OVERFLOW, "the result does not fit into 64 bits");
}

static bool
fail_operands(struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a, struct tmpl_value b)
{
	return VALUE_FAIL(run, ERR_TYPE, "unsupported operand type(s) for %s%s: '%s' and '%s'",
	    op == AST_POWER && !in_place ? "** or pow()" : ast_operator_text(op), in_place ? "=" : "",
	    value_type_name(a), value_type_name(b));
}

/* Shortest text of a number */

/* The fewest digits, as d.ddde±x, that give the number back. */
static void
shortest_digits(double real, char text[REAL_TEXT_SIZE])
{
	int digits = fabs(real) < 2.2250738585072014e-308 ? 1 : 15;

	for (; digits <= REAL_DIGITS_MAX; digits++) {
		snprintf(text, REAL_TEXT_SIZE, "%.*e", digits - 1, real);
		if (strtod(text, NULL) == real)
			break;
	}
}

/* Digits with the point after `point` of them, zeros added on either side; always with a fraction. */
static void
add_fixed(struct buf *b, const char *digits, int count, int point)
{
	if (point <= 0)
		buf_add_lit(b, "0.");
	for (int i = point; i < 0; i++)
		buf_add_char(b, '0');
	for (int i = 0; i < MAX(count, point); i++) {
		if (i == point && i > 0)
			buf_add_char(b, '.');
		buf_add_char(b, i < count ? digits[i] : '0');
	}
	if (count <= point)
		buf_add_lit(b, ".0");
}

void
value_add_real(struct buf *b, double real)
{
	char text[REAL_TEXT_SIZE], digits[REAL_DIGITS_MAX + 1] = "0";
	int count = 0, exponent;

	if (isnan(real) || isinf(real)) {
		buf_addf(b, isnan(real) ? "nan" : real < 0 ? "-inf" : "inf");
		return;
	}
	shortest_digits(real, text);
	for (const char *c = text; *c != 'e'; c++)
		if (*c >= '0' && *c <= '9')
			digits[count++] = *c;
	exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
	while (count > 1 && digits[count - 1] == '0')
		count--;
	if (signbit(real))
		buf_add_char(b, '-');
	if (exponent >= -4 && exponent < 16) {
		add_fixed(b, digits, count, exponent + 1);
		return;
	}
	buf_add_char(b, digits[0]);
	if (count > 1)
		buf_addf(b, ".%.*s", count - 1, digits + 1);
	buf_addf(b, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
}

/* Integers */

static int64_t
floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t
floor_modulo(int64_t a, int64_t b)
{
	int64_t rest = a % b;

	return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

static bool
integer_divide(struct run *run, enum ast_operator op, int64_t a, int64_t b, struct tmpl_value *result)
{
	if (b == 0)
		return VALUE_FAIL(run, ERR_ZERO_DIVISION, "%s",
		    op == AST_DIVIDE   ? "division by zero"
		    : op == AST_MODULO ? "integer modulo by zero"
				       : "integer division or modulo by zero");
	if (op == AST_DIVIDE)
		*result = tmpl_float((double)((long double)a / (long double)b));
	else if (b == -1 && op == AST_MODULO)
		*result = tmpl_int(0);
	else if (b == -1 && a == INT64_MIN)
		return fail_overflow(run);
	else
		*result = tmpl_int(op == AST_MODULO ? floor_modulo(a, b) : floor_divide(a, b));
	return true;
}

static bool
integer_shift(struct run *run, enum ast_operator op, int64_t a, int64_t b, struct tmpl_value *result)
{
	if (b < 0)
		return VALUE_FAIL(run, ERR_VALUE, "negative shift count");
	if (op == AST_RIGHT_SHIFT) {
		*result = tmpl_int(b > 63 ? (a < 0 ? -1 : 0) : a >> b);
		return true;
	}
	if (a != 0 && (b > 62 || (int64_t)((uint64_t)a << b) >> b != a))
		return fail_overflow(run);
	*result = tmpl_int(a == 0 ? 0 : (int64_t)((uint64_t)a << b));
	return true;
}

static bool
integer_power(struct run *run, int64_t base, int64_t exponent, struct tmpl_value *result)
{
	int64_t power = 1;

	while (exponent > 0) {
		if (exponent & 1 && __builtin_mul_overflow(power, base, &power))
			return fail_overflow(run);
		exponent >>= 1;
		if (exponent > 0 && __builtin_mul_overflow(base, base, &base))
			return fail_overflow(run);
	}
	*result = tmpl_int(power);
	return true;
}

/* `and`, `or` and `xor` of two bools is a bool. */
static struct tmpl_value
integer_bits(enum ast_operator op, struct tmpl_value a, struct tmpl_value b)
{
	int64_t x = value_integer(a), y = value_integer(b);
	int64_t bits = op == AST_BIT_AND ? x & y : op == AST_BIT_OR ? x | y : x ^ y;

	return a.type == TMPL_BOOL && b.type == TMPL_BOOL ? tmpl_bool(bits != 0) : tmpl_int(bits);
}

static bool
integer_binary(struct run *run, enum ast_operator op, struct tmpl_value a, struct tmpl_value b,
    struct tmpl_value *result)
{
	int64_t x = value_integer(a), y = value_integer(b), sum = 0;
	bool overflow = false;

	switch (op) {
	case AST_ADD:
		overflow = __builtin_add_overflow(x, y, &sum);
		break;
	case AST_SUBTRACT:
		overflow = __builtin_sub_overflow(x, y, &sum);
		break;
	case AST_MULTIPLY:
		overflow = __builtin_mul_overflow(x, y, &sum);
		break;
	case AST_DIVIDE:
	case AST_FLOOR_DIVIDE:
	case AST_MODULO:
		return integer_divide(run, op, x, y, result);
	case AST_LEFT_SHIFT:
	case AST_RIGHT_SHIFT:
		return integer_shift(run, op, x, y, result);
	default:
		*result = integer_bits(op, a, b);
		return true;
	}
	if (overflow)
		return fail_overflow(run);
	*result = tmpl_int(sum);
	return true;
}

/* Reals */

/* Python's float % float: the sign is that of the divisor. */
static double
real_modulo(double a, double b)
{
	double rest = fmod(a, b);

	if (rest == 0)
		return copysign(0.0, b);
	return (rest < 0) != (b < 0) ? rest + b : rest;
}

static double
real_floor_divide(double a, double b)
{
	double quotient = (a - real_modulo(a, b)) / b, down = floor(quotient);

	if (quotient == 0)
		return copysign(0.0, a / b);
	return quotient - down > 0.5 ? down + 1 : down;
}

static bool
real_power(struct run *run, double a, double b, struct tmpl_value *result)
{
	double power;

	if (a == 0 && b < 0)
		return VALUE_FAIL(run, ERR_ZERO_DIVISION, "0.0 cannot be raised to a negative power");
	if (a < 0 && isfinite(a) && isfinite(b) && floor(b) != b)
		return VALUE_FAIL(
		    run, ERR_VALUE, "the result is a complex number, which templates don't have");
	power = pow(a, b);
	if (isinf(power) && isfinite(a) && isfinite(b))
		return VALUE_FAIL(run, ERR_OVERFLOW, "(34, 'Numerical result out of range')");
	*result = tmpl_float(power);
	return true;
}

static bool
real_binary(struct run *run, enum ast_operator op, double a, double b, struct tmpl_value *result)
{
	if (b == 0 && op == AST_DIVIDE)
		return VALUE_FAIL(run, ERR_ZERO_DIVISION, "float division by zero");
	if (b == 0 && op == AST_FLOOR_DIVIDE)
		return VALUE_FAIL(run, ERR_ZERO_DIVISION, "float floor division by zero");
	if (b == 0 && op == AST_MODULO)
		return VALUE_FAIL(run, ERR_ZERO_DIVISION, "float modulo");
	switch (op) {
	case AST_ADD:
		*result = tmpl_float(a + b);
		break;
	case AST_SUBTRACT:
		*result = tmpl_float(a - b);
		break;
	case AST_MULTIPLY:
		*result = tmpl_float(a * b);
		break;
	case AST_DIVIDE:
		*result = tmpl_float(a / b);
		break;
	case AST_FLOOR_DIVIDE:
		*result = tmpl_float(real_floor_divide(a, b));
		break;
	default:
		*result = tmpl_float(real_modulo(a, b));
		break;
	}
	return true;
}

bool
value_power(struct run *run, struct tmpl_value a, struct tmpl_value b, struct tmpl_value *result)
{
	if (!value_is_number(a) || !value_is_number(b))
		return fail_operands(run, AST_POWER, false, a, b);
	if (a.type != TMPL_FLOAT && b.type != TMPL_FLOAT && value_integer(b) >= 0)
		return integer_power(run, value_integer(a), value_integer(b), result);
	return real_power(run, value_real(a), value_real(b), result);
}

static bool
number_binary(struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a, struct tmpl_value b,
    struct tmpl_value *result)
{
	bool real = a.type == TMPL_FLOAT || b.type == TMPL_FLOAT;

	if (op == AST_POWER)
		return value_power(run, a, b, result);
	if (op == AST_MATRIX || (real && op >= AST_LEFT_SHIFT))
		return fail_operands(run, op, in_place, a, b);
	if (real)
		return real_binary(run, op, value_real(a), value_real(b), result);
	return integer_binary(run, op, a, b, result);
}

/* Text and containers */

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
	if (a.type != b.type)
		return VALUE_FAIL(run, ERR_TYPE, "can only concatenate %s (not \"%s\") to %s",
		    value_type_name(a), value_type_name(b), value_type_name(a));
	if (a.type == TMPL_STR)
		return concat_text(run, value_str(a), value_str(b), result);
	return concat_lists(run, a, b, result);
}

static bool
repeat_text(struct run *run, struct str text, size_t times, struct tmpl_value *result)
{
	struct buf b = buf_make(run->arena);

	if (text.len > 0 && (times > UINT32_MAX / text.len || !value_has_room(run, times * text.len)))
		return times > UINT32_MAX / text.len ? value_has_room(run, UINT64_MAX) : false;
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

	if (count > 0 && (times > UINT32_MAX / count || !value_has_room(run, times * count * sizeof(list))))
		return times > UINT32_MAX / count ? value_has_room(run, UINT64_MAX) : false;
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
multiply_sequence(
    struct run *run, struct tmpl_value sequence, struct tmpl_value times, struct tmpl_value *result)
{
	size_t count;

	if (!value_is_integer(times))
		return VALUE_FAIL(
		    run, ERR_TYPE, "can't multiply sequence by non-int of type '%s'", value_type_name(times));
	count = value_integer(times) > 0 ? (size_t)value_integer(times) : 0;
	if (sequence.type == TMPL_STR)
		return repeat_text(run, value_str(sequence), count, result);
	return repeat_list(run, sequence, count, result);
}

/* Adds to `to` the entries of `from` that are, or are not, in `other`. */
static bool
set_add_where(
    struct run *run, struct value_dict *to, struct value_dict *from, struct value_dict *other, bool wanted)
{
	struct value_entry *entry;
	struct tmpl_value unused;
	bool found;

	for (size_t at = 0; (entry = value_dict_next(from, &at)) != NULL;) {
		if (!value_spend(run, 1) || !value_dict_get(run, other, entry->key, &unused, &found))
			return false;
		if (found == wanted && !value_dict_set(run, to, entry->key, entry->value))
			return false;
	}
	return true;
}

static bool
dict_add_all(struct run *run, struct value_dict *to, struct value_dict *from)
{
	struct value_entry *entry;

	for (size_t at = 0; (entry = value_dict_next(from, &at)) != NULL;)
		if (!value_spend(run, 1) || !value_dict_set(run, to, entry->key, entry->value))
			return false;
	return true;
}

/* - & | ^ of sets, | of dicts. */
static bool
combine(struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a, struct tmpl_value b,
    struct tmpl_value *result)
{
	struct value_dict *x = value_entries(a), *y = value_entries(b), *to;

	*result = in_place && op == AST_BIT_OR ? a : value_dict(run->arena, a.type);
	to = value_entries(*result);
	if (op == AST_BIT_OR)
		return (to == x || dict_add_all(run, to, x)) && dict_add_all(run, to, y);
	if (op == AST_BIT_AND)
		return set_add_where(run, to, x, y, true);
	if (!set_add_where(run, to, x, y, false))
		return false;
	return op == AST_SUBTRACT || set_add_where(run, to, y, x, false);
}

static bool
combines(enum ast_operator op, struct tmpl_value a, struct tmpl_value b)
{
	if (a.type != b.type)
		return false;
	if (a.type == TMPL_DICT)
		return op == AST_BIT_OR;
	return a.type == VALUE_SET &&
	       (op == AST_SUBTRACT || op == AST_BIT_AND || op == AST_BIT_OR || op == AST_BIT_XOR);
}

bool
value_binary(struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a, struct tmpl_value b,
    struct tmpl_value *result)
{
	if (value_is_number(a) && value_is_number(b))
		return number_binary(run, op, in_place, a, b, result);
	if (op == AST_ADD && is_repeatable(a))
		return add_sequences(run, in_place, a, b, result);
	if (op == AST_MULTIPLY && is_repeatable(a))
		return multiply_sequence(run, a, b, result);
	if (op == AST_MULTIPLY && is_repeatable(b))
		return multiply_sequence(run, b, a, result);
	if (op == AST_MODULO && a.type == TMPL_STR)
		return format_percent(run, value_str(a), b, result);
	if (combines(op, a, b))
		return combine(run, op, in_place, a, b, result);
	return fail_operands(run, op, in_place, a, b);
}

bool
value_unary(struct run *run, enum ast_operator op, struct tmpl_value v, struct tmpl_value *result)
{
	if (op == AST_NOT) {
		*result = tmpl_bool(!tmpl_truth(v));
		return true;
	}
	if (!value_is_number(v) || (v.type == TMPL_FLOAT && op == AST_INVERT))
		return VALUE_FAIL(run, ERR_TYPE, "bad operand type for unary %s: '%s'", ast_operator_text(op),
		    value_type_name(v));
	if (v.type == TMPL_FLOAT)
		*result = tmpl_float(op == AST_NEGATE ? -v.as.real : v.as.real);
	else if (op == AST_NEGATE && value_integer(v) == INT64_MIN)
		return fail_overflow(run);
	else
		*result = tmpl_int(op == AST_NEGATE   ? -value_integer(v)
				   : op == AST_INVERT ? ~value_integer(v)
						      : value_integer(v));
	return true;
}
