/* Methods of numbers. */
#include "tmpl/builtin.h"

#include <math.h>

static uint64_t
self_size(const struct tmpl_call *call)
{
	int64_t integer = value_integer(call->self);

	return integer < 0 ? -(uint64_t)integer : (uint64_t)integer;
}

static BUILTIN(int_bit_length)
{
	uint64_t size = self_size(call);

	(void)args;
	*result = tmpl_int(size == 0 ? 0 : 64 - __builtin_clzll(size));
	return true;
}

static BUILTIN(int_bit_count)
{
	(void)args;
	*result = tmpl_int(__builtin_popcountll(self_size(call)));
	return true;
}

static BUILTIN(int_conjugate)
{
	(void)args;
	*result = tmpl_int(value_integer(call->self));
	return true;
}

static BUILTIN(int_as_integer_ratio)
{
	struct tmpl_value pair[] = {tmpl_int(value_integer(call->self)), tmpl_int(1)};

	(void)args;
	*result = value_tuple_of(call->run->arena, COUNT_OF(pair), pair);
	return true;
}

static BUILTIN(float_is_integer)
{
	double real = call->self.as.real;

	(void)args;
	*result = tmpl_bool(isfinite(real) && floor(real) == real);
	return true;
}

static BUILTIN(float_conjugate)
{
	(void)args;
	*result = call->self;
	return true;
}

static BUILTIN(float_as_integer_ratio)
{
	double real = call->self.as.real;
	struct tmpl_value pair[2];
	int exponent;

	(void)args;
	if (!isfinite(real))
		return VALUE_FAIL(call->run, isnan(real) ? ERR_VALUE : ERR_OVERFLOW,
		    isnan(real) ? "cannot convert NaN to integer ratio"
				: "cannot convert Infinity to integer ratio");
	real = frexp(real, &exponent);
	while (floor(real) != real) {
		real *= 2;
		exponent--;
	}
	if (exponent < -62 || fabs(ldexp(real, MAX(exponent, 0))) >= 9223372036854775808.0)
		return VALUE_FAIL(call->run, ERR_OVERFLOW, "the result does not fit into 64 bits");
	pair[0] = tmpl_int((int64_t)ldexp(real, MAX(exponent, 0)));
	pair[1] = tmpl_int((int64_t)1 << MAX(-exponent, 0));
	*result = value_tuple_of(call->run->arena, COUNT_OF(pair), pair);
	return true;
}

/* 0x1.8000000000000p+0: all digits of the mantissa, with the exponent of a number that is not subnormal. */
static BUILTIN(float_hex)
{
	double real = call->self.as.real;
	struct buf b = buf_make(call->run->arena);
	bool subnormal = real != 0 && fabs(real) < 0x1p-1022;

	(void)args;
	if (!isfinite(real))
		value_add_real(&b, real);
	else if (real == 0)
		buf_addf(&b, "%s0x0.0p+0", signbit(real) ? "-" : "");
	else if (subnormal)
		buf_addf(&b, "%s0x0.%013llxp-1022", signbit(real) ? "-" : "",
		    (unsigned long long)ldexp(fabs(real), 1074));
	else
		buf_addf(&b, "%.13a", real);
	*result = value_ascii(buf_str(&b));
	return true;
}

static const struct builtin int_rows[] = {
    {"as_integer_ratio", int_as_integer_ratio, 0, 0, NULL, 0},
    {"bit_count", int_bit_count, 0, 0, NULL, 0},
    {"bit_length", int_bit_length, 0, 0, NULL, 0},
    {"conjugate", int_conjugate, 0, 0, NULL, 0},
};

static const struct builtin float_rows[] = {
    {"as_integer_ratio", float_as_integer_ratio, 0, 0, NULL, 0},
    {"conjugate", float_conjugate, 0, 0, NULL, 0},
    {"hex", float_hex, 0, 0, NULL, 0},
    {"is_integer", float_is_integer, 0, 0, NULL, 0},
};

const struct builtin_table builtin_int_methods = {int_rows, COUNT_OF(int_rows)};
const struct builtin_table builtin_float_methods = {float_rows, COUNT_OF(float_rows)};
