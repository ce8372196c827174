/* str.format and str.format_map: text with fields in braces. */
#include "tmpl/format.h"

#include "base/utf8.h"
#include "tmpl/unicode.h"

#include <string.h>

/* A field within the spec of another is as deep as fields may be. */
enum { FIELD_DEPTH_MAX = 2 };

struct fields {
	struct run *run;
	const struct tmpl_call *call; /* NULL: the names are keys of `mapping`, and there are no numbers */
	struct tmpl_value mapping;
	int64_t next;   /* of the fields without a number */
	bool numbered;  /* some field had a number */
	bool automatic; /* some field had none */
};

/* What is between braces: name[!conversion][:spec] */
struct field {
	struct str name, spec;
	uint32_t conversion; /* 0: none */
};

static bool add_fields(struct fields *f, struct str text, int depth, struct buf *b);

/* A number in decimal digits of any script; -1 where the name is something else. */
static bool
number_of(struct run *run, struct str name, int64_t *number)
{
	*number = name.len > 0 ? 0 : -1;
	while (name.len > 0) {
		int digit = unicode_digit_value(utf8_next(&name));

		if (digit < 0) {
			*number = -1;
			break;
		}
		if (*number > (INT64_MAX - digit) / 10)
			return VALUE_FAIL(run, ERR_VALUE, "Too many decimal digits in format string");
		*number = *number * 10 + digit;
	}
	return true;
}

static bool
find_named(struct fields *f, struct str name, struct tmpl_value *value)
{
	if (f->call == NULL)
		return value_get_item(f->run, f->mapping, value_text(name), value);
	for (size_t i = 0; i < f->call->keyword_count; i++) {
		*value = f->call->keywords[i];
		if (str_eq(value_str(f->call->keyword_names[i]), name))
			return true;
	}
	return value_fail_key(f->run, value_text(name));
}

static bool
find_argument(struct fields *f, struct str name, struct tmpl_value *value)
{
	bool automatic = name.len == 0;
	int64_t number;

	if (!number_of(f->run, name, &number))
		return false;
	if (!automatic && number < 0)
		return find_named(f, name, value);
	if (automatic ? f->numbered : f->automatic)
		return VALUE_FAIL(f->run, ERR_VALUE,
		    automatic ? "cannot switch from manual field specification to automatic field numbering"
			      : "cannot switch from automatic field numbering to manual field specification");
	f->automatic |= automatic;
	f->numbered |= !automatic;
	if (automatic)
		number = f->next++;
	if (f->call == NULL)
		return VALUE_FAIL(f->run, ERR_VALUE, "Format string contains positional fields");
	if ((uint64_t)number >= f->call->count)
		return VALUE_FAIL(f->run, ERR_INDEX,
		    "Replacement index %lld out of range for positional args tuple", (long long)number);
	*value = f->call->args[number];
	return true;
}

/* Cuts the next .name or [index] off the path. */
static bool
next_step(struct run *run, struct str *path, struct str *name, bool *item)
{
	size_t end = 1;

	*item = path->data[0] == '[';
	if (!*item && path->data[0] != '.')
		return VALUE_FAIL(run, ERR_VALUE, "Only '.' or '[' may follow ']' in format field specifier");
	while (end < path->len &&
	       (*item ? path->data[end] != ']' : path->data[end] != '.' && path->data[end] != '['))
		end++;
	if (*item && end == path->len)
		return VALUE_FAIL(run, ERR_VALUE, "Missing ']' in format string");
	*name = str_slice(*path, 1, end);
	if (name->len == 0)
		return VALUE_FAIL(run, ERR_VALUE, "Empty attribute in format string");
	*path = str_from(*path, end + *item);
	return true;
}

/* .name and [index] behind the name of an argument. */
static bool
follow_path(struct fields *f, struct str path, struct tmpl_value *value)
{
	int64_t index;
	struct str name;
	bool item, followed;

	while (path.len > 0) {
		if (!next_step(f->run, &path, &name, &item) || (item && !number_of(f->run, name, &index)))
			return false;
		followed = item ? value_get_item(
				      f->run, *value, index >= 0 ? tmpl_int(index) : value_text(name), value)
				: value_get_attribute(f->run, *value, name, value);
		if (!followed)
			return false;
	}
	return true;
}

static bool
convert(struct run *run, uint32_t conversion, struct tmpl_value *value)
{
	struct str text;

	if (conversion != 's' && conversion != 'r' && conversion != 'a')
		return VALUE_FAIL(run, ERR_VALUE, "Unknown conversion specifier %.*s",
		    STR_ARG(format_shown_type(run->arena, conversion)));
	if (conversion == 's' ? !value_to_str(run, *value, &text) : !value_to_repr(run, *value, &text))
		return false;
	*value = value_text(conversion == 'a' ? value_to_ascii(run->arena, text) : text);
	return true;
}

/* The rest of a field whose name and conversion are read: up to its closing brace. */
static bool
take_spec(struct run *run, struct str *rest, struct field *field)
{
	int open = 1;

	for (size_t i = 0; i < rest->len; i++) {
		open += rest->data[i] == '{' ? 1 : rest->data[i] == '}' ? -1 : 0;
		if (open > 0)
			continue;
		field->spec = str_slice(*rest, 0, i);
		*rest = str_from(*rest, i + 1);
		return true;
	}
	return VALUE_FAIL(run, ERR_VALUE, "unmatched '{' in format spec");
}

/* `*rest` is behind the exclamation mark. */
static bool
take_conversion(struct run *run, struct str *rest, struct field *field)
{
	if (rest->len == 0)
		return VALUE_FAIL(run, ERR_VALUE, "end of string while looking for conversion specifier");
	field->conversion = utf8_next(rest);
	if (rest->len == 0)
		return VALUE_FAIL(run, ERR_VALUE, "unmatched '{' in format spec");
	if (rest->data[0] != '}' && rest->data[0] != ':')
		return VALUE_FAIL(run, ERR_VALUE, "expected ':' after conversion specifier");
	return true;
}

/* Where the name of a field ends; what is in brackets belongs to it. */
static size_t
name_end(struct str s)
{
	static const char ends[] = {'{', '}', ':', '!'};
	size_t end = 0;

	for (; end < s.len && memchr(ends, s.data[end], sizeof(ends)) == NULL; end++)
		if (s.data[end] == '[')
			end = MIN(str_find_char(str_from(s, end), ']'), s.len - end - 1) + end;
	return end;
}

/* Cuts the field off whose opening brace is before `*rest`, with its closing brace. */
static bool
take_field(struct run *run, struct str *rest, struct field *field)
{
	size_t end = name_end(*rest);
	char c;

	if (end >= rest->len)
		return VALUE_FAIL(run, ERR_VALUE, "expected '}' before end of string");
	*field = (struct field){.name = str_slice(*rest, 0, end)};
	c = rest->data[end];
	*rest = str_from(*rest, end + 1);
	if (c == '{')
		return VALUE_FAIL(run, ERR_VALUE, "unexpected '{' in field name");
	if (c == '!') {
		if (!take_conversion(run, rest, field))
			return false;
		c = rest->data[0];
		*rest = str_from(*rest, 1);
	}
	return c == '}' || take_spec(run, rest, field);
}

static bool
add_field(struct fields *f, const struct field *field, int depth, struct buf *b)
{
	struct buf spec = buf_make(f->run->arena);
	struct str text = field->spec;
	struct tmpl_value value;
	size_t end = 0;

	while (end < field->name.len && field->name.data[end] != '.' && field->name.data[end] != '[')
		end++;
	if (!find_argument(f, str_slice(field->name, 0, end), &value) ||
	    !follow_path(f, str_from(field->name, end), &value) ||
	    (field->conversion != 0 && !convert(f->run, field->conversion, &value)))
		return false;
	if (str_find_char(text, '{') != STR_NONE) {
		if (!add_fields(f, text, depth + 1, &spec))
			return false;
		text = buf_str(&spec);
	}
	return format_value(f->run, b, value, text);
}

static bool
add_fields(struct fields *f, struct str text, int depth, struct buf *b)
{
	struct field field;

	if (depth >= FIELD_DEPTH_MAX)
		return VALUE_FAIL(f->run, ERR_VALUE, "Max string recursion exceeded");
	while (text.len > 0) {
		char c = text.data[0];

		text = str_from(text, 1);
		if ((c == '{' || c == '}') && text.len > 0 && text.data[0] == c) {
			text = str_from(text, 1);
		} else if (c == '}' || (c == '{' && text.len == 0)) {
			return VALUE_FAIL(f->run, ERR_VALUE, "Single '%c' encountered in format string", c);
		} else if (c == '{') {
			if (!value_spend(f->run, 1) || !take_field(f->run, &text, &field) ||
			    !add_field(f, &field, depth, b))
				return false;
			continue;
		}
		buf_add_char(b, c);
	}
	return true;
}

static bool
run_fields(struct fields f, struct str text, struct tmpl_value *result)
{
	struct buf b = buf_make(f.run->arena);

	if (!add_fields(&f, text, 0, &b))
		return false;
	*result = value_text(buf_str(&b));
	return true;
}

bool
format_fields(struct run *run, struct str text, const struct tmpl_call *call, struct tmpl_value *result)
{
	return run_fields((struct fields){.run = run, .call = call}, text, result);
}

bool
format_mapped(struct run *run, struct str text, struct tmpl_value mapping, struct tmpl_value *result)
{
	return run_fields((struct fields){.run = run, .mapping = mapping}, text, result);
}
