/* format() and its mini-language. */
#include "tmpl/format.h"

#include "base/utf8.h"
#include "tmpl/unicode.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	DIGITS_SIZE = 72,
	REAL_DIGITS = 400,
	REAL_COPIES = 6 /* of its digits, until they are in their place */
};

/* Padding */

static void
add_fill(struct buf *b, uint32_t fill, int64_t count)
{
	if (fill < 0x80 && count > 0) {
		buf_add_fill(b, (char)fill, (size_t)count);
		return;
	}
	for (; count > 0; count--)
		utf8_add(b, fill);
}

bool
format_add_padded(
    struct run *run, struct buf *b, const struct format_spec *spec, struct str prefix, struct str body)
{
	int64_t length = (int64_t)(utf8_count(prefix) + utf8_count(body));
	int64_t missing = MAX(spec->width - length, 0);
	int64_t before = spec->align == '>' ? missing : spec->align == '^' ? missing / 2 : 0;
	int64_t inside = spec->align == '=' ? missing : 0;

	if (!value_has_room_for(run, (uint64_t)missing, UTF8_MAX_BYTES))
		return false;
	add_fill(b, spec->fill, before);
	buf_add(b, prefix);
	add_fill(b, spec->fill, inside);
	buf_add(b, body);
	add_fill(b, spec->fill, missing - before - inside);
	return true;
}

/* Digits with a separator every `group` of them, zeros added in front up to `width` characters. */
static struct str
group_digits(struct arena *a, struct str digits, char separator, int group, int64_t width)
{
	struct buf reversed = buf_make(a);
	int64_t count = 0;

	buf_reserve(&reversed, MAX(2 * digits.len, (size_t)MAX(width, 0)) + 2);
	for (size_t i = digits.len; i > 0 || (int64_t)reversed.len < width; count++) {
		if (count > 0 && count % group == 0)
			buf_add_char(&reversed, separator);
		buf_add_char(&reversed, i > 0 ? digits.data[--i] : '0');
	}
	for (size_t i = 0; i < reversed.len / 2; i++) {
		char c = reversed.data[i];

		reversed.data[i] = reversed.data[reversed.len - 1 - i];
		reversed.data[reversed.len - 1 - i] = c;
	}
	return buf_str(&reversed);
}

/* A number in its parts, put together as the spec says. */
static bool
add_number(struct run *run, struct buf *b, const struct format_spec *spec, struct str prefix,
    struct str whole, struct str rest)
{
	bool zeros = spec->fill == '0' && spec->align == '=';
	bool fours = spec->type == 'x' || spec->type == 'X' || spec->type == 'o' || spec->type == 'b';
	struct buf body = buf_make(run->arena);

	if (!value_has_room_for(run, (uint64_t)MAX(spec->width, 0), 2))
		return false;
	if (spec->grouping != 0 && whole.len > 0)
		whole = group_digits(run->arena, whole, spec->grouping, fours ? 4 : 3,
		    zeros ? spec->width - (int64_t)prefix.len - (int64_t)rest.len : 0);
	buf_add(&body, whole);
	buf_add(&body, rest);
	return format_add_padded(run, b, spec, prefix, buf_str(&body));
}

/* Numbers */

const char *
format_sign(const struct format_spec *spec, bool negative)
{
	return negative ? "-" : spec->sign == '+' ? "+" : spec->sign == ' ' ? " " : "";
}

struct str
format_digits(struct arena *a, uint64_t number, unsigned base, bool upper)
{
	static const char lower_digits[] = "0123456789abcdef", upper_digits[] = "0123456789ABCDEF";
	char text[DIGITS_SIZE], *c = text + sizeof(text);

	do {
		*--c = (upper ? upper_digits : lower_digits)[number % base];
		number /= base;
	} while (number > 0);
	return str_dup(a, str_make(c, (size_t)(text + sizeof(text) - c)));
}

static bool
format_character(struct run *run, struct buf *b, const struct format_spec *spec, int64_t point)
{
	char bytes[UTF8_MAX_BYTES];

	if (spec->sign != 0)
		return VALUE_FAIL(run, ERR_VALUE, "Sign not allowed with integer format specifier 'c'");
	if (spec->alternate)
		return VALUE_FAIL(
		    run, ERR_VALUE, "Alternate form (#) not allowed with integer format specifier 'c'");
	if (point < 0 || point > 0x10ffff)
		return VALUE_FAIL(run, ERR_OVERFLOW, "%%c arg not in range(0x110000)");
	return format_add_padded(run, b, spec, STR(""), str_make(bytes, utf8_encode((uint32_t)point, bytes)));
}

static bool
format_integer(struct run *run, struct buf *b, const struct format_spec *spec, int64_t number)
{
	static const struct {
		char type;
		unsigned base;
		const char *prefix;
	} bases[] = {{'x', 16, "0x"}, {'X', 16, "0X"}, {'o', 8, "0o"}, {'b', 2, "0b"}};
	uint64_t size = number < 0 ? -(uint64_t)number : (uint64_t)number;
	const char *prefix = "";
	unsigned base = 10;

	if (spec->precision >= 0)
		return VALUE_FAIL(run, ERR_VALUE, "Precision not allowed in integer format specifier");
	if (spec->no_negative_zero)
		return VALUE_FAIL(
		    run, ERR_VALUE, "Negative zero coercion (z) not allowed in integer format specifier");
	if (spec->type == 'c')
		return format_character(run, b, spec, number);
	for (size_t i = 0; i < COUNT_OF(bases); i++) {
		if ((uint32_t)bases[i].type != spec->type)
			continue;
		base = bases[i].base;
		prefix = spec->alternate ? bases[i].prefix : "";
	}
	return add_number(run, b, spec, str_format(run->arena, "%s%s", format_sign(spec, number < 0), prefix),
	    format_digits(run->arena, size, base, spec->type == 'X'), STR(""));
}

/* A conversion of printf: 'e', 'f' or 'g'. */
static struct str
print_real(struct arena *a, double size, char conversion, int precision, bool alternate)
{
	struct buf b = buf_make(a);
	char pattern[] = "%#.*f";

	pattern[4] = conversion;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (alternate) {
		buf_addf(&b, pattern, precision, size);
	} else {
		memmove(pattern + 1, pattern + 2, sizeof(pattern) - 2);
		buf_addf(&b, pattern, precision, size);
	}
#pragma GCC diagnostic pop
	return buf_str(&b);
}

/* The shortest digits that give the number back. */
static struct str
shortest_digits(struct arena *a, double size, bool alternate)
{
	struct buf b = buf_make(a), pointed = buf_make(a);
	struct str digits;
	size_t exponent;

	value_add_real(&b, size);
	digits = buf_str(&b);
	exponent = str_find_char(digits, 'e');
	if (!alternate || exponent == STR_NONE || str_find_char(digits, '.') != STR_NONE)
		return digits;
	buf_add(&pointed, str_slice(digits, 0, exponent));
	buf_add_char(&pointed, '.');
	buf_add(&pointed, str_from(digits, exponent));
	return buf_str(&pointed);
}

/* No type but a precision: like 'g', but with a digit behind the point, and with an exponent one digit earlier. */
static struct str
general_digits(struct arena *a, double size, int precision, bool alternate)
{
	struct str scientific = print_real(a, size, 'e', precision - 1, alternate), digits;
	long exponent =
	    strtol(str_cstr(a, str_from(scientific, str_find_char(scientific, 'e') + 1)), NULL, 10);

	digits = print_real(a, size, 'g', precision, alternate);
	if (exponent < -4 || exponent >= precision)
		return digits;
	if (exponent < precision - 1)
		return str_find_char(digits, '.') == STR_NONE ? str_format(a, "%.*s.0", STR_ARG(digits))
							      : digits;
	if (!alternate && str_find_char(scientific, '.') != STR_NONE) {
		size_t end = str_find_char(scientific, 'e'), kept = end;

		while (scientific.data[kept - 1] == '0')
			kept--;
		kept -= scientific.data[kept - 1] == '.';
		return str_format(a, "%.*s%.*s", STR_ARG(str_slice(scientific, 0, kept)),
		    STR_ARG(str_from(scientific, end)));
	}
	return scientific;
}

static struct str
real_digits(struct arena *a, double size, const struct format_spec *spec)
{
	int precision = (int)(spec->precision >= 0 ? spec->precision : 6);

	switch (spec->type) {
	case 0:
		if (spec->precision < 0)
			return shortest_digits(a, size, spec->alternate);
		return general_digits(a, size, MAX(precision, 1), spec->alternate);
	case '%':
		return str_format(
		    a, "%.*s%%", STR_ARG(print_real(a, size * 100, 'f', precision, spec->alternate)));
	case 'n':
		return print_real(a, size, 'g', precision, spec->alternate);
	default:
		return print_real(a, size, (char)spec->type, precision, spec->alternate);
	}
}

/* Infinity, or no number at all. */
static bool
format_special(struct run *run, struct buf *b, const struct format_spec *spec, double real)
{
	bool upper = spec->type == 'E' || spec->type == 'F' || spec->type == 'G';
	struct str digits =
	    isnan(real) ? (upper ? STR("NAN") : STR("nan")) : (upper ? STR("INF") : STR("inf"));

	if (spec->type == '%')
		digits = str_format(run->arena, "%.*s%%", STR_ARG(digits));
	return add_number(
	    run, b, spec, str_of(format_sign(spec, signbit(real) && !isnan(real))), STR(""), digits);
}

bool
format_real(struct run *run, struct buf *b, const struct format_spec *spec, double real)
{
	bool negative = signbit(real);
	struct str digits;
	size_t whole = 0;

	if (!isfinite(real) || (spec->type == '%' && !isfinite(real * 100)))
		return format_special(run, b, spec, spec->type == '%' ? real * 100 : real);
	if (spec->precision > INT_MAX)
		return VALUE_FAIL(run, ERR_VALUE, "precision too big");
	if (!value_has_room_for(run, (uint64_t)MAX(spec->precision, 0) + REAL_DIGITS, REAL_COPIES))
		return false;
	digits = real_digits(run->arena, fabs(real), spec);
	while (whole < digits.len && isdigit((unsigned char)digits.data[whole]))
		whole++;
	if (spec->no_negative_zero && strspn(str_cstr(run->arena, digits), "0.%") == digits.len)
		negative = false;
	return add_number(run, b, spec, str_of(format_sign(spec, negative)), str_slice(digits, 0, whole),
	    str_from(digits, whole));
}

static bool
format_text(struct run *run, struct buf *b, const struct format_spec *spec, struct str text)
{
	if (spec->sign != 0)
		return VALUE_FAIL(run, ERR_VALUE, "%s not allowed in string format specifier",
		    spec->sign == ' ' ? "Space" : "Sign");
	if (spec->no_negative_zero)
		return VALUE_FAIL(
		    run, ERR_VALUE, "Negative zero coercion (z) not allowed in string format specifier");
	if (spec->alternate)
		return VALUE_FAIL(
		    run, ERR_VALUE, "Alternate form (#) not allowed in string format specifier");
	if (spec->align == '=')
		return VALUE_FAIL(run, ERR_VALUE, "'=' alignment not allowed in string format specifier");
	if (spec->precision >= 0)
		text = str_slice(text, 0, utf8_offset(text, (size_t)spec->precision));
	return format_add_padded(run, b, spec, STR(""), text);
}

/* Specifications */

/* Decimal digits of any script; -1 where there are none. */
static bool
take_number(struct run *run, struct str *rest, int64_t *number)
{
	*number = -1;
	for (struct str after = *rest; after.len > 0; *rest = after) {
		int digit = unicode_digit_value(utf8_next(&after));

		if (digit < 0)
			break;
		if (*number > (INT64_MAX - digit) / 10)
			return VALUE_FAIL(run, ERR_VALUE, "Too many decimal digits in format string");
		*number = MAX(*number, 0) * 10 + digit;
	}
	return true;
}

static bool
take_char(struct str *rest, const char *set, char *taken)
{
	if (rest->len == 0 || rest->data[0] == '\0' || strchr(set, rest->data[0]) == NULL)
		return false;
	*taken = rest->data[0];
	*rest = str_from(*rest, 1);
	return true;
}

/* [[fill]align]; false where there is none. */
static bool
take_align(struct str *rest, struct format_spec *spec, bool *filled)
{
	struct str after = *rest;
	uint32_t fill = after.len > 0 ? utf8_next(&after) : 0;

	*filled = after.len > 0 && take_char(&after, "<>=^", &spec->align);
	if (!*filled)
		return take_char(rest, "<>=^", &spec->align);
	spec->fill = fill;
	*rest = after;
	return true;
}

struct str
format_shown_type(struct arena *a, uint32_t type)
{
	return str_format(a, type > 32 && type < 128 ? "%c" : "\\x%x", type);
}

static bool
take_grouping(struct run *run, struct str *rest, struct format_spec *spec)
{
	take_char(rest, ",", &spec->grouping);
	if ((spec->grouping == ',' && str_starts(*rest, STR("_"))) ||
	    (spec->grouping == 0 && str_starts(*rest, STR("_,"))))
		return VALUE_FAIL(run, ERR_VALUE, "Cannot specify both ',' and '_'.");
	take_char(rest, "_", &spec->grouping);
	return true;
}

static bool
take_precision(struct run *run, struct str *rest, struct format_spec *spec)
{
	char point;

	if (!take_char(rest, ".", &point))
		return true;
	if (!take_number(run, rest, &spec->precision))
		return false;
	return spec->precision >= 0 || VALUE_FAIL(run, ERR_VALUE, "Format specifier missing precision");
}

static bool
check_grouping(struct run *run, const struct format_spec *spec)
{
	const char *allowed = spec->grouping == '_' ? "defgEG%Fboxx"
						      "X"
						    : "defgEG%F";

	if (spec->grouping == 0 || spec->type == 0 ||
	    (spec->type < 0x80 && strchr(allowed, (int)spec->type) != NULL))
		return true;
	return VALUE_FAIL(run, ERR_VALUE, "Cannot specify '%c' with '%.*s'.", spec->grouping,
	    STR_ARG(format_shown_type(run->arena, spec->type)));
}

/* `spec` has the defaults of the type of the value already. */
static bool
parse_spec(struct run *run, struct str text, const char *type_name, struct format_spec *spec)
{
	struct str rest = text;
	bool numeric = spec->align == '>', filled, aligned = take_align(&rest, spec, &filled);
	char flag;

	take_char(&rest, "+- ", &spec->sign);
	spec->no_negative_zero = take_char(&rest, "z", &flag);
	spec->alternate = take_char(&rest, "#", &flag);
	if (!filled && take_char(&rest, "0", &flag)) {
		spec->fill = '0';
		if (!aligned && numeric)
			spec->align = '=';
	}
	if (!take_number(run, &rest, &spec->width) || !take_grouping(run, &rest, spec) ||
	    !take_precision(run, &rest, spec))
		return false;
	if (utf8_count(rest) > 1)
		return VALUE_FAIL(run, ERR_VALUE, "Invalid format specifier '%.*s' for object of type '%s'",
		    STR_ARG(text), type_name);
	if (rest.len > 0)
		spec->type = utf8_next(&rest);
	return check_grouping(run, spec);
}

static bool
has_type(const char *types, uint32_t type)
{
	return type > 0 && type < 0x80 && strchr(types, (int)type) != NULL;
}

static bool
fail_type(struct run *run, uint32_t type, struct tmpl_value value)
{
	return VALUE_FAIL(run, ERR_VALUE, "Unknown format code '%.*s' for object of type '%s'",
	    STR_ARG(format_shown_type(run->arena, type)), value_type_name(value));
}

/* An object of the host may know a format of its own. */
static bool
format_object(struct run *run, struct buf *b, struct tmpl_value value, struct str text)
{
	struct tmpl_value format, spec = value_text(text), result;

	if (value.type != VALUE_OBJECT || !value_find_attribute(run, value, STR("__format__"), &format))
		return VALUE_FAIL(run, ERR_TYPE, "unsupported format string passed to %s.__format__",
		    value_type_name(value));
	return value_call_with(run, format, 1, &spec, &result) && value_add_str(run, b, result);
}

bool
format_value(struct run *run, struct buf *b, struct tmpl_value value, struct str text)
{
	bool is_text = value.type == TMPL_STR, is_real = value.type == TMPL_FLOAT;
	struct format_spec spec = {.fill = ' ',
	    .width = -1,
	    .precision = -1,
	    .align = is_text ? '<' : '>',
	    .type = is_text   ? 's'
		    : is_real ? 0
			      : 'd'};

	if (text.len == 0)
		return value_add_str(run, b, value);
	if (!is_text && !value_is_number(value))
		return format_object(run, b, value, text);
	if (!parse_spec(run, text, value_type_name(value), &spec))
		return false;
	if (is_text)
		return spec.type == 's' ? format_text(run, b, &spec, value_str(value))
					: fail_type(run, spec.type, value);
	if (has_type("eEfFgG%", spec.type) || (is_real && (spec.type == 0 || spec.type == 'n')))
		return format_real(run, b, &spec, value_real(value));
	if (is_real || !has_type("bcdoxXn", spec.type))
		return fail_type(run, spec.type, value);
	return format_integer(run, b, &spec, value_integer(value));
}
