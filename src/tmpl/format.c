#include "tmpl/format.h"

#include "base/utf8.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH_MAX = 1000000, PRECISION_MAX = 1000, DIGITS_SIZE = 72, SPEC_DEPTH_MAX = 2 };

/* [[fill]align][sign][z][#][0][width][grouping][.precision][type] */
struct spec {
	uint32_t fill;
	char align; /* '<', '>', '=', '^', or 0: as the type has it */
	char sign;  /* '+', '-', ' ' */
	bool no_negative_zero, alternate, zero_padded;
	int64_t width, precision; /* -1: none */
	char grouping;            /* ',' or '_' or 0 */
	char type;                /* 0: none */
};

/* Padding */

/* Text or a number between fill characters: `prefix` (a sign, "0x") stays in front where the fill goes inside. */
static bool
add_padded(
    struct run *run, struct buf *b, const struct spec *spec, struct str prefix, struct str body, char align)
{
	int64_t length = (int64_t)(utf8_count(prefix) + utf8_count(body));
	int64_t missing = MAX(spec->width - length, 0), before = 0, inside = 0;

	if (!value_has_room(run, (uint64_t)missing * UTF8_MAX_BYTES))
		return false;
	if (align == '>')
		before = missing;
	else if (align == '^')
		before = missing / 2;
	else if (align == '=')
		inside = missing;
	for (int64_t i = 0; i < before; i++)
		utf8_add(b, spec->fill);
	buf_add(b, prefix);
	for (int64_t i = 0; i < inside; i++)
		utf8_add(b, spec->fill);
	buf_add(b, body);
	for (int64_t i = before + inside; i < missing; i++)
		utf8_add(b, spec->fill);
	return true;
}

/* Digits with a separator every `group` of them, zeros added in front up to `width` characters. */
static struct str
group_digits(struct arena *a, struct str digits, char separator, int group, int64_t width)
{
	struct buf reversed = buf_make(a);
	int64_t count = 0;

	for (size_t i = digits.len; i > 0 || (int64_t)reversed.len < width; count++) {
		if (count > 0 && count % group == 0) {
			buf_add_char(&reversed, separator);
			if (i == 0 && (int64_t)reversed.len >= width)
				buf_add_char(&reversed, '0');
			if (i == 0 && (int64_t)reversed.len >= width)
				break;
		}
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
add_number(struct run *run, struct buf *b, const struct spec *spec, struct str prefix, struct str whole,
    struct str rest)
{
	bool zeros = spec->fill == '0' && (spec->align == '=' || (spec->zero_padded && spec->align == 0));
	struct buf body = buf_make(run->arena);
	int group = spec->type == 'x' || spec->type == 'X' || spec->type == 'o' || spec->type == 'b' ? 4 : 3;
	int64_t width = zeros ? spec->width - (int64_t)prefix.len - (int64_t)rest.len : 0;

	if (spec->grouping != 0)
		whole = group_digits(run->arena, whole, spec->grouping, group, width);
	buf_add(&body, whole);
	buf_add(&body, rest);
	return add_padded(run, b, spec, prefix, buf_str(&body),
	    spec->align != 0 ? spec->align
	    : zeros          ? '='
			     : '>');
}

/* Numbers */

static const char *
sign_of(const struct spec *spec, bool negative)
{
	return negative ? "-" : spec->sign == '+' ? "+" : spec->sign == ' ' ? " " : "";
}

static struct str
integer_digits(struct arena *a, uint64_t number, unsigned base, bool upper)
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
format_character(struct run *run, struct buf *b, const struct spec *spec, int64_t point)
{
	char bytes[UTF8_MAX_BYTES];

	if (spec->sign != 0)
		return VALUE_FAIL(run, ERR_VALUE, "Sign not allowed with integer format specifier 'c'");
	if (point < 0 || point > 0x10ffff)
		return VALUE_FAIL(run, ERR_OVERFLOW, "%%c arg not in range(0x110000)");
	return add_padded(run, b, spec, STR(""), str_make(bytes, utf8_encode((uint32_t)point, bytes)),
	    spec->align != 0 ? spec->align : '<');
}

static bool
format_integer(struct run *run, struct buf *b, struct spec *spec, int64_t number)
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
		if (bases[i].type != spec->type)
			continue;
		base = bases[i].base;
		prefix = spec->alternate ? bases[i].prefix : "";
	}
	if (base != 10 && spec->grouping == ',')
		return VALUE_FAIL(run, ERR_VALUE, "Cannot specify ',' with '%c'.", spec->type);
	return add_number(run, b, spec, str_format(run->arena, "%s%s", sign_of(spec, number < 0), prefix),
	    integer_digits(run->arena, size, base, spec->type == 'X'), STR(""));
}

/* What repr would show, but with at least one digit behind the point only where `point` says so. */
static struct str
general_digits(struct run *run, double size, const struct spec *spec)
{
	struct buf b = buf_make(run->arena);
	char *exponent;
	int64_t precision = spec->precision;

	if (precision < 0) {
		value_add_real(&b, size);
		return buf_str(&b);
	}
	/* Like 'g', but with a digit behind the point, and scientific one digit earlier. */
	precision = MAX(precision, 1);
	buf_addf(&b, "%.*e", (int)precision - 1, size);
	exponent = strchr(buf_cstr(&b), 'e');
	if (strtol(exponent + 1, NULL, 10) >= -4 && strtol(exponent + 1, NULL, 10) < precision - 1) {
		b.len = 0;
		buf_addf(&b, "%.*g", (int)precision, size);
		if (strchr(buf_cstr(&b), '.') == NULL)
			buf_add_lit(&b, ".0");
		return buf_str(&b);
	}
	b.len = 0;
	buf_addf(&b, "%.*g", (int)precision, size);
	if (strchr(buf_cstr(&b), 'e') == NULL) {
		b.len = 0;
		buf_addf(&b, "%.*e", (int)precision - 1, size);
	}
	return buf_str(&b);
}

static struct str
real_digits(struct run *run, double size, const struct spec *spec)
{
	struct buf b = buf_make(run->arena);
	char pattern[] = "%.*f";
	int precision = (int)(spec->precision >= 0 ? spec->precision : 6);

	if (spec->type == 0)
		return general_digits(run, size, spec);
	if (spec->type == '%') {
		buf_addf(&b, "%.*f%%", precision, size * 100);
		return buf_str(&b);
	}
	pattern[3] = spec->type == 'n' ? 'g' : spec->type;
	if (spec->alternate) {
		char alternate[] = "%#.*f";

		alternate[4] = pattern[3];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		buf_addf(&b, alternate, precision, size);
	} else {
		buf_addf(&b, pattern, precision, size);
#pragma GCC diagnostic pop
	}
	return buf_str(&b);
}

static bool
format_real(struct run *run, struct buf *b, struct spec *spec, double real)
{
	bool negative = signbit(real) && !isnan(real),
	     upper = spec->type != 0 && isupper((unsigned char)spec->type);
	struct str digits, prefix;
	size_t whole = 0;

	if (isnan(real) || isinf(real)) {
		digits = isnan(real) ? (upper ? STR("NAN") : STR("nan")) : (upper ? STR("INF") : STR("inf"));
		if (spec->type == '%')
			digits = str_format(run->arena, "%.*s%%", STR_ARG(digits));
		return add_number(run, b, spec, str_of(sign_of(spec, negative)), STR(""), digits);
	}
	digits = real_digits(run, fabs(real), spec);
	while (whole < digits.len && isdigit((unsigned char)digits.data[whole]))
		whole++;
	if (spec->no_negative_zero && strspn(str_cstr(run->arena, digits), "0.") == digits.len)
		negative = false;
	prefix = str_of(sign_of(spec, negative));
	return add_number(run, b, spec, prefix, str_slice(digits, 0, whole), str_from(digits, whole));
}

static bool
format_text(struct run *run, struct buf *b, struct spec *spec, struct str text)
{
	if (spec->sign != 0)
		return VALUE_FAIL(run, ERR_VALUE,
		    spec->sign == ' ' ? "Space not allowed in string format specifier"
				      : "Sign not allowed in string format specifier");
	if (spec->alternate)
		return VALUE_FAIL(
		    run, ERR_VALUE, "Alternate form (#) not allowed in string format specifier");
	if (spec->grouping != 0)
		return VALUE_FAIL(run, ERR_VALUE, "Cannot specify '%c' with 's'.", spec->grouping);
	if (spec->align == '=')
		return VALUE_FAIL(run, ERR_VALUE, "'=' alignment not allowed in string format specifier");
	if (spec->precision >= 0)
		text = str_slice(text, 0, utf8_offset(text, (size_t)spec->precision));
	return add_padded(run, b, spec, STR(""), text, spec->align != 0 ? spec->align : '<');
}

/* Specifications */

static bool
take_number(struct run *run, struct str *rest, int64_t most, const char *what, int64_t *number)
{
	*number = -1;
	while (rest->len > 0 && isdigit((unsigned char)rest->data[0])) {
		*number = MAX(*number, 0) * 10 + (rest->data[0] - '0');
		if (*number > most)
			return VALUE_FAIL(
			    run, ERR_VALUE, "Too many decimal digits in format string: %s", what);
		*rest = str_from(*rest, 1);
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

static void
take_align(struct str *rest, struct spec *spec)
{
	struct str after = *rest;
	uint32_t fill = rest->len > 0 ? utf8_next(&after) : ' ';

	if (after.len > 0 && after.len < rest->len && strchr("<>=^", after.data[0]) != NULL &&
	    after.data[0] != '\0') {
		spec->fill = fill;
		*rest = after;
	}
	take_char(rest, "<>=^", &spec->align);
}

static bool
parse_spec(struct run *run, struct str text, const char *type_name, struct spec *spec)
{
	struct str rest = text;
	char flag;

	*spec = (struct spec){.fill = ' ', .width = -1, .precision = -1};
	take_align(&rest, spec);
	take_char(&rest, "+- ", &spec->sign);
	spec->no_negative_zero = take_char(&rest, "z", &flag);
	spec->alternate = take_char(&rest, "#", &flag);
	if (take_char(&rest, "0", &flag)) {
		spec->zero_padded = true;
		if (spec->fill == ' ' && spec->align == 0)
			spec->fill = '0';
	}
	if (!take_number(run, &rest, WIDTH_MAX, "width", &spec->width))
		return false;
	take_char(&rest, ",_", &spec->grouping);
	if (rest.len > 0 && spec->grouping != 0 && strchr(",_", rest.data[0]) != NULL)
		return VALUE_FAIL(run, ERR_VALUE,
		    rest.data[0] == spec->grouping ? "Cannot specify '%c' with '%c'."
						   : "Cannot specify both ',' and '_'.",
		    spec->grouping, rest.data[0]);
	if (take_char(&rest, ".", &flag)) {
		if (!take_number(run, &rest, PRECISION_MAX, "precision", &spec->precision))
			return false;
		if (spec->precision < 0)
			return VALUE_FAIL(run, ERR_VALUE, "Format specifier missing precision");
	}
	if (rest.len > 1)
		return VALUE_FAIL(run, ERR_VALUE, "Invalid format specifier '%.*s' for object of type '%s'",
		    STR_ARG(text), type_name);
	if (rest.len == 1)
		spec->type = rest.data[0];
	return true;
}

static bool
fail_type(struct run *run, char type, struct tmpl_value value)
{
	return VALUE_FAIL(
	    run, ERR_VALUE, "Unknown format code '%c' for object of type '%s'", type, value_type_name(value));
}

static bool
has_type(const char *types, char type)
{
	return type != 0 && strchr(types, type) != NULL;
}

bool
format_value(struct run *run, struct buf *b, struct tmpl_value value, struct str text)
{
	struct spec spec;

	if (text.len == 0)
		return value_add_str(run, b, value);
	if (value.type != TMPL_STR && !value_is_number(value))
		return VALUE_FAIL(run, ERR_TYPE, "unsupported format string passed to %s.__format__",
		    value_type_name(value));
	if (!parse_spec(run, text, value_type_name(value), &spec))
		return false;
	if (value.type == TMPL_STR) {
		if (spec.type != 0 && spec.type != 's')
			return fail_type(run, spec.type, value);
		if (spec.zero_padded && spec.align == 0)
			spec.align = '<';
		return format_text(run, b, &spec, value_str(value));
	}
	if (spec.type == 'n')
		spec.type = value.type == TMPL_FLOAT ? 'g' : 'd';
	if (has_type("eEfFgG%", spec.type) || (value.type == TMPL_FLOAT && spec.type == 0))
		return format_real(run, b, &spec, value_real(value));
	if (value.type == TMPL_FLOAT || (spec.type != 0 && !has_type("bcdoxX", spec.type)))
		return fail_type(run, spec.type, value);
	return format_integer(run, b, &spec, value_integer(value));
}

/* str.format */

struct fields {
	struct run *run;
	const struct tmpl_call *call;
	size_t next;    /* of the fields without a number */
	bool numbered;  /* some field had a number */
	bool automatic; /* some field had none */
};

static bool add_fields(struct fields *f, struct str text, int depth, struct buf *b);

static bool
find_keyword(struct fields *f, struct str name, struct tmpl_value *value)
{
	struct tmpl_value quoted = value_text(name);
	struct str text;

	for (size_t i = 0; i < f->call->keyword_count; i++) {
		*value = f->call->keywords[i];
		if (str_eq(value_str(f->call->keyword_names[i]), name))
			return true;
	}
	if (!value_to_repr(f->run, quoted, &text))
		return false;
	return VALUE_FAIL(f->run, ERR_KEY, "%.*s", STR_ARG(text));
}

static bool
find_argument(struct fields *f, struct str name, struct tmpl_value *value)
{
	uint64_t number = f->next;
	bool automatic = name.len == 0;

	if (!automatic && !str_to_u64(name, &number))
		return find_keyword(f, name, value);
	if (automatic ? f->numbered : f->automatic)
		return VALUE_FAIL(f->run, ERR_VALUE,
		    automatic ? "cannot switch from manual field specification to automatic field numbering"
			      : "cannot switch from automatic field numbering to manual field specification");
	f->automatic |= automatic;
	f->numbered |= !automatic;
	f->next += automatic;
	if (number >= f->call->count)
		return VALUE_FAIL(f->run, ERR_INDEX,
		    "Replacement index %llu out of range for positional args tuple",
		    (unsigned long long)number);
	*value = f->call->args[number];
	return true;
}

/* .name and [index] behind the name of an argument. */
static bool
follow_path(struct fields *f, struct str path, struct tmpl_value *value)
{
	while (path.len > 0) {
		bool item = path.data[0] == '[';
		size_t end = 1;
		uint64_t index;
		struct str name;

		while (end < path.len &&
		       (item ? path.data[end] != ']' : path.data[end] != '.' && path.data[end] != '['))
			end++;
		name = str_slice(path, 1, end);
		if (item && end == path.len)
			return VALUE_FAIL(f->run, ERR_VALUE, "Missing ']' in format string");
		if (name.len == 0 || (!item && path.data[0] != '.'))
			return VALUE_FAIL(f->run, ERR_VALUE, "Empty attribute in format string");
		path = str_from(path, end + item);
		if (!item) {
			if (!value_get_attribute(f->run, *value, name, value))
				return false;
			continue;
		}
		if (!value_get_item(f->run, *value,
			str_to_u64(name, &index) ? tmpl_int((int64_t)index) : value_text(name), value))
			return false;
	}
	return true;
}

static bool
convert(struct fields *f, char conversion, struct tmpl_value *value)
{
	struct buf b = buf_make(f->run->arena);
	struct str text;

	if (conversion == 's' ? !value_to_str(f->run, *value, &text) : !value_to_repr(f->run, *value, &text))
		return false;
	if (conversion == 'a' && value->type == TMPL_STR) {
		value_add_quoted(&b, value_str(*value), true);
		text = buf_str(&b);
	}
	*value = value_text(text);
	return true;
}

/* What is between braces: [name][!conversion][:spec], where the spec may have fields itself. */
static bool
add_field(struct fields *f, struct str field, int depth, struct buf *b)
{
	struct buf spec = buf_make(f->run->arena);
	struct tmpl_value value;
	struct str name, rest;
	size_t end = 0;
	int brackets = 0;

	while (end < field.len && (brackets > 0 || (field.data[end] != ':' && field.data[end] != '!'))) {
		brackets += field.data[end] == '[' ? 1 : field.data[end] == ']' ? -brackets : 0;
		end++;
	}
	name = str_slice(field, 0, end);
	rest = str_from(field, end);
	end = 0;
	while (end < name.len && name.data[end] != '.' && name.data[end] != '[')
		end++;
	if (!find_argument(f, str_slice(name, 0, end), &value) ||
	    !follow_path(f, str_from(name, end), &value))
		return false;
	if (rest.len > 0 && rest.data[0] == '!') {
		if (rest.len == 1 || strchr("sra", rest.data[1]) == NULL)
			return rest.len == 1 ? VALUE_FAIL(f->run, ERR_VALUE,
						   "end of string while looking for conversion specifier")
					     : VALUE_FAIL(f->run, ERR_VALUE,
						   "Unknown conversion specifier %c", rest.data[1]);
		if (!convert(f, rest.data[1], &value))
			return false;
		rest = str_from(rest, 2);
		if (rest.len > 0 && rest.data[0] != ':')
			return VALUE_FAIL(f->run, ERR_VALUE, "expected ':' after conversion specifier");
	}
	if (!add_fields(f, str_from(rest, 1), depth + 1, &spec))
		return false;
	return format_value(f->run, b, value, buf_str(&spec));
}

/* The end of the field that starts at `start`, its closing brace; STR_NONE where there is none. */
static size_t
field_end(struct str text, size_t start)
{
	int open = 1;

	for (size_t i = start; i < text.len; i++) {
		open += text.data[i] == '{' ? 1 : text.data[i] == '}' ? -1 : 0;
		if (open == 0)
			return i;
	}
	return STR_NONE;
}

static bool
add_fields(struct fields *f, struct str text, int depth, struct buf *b)
{
	if (depth > SPEC_DEPTH_MAX)
		return VALUE_FAIL(f->run, ERR_VALUE, "Max string recursion exceeded");
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		bool doubled = i + 1 < text.len && text.data[i + 1] == c;
		size_t end;

		if (c != '{' && c != '}') {
			buf_add_char(b, c);
			continue;
		}
		if (doubled) {
			buf_add_char(b, c);
			i++;
			continue;
		}
		if (c == '}')
			return VALUE_FAIL(f->run, ERR_VALUE, "Single '}' encountered in format string");
		if (i + 1 == text.len)
			return VALUE_FAIL(f->run, ERR_VALUE, "Single '{' encountered in format string");
		end = field_end(text, i + 1);
		if (end == STR_NONE)
			return VALUE_FAIL(f->run, ERR_VALUE, "expected '}' before end of string");
		if (!value_spend(f->run, 1) || !add_field(f, str_slice(text, i + 1, end), depth, b))
			return false;
		i = end;
	}
	return true;
}

bool
format_fields(struct run *run, struct str text, const struct tmpl_call *call, struct tmpl_value *result)
{
	struct fields f = {.run = run, .call = call};
	struct buf b = buf_make(run->arena);

	if (!add_fields(&f, text, 0, &b))
		return false;
	*result = value_text(buf_str(&b));
	return true;
}

/* The % operator */

struct percent {
	struct run *run;
	struct str rest; /* of the text, behind what is done */
	struct tmpl_value values;
	size_t next; /* of the values of a tuple */
	bool used_mapping;
};

static bool
next_value(struct percent *p, struct tmpl_value *value)
{
	bool tuple = p->values.type == TMPL_TUPLE;

	if (p->next >= (tuple ? value_list(p->values)->count : 1))
		return VALUE_FAIL(p->run, ERR_TYPE, "not enough arguments for format string");
	*value = tuple ? value_list(p->values)->items[p->next] : p->values;
	p->next++;
	return true;
}

/* %(key)s: the value of that key. */
static bool
mapped_value(struct percent *p, struct tmpl_value *value)
{
	int open = 1;
	size_t end = 1;

	if (p->values.type != TMPL_DICT)
		return VALUE_FAIL(p->run, ERR_TYPE, "format requires a mapping");
	for (; end < p->rest.len; end++) {
		open += p->rest.data[end] == '(' ? 1 : p->rest.data[end] == ')' ? -1 : 0;
		if (open == 0)
			break;
	}
	if (end == p->rest.len)
		return VALUE_FAIL(p->run, ERR_VALUE, "incomplete format key");
	p->used_mapping = true;
	if (!value_get_item(p->run, p->values, value_text(str_slice(p->rest, 1, end)), value))
		return false;
	p->rest = str_from(p->rest, end + 1);
	return true;
}

/* A width or a precision: digits, or a star for a value. */
static bool
percent_number(struct percent *p, int64_t most, int64_t *number)
{
	struct tmpl_value value;

	if (p->rest.len == 0 || p->rest.data[0] != '*')
		return take_number(p->run, &p->rest, most, "width", number);
	p->rest = str_from(p->rest, 1);
	if (!next_value(p, &value))
		return false;
	if (!value_is_integer(value))
		return VALUE_FAIL(p->run, ERR_TYPE, "* wants int");
	*number = value_integer(value);
	if (*number > most || *number < -most)
		return VALUE_FAIL(p->run, ERR_OVERFLOW, "width or precision is too large");
	return true;
}

static bool
percent_spec(struct percent *p, struct spec *spec)
{
	char flag;
	bool left = false;

	*spec = (struct spec){.fill = ' ', .width = -1, .precision = -1};
	while (take_char(&p->rest, "-+ #0", &flag)) {
		left |= flag == '-';
		spec->alternate |= flag == '#';
		spec->zero_padded |= flag == '0';
		if (flag == '+' || (flag == ' ' && spec->sign != '+'))
			spec->sign = flag;
	}
	if (!percent_number(p, WIDTH_MAX, &spec->width))
		return false;
	if (spec->width < -1) {
		left = true;
		spec->width = -spec->width;
	}
	if (take_char(&p->rest, ".", &flag)) {
		if (!percent_number(p, PRECISION_MAX, &spec->precision))
			return false;
		spec->precision = MAX(spec->precision, 0);
	}
	take_char(&p->rest, "hlL", &flag);
	spec->align = left ? '<' : 0;
	return true;
}

static bool
percent_integer(struct percent *p, struct buf *b, struct spec *spec, struct tmpl_value value)
{
	int64_t number;
	struct str digits;
	unsigned base = spec->type == 'o' ? 8 : spec->type == 'x' || spec->type == 'X' ? 16 : 10;
	const char *prefix = !spec->alternate || base == 10 ? ""
			     : spec->type == 'o'            ? "0o"
			     : spec->type == 'x'            ? "0x"
							    : "0X";
	bool real_allowed = base == 10;

	if (!value_is_integer(value) && !(real_allowed && value.type == TMPL_FLOAT))
		return VALUE_FAIL(p->run, ERR_TYPE,
		    real_allowed ? "%%%c format: a real number is required, not %s"
				 : "%%%c format: an integer is required, not %s",
		    spec->type, value_type_name(value));
	if (value.type == TMPL_FLOAT && !(fabs(value.as.real) < 9223372036854775808.0))
		return VALUE_FAIL(p->run, ERR_OVERFLOW, "the number does not fit into 64 bits");
	number = value.type == TMPL_FLOAT ? (int64_t)value.as.real : value_integer(value);
	digits = integer_digits(
	    p->run->arena, number < 0 ? -(uint64_t)number : (uint64_t)number, base, spec->type == 'X');
	while ((int64_t)digits.len < spec->precision)
		digits = str_format(p->run->arena, "%0*d%.*s", (int)(spec->precision - (int64_t)digits.len),
		    0, STR_ARG(digits));
	spec->fill = spec->zero_padded && spec->align == 0 ? '0' : ' ';
	return add_number(p->run, b, spec,
	    str_format(p->run->arena, "%s%s", sign_of(spec, number < 0), prefix), digits, STR(""));
}

static bool
percent_text(struct percent *p, struct buf *b, struct spec *spec, struct tmpl_value value)
{
	struct buf quoted = buf_make(p->run->arena);
	struct str text;

	if (spec->type == 's' ? !value_to_str(p->run, value, &text) : !value_to_repr(p->run, value, &text))
		return false;
	if (spec->type == 'a' && value.type == TMPL_STR) {
		value_add_quoted(&quoted, value_str(value), true);
		text = buf_str(&quoted);
	}
	if (spec->precision >= 0)
		text = str_slice(text, 0, utf8_offset(text, (size_t)spec->precision));
	return add_padded(p->run, b, spec, STR(""), text, spec->align == '<' ? '<' : '>');
}

static bool
percent_character(struct percent *p, struct buf *b, struct spec *spec, struct tmpl_value value)
{
	char bytes[UTF8_MAX_BYTES];
	struct str text = value_str(value);

	if (value_is_integer(value)) {
		if (value_integer(value) < 0 || value_integer(value) > 0x10ffff)
			return VALUE_FAIL(p->run, ERR_OVERFLOW, "%%c arg not in range(0x110000)");
		text = str_make(bytes, utf8_encode((uint32_t)value_integer(value), bytes));
	} else if (value.type != TMPL_STR || utf8_count(text) != 1) {
		return VALUE_FAIL(p->run, ERR_TYPE, "%%c requires int or char");
	}
	return add_padded(p->run, b, spec, STR(""), text, spec->align == '<' ? '<' : '>');
}

static bool
percent_convert(struct percent *p, struct buf *b, struct spec *spec, struct tmpl_value value)
{
	if (has_type("diuoxX", spec->type))
		return percent_integer(p, b, spec, value);
	if (has_type("sra", spec->type))
		return percent_text(p, b, spec, value);
	if (spec->type == 'c')
		return percent_character(p, b, spec, value);
	if (!value_is_number(value))
		return VALUE_FAIL(p->run, ERR_TYPE, "must be real number, not %s", value_type_name(value));
	spec->fill = spec->zero_padded && spec->align == 0 ? '0' : ' ';
	return format_real(p->run, b, spec, value_real(value));
}

static bool
percent_field(struct percent *p, struct str text, struct buf *b)
{
	struct tmpl_value value = {0};
	struct spec spec;

	if (p->rest.len > 0 && p->rest.data[0] == '(' && !mapped_value(p, &value))
		return false;
	if (!percent_spec(p, &spec))
		return false;
	if (p->rest.len == 0)
		return VALUE_FAIL(p->run, ERR_VALUE, "incomplete format");
	spec.type = p->rest.data[0];
	if (spec.type == '%') {
		buf_add_char(b, '%');
		p->rest = str_from(p->rest, 1);
		return true;
	}
	if (!has_type("diuoxXsraceEfFgG", spec.type))
		return VALUE_FAIL(p->run, ERR_VALUE, "unsupported format character '%c' (0x%x) at index %zu",
		    spec.type, (unsigned char)spec.type, text.len - p->rest.len);
	p->rest = str_from(p->rest, 1);
	if (value.type == TMPL_UNBOUND && !next_value(p, &value))
		return false;
	return percent_convert(p, b, &spec, value);
}

bool
format_percent(struct run *run, struct str text, struct tmpl_value values, struct tmpl_value *result)
{
	struct percent p = {.run = run, .rest = text, .values = values};
	struct buf b = buf_make(run->arena);
	size_t count = values.type == TMPL_TUPLE ? value_list(values)->count : 1;

	while (p.rest.len > 0) {
		size_t percent = str_find_char(p.rest, '%');

		buf_add(&b, str_slice(p.rest, 0, percent == STR_NONE ? p.rest.len : percent));
		p.rest = percent == STR_NONE ? STR("") : str_from(p.rest, percent + 1);
		if (percent != STR_NONE && (!value_spend(run, 1) || !percent_field(&p, text, &b)))
			return false;
	}
	if (p.next < count && !p.used_mapping && values.type != TMPL_DICT && values.type != TMPL_LIST)
		return VALUE_FAIL(run, ERR_TYPE, "not all arguments converted during string formatting");
	*result = value_text(buf_str(&b));
	return true;
}
