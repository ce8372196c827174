#include "base/utf8.h"
#include "tmpl/builtin.h"
#include "tmpl/format.h"

#include <stdio.h>
#include <string.h>

static struct str
self_text(const struct tmpl_call *call)
{
	return value_str(call->self);
}

/* Arguments */

bool
builtin_text_argument(struct tmpl_call *call, struct tmpl_value v, size_t number, struct str *text)
{
	char position[24] = "";

	*text = value_str(v);
	if (v.type == TMPL_STR)
		return true;
	if (number > 0)
		snprintf(position, sizeof(position), " %zu", number);
	return VALUE_FAIL(call->run, ERR_TYPE, "%s() argument%s must be str, not %s", call->name, position,
	    v.type == TMPL_NONE ? "None" : value_type_name(v));
}

/* An integer that may be left out. */
static bool
optional_integer(struct tmpl_call *call, struct tmpl_value v, int64_t missing, int64_t *number)
{
	*number = missing;
	return !builtin_given(v) || builtin_integer(call->run, v, number);
}

static struct tmpl_value
buf_value(const struct buf *b)
{
	return value_text(buf_str(b));
}

/* Stripping */

/* What is stripped: spaces, or the code points of a text. */
struct stripped {
	struct run *run;
	bool is_set;
	struct str set;
	bool is_ascii[0x80]; /* whether the set has that one */
	bool failed;         /* as the fuel is used up */
};

static void
stripped_open(struct stripped *s, struct run *run, struct tmpl_value set)
{
	s->run = run;
	s->is_set = set.type == TMPL_STR;
	s->set = value_str(set);
	s->failed = s->is_set && !value_spend_bytes(run, set.len);
	memset(s->is_ascii, 0, sizeof(s->is_ascii));
	for (size_t i = 0; s->is_set && i < s->set.len; i++)
		if ((unsigned char)s->set.data[i] < COUNT_OF(s->is_ascii))
			s->is_ascii[(unsigned char)s->set.data[i]] = true;
}

static bool
stripped_has(struct stripped *s, uint32_t point)
{
	if (!s->is_set)
		return utf8_is_space(point);
	if (point < COUNT_OF(s->is_ascii))
		return s->is_ascii[point];
	s->failed = s->failed || !value_spend_bytes(s->run, s->set.len);
	for (struct str rest = s->set; !s->failed && rest.len > 0;)
		if (utf8_next(&rest) == point)
			return true;
	return false;
}

static bool
strip(struct tmpl_call *call, struct tmpl_value set, bool left, bool right, struct tmpl_value *result)
{
	struct str text = self_text(call), rest = text;
	struct stripped stripped;

	if (builtin_given(set) && set.type != TMPL_STR && set.type != TMPL_NONE)
		return VALUE_FAIL(call->run, ERR_TYPE, "%s arg must be None or str", call->name);
	if (!value_spend_bytes(call->run, text.len))
		return false;
	stripped_open(&stripped, call->run, set);
	for (rest = text; left && text.len > 0 && stripped_has(&stripped, utf8_next(&rest));)
		text = rest;
	for (rest = text; right && text.len > 0 && stripped_has(&stripped, utf8_last(&rest));)
		text = rest;
	*result = value_text(text);
	return !stripped.failed;
}

static BUILTIN(text_strip)
{
	return strip(call, args[0], true, true, result);
}

static BUILTIN(text_lstrip)
{
	return strip(call, args[0], true, false, result);
}

static BUILTIN(text_rstrip)
{
	return strip(call, args[0], false, true, result);
}

static BUILTIN(text_removeprefix)
{
	struct str prefix;

	if (!builtin_text_argument(call, args[0], 0, &prefix) ||
	    !value_spend_bytes(call->run, call->self.len))
		return false;
	*result = str_starts(self_text(call), prefix) ? value_text(str_from(self_text(call), prefix.len))
						      : call->self;
	return true;
}

static BUILTIN(text_removesuffix)
{
	struct str suffix, text = self_text(call);

	if (!builtin_text_argument(call, args[0], 0, &suffix) || !value_spend_bytes(call->run, text.len))
		return false;
	*result = str_ends(text, suffix) ? value_text(str_slice(text, 0, text.len - suffix.len)) : call->self;
	return true;
}

/* Splitting */

static void
add_text(struct tmpl_call *call, struct tmpl_value list, struct str text)
{
	value_list_add(call->run->arena, value_list(list), value_text(text));
}

static void
split_spaces(struct tmpl_call *call, int64_t most, struct tmpl_value list)
{
	struct str rest = self_text(call), after;

	for (; rest.len > 0; most--) {
		struct str word;

		for (after = rest; after.len > 0 && utf8_is_space(utf8_next(&after));)
			rest = after;
		if (rest.len == 0)
			break;
		if (most == 0) {
			add_text(call, list, rest);
			break;
		}
		word = rest;
		for (after = rest; after.len > 0 && !utf8_is_space(utf8_next(&after));)
			rest = after;
		if (after.len == 0 && rest.len > 0 &&
		    !utf8_is_space(utf8_last(&(struct str){rest.data, rest.len})))
			rest = after;
		add_text(call, list, str_slice(word, 0, word.len - rest.len));
	}
}

static void
split_at(struct tmpl_call *call, struct str separator, int64_t most, struct tmpl_value list)
{
	struct str rest = self_text(call);
	size_t at;

	while (most-- != 0 && (at = str_find(rest, separator)) != STR_NONE) {
		add_text(call, list, str_slice(rest, 0, at));
		rest = str_from(rest, at + separator.len);
	}
	add_text(call, list, rest);
}

static void
reverse(struct value_list *list)
{
	for (size_t i = 0; i < list->count / 2; i++) {
		struct tmpl_value item = list->items[i];

		list->items[i] = list->items[list->count - 1 - i];
		list->items[list->count - 1 - i] = item;
	}
}

static void
rsplit_spaces(struct tmpl_call *call, int64_t most, struct tmpl_value list)
{
	struct str rest = self_text(call);

	for (;; most--) {
		struct str before, word;

		for (before = rest; rest.len > 0 && utf8_is_space(utf8_last(&before));)
			rest = before;
		if (rest.len == 0)
			break;
		word = rest;
		if (most == 0) {
			add_text(call, list, rest);
			break;
		}
		for (before = rest; rest.len > 0 && !utf8_is_space(utf8_last(&before));)
			rest = before;
		add_text(call, list, str_from(word, rest.len));
	}
}

static void
rsplit_at(struct tmpl_call *call, struct str separator, int64_t most, struct tmpl_value list)
{
	struct str rest = self_text(call);
	size_t at;

	while (most-- != 0 && (at = str_rfind(rest, separator)) != STR_NONE) {
		add_text(call, list, str_from(rest, at + separator.len));
		rest = str_slice(rest, 0, at);
	}
	add_text(call, list, rest);
}

static bool
split(struct tmpl_call *call, const struct tmpl_value *args, bool right, struct tmpl_value *result)
{
	bool spaces = !builtin_given(args[0]) || args[0].type == TMPL_NONE;
	int64_t most = -1;

	if (builtin_given(args[1]) && !builtin_integer(call->run, args[1], &most))
		return false;
	most = MAX(most, -1);
	if (!spaces && args[0].type != TMPL_STR)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "must be str or None, not %s", value_type_name(args[0]));
	if (!spaces && args[0].len == 0)
		return VALUE_FAIL(call->run, ERR_VALUE, "empty separator");
	if (!value_spend(call->run, self_text(call).len / 16 + 1))
		return false;
	*result = value_sequence(call->run->arena, TMPL_LIST, 0);
	if (spaces)
		(right ? rsplit_spaces : split_spaces)(call, most, *result);
	else
		(right ? rsplit_at : split_at)(call, value_str(args[0]), most, *result);
	if (right)
		reverse(value_list(*result));
	return true;
}

static BUILTIN(text_split)
{
	return split(call, args, false, result);
}

static BUILTIN(text_rsplit)
{
	return split(call, args, true, result);
}

static bool
is_line_end(uint32_t point)
{
	return (point >= '\n' && point <= '\r') || (point >= 0x1c && point <= 0x1e) || point == 0x85 ||
	       point == 0x2028 || point == 0x2029;
}

static BUILTIN(text_splitlines)
{
	struct str rest = self_text(call);
	int64_t keep = 0;

	if (builtin_given(args[0]) && !builtin_integer(call->run, args[0], &keep))
		return false;
	if (!value_spend_bytes(call->run, rest.len))
		return false;
	*result = value_sequence(call->run->arena, TMPL_LIST, 0);
	while (rest.len > 0) {
		struct str line = rest, before = rest;
		uint32_t point = 0;

		while (rest.len > 0) {
			before = rest;
			point = utf8_next(&rest);
			if (is_line_end(point))
				break;
			before = rest;
		}
		if (point == '\r' && rest.len > 0 && rest.data[0] == '\n')
			rest = str_from(rest, 1);
		add_text(call, *result, str_slice(line, 0, line.len - (keep != 0 ? rest.len : before.len)));
	}
	return true;
}

static bool
partition(struct tmpl_call *call, struct tmpl_value separator, bool last, struct tmpl_value *result)
{
	struct str text = self_text(call), parts[3], mark;
	struct tmpl_value values[3];
	size_t at;

	if (separator.type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "must be str, not %s", value_type_name(separator));
	mark = value_str(separator);
	if (mark.len == 0)
		return VALUE_FAIL(call->run, ERR_VALUE, "empty separator");
	if (!value_spend_bytes(call->run, text.len))
		return false;
	at = last ? str_rfind(text, mark) : str_find(text, mark);
	parts[0] = at != STR_NONE ? str_slice(text, 0, at) : last ? STR("") : text;
	parts[1] = at != STR_NONE ? mark : STR("");
	parts[2] = at != STR_NONE ? str_from(text, at + mark.len) : last ? text : STR("");
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		values[i] = value_text(parts[i]);
	*result = value_tuple_of(call->run->arena, COUNT_OF(values), values);
	return true;
}

static BUILTIN(text_partition)
{
	return partition(call, args[0], false, result);
}

static BUILTIN(text_rpartition)
{
	return partition(call, args[0], true, result);
}

static BUILTIN(text_join)
{
	struct buf b = buf_make(call->run->arena);
	struct value_iterator it;
	struct tmpl_value item;
	bool ended;

	if (!value_iterate(call->run, args[0], &it))
		return VALUE_FAIL(call->run, ERR_TYPE, "can only join an iterable");
	for (size_t i = 0;; i++) {
		if (!value_next(call->run, &it, &item, &ended))
			return false;
		if (ended)
			break;
		if (item.type != TMPL_STR)
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "sequence item %zu: expected str instance, %s found", i, value_type_name(item));
		if (i > 0)
			buf_add(&b, self_text(call));
		buf_add(&b, value_str(item));
	}
	*result = buf_value(&b);
	return true;
}

/* Making anew */

/* How often `old` is replaced, and no more often than `most` where that isn't negative. */
static uint64_t
count_replaced(struct str text, struct str old, int64_t most)
{
	uint64_t count = 0, limit = most < 0 ? UINT64_MAX : (uint64_t)most;
	size_t at;

	if (old.len == 0)
		return MIN((uint64_t)utf8_count(text) + 1, limit);
	for (; count < limit && (at = str_find(text, old)) != STR_NONE; count++)
		text = str_from(text, at + old.len);
	return count;
}

/* An empty old text is before each code point and at the end. */
static void
replace_empty(struct buf *b, struct str text, struct str new, int64_t most)
{
	for (; most-- != 0; utf8_add(b, utf8_next(&text))) {
		buf_add(b, new);
		if (text.len == 0)
			return;
	}
	buf_add(b, text);
}

static BUILTIN(text_replace)
{
	struct str text = self_text(call), old, new;
	struct buf b = buf_make(call->run->arena);
	int64_t most = -1;
	uint64_t count;

	if (!builtin_text_argument(call, args[0], 1, &old) || !builtin_text_argument(call, args[1], 2, &new))
		return false;
	if (builtin_given(args[2]) && !builtin_integer(call->run, args[2], &most))
		return false;
	most = MAX(most, -1);
	if (!value_spend_bytes(call->run, text.len))
		return false;
	count = count_replaced(text, old, most);
	if (!value_has_room(call->run, text.len + count * new.len - count *old.len))
		return false;
	if (old.len == 0) {
		replace_empty(&b, text, new, most);
	} else {
		while (count-- > 0) {
			size_t at = str_find(text, old);

			buf_add(&b, str_slice(text, 0, at));
			buf_add(&b, new);
			text = str_from(text, at + old.len);
		}
		buf_add(&b, text);
	}
	*result = buf_value(&b);
	return true;
}

static bool
pad(struct tmpl_call *call, const struct tmpl_value *args, int side, struct tmpl_value *result)
{
	struct buf b = buf_make(call->run->arena);
	struct str text = self_text(call), fill = STR(" ");
	int64_t width, missing, left;

	if (!builtin_integer(call->run, args[0], &width))
		return false;
	if (builtin_given(args[1]) && args[1].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "The fill character must be a unicode character, not %s", value_type_name(args[1]));
	if (builtin_given(args[1]))
		fill = value_str(args[1]);
	if (fill.len == 0 || utf8_offset(fill, 1) != fill.len)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "The fill character must be exactly one character long");
	missing = MAX(width, (int64_t)utf8_count(text)) - (int64_t)utf8_count(text);
	if (!value_has_room_for(call->run, (uint64_t)missing, fill.len))
		return false;
	left = side < 0 ? 0 : side > 0 ? missing : missing / 2 + (missing & width & 1);
	for (int64_t i = 0; i < left; i++)
		buf_add(&b, fill);
	buf_add(&b, text);
	for (int64_t i = left; i < missing; i++)
		buf_add(&b, fill);
	*result = buf_value(&b);
	return true;
}

static BUILTIN(text_ljust)
{
	return pad(call, args, -1, result);
}

static BUILTIN(text_rjust)
{
	return pad(call, args, 1, result);
}

static BUILTIN(text_center)
{
	return pad(call, args, 0, result);
}

static BUILTIN(text_zfill)
{
	struct buf b = buf_make(call->run->arena);
	struct str text = self_text(call);
	int64_t width, missing;
	bool sign = text.len > 0 && (text.data[0] == '-' || text.data[0] == '+');

	if (!builtin_integer(call->run, args[0], &width))
		return false;
	missing = MAX(width, (int64_t)utf8_count(text)) - (int64_t)utf8_count(text);
	if (!value_has_room(call->run, (uint64_t)missing))
		return false;
	buf_add(&b, str_slice(text, 0, sign));
	buf_add_fill(&b, '0', (size_t)missing);
	buf_add(&b, str_from(text, sign));
	*result = buf_value(&b);
	return true;
}

static BUILTIN(text_expandtabs)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);
	int64_t size, column = 0;

	if (!optional_integer(call, args[0], 8, &size))
		return false;
	if (size > 0 && !value_has_room_for(call->run, (uint64_t)size, rest.len))
		return false;
	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest);

		if (point == '\t') {
			int64_t width = size > 0 ? size - column % size : 0;

			buf_add_fill(&b, ' ', (size_t)width);
			column += width;
			continue;
		}
		utf8_add(&b, point);
		column = point == '\n' || point == '\r' ? 0 : column + 1;
	}
	*result = buf_value(&b);
	return true;
}

static BUILTIN(text_format)
{
	(void)args;
	return format_fields(call->run, self_text(call), call, result);
}

static BUILTIN(text_format_map)
{
	return format_mapped(call->run, self_text(call), args[0], result);
}

static const struct builtin rows[] = {
    {"capitalize", builtin_text_capitalize, 0, 0, NULL, 0},
    {"casefold", builtin_text_casefold, 0, 0, NULL, 0},
    {"center", text_center, 1, 2, NULL, 0},
    {"count", builtin_text_count, 1, 3, NULL, BUILTIN_TAKES},
    {"endswith", builtin_text_endswith, 1, 3, NULL, BUILTIN_TAKES},
    {"expandtabs", text_expandtabs, 0, 1, "?tabsize", 0},
    {"find", builtin_text_find, 1, 3, NULL, BUILTIN_TAKES},
    {"format", text_format, 0, BUILTIN_VARIADIC, "*", 0},
    {"format_map", text_format_map, 1, 1, NULL, 0},
    {"index", builtin_text_index, 1, 3, NULL, BUILTIN_TAKES},
    {"isalnum", builtin_text_isalnum, 0, 0, NULL, 0},
    {"isalpha", builtin_text_isalpha, 0, 0, NULL, 0},
    {"isascii", builtin_text_isascii, 0, 0, NULL, 0},
    {"isdecimal", builtin_text_isdecimal, 0, 0, NULL, 0},
    {"isdigit", builtin_text_isdigit, 0, 0, NULL, 0},
    {"isidentifier", builtin_text_isidentifier, 0, 0, NULL, 0},
    {"islower", builtin_text_islower, 0, 0, NULL, 0},
    {"isnumeric", builtin_text_isnumeric, 0, 0, NULL, 0},
    {"isprintable", builtin_text_isprintable, 0, 0, NULL, 0},
    {"isspace", builtin_text_isspace, 0, 0, NULL, 0},
    {"istitle", builtin_text_istitle, 0, 0, NULL, 0},
    {"isupper", builtin_text_isupper, 0, 0, NULL, 0},
    {"join", text_join, 1, 1, NULL, 0},
    {"ljust", text_ljust, 1, 2, NULL, 0},
    {"lower", builtin_text_lower, 0, 0, NULL, 0},
    {"lstrip", text_lstrip, 0, 1, NULL, 0},
    {"maketrans", builtin_text_maketrans, 1, 3, NULL, BUILTIN_ON_CLASS},
    {"partition", text_partition, 1, 1, NULL, 0},
    {"removeprefix", text_removeprefix, 1, 1, NULL, 0},
    {"removesuffix", text_removesuffix, 1, 1, NULL, 0},
    {"replace", text_replace, 2, 3, NULL, 0},
    {"rfind", builtin_text_rfind, 1, 3, NULL, BUILTIN_TAKES},
    {"rindex", builtin_text_rindex, 1, 3, NULL, BUILTIN_TAKES},
    {"rjust", text_rjust, 1, 2, NULL, 0},
    {"rpartition", text_rpartition, 1, 1, NULL, 0},
    {"rsplit", text_rsplit, 0, 2, "?sep ?maxsplit", 0},
    {"rstrip", text_rstrip, 0, 1, NULL, 0},
    {"split", text_split, 0, 2, "?sep ?maxsplit", 0},
    {"splitlines", text_splitlines, 0, 1, "?keepends", 0},
    {"startswith", builtin_text_startswith, 1, 3, NULL, BUILTIN_TAKES},
    {"strip", text_strip, 0, 1, NULL, 0},
    {"swapcase", builtin_text_swapcase, 0, 0, NULL, 0},
    {"title", builtin_text_title, 0, 0, NULL, 0},
    {"translate", builtin_text_translate, 1, 1, NULL, 0},
    {"upper", builtin_text_upper, 0, 0, NULL, 0},
    {"zfill", text_zfill, 1, 1, NULL, 0},
};

const struct builtin_table builtin_text_methods = {rows, COUNT_OF(rows)};
