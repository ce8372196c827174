/* Arithmetic of numbers, and the shortest text of a float. */
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

bool
value_fail_operands(
    struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a, struct tmpl_value b)
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

#define SHORT_MAX 1e15 /* below, an integer of a double is exact, and so is its neighbour */

/*
 * The way for 1.5 and its like: a few decimals that give the number back. The division of two exact
 * numbers is rounded correctly, so the decimals are as good as those that strtod would read.
 */
static bool
add_short(struct buf *b, double real)
{
	static const double powers[] = {1, 10, 100, 1000, 10000};
	double size = fabs(real);

	for (size_t k = 0; k < COUNT_OF(powers) && size * powers[k] < SHORT_MAX; k++) {
		int64_t scaled = llround(size * powers[k]), power = (int64_t)powers[k];

		if ((double)scaled / powers[k] != size)
			continue;
		if (signbit(real))
			buf_add_char(b, '-');
		buf_add_int(b, scaled / power);
		buf_add_char(b, '.');
		for (int64_t digit = power / 10; digit > scaled % power && digit > 1; digit /= 10)
			buf_add_char(b, '0');
		buf_add_int(b, scaled % power);
		return true;
	}
	return false;
}

void
value_add_real(struct buf *b, double real)
{
	char text[REAL_TEXT_SIZE], digits[REAL_DIGITS_MAX + 1] = "0";
	int count = 0, exponent;

	if (add_short(b, real))
		return;
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
		return value_fail_operands(run, AST_POWER, false, a, b);
	if (a.type != TMPL_FLOAT && b.type != TMPL_FLOAT && value_integer(b) >= 0)
		return integer_power(run, value_integer(a), value_integer(b), result);
	return real_power(run, value_real(a), value_real(b), result);
}

bool
value_arithmetic(struct run *run, enum ast_operator op, bool in_place, struct tmpl_value a,
    struct tmpl_value b, struct tmpl_value *result)
{
	bool real = a.type == TMPL_FLOAT || b.type == TMPL_FLOAT;

	if (op == AST_POWER)
		return value_power(run, a, b, result);
	if (op == AST_MATRIX || (real && op >= AST_LEFT_SHIFT))
		return value_fail_operands(run, op, in_place, a, b);
	if (real)
		return real_binary(run, op, value_real(a), value_real(b), result);
	return integer_binary(run, op, a, b, result);
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
