/* The classes that templates can call: bool, int, … reversed. */
#include "base/utf8.h"
#include "tmpl/builtin.h"
#include "tmpl/set.h"
#include "tmpl/unicode.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_POINTS_MAX = 200 }; /* of what is no integer, as in CPython */

/* Classes of numbers */

BUILTIN(builtin_make_bool)
{
	(void)call;
	*result = tmpl_bool(builtin_given(args[0]) && tmpl_truth(args[0]));
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
	text = str_slice(text, 0, utf8_offset(text, SHOWN_POINTS_MAX));
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
	if (base == 0 && text[0] == '0' && strspn(text, "0") != strlen(text))
		return fail_integer_text(run, v, asked);
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

bool
builtin_truncate(struct run *run, double real, struct tmpl_value *result)
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

	if (builtin_given(args[1])) {
		if (!builtin_integer(call->run, args[1], &base))
			return false;
		if (base != 0 && (base < 2 || base > 36))
			return VALUE_FAIL(call->run, ERR_VALUE, "int() base must be >= 2 and <= 36, or 0");
		if (args[0].type != TMPL_STR)
			return VALUE_FAIL(call->run, ERR_TYPE, "int() %s",
			    builtin_given(args[0]) ? "can't convert non-string with explicit base"
						   : "missing string argument");
	}
	*result = tmpl_int(0);
	if (!builtin_given(args[0]))
		return true;
	if (args[0].type == TMPL_STR)
		return parse_integer(call->run, args[0], base, result);
	if (args[0].type == TMPL_FLOAT)
		return builtin_truncate(call->run, args[0].as.real, result);
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
	if (!builtin_given(args[0]))
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

	for (size_t i = 1; i < 3; i++)
		if (builtin_given(args[i]) && args[i].type != TMPL_STR)
			return VALUE_FAIL(call->run, ERR_TYPE, "str() argument '%s' must be str, not %s",
			    i == 1 ? "encoding" : "errors",
			    args[i].type == TMPL_NONE ? "None" : value_type_name(args[i]));
	if (builtin_given(args[0]) && (builtin_given(args[1]) || builtin_given(args[2])))
		return args[0].type == TMPL_STR
			   ? VALUE_FAIL(call->run, ERR_TYPE, "decoding str is not supported")
			   : VALUE_FAIL(call->run, ERR_TYPE,
				 "decoding to str: need a bytes-like object, %s found",
				 value_type_name(args[0]));
	if (builtin_given(args[0]) && !value_to_str(call->run, args[0], &text))
		return false;
	*result = value_text(text);
	return true;
}

/* Classes of containers */

static bool
make_sequence(struct tmpl_call *call, int type, struct tmpl_value from, struct tmpl_value *result)
{
	if (builtin_given(from))
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
builtin_fill_dict(struct run *run, struct value_dict *dict, struct tmpl_value from)
{
	if (from.type == TMPL_DICT)
		return value_dict_add_all(run, dict, value_entries(from));
	return fill_from_pairs(run, dict, from);
}

bool
builtin_fill_named(struct value_dict *dict, const struct tmpl_call *call)
{
	for (size_t i = 0; i < call->keyword_count; i++)
		if (!value_dict_set(call->run, dict, call->keyword_names[i], call->keywords[i]))
			return false;
	return true;
}

BUILTIN(builtin_make_dict)
{
	if (call->count > 1)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "dict expected at most 1 argument, got %zu", call->count);
	*result = value_dict(call->run->arena);
	return (call->count == 0 || builtin_fill_dict(call->run, value_entries(*result), args[0])) &&
	       builtin_fill_named(value_entries(*result), call);
}

BUILTIN(builtin_make_set)
{
	*result = value_set(call->run->arena);
	return !builtin_given(args[0]) || value_set_update(call->run, result->as.object, args[0]);
}

BUILTIN(builtin_make_range)
{
	int64_t start = 0, stop, step = 1;

	if (!builtin_integer(call->run, args[0], &stop))
		return false;
	if (builtin_given(args[1])) {
		start = stop;
		if (!builtin_integer(call->run, args[1], &stop))
			return false;
	}
	if (builtin_given(args[2]) && !builtin_integer(call->run, args[2], &step))
		return false;
	if (step == 0)
		return VALUE_FAIL(call->run, ERR_VALUE, "range() arg 3 must not be zero");
	return value_range(call->run, start, stop, step, result);
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
	if (__builtin_add_overflow(it->position, 1, &it->position))
		return VALUE_FAIL(run, ERR_OVERFLOW, "the next number does not fit into 64 bits");
	*value = value_tuple_of(run->arena, 2, pair);
	return true;
}

BUILTIN(builtin_make_enumerate)
{
	struct value_iterator *it = iterator_new(call, "enumerate", next_numbered, result);

	if (!builtin_given(args[0]))
		return VALUE_FAIL(call->run, ERR_TYPE, "enumerate() missing required argument 'iterable'");
	if (builtin_given(args[1]) && !builtin_integer(call->run, args[1], &it->position))
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

	if (!next_of_each(run, it, tuple, ended))
		return false;
	if (!*ended || it->part_count == 0)
		return true;
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

static const char *
reversed_name(struct tmpl_value source)
{
	static const char *const views[] = {
	    "dict_reversekeyiterator", "dict_reversevalueiterator", "dict_reverseitemiterator"};

	switch (source.type) {
	case TMPL_LIST:
		return "list_reverseiterator";
	case VALUE_RANGE:
		return "range_iterator";
	case TMPL_DICT:
		return views[VALUE_KEYS];
	case VALUE_VIEW:
		return views[((struct value_view *)source.as.object)->kind];
	default:
		return "reversed";
	}
}

BUILTIN(builtin_make_reversed)
{
	struct value_iterator *it;
	struct tmpl_value source;
	size_t length;

	if (call->count != 1)
		return VALUE_FAIL(call->run, ERR_TYPE, "reversed expected 1 argument, got %zu", call->count);
	source = args[0];
	it = iterator_new(call, reversed_name(source), next_reversed, result);
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
