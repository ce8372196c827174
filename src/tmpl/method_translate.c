/* Tables of str.translate: code points as integers to text, a code point, or None for nothing. */
#include "base/utf8.h"
#include "tmpl/builtin.h"

/* maketrans({…}): keys are code points or text of one. */
static bool
table_from_dict(struct run *run, const struct value_dict *from, struct value_dict *table)
{
	struct value_entry *entry;

	for (size_t at = 0; (entry = value_dict_next(from, &at)) != NULL;) {
		struct tmpl_value key = entry->key;
		struct str text = value_str(key);

		if (key.type == TMPL_STR) {
			if (utf8_count(text) != 1)
				return VALUE_FAIL(
				    run, ERR_VALUE, "string keys in translate table must be of length 1");
			key = tmpl_int(utf8_next(&text));
		} else if (!value_is_integer(key)) {
			return VALUE_FAIL(
			    run, ERR_TYPE, "keys in translate table must be strings or integers");
		}
		if (!value_spend(run, 1) || !value_dict_set(run, table, key, entry->value))
			return false;
	}
	return true;
}

static bool
table_delete(struct run *run, struct str text, struct value_dict *table)
{
	while (text.len > 0)
		if (!value_dict_set(run, table, tmpl_int(utf8_next(&text)), tmpl_none()))
			return false;
	return true;
}

/* maketrans(from, to[, delete]) */
static bool
table_from_texts(struct tmpl_call *call, const struct tmpl_value *args, struct value_dict *table)
{
	struct str from = value_str(args[0]), to, deleted = STR("");

	if (!builtin_text_argument(call, args[1], 2, &to) ||
	    (builtin_given(args[2]) && !builtin_text_argument(call, args[2], 3, &deleted)))
		return false;
	if (args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "first maketrans argument must be a string if there is a second argument");
	if (utf8_count(from) != utf8_count(to))
		return VALUE_FAIL(
		    call->run, ERR_VALUE, "the first two maketrans arguments must have equal length");
	while (from.len > 0) {
		uint32_t point = utf8_next(&from);

		if (!value_dict_set(call->run, table, tmpl_int(point), tmpl_int(utf8_next(&to))))
			return false;
	}
	return table_delete(call->run, deleted, table);
}

BUILTIN(builtin_text_maketrans)
{
	*result = value_dict(call->run->arena);
	if (builtin_given(args[1]))
		return table_from_texts(call, args, value_entries(*result));
	if (args[0].type != TMPL_DICT)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "if you give only one argument to maketrans it must be a dict");
	return table_from_dict(call->run, value_entries(args[0]), value_entries(*result));
}

/* What stands in the table for the code point; where it has none, the code point itself. */
static bool
translate_point(struct run *run, struct tmpl_value table, uint32_t point, struct tmpl_value *to)
{
	struct tmpl_value key = tmpl_int(point);
	bool found;

	if (table.type == TMPL_DICT) {
		if (!value_dict_get(run, value_entries(table), key, to, &found))
			return false;
		*to = found ? *to : key;
		return true;
	}
	if (value_get_item(run, table, key, to))
		return true;
	*to = key;
	return run->fault->kind == ERR_INDEX || run->fault->kind == ERR_KEY;
}

static bool
add_translated(struct run *run, struct buf *b, struct tmpl_value to)
{
	if (to.type == TMPL_STR)
		buf_add(b, value_str(to));
	else if (value_is_integer(to) && (value_integer(to) < 0 || value_integer(to) > 0x10ffff))
		return VALUE_FAIL(run, ERR_VALUE, "character mapping must be in range(0x110000)");
	else if (value_is_integer(to))
		utf8_add(b, (uint32_t)value_integer(to));
	else if (to.type != TMPL_NONE)
		return VALUE_FAIL(run, ERR_TYPE, "character mapping must return integer, None or str");
	return true;
}

BUILTIN(builtin_text_translate)
{
	struct buf b = buf_make(call->run->arena);
	struct str rest = value_str(call->self);
	struct tmpl_value to;

	while (rest.len > 0)
		if (!value_spend(call->run, 1) ||
		    !translate_point(call->run, args[0], utf8_next(&rest), &to) ||
		    !add_translated(call->run, &b, to))
			return false;
	*result = value_text(buf_str(&b));
	return true;
}
