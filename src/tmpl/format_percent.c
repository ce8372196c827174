/* text % values */
#include "tmpl/format.h"

#include "base/utf8.h"
#include "tmpl/builtin.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

struct percent {
	struct run *run;
	struct str text, rest; /* all, and what is behind the part that is done */
	struct tmpl_value values;
	size_t next, count; /* of the values: those of a tuple, or one */
	bool is_mapping;    /* the values may be asked for by name, and need not all be used */
};

static bool
next_value(struct percent *p, struct tmpl_value *value)
{
	if (p->next == p->count)
		return VALUE_FAIL(p->run, ERR_TYPE, "not enough arguments for format string");
	*value = p->values.type == TMPL_TUPLE ? value_list(p->values)->items[p->next] : p->values;
	p->next++;
	return true;
}

/* %(name): the value of that key is the only one from now on. */
static bool
take_name(struct percent *p, struct tmpl_value mapping)
{
	int open = 1;
	size_t end = 1;

	if (!p->is_mapping)
		return VALUE_FAIL(p->run, ERR_TYPE, "format requires a mapping");
	for (; end < p->rest.len && open > 0; end++)
		open += p->rest.data[end] == '(' ? 1 : p->rest.data[end] == ')' ? -1 : 0;
	if (open > 0)
		return VALUE_FAIL(p->run, ERR_VALUE, "incomplete format key");
	if (!value_get_item(p->run, mapping, value_text(str_slice(p->rest, 1, end - 1)), &p->values))
		return false;
	p->next = 0;
	p->count = 1;
	if (p->values.type == TMPL_TUPLE)
		p->values = value_tuple_of(p->run->arena, 1, &p->values);
	p->rest = str_from(p->rest, end);
	return true;
}

/* A width or a precision: digits, or a star for a value. */
static bool
take_number(struct percent *p, const char *what, int64_t most, int64_t *number)
{
	struct tmpl_value value;

	*number = 0;
	if (str_starts(p->rest, STR("*"))) {
		p->rest = str_from(p->rest, 1);
		if (!next_value(p, &value))
			return false;
		if (!value_is_integer(value))
			return VALUE_FAIL(p->run, ERR_TYPE, "* wants int");
		*number = MAX(value_integer(value), -INT64_MAX);
		return *number <= most ||
		       VALUE_FAIL(p->run, ERR_OVERFLOW, "Python int too large to convert to C int");
	}
	while (p->rest.len > 0 && isdigit((unsigned char)p->rest.data[0])) {
		int digit = p->rest.data[0] - '0';

		if (*number > (most - digit) / 10)
			return VALUE_FAIL(p->run, ERR_VALUE, "%s too big", what);
		*number = *number * 10 + digit;
		p->rest = str_from(p->rest, 1);
	}
	return true;
}

static void
take_flags(struct percent *p, struct format_spec *spec, bool *left, bool *zeros)
{
	for (; p->rest.len > 0; p->rest = str_from(p->rest, 1)) {
		char flag = p->rest.data[0];

		if (flag == '-')
			*left = true;
		else if (flag == '0')
			*zeros = true;
		else if (flag == '#')
			spec->alternate = true;
		else if (flag == '+' || (flag == ' ' && spec->sign != '+'))
			spec->sign = flag;
		else if (flag != ' ')
			break;
	}
}

/* Flags, width, precision and type. Zeros are for numbers that don't stand on the left. */
static bool
take_spec(struct percent *p, struct format_spec *spec)
{
	bool left = false, zeros = false;

	*spec = (struct format_spec){.fill = ' ', .width = -1, .precision = -1};
	take_flags(p, spec, &left, &zeros);
	if (!take_number(p, "width", INT64_MAX, &spec->width))
		return false;
	left |= spec->width < 0;
	spec->width = spec->width < 0 ? -spec->width : spec->width;
	if (str_starts(p->rest, STR("."))) {
		p->rest = str_from(p->rest, 1);
		if (!take_number(p, "precision", INT_MAX, &spec->precision))
			return false;
		spec->precision = MAX(spec->precision, 0);
	}
	if (p->rest.len > 0 && strchr("hlL", p->rest.data[0]) != NULL)
		p->rest = str_from(p->rest, 1);
	if (p->rest.len == 0)
		return VALUE_FAIL(p->run, ERR_VALUE, "incomplete format");
	spec->type = utf8_next(&p->rest);
	zeros &= spec->type < 0x80 && strchr("diuoxXeEfFgG", (int)spec->type) != NULL;
	spec->align = left ? '<' : zeros ? '=' : '>';
	spec->fill = spec->align == '=' ? '0' : ' ';
	return true;
}

static bool
to_integer(struct percent *p, const struct format_spec *spec, struct tmpl_value value, int64_t *number)
{
	bool real_allowed = strchr("oxX", (int)spec->type) == NULL;

	if (value.type == TMPL_FLOAT && real_allowed) {
		if (!builtin_truncate(p->run, value.as.real, &value))
			return false;
	} else if (!value_is_integer(value)) {
		return VALUE_FAIL(p->run, ERR_TYPE, "%%%c format: %s is required, not %s", (int)spec->type,
		    real_allowed ? "a real number" : "an integer", value_type_name(value));
	}
	*number = value_integer(value);
	return true;
}

static bool
add_integer(struct percent *p, struct buf *b, const struct format_spec *spec, struct tmpl_value value)
{
	unsigned base = spec->type == 'o' ? 8 : spec->type == 'x' || spec->type == 'X' ? 16 : 10;
	struct buf digits = buf_make(p->run->arena);
	struct str plain, prefix = STR("");
	int64_t number;

	if (!to_integer(p, spec, value, &number) ||
	    !value_has_room(p->run, 2 * (uint64_t)MAX(spec->precision, 0)))
		return false;
	plain = format_digits(
	    p->run->arena, number < 0 ? -(uint64_t)number : (uint64_t)number, base, spec->type == 'X');
	if (spec->precision > (int64_t)plain.len)
		buf_add_fill(&digits, '0', (size_t)spec->precision - plain.len);
	buf_add(&digits, plain);
	if (spec->alternate && base != 10)
		prefix = str_format(p->run->arena, "0%c", (int)spec->type);
	return format_add_padded(p->run, b, spec,
	    str_format(p->run->arena, "%s%.*s", format_sign(spec, number < 0), STR_ARG(prefix)),
	    buf_str(&digits));
}

static bool
add_text(struct percent *p, struct buf *b, const struct format_spec *spec, struct tmpl_value value)
{
	struct str text;

	if (spec->type == 's' ? !value_to_str(p->run, value, &text) : !value_to_repr(p->run, value, &text))
		return false;
	if (spec->type == 'a')
		text = value_to_ascii(p->run->arena, text);
	if (spec->precision >= 0)
		text = str_slice(text, 0, utf8_offset(text, (size_t)spec->precision));
	return format_add_padded(p->run, b, spec, STR(""), text);
}

static bool
add_character(struct percent *p, struct buf *b, const struct format_spec *spec, struct tmpl_value value)
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
	return format_add_padded(p->run, b, spec, STR(""), text);
}

static bool
add_value(struct percent *p, struct buf *b, const struct format_spec *spec, struct tmpl_value value)
{
	switch (spec->type) {
	case 'd':
	case 'i':
	case 'u':
	case 'o':
	case 'x':
	case 'X':
		return add_integer(p, b, spec, value);
	case 's':
	case 'r':
	case 'a':
		return add_text(p, b, spec, value);
	case 'c':
		return add_character(p, b, spec, value);
	case 'e':
	case 'E':
	case 'f':
	case 'F':
	case 'g':
	case 'G':
		if (!value_is_number(value))
			return VALUE_FAIL(
			    p->run, ERR_TYPE, "must be real number, not %s", value_type_name(value));
		return format_real(p->run, b, spec, value_real(value));
	default:
		return VALUE_FAIL(p->run, ERR_VALUE, "unsupported format character '%c' (0x%x) at index %zu",
		    spec->type >= 31 && spec->type < 127 ? (int)spec->type : '?', spec->type,
		    utf8_count(str_slice(p->text, 0, p->text.len - p->rest.len)) - 1);
	}
}

static bool
add_field(struct percent *p, struct tmpl_value values, struct buf *b)
{
	struct format_spec spec;
	struct tmpl_value value;

	if (str_starts(p->rest, STR("%"))) {
		p->rest = str_from(p->rest, 1);
		buf_add_char(b, '%');
		return true;
	}
	if (str_starts(p->rest, STR("(")) && !take_name(p, values))
		return false;
	if (!take_spec(p, &spec))
		return false;
	return next_value(p, &value) && add_value(p, b, &spec, value);
}

bool
format_percent(struct run *run, struct str text, struct tmpl_value values, struct tmpl_value *result)
{
	struct percent p = {.run = run,
	    .text = text,
	    .rest = text,
	    .values = values,
	    .count = values.type == TMPL_TUPLE ? value_list(values)->count : 1,
	    .is_mapping = values.type == TMPL_DICT || values.type == TMPL_LIST || values.type == VALUE_RANGE};
	struct buf b = buf_make(run->arena);

	while (p.rest.len > 0) {
		size_t percent = str_find_char(p.rest, '%');

		buf_add(&b, str_slice(p.rest, 0, percent == STR_NONE ? p.rest.len : percent));
		p.rest = percent == STR_NONE ? STR("") : str_from(p.rest, percent + 1);
		if (percent != STR_NONE && (!value_spend(run, 1) || !add_field(&p, values, &b)))
			return false;
	}
	if (p.next < p.count && !p.is_mapping)
		return VALUE_FAIL(run, ERR_TYPE, "not all arguments converted during string formatting");
	*result = value_text(buf_str(&b));
	return true;
}
