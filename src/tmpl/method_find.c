/* Methods of text that look for another one in it. */
#include "base/utf8.h"
#include "tmpl/builtin.h"

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

	*text = value_str(call->self);
	*offset = 0;
	if (!builtin_given(ends[0]))
		return true;
	if (!value_spend_bytes(call->run, text->len))
		return false;
	slice.start = ends[0];
	if (builtin_given(ends[1]))
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

/* Index in code points, or -1. */
static bool
find(struct tmpl_call *call, const struct tmpl_value *args, bool last, int64_t *index)
{
	struct str text, needle = value_str(args[0]);
	size_t offset, at;

	if (!narrow(call, args + 1, &text, &offset))
		return false;
	if (args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "must be str, not %s", value_type_name(args[0]));
	if (!value_spend_bytes(call->run, text.len))
		return false;
	at = offset == SIZE_MAX ? STR_NONE : last ? str_rfind(text, needle) : str_find(text, needle);
	*index = at == STR_NONE ? -1 : (int64_t)(offset + utf8_count(str_slice(text, 0, at)));
	return true;
}

BUILTIN(builtin_text_find)
{
	int64_t index;

	if (!find(call, args, false, &index))
		return false;
	*result = tmpl_int(index);
	return true;
}

BUILTIN(builtin_text_rfind)
{
	int64_t index;

	if (!find(call, args, true, &index))
		return false;
	*result = tmpl_int(index);
	return true;
}

BUILTIN(builtin_text_index)
{
	int64_t index;

	if (!find(call, args, false, &index))
		return false;
	*result = tmpl_int(index);
	return index >= 0 || VALUE_FAIL(call->run, ERR_VALUE, "substring not found");
}

BUILTIN(builtin_text_rindex)
{
	int64_t index;

	if (!find(call, args, true, &index))
		return false;
	*result = tmpl_int(index);
	return index >= 0 || VALUE_FAIL(call->run, ERR_VALUE, "substring not found");
}

BUILTIN(builtin_text_count)
{
	struct str text, needle = value_str(args[0]);
	int64_t count = 0;
	size_t offset, at;

	if (!narrow(call, args + 1, &text, &offset))
		return false;
	if (args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "must be str, not %s", value_type_name(args[0]));
	if (!value_spend_bytes(call->run, text.len))
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

	if (!narrow(call, args + 1, &text, &offset))
		return false;
	if (!tuple && args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "%s first arg must be str or a tuple of str, not %s",
		    call->name, value_type_name(args[0]));
	*result = tmpl_bool(false);
	for (size_t i = 0; i < count && !result->as.boolean; i++) {
		if (affixes[i].type != TMPL_STR)
			return VALUE_FAIL(call->run, ERR_TYPE, "tuple for %s must only contain str, not %s",
			    call->name, value_type_name(affixes[i]));
		if (!value_spend(call->run, affixes[i].len / VALUE_STEP_BYTES + tuple))
			return false;
		result->as.boolean = offset != SIZE_MAX && matches_end(text, value_str(affixes[i]), at_start);
	}
	return true;
}

BUILTIN(builtin_text_startswith)
{
	return has_affix(call, args, true, result);
}

BUILTIN(builtin_text_endswith)
{
	return has_affix(call, args, false, result);
}
