/* The functions of the built-in namespace. */
#include "base/utf8.h"
#include "tmpl/builtin.h"
#include "tmpl/format.h"

#include <math.h>
#include <stdlib.h>

/* Functions of one value */

static BUILTIN(function_len)
{
	size_t length;

	if (!value_length(call->run, args[0], &length))
		return false;
	*result = tmpl_int((int64_t)length);
	return true;
}

static BUILTIN(function_abs)
{
	if (!value_is_number(args[0]))
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "bad operand type for abs(): '%s'", value_type_name(args[0]));
	if (args[0].type == TMPL_FLOAT) {
		*result = tmpl_float(fabs(args[0].as.real));
		return true;
	}
	*result = args[0].type == TMPL_BOOL ? tmpl_int(value_integer(args[0])) : args[0];
	return value_integer(args[0]) >= 0 || value_unary(call->run, AST_NEGATE, args[0], result);
}

/* Whether any (or each) value is true, looking no further than needed. */
static bool
find_truth(struct tmpl_call *call, struct tmpl_value values, bool wanted, struct tmpl_value *result)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended;

	if (!value_iterate(call->run, values, &it))
		return false;
	for (;;) {
		if (!value_next(call->run, &it, &item, &ended))
			return false;
		if (ended || tmpl_truth(item) == wanted)
			break;
	}
	*result = tmpl_bool(ended ? !wanted : wanted);
	return true;
}

static BUILTIN(function_any)
{
	return find_truth(call, args[0], true, result);
}

static BUILTIN(function_all)
{
	return find_truth(call, args[0], false, result);
}

static BUILTIN(function_repr)
{
	struct str text;

	if (!value_to_repr(call->run, args[0], &text))
		return false;
	*result = value_text(text);
	return true;
}

static BUILTIN(function_ascii)
{
	struct str text;

	if (!value_to_repr(call->run, args[0], &text))
		return false;
	*result = value_ascii(value_to_ascii(call->run->arena, text));
	return true;
}

static BUILTIN(function_chr)
{
	char *bytes = arena_alloc(call->run->arena, UTF8_MAX_BYTES, 1);
	int64_t point;

	if (!builtin_integer(call->run, args[0], &point))
		return false;
	if (point < INT32_MIN || point > INT32_MAX)
		return VALUE_FAIL(call->run, ERR_OVERFLOW, "Python int too large to convert to C int");
	if (point < 0 || point > 0x10ffff)
		return VALUE_FAIL(call->run, ERR_VALUE, "chr() arg not in range(0x110000)");
	if (point >= 0xd800 && point < 0xe000)
		return VALUE_FAIL(
		    call->run, ERR_VALUE, "a template has no surrogates: chr(0x%llx)", (long long)point);
	*result = value_text(str_make(bytes, utf8_encode((uint32_t)point, bytes)));
	return true;
}

static BUILTIN(function_ord)
{
	struct str text = value_str(args[0]);
	size_t length;

	if (args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "ord() expected string of length 1, but %s found",
		    value_type_name(args[0]));
	if (!value_length(call->run, args[0], &length))
		return false;
	if (length != 1)
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "ord() expected a character, but string of length %zu found", length);
	*result = tmpl_int(utf8_next(&text));
	return true;
}

static bool
in_base(struct tmpl_call *call, struct tmpl_value v, const char *spec, struct tmpl_value *result)
{
	struct buf b = buf_make(call->run->arena);
	int64_t number;

	if (!builtin_integer(call->run, v, &number) ||
	    !format_value(call->run, &b, tmpl_int(number), str_of(spec)))
		return false;
	*result = value_ascii(buf_str(&b));
	return true;
}

static BUILTIN(function_hex)
{
	return in_base(call, args[0], "#x", result);
}

static BUILTIN(function_oct)
{
	return in_base(call, args[0], "#o", result);
}

static BUILTIN(function_bin)
{
	return in_base(call, args[0], "#b", result);
}

static BUILTIN(function_callable)
{
	(void)call;
	*result = tmpl_bool(value_is_callable(args[0]));
	return true;
}

/* Functions of several values */

/* A question about a value, asked of a class, or of any of a tuple of them, at any depth. */
struct class_question {
	bool (*is)(const void *of, const struct builtin_class *);
	const void *of;
	const char *doing, *wrong; /* for the errors */
};

static bool find_class(
    struct run *run, struct tmpl_value classes, const struct class_question *question, bool *found);

static bool
find_class_in(
    struct run *run, const struct value_list *list, const struct class_question *question, bool *found)
{
	for (size_t i = 0; i < list->count && !*found; i++)
		if (!value_spend(run, 1) || !find_class(run, list->items[i], question, found))
			return false;
	return true;
}

static bool
find_class(struct run *run, struct tmpl_value classes, const struct class_question *question, bool *found)
{
	bool looked;

	if (classes.type == VALUE_CLASS) {
		*found = question->is(question->of, classes.as.object);
		return true;
	}
	if (classes.type != TMPL_TUPLE)
		return VALUE_FAIL(run, ERR_TYPE, "%s", question->wrong);
	if (!value_enter(run, question->doing))
		return false;
	looked = find_class_in(run, value_list(classes), question, found);
	value_leave(run);
	return looked;
}

static bool
is_instance(const void *of, const struct builtin_class *class)
{
	return builtin_is_instance(*(const struct tmpl_value *)of, class);
}

static bool
is_subclass(const void *of, const struct builtin_class *class)
{
	return builtin_is_subclass(of, class);
}

static BUILTIN(function_isinstance)
{
	struct class_question question = {is_instance, &args[0], " in __instancecheck__",
	    "isinstance() arg 2 must be a type, a tuple of types, or a union"};

	*result = tmpl_bool(false);
	return find_class(call->run, args[1], &question, &result->as.boolean);
}

static BUILTIN(function_issubclass)
{
	struct class_question question = {is_subclass, args[0].as.object, " in __subclasscheck__",
	    "issubclass() arg 2 must be a class, a tuple of classes, or a union"};

	*result = tmpl_bool(false);
	if (args[0].type != VALUE_CLASS)
		return VALUE_FAIL(call->run, ERR_TYPE, "issubclass() arg 1 must be a class");
	return find_class(call->run, args[1], &question, &result->as.boolean);
}

static bool
check_attribute_name(struct tmpl_call *call, struct tmpl_value name)
{
	return name.type == TMPL_STR || VALUE_FAIL(call->run, ERR_TYPE,
					    "attribute name must be string, not '%s'", value_type_name(name));
}

static BUILTIN(function_hasattr)
{
	struct tmpl_value found;

	if (!check_attribute_name(call, args[1]))
		return false;
	*result = tmpl_bool(value_find_attribute(call->run, args[0], value_str(args[1]), &found));
	return true;
}

static BUILTIN(function_getattr)
{
	if (!check_attribute_name(call, args[1]))
		return false;
	if (!builtin_given(args[2]))
		return value_get_attribute(call->run, args[0], value_str(args[1]), result);
	if (!value_find_attribute(call->run, args[0], value_str(args[1]), result))
		*result = args[2];
	return true;
}

static BUILTIN(function_sum)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended;

	*result = builtin_given(args[1]) ? args[1] : tmpl_int(0);
	if (result->type == TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "sum() can't sum strings [use ''.join(seq) instead]");
	if (!value_iterate(call->run, args[0], &it))
		return false;
	for (;;) {
		if (!value_next(call->run, &it, &item, &ended))
			return false;
		if (ended)
			return true;
		if (!value_binary(call->run, AST_ADD, false, *result, item, result))
			return false;
	}
}

static BUILTIN(function_divmod)
{
	struct tmpl_value pair[2];

	if (!value_is_number(args[0]) || !value_is_number(args[1]))
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "unsupported operand type(s) for divmod(): '%s' and '%s'", value_type_name(args[0]),
		    value_type_name(args[1]));
	if ((args[0].type == TMPL_FLOAT || args[1].type == TMPL_FLOAT) && value_real(args[1]) == 0)
		return VALUE_FAIL(call->run, ERR_ZERO_DIVISION, "float divmod()");
	if (!value_binary(call->run, AST_FLOOR_DIVIDE, false, args[0], args[1], &pair[0]) ||
	    !value_binary(call->run, AST_MODULO, false, args[0], args[1], &pair[1]))
		return false;
	*result = value_tuple_of(call->run->arena, 2, pair);
	return true;
}

/* The number that, multiplied with `*base`, leaves 1: by Euclid's algorithm. */
static bool
invert(struct run *run, int64_t *base, int64_t modulus)
{
	__int128 size = modulus < 0 ? -(__int128)modulus : modulus;
	__int128 rest = (*base % size + size) % size, next = size, factor = 1, next_factor = 0;

	while (next != 0) {
		__int128 quotient = rest / next, rest_after = rest - quotient * next,
			 factor_after = factor - quotient * next_factor;

		rest = next;
		next = rest_after;
		factor = next_factor;
		next_factor = factor_after;
	}
	if (rest != 1)
		return VALUE_FAIL(run, ERR_VALUE, "base is not invertible for the given modulus");
	*base = (int64_t)((factor % size + size) % size);
	return true;
}

/* base ** exponent % modulus by squaring. */
static bool
power_modulo(struct run *run, int64_t base, int64_t exponent, int64_t modulus, struct tmpl_value *result)
{
	__int128 power = 1, factor;

	if (modulus == 0)
		return VALUE_FAIL(run, ERR_VALUE, "pow() 3rd argument cannot be 0");
	if (exponent < 0 && !invert(run, &base, modulus))
		return false;
	if (exponent == INT64_MIN)
		return VALUE_FAIL(run, ERR_OVERFLOW, "the exponent does not fit into 64 bits");
	exponent = exponent < 0 ? -exponent : exponent;
	for (factor = (__int128)base % modulus; exponent > 0; exponent >>= 1) {
		if (exponent & 1)
			power = power * factor % modulus;
		factor = factor * factor % modulus;
	}
	power %= modulus;
	*result = tmpl_int((int64_t)(power != 0 && (power < 0) != (modulus < 0) ? power + modulus : power));
	return true;
}

static BUILTIN(function_pow)
{
	if (!builtin_given(args[2]) || args[2].type == TMPL_NONE)
		return value_power(call->run, args[0], args[1], result);
	for (size_t i = 0; i < 3; i++)
		if (args[i].type == TMPL_FLOAT)
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "pow() 3rd argument not allowed unless all arguments are integers");
	if (!value_is_integer(args[0]) || !value_is_integer(args[1]) || !value_is_integer(args[2]))
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "unsupported operand type(s) for ** or pow(): '%s', '%s', '%s'", value_type_name(args[0]),
		    value_type_name(args[1]), value_type_name(args[2]));
	return power_modulo(
	    call->run, value_integer(args[0]), value_integer(args[1]), value_integer(args[2]), result);
}

/* To a multiple of 10 ** -digits, halves to the even one. */
static bool
round_integer(struct run *run, int64_t number, int64_t digits, struct tmpl_value *result)
{
	__int128 unit = 1, rest, rounded;

	*result = tmpl_int(digits < -18 ? 0 : number);
	if (digits >= 0 || digits < -18)
		return true;
	for (; digits < 0; digits++)
		unit *= 10;
	rest = number % unit;
	if (rest < 0)
		rest += unit;
	rounded = number - rest;
	if (2 * rest > unit || (2 * rest == unit && rounded / unit % 2 != 0))
		rounded += unit;
	if (rounded > INT64_MAX || rounded < INT64_MIN)
		return VALUE_FAIL(run, ERR_OVERFLOW, "the result does not fit into 64 bits");
	*result = tmpl_int((int64_t)rounded);
	return true;
}

/* The decimal text with that many digits is the exact rounding of the number. */
static double
round_real(struct run *run, double real, int64_t digits)
{
	struct buf b = buf_make(run->arena);
	double unit;

	if (!isfinite(real) || digits > 323)
		return real;
	if (digits >= 0) {
		buf_addf(&b, "%.*f", (int)digits, real);
		return strtod(buf_cstr(&b), NULL);
	}
	if (digits < -308)
		return copysign(0, real);
	unit = pow(10, (double)-digits);
	return nearbyint(real / unit) * unit;
}

static BUILTIN(function_round)
{
	int64_t digits = 0;
	bool whole = !builtin_given(args[1]) || args[1].type == TMPL_NONE;

	if (!value_is_number(args[0]))
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "type %s doesn't define __round__ method", value_type_name(args[0]));
	if (!whole && !builtin_integer(call->run, args[1], &digits))
		return false;
	if (args[0].type != TMPL_FLOAT)
		return round_integer(call->run, value_integer(args[0]), digits, result);
	if (whole)
		return builtin_truncate(call->run, nearbyint(args[0].as.real), result);
	*result = tmpl_float(round_real(call->run, args[0].as.real, digits));
	return true;
}

static BUILTIN(function_format)
{
	struct buf b = buf_make(call->run->arena);

	if (builtin_given(args[1]) && args[1].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "format() argument 2 must be str, not %s",
		    args[1].type == TMPL_NONE ? "None" : value_type_name(args[1]));
	if (!format_value(call->run, &b, args[0], builtin_given(args[1]) ? value_str(args[1]) : STR("")))
		return false;
	*result = value_text(buf_str(&b));
	return true;
}

/* iter(function, sentinel): what the calls give, up to the one that equals the sentinel. */
static bool
next_called(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	return value_call_with(run, it->function, 0, NULL, value) &&
	       value_identical_or_equal(run, *value, it->source, ended);
}

static BUILTIN(function_iter)
{
	struct value_iterator *it;

	*result = args[0];
	if (builtin_given(args[1]) && !value_is_callable(args[0]))
		return VALUE_FAIL(call->run, ERR_TYPE, "iter(v, w): v must be callable");
	if (args[0].type == VALUE_ITERATOR && !builtin_given(args[1]))
		return true;
	it = ARENA_NEW(call->run->arena, struct value_iterator);
	*result = value_object(VALUE_ITERATOR, it);
	if (!builtin_given(args[1]))
		return value_iterate(call->run, args[0], it);
	*it = (struct value_iterator){
	    .next = next_called, .name = "callable_iterator", .function = args[0], .source = args[1]};
	return true;
}

static BUILTIN(function_next)
{
	bool ended;

	if (args[0].type != VALUE_ITERATOR)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "'%s' object is not an iterator", value_type_name(args[0]));
	if (!value_next(call->run, args[0].as.object, result, &ended))
		return false;
	if (ended && !builtin_given(args[1]))
		return VALUE_FAIL(call->run, ERR_STOP_ITERATION, "%s", "");
	if (ended)
		*result = args[1];
	return true;
}

static const struct builtin rows[] = {
    {"abs", function_abs, 1, 1, NULL, 0},
    {"all", function_all, 1, 1, NULL, 0},
    {"any", function_any, 1, 1, NULL, 0},
    {"ascii", function_ascii, 1, 1, NULL, 0},
    {"bin", function_bin, 1, 1, NULL, 0},
    {"callable", function_callable, 1, 1, NULL, 0},
    {"chr", function_chr, 1, 1, NULL, 0},
    {"divmod", function_divmod, 2, 2, NULL, 0},
    {"format", function_format, 1, 2, NULL, 0},
    {"getattr", function_getattr, 2, 3, NULL, 0},
    {"hasattr", function_hasattr, 2, 2, NULL, 0},
    {"hex", function_hex, 1, 1, NULL, 0},
    {"isinstance", function_isinstance, 2, 2, NULL, 0},
    {"issubclass", function_issubclass, 2, 2, NULL, 0},
    {"iter", function_iter, 1, 2, NULL, 0},
    {"len", function_len, 1, 1, NULL, 0},
    {"max", builtin_max, 1, BUILTIN_VARIADIC, "*", 0},
    {"min", builtin_min, 1, BUILTIN_VARIADIC, "*", 0},
    {"next", function_next, 1, 2, NULL, 0},
    {"oct", function_oct, 1, 1, NULL, 0},
    {"ord", function_ord, 1, 1, NULL, 0},
    {"pow", function_pow, 2, 3, "base exp ?mod", 0},
    {"repr", function_repr, 1, 1, NULL, 0},
    {"round", function_round, 1, 2, "number ?ndigits", 0},
    {"sorted", builtin_sorted, 0, BUILTIN_VARIADIC, "*", 0},
    {"sum", function_sum, 1, 2, "!iterable ?start", 0},
};

const struct builtin_table builtin_functions = {rows, COUNT_OF(rows)};
