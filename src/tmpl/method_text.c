#include "base/utf8.h"
#include "tmpl/builtin.h"
#include "tmpl/format.h"
#include "tmpl/unicode.h"

#include <string.h>

#define METHOD(name) \
	static bool name(struct tmpl_call *call, const struct tmpl_value *args, struct tmpl_value *result)

static bool
given(struct tmpl_value v)
{
	return v.type != TMPL_UNBOUND;
}

static struct str
self_text(const struct tmpl_call *call)
{
	return value_str(call->self);
}

/* Arguments */

static bool
text_argument(struct tmpl_call *call, struct tmpl_value v, size_t number, struct str *text)
{
	*text = value_str(v);
	return v.type == TMPL_STR || VALUE_FAIL(call->run, ERR_TYPE, "%s() argument %zu must be str, not %s",
					 call->name, number, value_type_name(v));
}

/* An integer that may be left out or None. */
static bool
optional_integer(struct tmpl_call *call, struct tmpl_value v, int64_t missing, int64_t *number)
{
	*number = missing;
	return !given(v) || v.type == TMPL_NONE || builtin_integer(call->run, v, number);
}

static bool
fail_slice(struct tmpl_call *call)
{
	return VALUE_FAIL(
	    call->run, ERR_TYPE, "slice indices must be integers or None or have an __index__ method");
}

/* The part of the text that optional start and end leave; `*offset` is in code points. */
static bool
narrow(struct tmpl_call *call, const struct tmpl_value *ends, struct str *text, size_t *offset)
{
	struct value_slice slice = {tmpl_none(), tmpl_none(), tmpl_none()};
	struct value_span span;
	size_t length;

	*text = self_text(call);
	*offset = 0;
	if (!given(ends[0]))
		return true;
	slice.start = ends[0];
	if (given(ends[1]))
		slice.stop = ends[1];
	if (!value_length(call->run, call->self, &length))
		return false;
	if (value_is_integer(ends[0]) && value_integer(ends[0]) > (int64_t)length)
		*offset = SIZE_MAX; /* behind the end not even the empty text is found */
	if (!value_slice_span(call->run, &slice, length, &span))
		return fail_slice(call);
	*text = str_from(*text, utf8_offset(*text, (size_t)span.start));
	*text = str_slice(*text, 0, utf8_offset(*text, (size_t)span.count));
	if (*offset == 0)
		*offset = (size_t)span.start;
	return true;
}

/* Mapping each code point */

static struct tmpl_value
buf_value(const struct buf *b)
{
	return value_text(buf_str(b));
}

static void
add_points(struct buf *b, const uint32_t *points, size_t count)
{
	for (size_t i = 0; i < count; i++)
		utf8_add(b, points[i]);
}

static void
add_upper(struct buf *b, uint32_t point)
{
	uint32_t points[UNICODE_CASE_MAX];

	add_points(b, points, unicode_to_upper(point, points));
}

static void
add_title(struct buf *b, uint32_t point)
{
	uint32_t points[UNICODE_CASE_MAX];

	add_points(b, points, unicode_to_title(point, points));
}

static bool
is_cased(uint32_t point)
{
	return unicode_is_upper(point) || unicode_is_lower(point);
}

METHOD(text_upper)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);

	(void)args;
	while (rest.len > 0)
		add_upper(&b, utf8_next(&rest));
	*result = buf_value(&b);
	return true;
}

/* A sigma at the end of a word is another letter in lower case. */
static uint32_t
lower_point(uint32_t point, bool after_cased, struct str rest)
{
	if (point != 0x3a3)
		return unicode_to_lower(point);
	return after_cased && (rest.len == 0 || !is_cased(utf8_next(&rest))) ? 0x3c2 : 0x3c3;
}

METHOD(text_lower)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);
	bool after_cased = false;

	(void)args;
	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest);

		if (point == 0x130)
			add_points(&b, (uint32_t[]){'i', 0x307}, 2);
		else
			utf8_add(&b, lower_point(point, after_cased, rest));
		after_cased = is_cased(point);
	}
	*result = buf_value(&b);
	return true;
}

METHOD(text_casefold)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);

	(void)args;
	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest), upper[UNICODE_CASE_MAX];
		size_t count = unicode_to_upper(point, upper);

		for (size_t i = 0; count > 1 && i < count; i++)
			utf8_add(&b, unicode_to_lower(upper[i]));
		if (count == 1)
			utf8_add(&b, point == 0x3c2 ? 0x3c3 : unicode_to_lower(point));
	}
	*result = buf_value(&b);
	return true;
}

METHOD(text_capitalize)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);

	(void)args;
	if (rest.len > 0)
		add_title(&b, utf8_next(&rest));
	while (rest.len > 0)
		utf8_add(&b, unicode_to_lower(utf8_next(&rest)));
	*result = buf_value(&b);
	return true;
}

METHOD(text_title)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);
	bool inside = false;

	(void)args;
	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest);

		if (inside)
			utf8_add(&b, unicode_to_lower(point));
		else
			add_title(&b, point);
		inside = is_cased(point);
	}
	*result = buf_value(&b);
	return true;
}

METHOD(text_swapcase)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);

	(void)args;
	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest);

		if (unicode_is_upper(point))
			utf8_add(&b, unicode_to_lower(point));
		else
			add_upper(&b, point);
	}
	*result = buf_value(&b);
	return true;
}

/* Asking each code point */

static bool
every_point(const struct tmpl_call *call, bool (*is)(uint32_t point), struct tmpl_value *result)
{
	struct str rest = self_text(call);
	bool every = rest.len > 0;

	while (rest.len > 0 && every)
		every = is(utf8_next(&rest));
	*result = tmpl_bool(every);
	return true;
}

static bool
is_alnum(uint32_t point)
{
	return unicode_is_alpha(point) || unicode_is_numeric(point);
}

METHOD(text_isalpha)
{
	(void)args;
	return every_point(call, unicode_is_alpha, result);
}

METHOD(text_isalnum)
{
	(void)args;
	return every_point(call, is_alnum, result);
}

METHOD(text_isdecimal)
{
	(void)args;
	return every_point(call, unicode_is_digit, result);
}

METHOD(text_isdigit)
{
	(void)args;
	return every_point(call, unicode_is_digit_like, result);
}

METHOD(text_isnumeric)
{
	(void)args;
	return every_point(call, unicode_is_numeric, result);
}

METHOD(text_isspace)
{
	(void)args;
	return every_point(call, utf8_is_space, result);
}

METHOD(text_isprintable)
{
	every_point(call, unicode_is_printable, result);
	(void)args;
	result->as.boolean |= call->self.len == 0;
	return true;
}

METHOD(text_isascii)
{
	(void)args;
	*result = tmpl_bool(utf8_is_ascii(self_text(call)));
	return true;
}

/* Some letter has a case, and each that has is of this one. */
static bool
all_of_case(const struct tmpl_call *call, bool upper, struct tmpl_value *result)
{
	struct str rest = self_text(call);
	bool some = false, wrong = false;

	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest);

		some |= upper ? unicode_is_upper(point) : unicode_is_lower(point);
		wrong |= upper ? unicode_is_lower(point) : unicode_is_upper(point);
	}
	*result = tmpl_bool(some && !wrong);
	return true;
}

METHOD(text_isupper)
{
	(void)args;
	return all_of_case(call, true, result);
}

METHOD(text_islower)
{
	(void)args;
	return all_of_case(call, false, result);
}

METHOD(text_istitle)
{
	struct str rest = self_text(call);
	bool some = false, inside = false, wrong = false;

	(void)args;
	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest);

		wrong |= inside ? unicode_is_upper(point) : unicode_is_lower(point);
		inside = is_cased(point);
		some |= inside;
	}
	*result = tmpl_bool(some && !wrong);
	return true;
}

METHOD(text_isidentifier)
{
	struct str rest = self_text(call);
	bool valid = rest.len > 0;

	(void)args;
	for (bool first = true; rest.len > 0 && valid; first = false) {
		uint32_t point = utf8_next(&rest);

		valid = point == '_' || unicode_is_alpha(point) || (!first && unicode_is_digit(point));
	}
	*result = tmpl_bool(valid);
	return true;
}

/* Stripping */

static bool
has_point(struct str set, uint32_t wanted)
{
	while (set.len > 0)
		if (utf8_next(&set) == wanted)
			return true;
	return false;
}

static bool
is_stripped(struct tmpl_value set, uint32_t point)
{
	return set.type == TMPL_STR ? has_point(value_str(set), point) : utf8_is_space(point);
}

static bool
strip(struct tmpl_call *call, struct tmpl_value set, bool left, bool right, struct tmpl_value *result)
{
	struct str text = self_text(call), rest = text;

	if (given(set) && set.type != TMPL_STR && set.type != TMPL_NONE)
		return VALUE_FAIL(call->run, ERR_TYPE, "%s arg must be None or str", call->name);
	for (rest = text; left && text.len > 0 && is_stripped(set, utf8_next(&rest));)
		text = rest;
	for (rest = text; right && text.len > 0 && is_stripped(set, utf8_last(&rest));)
		text = rest;
	*result = value_text(text);
	return true;
}

METHOD(text_strip)
{
	return strip(call, args[0], true, true, result);
}

METHOD(text_lstrip)
{
	return strip(call, args[0], true, false, result);
}

METHOD(text_rstrip)
{
	return strip(call, args[0], false, true, result);
}

METHOD(text_removeprefix)
{
	struct str prefix;

	if (!text_argument(call, args[0], 1, &prefix))
		return false;
	*result = str_starts(self_text(call), prefix) ? value_text(str_from(self_text(call), prefix.len))
						      : call->self;
	return true;
}

METHOD(text_removesuffix)
{
	struct str suffix, text = self_text(call);

	if (!text_argument(call, args[0], 1, &suffix))
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

static size_t
rfind(struct str text, struct str needle)
{
	for (size_t at = text.len + 1; at > needle.len; at--)
		if (memcmp(text.data + at - 1 - needle.len, needle.data, needle.len) == 0)
			return at - 1 - needle.len;
	return STR_NONE;
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

	while (most-- != 0 && (at = rfind(rest, separator)) != STR_NONE) {
		add_text(call, list, str_from(rest, at + separator.len));
		rest = str_slice(rest, 0, at);
	}
	add_text(call, list, rest);
}

static bool
split(struct tmpl_call *call, const struct tmpl_value *args, bool right, struct tmpl_value *result)
{
	bool spaces = !given(args[0]) || args[0].type == TMPL_NONE;
	int64_t most = -1;

	if (!spaces && args[0].type != TMPL_STR)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "must be str or None, not %s", value_type_name(args[0]));
	if (given(args[1]) && !builtin_integer(call->run, args[1], &most))
		return false;
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

METHOD(text_split)
{
	return split(call, args, false, result);
}

METHOD(text_rsplit)
{
	return split(call, args, true, result);
}

static bool
is_line_end(uint32_t point)
{
	return (point >= '\n' && point <= '\r') || (point >= 0x1c && point <= 0x1e) || point == 0x85 ||
	       point == 0x2028 || point == 0x2029;
}

METHOD(text_splitlines)
{
	struct str rest = self_text(call);
	bool keep = given(args[0]) && tmpl_truth(args[0]);

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
		add_text(call, *result, str_slice(line, 0, line.len - (keep ? rest.len : before.len)));
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
	at = last ? rfind(text, mark) : str_find(text, mark);
	parts[0] = at != STR_NONE ? str_slice(text, 0, at) : last ? STR("") : text;
	parts[1] = at != STR_NONE ? mark : STR("");
	parts[2] = at != STR_NONE ? str_from(text, at + mark.len) : last ? text : STR("");
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		values[i] = value_text(parts[i]);
	*result = value_tuple_of(call->run->arena, COUNT_OF(values), values);
	return true;
}

METHOD(text_partition)
{
	return partition(call, args[0], false, result);
}

METHOD(text_rpartition)
{
	return partition(call, args[0], true, result);
}

METHOD(text_join)
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

/* Finding */

/* Index in code points, or -1. */
static bool
find(struct tmpl_call *call, const struct tmpl_value *args, bool last, int64_t *index)
{
	struct str text, needle = value_str(args[0]);
	size_t offset, at;

	if (args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "must be str, not %s", value_type_name(args[0]));
	if (!narrow(call, args + 1, &text, &offset))
		return false;
	at = offset == SIZE_MAX ? STR_NONE : last ? rfind(text, needle) : str_find(text, needle);
	*index = at == STR_NONE ? -1 : (int64_t)(offset + utf8_count(str_slice(text, 0, at)));
	return true;
}

METHOD(text_find)
{
	int64_t index;

	if (!find(call, args, false, &index))
		return false;
	*result = tmpl_int(index);
	return true;
}

METHOD(text_rfind)
{
	int64_t index;

	if (!find(call, args, true, &index))
		return false;
	*result = tmpl_int(index);
	return true;
}

METHOD(text_index)
{
	int64_t index;

	if (!find(call, args, false, &index))
		return false;
	*result = tmpl_int(index);
	return index >= 0 || VALUE_FAIL(call->run, ERR_VALUE, "substring not found");
}

METHOD(text_rindex)
{
	int64_t index;

	if (!find(call, args, true, &index))
		return false;
	*result = tmpl_int(index);
	return index >= 0 || VALUE_FAIL(call->run, ERR_VALUE, "substring not found");
}

METHOD(text_count)
{
	struct str text, needle = value_str(args[0]);
	int64_t count = 0;
	size_t offset, at;

	if (args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "must be str, not %s", value_type_name(args[0]));
	if (!narrow(call, args + 1, &text, &offset))
		return false;
	if (needle.len == 0)
		count = offset == SIZE_MAX ? 0 : (int64_t)utf8_count(text) + 1;
	for (; needle.len > 0 && (at = str_find(text, needle)) != STR_NONE; count++)
		text = str_from(text, at + needle.len);
	*result = tmpl_int(count);
	return true;
}

static bool
matches_end(struct str text, struct str affix, bool at_start)
{
	return at_start ? str_starts(text, affix) : str_ends(text, affix);
}

static bool
has_affix(struct tmpl_call *call, const struct tmpl_value *args, bool at_start, struct tmpl_value *result)
{
	bool tuple = args[0].type == TMPL_TUPLE;
	const struct tmpl_value *affixes = tuple ? value_list(args[0])->items : args;
	size_t offset, count = tuple ? value_list(args[0])->count : 1;
	struct str text;

	if (!tuple && args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "%s first arg must be str or a tuple of str, not %s",
		    call->name, value_type_name(args[0]));
	if (!narrow(call, args + 1, &text, &offset))
		return false;
	*result = tmpl_bool(false);
	for (size_t i = 0; i < count; i++) {
		if (affixes[i].type != TMPL_STR)
			return VALUE_FAIL(call->run, ERR_TYPE, "tuple for %s must only contain str, not %s",
			    call->name, value_type_name(affixes[i]));
		result->as.boolean |=
		    offset != SIZE_MAX && matches_end(text, value_str(affixes[i]), at_start);
	}
	return true;
}

METHOD(text_startswith)
{
	return has_affix(call, args, true, result);
}

METHOD(text_endswith)
{
	return has_affix(call, args, false, result);
}

/* Making anew */

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

METHOD(text_replace)
{
	struct str text = self_text(call), old, new;
	struct buf b = buf_make(call->run->arena);
	int64_t most = -1;
	size_t at;

	if (!text_argument(call, args[0], 1, &old) || !text_argument(call, args[1], 2, &new))
		return false;
	if (given(args[2]) && !builtin_integer(call->run, args[2], &most))
		return false;
	if (!value_has_room(
		call->run, (uint64_t)text.len * (old.len == 0 ? new.len + 1 : new.len / old.len + 1)))
		return false;
	if (old.len == 0) {
		replace_empty(&b, text, new, most);
	} else {
		while (most-- != 0 && (at = str_find(text, old)) != STR_NONE) {
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
	if (given(args[1]) && args[1].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "The fill character must be a unicode character, not %s", value_type_name(args[1]));
	if (given(args[1]))
		fill = value_str(args[1]);
	if (utf8_count(fill) != 1)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "The fill character must be exactly one character long");
	missing = MAX(width - (int64_t)utf8_count(text), 0);
	if (!value_has_room(call->run, (uint64_t)missing * fill.len))
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

METHOD(text_ljust)
{
	return pad(call, args, -1, result);
}

METHOD(text_rjust)
{
	return pad(call, args, 1, result);
}

METHOD(text_center)
{
	return pad(call, args, 0, result);
}

METHOD(text_zfill)
{
	struct buf b = buf_make(call->run->arena);
	struct str text = self_text(call);
	int64_t width, missing;
	bool sign = text.len > 0 && (text.data[0] == '-' || text.data[0] == '+');

	if (!builtin_integer(call->run, args[0], &width))
		return false;
	missing = MAX(width - (int64_t)utf8_count(text), 0);
	if (!value_has_room(call->run, (uint64_t)missing))
		return false;
	buf_add(&b, str_slice(text, 0, sign));
	buf_add_fill(&b, '0', (size_t)missing);
	buf_add(&b, str_from(text, sign));
	*result = buf_value(&b);
	return true;
}

METHOD(text_expandtabs)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);
	int64_t size, column = 0;

	if (!optional_integer(call, args[0], 8, &size))
		return false;
	if (size > 0 && !value_has_room(call->run, (uint64_t)size * rest.len))
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

METHOD(text_format)
{
	(void)args;
	return format_fields(call->run, self_text(call), call, result);
}

METHOD(text_format_map)
{
	struct tmpl_call named = {.run = call->run, .name = call->name};
	struct tmpl_value names = value_sequence(call->run->arena, TMPL_TUPLE, 0),
			  values = value_sequence(call->run->arena, TMPL_TUPLE, 0);
	struct value_entry *entry;

	if (args[0].type != TMPL_DICT)
		return VALUE_FAIL(call->run, ERR_TYPE, "format_map() argument must be a dict, not %s",
		    value_type_name(args[0]));
	for (size_t at = 0; (entry = value_dict_next(value_entries(args[0]), &at)) != NULL;) {
		if (entry->key.type != TMPL_STR)
			continue;
		value_list_add(call->run->arena, value_list(names), entry->key);
		value_list_add(call->run->arena, value_list(values), entry->value);
	}
	named.keyword_names = value_list(names)->items;
	named.keywords = value_list(values)->items;
	named.keyword_count = value_list(names)->count;
	return format_fields(call->run, self_text(call), &named, result);
}

/* str.maketrans(from, to, delete) and the table's use. */
METHOD(text_translate)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = self_text(call);
	struct tmpl_value to;
	bool found;

	if (args[0].type != TMPL_DICT)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "'%s' object is not subscriptable", value_type_name(args[0]));
	while (rest.len > 0) {
		uint32_t point = utf8_next(&rest);

		if (!value_dict_get(call->run, value_entries(args[0]), tmpl_int(point), &to, &found))
			return false;
		if (!found)
			utf8_add(&b, point);
		else if (to.type == TMPL_STR)
			buf_add(&b, value_str(to));
		else if (value_is_integer(to) && value_integer(to) >= 0 && value_integer(to) <= 0x10ffff)
			utf8_add(&b, (uint32_t)value_integer(to));
		else if (to.type != TMPL_NONE)
			return VALUE_FAIL(
			    call->run, ERR_TYPE, "character mapping must return integer, None or str");
	}
	*result = buf_value(&b);
	return true;
}

static const struct builtin rows[] = {
    {"capitalize", text_capitalize, 0, 0, NULL},
    {"casefold", text_casefold, 0, 0, NULL},
    {"center", text_center, 1, 2, NULL},
    {"count", text_count, 1, 3, NULL},
    {"endswith", text_endswith, 1, 3, NULL},
    {"expandtabs", text_expandtabs, 0, 1, "?tabsize"},
    {"find", text_find, 1, 3, NULL},
    {"format", text_format, 0, BUILTIN_VARIADIC, "*"},
    {"format_map", text_format_map, 1, 1, NULL},
    {"index", text_index, 1, 3, NULL},
    {"isalnum", text_isalnum, 0, 0, NULL},
    {"isalpha", text_isalpha, 0, 0, NULL},
    {"isascii", text_isascii, 0, 0, NULL},
    {"isdecimal", text_isdecimal, 0, 0, NULL},
    {"isdigit", text_isdigit, 0, 0, NULL},
    {"isidentifier", text_isidentifier, 0, 0, NULL},
    {"islower", text_islower, 0, 0, NULL},
    {"isnumeric", text_isnumeric, 0, 0, NULL},
    {"isprintable", text_isprintable, 0, 0, NULL},
    {"isspace", text_isspace, 0, 0, NULL},
    {"istitle", text_istitle, 0, 0, NULL},
    {"isupper", text_isupper, 0, 0, NULL},
    {"join", text_join, 1, 1, NULL},
    {"ljust", text_ljust, 1, 2, NULL},
    {"lower", text_lower, 0, 0, NULL},
    {"lstrip", text_lstrip, 0, 1, NULL},
    {"partition", text_partition, 1, 1, NULL},
    {"removeprefix", text_removeprefix, 1, 1, NULL},
    {"removesuffix", text_removesuffix, 1, 1, NULL},
    {"replace", text_replace, 2, 3, NULL},
    {"rfind", text_rfind, 1, 3, NULL},
    {"rindex", text_rindex, 1, 3, NULL},
    {"rjust", text_rjust, 1, 2, NULL},
    {"rpartition", text_rpartition, 1, 1, NULL},
    {"rsplit", text_rsplit, 0, 2, "?sep ?maxsplit"},
    {"rstrip", text_rstrip, 0, 1, NULL},
    {"split", text_split, 0, 2, "?sep ?maxsplit"},
    {"splitlines", text_splitlines, 0, 1, "?keepends"},
    {"startswith", text_startswith, 1, 3, NULL},
    {"strip", text_strip, 0, 1, NULL},
    {"swapcase", text_swapcase, 0, 0, NULL},
    {"title", text_title, 0, 0, NULL},
    {"translate", text_translate, 1, 1, NULL},
    {"upper", text_upper, 0, 0, NULL},
    {"zfill", text_zfill, 1, 1, NULL},
};

const struct builtin_table builtin_text_methods = {rows, COUNT_OF(rows)};
