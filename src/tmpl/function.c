#include "base/utf8.h"
#include "tmpl/builtin.h"
#include "tmpl/format.h"
#include "tmpl/unicode.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Parameters of the functions below: builtin_fn's. `given` tells whether an argument is there. */
#define BUILTIN(name) \
	bool name(struct tmpl_call *call, const struct tmpl_value *args, struct tmpl_value *result)

static bool
given(struct tmpl_value v)
{
	return v.type != TMPL_UNBOUND;
}

/* Classes of numbers */

BUILTIN(builtin_make_bool)
{
	(void)call;
	*result = tmpl_bool(given(args[0]) && tmpl_truth(args[0]));
	return true;
}

/* The digits of a number in text, without the underscores that Python allows between them. */
static bool
plain_number(struct run *run, struct str text, struct buf *b)
{
	char before = '_';

	*b = buf_make(run->arena);
	text = utf8_trim(text);
	while (text.len > 0) {
		uint32_t point = utf8_next(&text);
		int digit = point < 0x80 ? -1 : unicode_digit_value(point);
		char c = (char)(digit >= 0 ? '0' + digit : point < 0x80 ? (int)point : '?');

		if (c == '_' && (before == '_' || text.len == 0))
			return false;
		if (c != '_')
			buf_add_char(b, c);
		before = c;
	}
	return b->len > 0;
}

static bool
fail_integer_text(struct run *run, struct tmpl_value v, int64_t base)
{
	struct str text;

	if (!value_to_repr(run, v, &text))
		return false;
	return VALUE_FAIL(
	    run, ERR_VALUE, "invalid literal for int() with base %lld: %.*s", (long long)base, STR_ARG(text));
}

/* The base that 0x, 0o or 0b stand for, or 0. */
static int64_t
integer_prefix(const char *text)
{
	if (text[0] != '0' || text[1] == '\0')
		return 0;
	return strchr("xX", text[1]) ? 16 : strchr("oO", text[1]) ? 8 : strchr("bB", text[1]) ? 2 : 0;
}

static bool
parse_integer(struct run *run, struct tmpl_value v, int64_t base, struct tmpl_value *result)
{
	struct buf b;
	char *text, *end;
	long long number;
	int64_t asked = base, prefix;
	bool negative;

	if (!plain_number(run, value_str(v), &b))
		return fail_integer_text(run, v, asked);
	text = buf_cstr(&b);
	negative = *text == '-';
	text += negative || *text == '+';
	prefix = integer_prefix(text);
	if (prefix != 0 && (base == 0 || base == prefix)) {
		base = prefix;
		text += 2;
	}
	if (base == 0)
		base = 10;
	if (!isalnum((unsigned char)*text))
		return fail_integer_text(run, v, asked);
	errno = 0;
	if (negative)
		*--text = '-';
	number = strtoll(text, &end, (int)base);
	if (*end != '\0')
		return fail_integer_text(run, v, asked);
	if (errno == ERANGE)
		return VALUE_FAIL(run, ERR_OVERFLOW, "the number does not fit into 64 bits");
	*result = tmpl_int(number);
	return true;
}

static bool
truncate_real(struct run *run, double real, struct tmpl_value *result)
{
	if (isnan(real))
		return VALUE_FAIL(run, ERR_VALUE, "cannot convert float NaN to integer");
	if (isinf(real))
		return VALUE_FAIL(run, ERR_OVERFLOW, "cannot convert float infinity to integer");
	if (real < -9223372036854775808.0 || real >= 9223372036854775808.0)
		return VALUE_FAIL(run, ERR_OVERFLOW, "the number does not fit into 64 bits");
	*result = tmpl_int((int64_t)real);
	return true;
}

BUILTIN(builtin_make_int)
{
	int64_t base = 10;

	if (given(args[1])) {
		if (!builtin_integer(call->run, args[1], &base))
			return false;
		if (base != 0 && (base < 2 || base > 36))
			return VALUE_FAIL(call->run, ERR_VALUE, "int() base must be >= 2 and <= 36, or 0");
		if (args[0].type != TMPL_STR)
			return VALUE_FAIL(
			    call->run, ERR_TYPE, "int() can't convert non-string with explicit base");
	}
	*result = tmpl_int(0);
	if (!given(args[0]))
		return true;
	if (args[0].type == TMPL_STR)
		return parse_integer(call->run, args[0], base, result);
	if (args[0].type == TMPL_FLOAT)
		return truncate_real(call->run, args[0].as.real, result);
	if (!value_is_integer(args[0]))
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "int() argument must be a string, a bytes-like object or a real number, not '%s'",
		    value_type_name(args[0]));
	*result = tmpl_int(value_integer(args[0]));
	return true;
}

static bool
parse_real(struct run *run, struct tmpl_value v, struct tmpl_value *result)
{
	struct buf b;
	struct str text;
	char *digits, *end;

	if (plain_number(run, value_str(v), &b)) {
		digits = buf_cstr(&b);
		*result = tmpl_float(strtod(digits, &end));
		if (*end == '\0' && strpbrk(digits, "xXpP(") == NULL)
			return true;
	}
	if (!value_to_repr(run, v, &text))
		return false;
	return VALUE_FAIL(run, ERR_VALUE, "could not convert string to float: %.*s", STR_ARG(text));
}

BUILTIN(builtin_make_float)
{
	*result = tmpl_float(0);
	if (!given(args[0]))
		return true;
	if (args[0].type == TMPL_STR)
		return parse_real(call->run, args[0], result);
	if (!value_is_number(args[0]))
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "float() argument must be a string or a real number, not '%s'", value_type_name(args[0]));
	*result = tmpl_float(value_real(args[0]));
	return true;
}

BUILTIN(builtin_make_str)
{
	struct str text = STR("");

	if (given(args[0]) && !value_to_str(call->run, args[0], &text))
		return false;
	*result = value_text(text);
	return true;
}

/* Classes of containers */

static bool
make_sequence(struct tmpl_call *call, int type, struct tmpl_value from, struct tmpl_value *result)
{
	if (given(from))
		return value_collect(call->run, from, type, result);
	*result = value_sequence(call->run->arena, type, 0);
	return true;
}

BUILTIN(builtin_make_list)
{
	return make_sequence(call, TMPL_LIST, args[0], result);
}

BUILTIN(builtin_make_tuple)
{
	if (args[0].type == TMPL_TUPLE) {
		*result = args[0];
		return true;
	}
	return make_sequence(call, TMPL_TUPLE, args[0], result);
}

/* The pairs of a sequence as entries. */
static bool
fill_from_pairs(struct run *run, struct value_dict *dict, struct tmpl_value pairs)
{
	struct tmpl_value pair, items;
	struct value_iterator it;
	bool ended;

	if (!value_iterate(run, pairs, &it))
		return false;
	for (size_t i = 0;; i++) {
		if (!value_next(run, &it, &pair, &ended))
			return false;
		if (ended)
			return true;
		if (!value_collect(run, pair, TMPL_LIST, &items))
			return run->fault->kind != ERR_TYPE ? false
							    : VALUE_FAIL(run, ERR_TYPE,
								  "cannot convert dictionary update sequence "
								  "element #%zu to a sequence",
								  i);
		if (value_list(items)->count != 2)
			return VALUE_FAIL(run, ERR_VALUE,
			    "dictionary update sequence element #%zu has length %zu; 2 is required", i,
			    value_list(items)->count);
		if (!value_dict_set(run, dict, value_list(items)->items[0], value_list(items)->items[1]))
			return false;
	}
}

bool
builtin_fill_dict(
    struct run *run, struct value_dict *dict, struct tmpl_value from, const struct tmpl_call *call)
{
	struct value_entry *entry;

	if (from.type == TMPL_DICT) {
		for (size_t at = 0; (entry = value_dict_next(value_entries(from), &at)) != NULL;)
			if (!value_spend(run, 1) || !value_dict_set(run, dict, entry->key, entry->value))
				return false;
	} else if (given(from) && !fill_from_pairs(run, dict, from)) {
		return false;
	}
	for (size_t i = 0; i < call->keyword_count; i++)
		if (!value_dict_set(run, dict, call->keyword_names[i], call->keywords[i]))
			return false;
	return true;
}

BUILTIN(builtin_make_dict)
{
	if (call->count > 1)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "dict expected at most 1 argument, got %zu", call->count);
	*result = value_dict(call->run->arena, TMPL_DICT);
	return builtin_fill_dict(
	    call->run, value_entries(*result), call->count > 0 ? args[0] : (struct tmpl_value){0}, call);
}

BUILTIN(builtin_make_set)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false;

	*result = value_dict(call->run->arena, VALUE_SET);
	if (!given(args[0]))
		return true;
	if (!value_iterate(call->run, args[0], &it))
		return false;
	while (value_next(call->run, &it, &item, &ended) && !ended)
		if (!value_dict_set(call->run, value_entries(*result), item, tmpl_none()))
			return false;
	return ended;
}

BUILTIN(builtin_make_range)
{
	int64_t start = 0, stop, step = 1;

	if (!builtin_integer(call->run, args[0], &stop))
		return false;
	if (given(args[1])) {
		start = stop;
		if (!builtin_integer(call->run, args[1], &stop))
			return false;
	}
	if (given(args[2]) && !builtin_integer(call->run, args[2], &step))
		return false;
	if (step == 0)
		return VALUE_FAIL(call->run, ERR_VALUE, "range() arg 3 must not be zero");
	*result = value_range(call->run->arena, start, stop, step);
	return true;
}

/* Classes of iterators */

static struct value_iterator *
iterator_new(struct tmpl_call *call, const char *name, value_next_fn *next, struct tmpl_value *result)
{
	struct value_iterator *it = ARENA_NEW(call->run->arena, struct value_iterator);

	it->name = name;
	it->next = next;
	*result = value_object(VALUE_ITERATOR, it);
	return it;
}

/* The iterators over the values that the new one draws from. */
static bool
iterator_draw(
    struct tmpl_call *call, struct value_iterator *it, const struct tmpl_value *values, size_t count)
{
	it->parts = ARENA_ARRAY(call->run->arena, struct value_iterator, MAX(count, 1));
	it->part_count = count;
	for (size_t i = 0; i < count; i++)
		if (!value_iterate(call->run, values[i], &it->parts[i]))
			return false;
	return true;
}

static bool
next_numbered(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	struct tmpl_value pair[2] = {tmpl_int(it->position)};

	if (!value_next(run, it->parts, &pair[1], ended))
		return false;
	if (*ended)
		return true;
	it->position++;
	*value = value_tuple_of(run->arena, 2, pair);
	return true;
}

BUILTIN(builtin_make_enumerate)
{
	struct value_iterator *it = iterator_new(call, "enumerate", next_numbered, result);

	if (given(args[1]) && !builtin_integer(call->run, args[1], &it->position))
		return false;
	return iterator_draw(call, it, args, 1);
}

/* One value of each part; `*ended` where one of them has no more. */
static bool
next_of_each(struct run *run, struct value_iterator *it, struct tmpl_value *tuple, bool *ended)
{
	struct tmpl_value items = value_sequence(run->arena, TMPL_TUPLE, it->part_count), item;

	*ended = it->part_count == 0;
	for (size_t i = 0; i < it->part_count && !*ended; i++) {
		if (!value_next(run, &it->parts[i], &item, ended))
			return false;
		if (!*ended)
			value_list_add(run->arena, value_list(items), item);
	}
	*tuple = items;
	return true;
}

/* zip(…, strict=True): all parts end together. */
static bool
next_strictly(struct run *run, struct value_iterator *it, struct tmpl_value *tuple, bool *ended)
{
	struct tmpl_value item;
	size_t got;

	if (!next_of_each(run, it, tuple, ended) || !*ended)
		return !*ended || it->part_count == 0;
	got = value_list(*tuple)->count;
	for (size_t i = got + 1; got == 0 && i < it->part_count; i++) {
		if (!value_next(run, &it->parts[i], &item, ended))
			return false;
		if (!*ended)
			return VALUE_FAIL(run, ERR_VALUE, "zip() argument %zu is longer than argument%s%zu",
			    i + 1, i == 1 ? " " : "s 1-", i);
	}
	*ended = true;
	if (got == 0)
		return true;
	return VALUE_FAIL(run, ERR_VALUE, "zip() argument %zu is shorter than argument%s%zu", got + 1,
	    got == 1 ? " " : "s 1-", got);
}

BUILTIN(builtin_make_zip)
{
	struct value_iterator *it = iterator_new(call, "zip", next_of_each, result);

	for (size_t i = 0; i < call->keyword_count; i++) {
		if (!str_eq(value_str(call->keyword_names[i]), STR("strict")))
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "'%.*s' is an invalid keyword argument for zip()",
			    STR_ARG(value_str(call->keyword_names[i])));
		if (tmpl_truth(call->keywords[i]))
			it->next = next_strictly;
	}
	return iterator_draw(call, it, args, call->count);
}

static bool
next_mapped(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	struct tmpl_value items;

	if (!next_of_each(run, it, &items, ended))
		return false;
	return *ended ||
	       value_call_with(run, it->function, value_list(items)->count, value_list(items)->items, value);
}

BUILTIN(builtin_make_map)
{
	struct value_iterator *it = iterator_new(call, "map", next_mapped, result);

	if (call->count < 2)
		return VALUE_FAIL(call->run, ERR_TYPE, "map() must have at least two arguments.");
	it->function = args[0];
	return iterator_draw(call, it, args + 1, call->count - 1);
}

static bool
next_filtered(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	struct tmpl_value kept;

	do {
		if (!value_next(run, it->parts, value, ended))
			return false;
		kept = *value;
		if (!*ended && it->function.type != TMPL_NONE &&
		    !value_call_with(run, it->function, 1, value, &kept))
			return false;
	} while (!*ended && !tmpl_truth(kept));
	return true;
}

BUILTIN(builtin_make_filter)
{
	struct value_iterator *it = iterator_new(call, "filter", next_filtered, result);

	it->function = args[0];
	return iterator_draw(call, it, args + 1, 1);
}

static bool
next_reversed(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	*ended = it->position == 0;
	if (*ended)
		return true;
	it->position--;
	return value_get_item(run, it->source, tmpl_int(it->position), value);
}

BUILTIN(builtin_make_reversed)
{
	struct value_iterator *it = iterator_new(call, "reversed", next_reversed, result);
	struct tmpl_value source = args[0];
	size_t length;

	if (source.type == TMPL_DICT || source.type == VALUE_VIEW) {
		if (!value_collect(call->run, source, TMPL_LIST, &source))
			return false;
	} else if (!value_is_sequence(source) && source.type != TMPL_STR && source.type != VALUE_RANGE) {
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "'%s' object is not reversible", value_type_name(source));
	}
	it->source = source;
	if (!value_length(call->run, source, &length))
		return false;
	it->position = (int64_t)length;
	return true;
}

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
	struct buf b = buf_make(call->run->arena);
	struct str text;

	if (!value_to_repr(call->run, args[0], &text))
		return false;
	while (text.len > 0) {
		uint32_t point = utf8_next(&text);

		if (point < 0x80)
			buf_add_char(&b, (char)point);
		else
			buf_addf(&b,
			    point < 0x100     ? "\\x%02x"
			    : point < 0x10000 ? "\\u%04x"
					      : "\\U%08x",
			    point);
	}
	*result = value_ascii(buf_str(&b));
	return true;
}

static BUILTIN(function_chr)
{
	char *bytes = arena_alloc(call->run->arena, UTF8_MAX_BYTES, 1);
	int64_t point;

	if (!builtin_integer(call->run, args[0], &point))
		return false;
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

static BUILTIN(function_isinstance)
{
	const struct tmpl_value *classes = &args[1];
	size_t count = 1;

	if (args[1].type == TMPL_TUPLE) {
		classes = value_list(args[1])->items;
		count = value_list(args[1])->count;
	}
	*result = tmpl_bool(false);
	for (size_t i = 0; i < count; i++) {
		if (classes[i].type != VALUE_CLASS)
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "isinstance() arg 2 must be a type, a tuple of types, or a union");
		result->as.boolean |= builtin_is_instance(args[0], classes[i].as.object);
	}
	return true;
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
	if (!given(args[2]))
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

	*result = given(args[1]) ? args[1] : tmpl_int(0);
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

/* base ** exponent % modulus by squaring. */
static bool
power_modulo(struct run *run, int64_t base, int64_t exponent, int64_t modulus, struct tmpl_value *result)
{
	__int128 power = 1, factor = base;

	if (modulus == 0)
		return VALUE_FAIL(run, ERR_VALUE, "pow() 3rd argument cannot be 0");
	if (exponent < 0)
		return VALUE_FAIL(run, ERR_VALUE, "pow() with a modulus needs a positive exponent");
	for (factor %= modulus; exponent > 0; exponent >>= 1) {
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
	if (!given(args[2]) || args[2].type == TMPL_NONE)
		return value_power(call->run, args[0], args[1], result);
	if (!value_is_integer(args[0]) || !value_is_integer(args[1]) || !value_is_integer(args[2]))
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "pow() 3rd argument not allowed unless all arguments are integers");
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
	bool whole = !given(args[1]) || args[1].type == TMPL_NONE;

	if (!value_is_number(args[0]))
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "type %s doesn't define __round__ method", value_type_name(args[0]));
	if (!whole && !builtin_integer(call->run, args[1], &digits))
		return false;
	if (args[0].type != TMPL_FLOAT)
		return round_integer(call->run, value_integer(args[0]), digits, result);
	if (whole)
		return truncate_real(call->run, nearbyint(args[0].as.real), result);
	*result = tmpl_float(round_real(call->run, args[0].as.real, digits));
	return true;
}

static BUILTIN(function_format)
{
	struct buf b = buf_make(call->run->arena);

	if (given(args[1]) && args[1].type != TMPL_STR)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "format() argument 2 must be str, not %s", value_type_name(args[1]));
	if (!format_value(call->run, &b, args[0], given(args[1]) ? value_str(args[1]) : STR("")))
		return false;
	*result = value_text(buf_str(&b));
	return true;
}

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
	if (given(extreme->fallback) && call->count > 1)
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "Cannot specify a default for %s() with multiple positional arguments", extreme->name);
	return true;
}

static bool
key_of(struct run *run, struct tmpl_value key, struct tmpl_value item, struct tmpl_value *value)
{
	*value = item;
	return !given(key) || key.type == TMPL_NONE || value_call_with(run, key, 1, &item, value);
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
		better = !given(best);
		if (!better && !value_order(call->run, extreme.op, value, best, &better))
			return false;
		if (better) {
			best = value;
			*result = item;
		}
	}
	return given(*result) ||
	       VALUE_FAIL(call->run, ERR_VALUE, "%s() arg is an empty sequence", extreme.name);
}

static BUILTIN(function_min)
{
	(void)args;
	return find_extreme(call, (struct extreme){.name = "min", .op = AST_LESS}, result);
}

static BUILTIN(function_max)
{
	(void)args;
	return find_extreme(call, (struct extreme){.name = "max", .op = AST_GREATER}, result);
}

/* Sorting */

struct sortable {
	struct tmpl_value key, item;
};

/* Merges the sorted halves of `from` into `to`; equal ones keep their order. */
static bool
merge(struct run *run, const struct sortable *from, size_t middle, size_t count, bool reverse,
    struct sortable *to)
{
	size_t left = 0, right = middle;
	bool swap;

	for (size_t i = 0; i < count; i++) {
		swap = left == middle;
		if (!swap && right < count) {
			struct tmpl_value a = from[reverse ? left : right].key,
					  b = from[reverse ? right : left].key;

			if (!value_spend(run, 1) || !value_order(run, AST_LESS, a, b, &swap))
				return false;
		}
		to[i] = from[swap ? right++ : left++];
	}
	return true;
}

static bool
merge_sort(struct run *run, struct sortable *items, size_t count, bool reverse, struct sortable *spare)
{
	size_t middle = count / 2;

	if (count < 2)
		return true;
	if (!merge_sort(run, items, middle, reverse, spare) ||
	    !merge_sort(run, items + middle, count - middle, reverse, spare))
		return false;
	memcpy(spare, items, count * sizeof(*items));
	return merge(run, spare, middle, count, reverse, items);
}

bool
builtin_sort(struct run *run, struct value_list *list, struct tmpl_value key, bool reverse)
{
	size_t count = list->count;
	struct sortable *items = ARENA_ARRAY(run->arena, struct sortable, 2 * count + 1);

	for (size_t i = 0; i < count; i++) {
		items[i].item = list->items[i];
		if (!key_of(run, key, list->items[i], &items[i].key))
			return false;
	}
	if (!merge_sort(run, items, count, reverse, items + count))
		return false;
	for (size_t i = 0; i < count; i++)
		list->items[i] = items[i].item;
	return true;
}

static BUILTIN(function_sorted)
{
	struct tmpl_value key = {0}, reverse = {0};

	if (call->count != 1)
		return VALUE_FAIL(call->run, ERR_TYPE, "sorted expected 1 argument, got %zu", call->count);
	for (size_t i = 0; i < call->keyword_count; i++) {
		struct str name = value_str(call->keyword_names[i]);

		if (str_eq(name, STR("key")))
			key = call->keywords[i];
		else if (str_eq(name, STR("reverse")))
			reverse = call->keywords[i];
		else
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "'%.*s' is an invalid keyword argument for sort()", STR_ARG(name));
	}
	return value_collect(call->run, args[0], TMPL_LIST, result) &&
	       builtin_sort(call->run, value_list(*result), key, tmpl_truth(reverse));
}

static BUILTIN(function_iter)
{
	struct value_iterator *it = iterator_new(call, "iterator", NULL, result);

	if (args[0].type == VALUE_ITERATOR) {
		*result = args[0];
		return true;
	}
	if (!value_iterate(call->run, args[0], it))
		return false;
	it->name = "iterator";
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
	if (ended && !given(args[1]))
		return VALUE_FAIL(call->run, ERR_STOP_ITERATION, "%s", "");
	if (ended)
		*result = args[1];
	return true;
}

static const struct builtin rows[] = {
    {"abs", function_abs, 1, 1, NULL},
    {"all", function_all, 1, 1, NULL},
    {"any", function_any, 1, 1, NULL},
    {"ascii", function_ascii, 1, 1, NULL},
    {"bin", function_bin, 1, 1, NULL},
    {"callable", function_callable, 1, 1, NULL},
    {"chr", function_chr, 1, 1, NULL},
    {"divmod", function_divmod, 2, 2, NULL},
    {"format", function_format, 1, 2, NULL},
    {"getattr", function_getattr, 2, 3, NULL},
    {"hasattr", function_hasattr, 2, 2, NULL},
    {"hex", function_hex, 1, 1, NULL},
    {"isinstance", function_isinstance, 2, 2, NULL},
    {"iter", function_iter, 1, 1, NULL},
    {"len", function_len, 1, 1, NULL},
    {"max", function_max, 1, BUILTIN_VARIADIC, "*"},
    {"min", function_min, 1, BUILTIN_VARIADIC, "*"},
    {"next", function_next, 1, 2, NULL},
    {"oct", function_oct, 1, 1, NULL},
    {"ord", function_ord, 1, 1, NULL},
    {"pow", function_pow, 2, 3, "base exp ?mod"},
    {"repr", function_repr, 1, 1, NULL},
    {"round", function_round, 1, 2, "number ?ndigits"},
    {"sorted", function_sorted, 0, BUILTIN_VARIADIC, "*"},
    {"sum", function_sum, 1, 2, "iterable ?start"},
};

const struct builtin_table builtin_functions = {rows, COUNT_OF(rows)};
