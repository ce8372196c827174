/* The functions that Tornado puts into every template, and eddy's own. */
#include "base/utf8.h"
#include "text/html.h"
#include "tmpl/builtin.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define HELPER(name) \
	bool name(struct tmpl_call *call, const struct tmpl_value *args, struct tmpl_value *result)

static bool
given(struct tmpl_value v)
{
	return v.type != TMPL_UNBOUND;
}

/* What Tornado's utf8() takes. */
static bool
text_of(struct tmpl_call *call, struct tmpl_value v, struct str *text)
{
	*text = value_str(v);
	if (v.type == TMPL_NONE)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "expected string or bytes-like object, got 'NoneType'");
	return v.type == TMPL_STR ||
	       VALUE_FAIL(call->run, ERR_TYPE, "Expected bytes, unicode, or None; got <class '%s'>",
		   value_type_name(v));
}

HELPER(builtin_xhtml_escape)
{
	struct buf b = buf_make(call->run->arena);
	struct str text;

	if (!text_of(call, args[0], &text))
		return false;
	html_escape(&b, text);
	*result = value_text(buf_str(&b));
	return true;
}

static bool
is_url_safe(char c, bool plus)
{
	return isalnum((unsigned char)c) || (c != '\0' && strchr("_.-~", c) != NULL) || (c == '/' && !plus);
}

static void
add_percent(struct buf *b, unsigned char byte)
{
	static const char digits[] = "0123456789ABCDEF";

	buf_add_char(b, '%');
	buf_add_char(b, digits[byte >> 4]);
	buf_add_char(b, digits[byte & 0xf]);
}

static HELPER(helper_url_escape)
{
	struct buf b = buf_make(call->run->arena);
	bool plus = !given(args[1]) || tmpl_truth(args[1]);
	struct str text;

	if (args[0].type == TMPL_NONE)
		return VALUE_FAIL(call->run, ERR_TYPE, "quote_from_bytes() expected bytes");
	if (!text_of(call, args[0], &text))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (is_url_safe(c, plus))
			buf_add_char(&b, c);
		else if (c == ' ' && plus)
			buf_add_char(&b, '+');
		else
			add_percent(&b, (unsigned char)c);
	}
	*result = value_ascii(buf_str(&b));
	return true;
}

static HELPER(helper_squeeze)
{
	struct buf b = buf_make(call->run->arena);
	struct str text = value_str(args[0]);
	bool space = false;

	if (args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "expected string or bytes-like object, got '%s'",
		    value_type_name(args[0]));
	for (size_t i = 0; i < text.len; i++) {
		bool blank = (unsigned char)text.data[i] <= ' ';

		if (!blank)
			buf_add_char(&b, text.data[i]);
		else if (!space)
			buf_add_char(&b, ' ');
		space = blank;
	}
	*result = value_text(utf8_trim(buf_str(&b)));
	return true;
}

/* JSON as json.dumps writes it, with "</" made safe within a script. */

static void
add_json_text(struct buf *b, struct str text)
{
	static const char escaped[] = "\"\\\n\r\t\f\b", letters[] = "\"\\nrtfb";
	char before = '\0';

	buf_add_char(b, '"');
	while (text.len > 0) {
		uint32_t point = utf8_next(&text);
		const char *escape = point != 0 && point < 0x80 ? strchr(escaped, (int)point) : NULL;

		if (escape != NULL)
			buf_addf(b, "\\%c", letters[escape - escaped]);
		else if (point == '/' && before == '<')
			buf_add_lit(b, "\\/");
		else if (point >= 0x20 && point < 0x7f)
			buf_add_char(b, (char)point);
		else if (point < 0x10000)
			buf_addf(b, "\\u%04x", point);
		else
			buf_addf(b, "\\u%04x\\u%04x", 0xd7c0 + (point >> 10), 0xdc00 + (point & 0x3ff));
		before = (char)(point < 0x80 ? point : 0);
	}
	buf_add_char(b, '"');
}

static void
add_json_real(struct buf *b, double real)
{
	if (isnan(real) || isinf(real))
		buf_addf(b, isnan(real) ? "NaN" : real < 0 ? "-Infinity" : "Infinity");
	else
		value_add_real(b, real);
}

static bool add_json(struct run *run, struct buf *b, struct tmpl_value v, const struct value_within *outer);

/* The text that a key becomes. */
static bool
json_key(struct run *run, struct tmpl_value key, struct tmpl_value *text)
{
	struct buf b = buf_make(run->arena);

	*text = key;
	if (key.type == TMPL_STR)
		return true;
	if (!value_is_number(key) && key.type != TMPL_NONE)
		return VALUE_FAIL(run, ERR_TYPE, "keys must be str, int, float, bool or None, not %s",
		    value_type_name(key));
	if (!add_json(run, &b, key, NULL))
		return false;
	*text = value_text(buf_str(&b));
	return true;
}

static bool
add_json_dict(struct run *run, struct buf *b, const struct value_dict *dict, const struct value_within *outer)
{
	struct value_entry *entry;
	struct tmpl_value key;
	const char *comma = "";

	buf_add_char(b, '{');
	for (size_t at = 0; (entry = value_dict_next(dict, &at)) != NULL; comma = ", ") {
		if (!value_spend(run, 1) || !json_key(run, entry->key, &key))
			return false;
		buf_addf(b, "%s", comma);
		add_json_text(b, value_str(key));
		buf_add_lit(b, ": ");
		if (!add_json(run, b, entry->value, outer))
			return false;
	}
	buf_add_char(b, '}');
	return true;
}

static bool
add_json_list(struct run *run, struct buf *b, const struct value_list *list, const struct value_within *outer)
{
	buf_add_char(b, '[');
	for (size_t i = 0; i < list->count; i++) {
		buf_addf(b, "%s", i > 0 ? ", " : "");
		if (!value_spend(run, 1) || !add_json(run, b, list->items[i], outer))
			return false;
	}
	buf_add_char(b, ']');
	return true;
}

static bool
add_json_container(struct run *run, struct buf *b, struct tmpl_value v, const struct value_within *outer)
{
	struct value_within within = {outer, v.as.object};
	bool added;

	if (value_is_within(v, outer))
		return VALUE_FAIL(run, ERR_VALUE, "Circular reference detected");
	if (!value_enter(run, " while encoding a JSON object"))
		return false;
	added = v.type == TMPL_DICT ? add_json_dict(run, b, value_entries(v), &within)
				    : add_json_list(run, b, value_list(v), &within);
	value_leave(run);
	return added;
}

static bool
add_json(struct run *run, struct buf *b, struct tmpl_value v, const struct value_within *outer)
{
	switch (v.type) {
	case TMPL_NONE:
		buf_add_lit(b, "null");
		return true;
	case TMPL_BOOL:
		buf_addf(b, "%s", v.as.boolean ? "true" : "false");
		return true;
	case TMPL_INT:
		buf_addf(b, "%lld", (long long)v.as.integer);
		return true;
	case TMPL_FLOAT:
		add_json_real(b, v.as.real);
		return true;
	case TMPL_STR:
		add_json_text(b, value_str(v));
		return true;
	case TMPL_LIST:
	case TMPL_TUPLE:
	case TMPL_DICT:
		return add_json_container(run, b, v, outer);
	default:
		return VALUE_FAIL(
		    run, ERR_TYPE, "Object of type %s is not JSON serializable", value_type_name(v));
	}
}

static HELPER(helper_json_encode)
{
	struct buf b = buf_make(call->run->arena);

	if (!add_json(call->run, &b, args[0], NULL))
		return false;
	*result = value_ascii(buf_str(&b));
	return true;
}

static const struct builtin rows[] = {
    {"escape", builtin_xhtml_escape, 1, 1, "value", 0},
    {"json_encode", helper_json_encode, 1, 1, "value", 0},
    {"linkify", builtin_linkify, 1, 5, "text ?shorten ?extra_params ?require_protocol ?permitted_protocols",
	0},
    {"now", builtin_now, 0, 0, NULL, 0},
    {"squeeze", helper_squeeze, 1, 1, "value", 0},
    {"strftime", builtin_strftime, 1, 2, "format ?seconds", 0},
    {"url_escape", helper_url_escape, 1, 2, "value ?plus", 0},
    {"xhtml_escape", builtin_xhtml_escape, 1, 1, "value", 0},
};

const struct builtin_table builtin_helpers = {rows, COUNT_OF(rows)};
