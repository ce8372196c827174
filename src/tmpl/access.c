#include "base/utf8.h"
#include "tmpl/builtin.h"
#include "tmpl/hint.h"
#include "tmpl/module.h"
#include "tmpl/set.h"
#include "tmpl/value.h"

#include <string.h>

bool
value_length(struct run *run, struct tmpl_value v, size_t *length)
{
	switch (v.type) {
	case TMPL_STR:
		if (v.detail != VALUE_ASCII && !value_spend_bytes(run, v.len))
			return false;
		*length = v.detail == VALUE_ASCII ? v.len : utf8_count(value_str(v));
		return true;
	case TMPL_LIST:
	case TMPL_TUPLE:
		*length = value_list(v)->count;
		return true;
	case TMPL_DICT:
		*length = value_entries(v)->count;
		return true;
	case VALUE_SET:
		*length = ((struct value_set *)v.as.object)->count;
		return true;
	case VALUE_RANGE:
		*length = (size_t)((struct value_range *)v.as.object)->count;
		return true;
	case VALUE_VIEW:
		*length = ((struct value_view *)v.as.object)->dict->count;
		return true;
	default:
		return VALUE_FAIL(run, ERR_TYPE, "object of type '%s' has no len()", value_type_name(v));
	}
}

/* Indexes and slices */

bool
value_index(struct run *run, struct tmpl_value key, size_t length, const char *what, size_t *index)
{
	int64_t at = value_integer(key);

	if (at < 0)
		at += (int64_t)length;
	if (at < 0 || at >= (int64_t)length)
		return VALUE_FAIL(run, ERR_INDEX, "%s index out of range", what);
	*index = (size_t)at;
	return true;
}

/* One end of a slice as an integer, or `missing` where it is None. */
static bool
slice_part(struct run *run, struct tmpl_value part, int64_t missing, int64_t *value)
{
	*value = missing;
	if (part.type == TMPL_NONE)
		return true;
	if (!value_is_integer(part))
		return VALUE_FAIL(
		    run, ERR_TYPE, "slice indices must be integers or None or have an __index__ method");
	*value = value_integer(part);
	return true;
}

static int64_t
clamp_index(int64_t index, int64_t length, bool backwards)
{
	if (index < 0)
		index = index < -length ? -1 : index + length;
	else
		index = MIN(index, backwards ? length - 1 : length);
	return backwards ? index : MAX(index, 0);
}

bool
value_slice_span(struct run *run, const struct value_slice *slice, size_t length, struct value_span *span)
{
	int64_t count = (int64_t)length, start, stop, step;
	bool backwards;

	if (!slice_part(run, slice->step, 1, &step))
		return false;
	if (step == 0)
		return VALUE_FAIL(run, ERR_VALUE, "slice step cannot be zero");
	backwards = step < 0;
	step = MAX(step, -INT64_MAX);
	if (!slice_part(run, slice->start, backwards ? INT64_MAX : 0, &start) ||
	    !slice_part(run, slice->stop, INT64_MAX, &stop))
		return false;
	start = clamp_index(start, count, backwards);
	stop = slice->stop.type == TMPL_NONE ? (backwards ? -1 : count) : clamp_index(stop, count, backwards);
	*span = (struct value_span){.start = start, .stop = stop, .step = step};
	if (!backwards && stop > start)
		span->count = (stop - start - 1) / step + 1;
	if (backwards && start > stop)
		span->count = (start - stop - 1) / -step + 1;
	return true;
}

/* Every so many of the code points, from the start on or from the end backwards. */
static void
slice_points(struct buf *b, struct str text, const struct value_span *span)
{
	struct str rest = str_from(text, utf8_offset(text, (size_t)span->start)), before, point;

	before = str_slice(text, 0, (size_t)(rest.data - text.data));
	for (int64_t i = 0; i < span->count; i++) {
		point = rest;
		utf8_next(&rest);
		buf_add(b, str_slice(point, 0, point.len - rest.len));
		for (int64_t skipped = 1; skipped < span->step && rest.len > 0; skipped++)
			utf8_next(&rest);
		for (int64_t skipped = 0; skipped > span->step && before.len > 0; skipped--)
			utf8_last(&before);
		if (span->step < 0)
			rest = str_from(text, before.len);
	}
}

static bool
slice_text(struct run *run, struct tmpl_value v, const struct value_slice *slice, struct tmpl_value *result)
{
	struct str text = value_str(v);
	struct value_span span;
	struct buf b = buf_make(run->arena);
	size_t length;

	if (!value_length(run, v, &length) || !value_slice_span(run, slice, length, &span))
		return false;
	if (span.step == 1 && v.detail != VALUE_ASCII) {
		text = str_from(text, utf8_offset(text, (size_t)span.start));
		*result = value_text(str_slice(text, 0, utf8_offset(text, (size_t)span.count)));
		return true;
	}
	if (span.step == 1) {
		*result = value_ascii(str_slice(text, (size_t)span.start, (size_t)(span.start + span.count)));
		return true;
	}
	if (!value_spend(run, (uint64_t)span.count))
		return false;
	if (v.detail == VALUE_ASCII)
		for (int64_t i = 0; i < span.count; i++)
			buf_add_char(&b, text.data[span.start + i * span.step]);
	else
		slice_points(&b, text, &span);
	*result = value_text(buf_str(&b));
	return true;
}

static bool
slice_list(struct run *run, struct tmpl_value v, const struct value_slice *slice, struct tmpl_value *result)
{
	const struct value_list *list = value_list(v);
	struct value_span span;

	if (!value_slice_span(run, slice, list->count, &span) || !value_spend(run, (uint64_t)span.count))
		return false;
	*result = value_sequence(run->arena, v.type, (size_t)span.count);
	for (int64_t i = 0; i < span.count; i++)
		value_list_add(run->arena, value_list(*result), list->items[span.start + i * span.step]);
	return true;
}

static bool
slice_range(struct run *run, const struct value_range *range, const struct value_slice *slice,
    struct tmpl_value *result)
{
	struct value_span span;
	__int128 start = range->start, step = range->step;

	return value_slice_span(run, slice, (size_t)range->count, &span) &&
	       value_range(
		   run, start + span.start * step, start + span.stop * step, step * span.step, result);
}

static bool
get_slice(struct run *run, struct tmpl_value v, const struct value_slice *slice, struct tmpl_value *result)
{
	if (v.type == TMPL_STR)
		return slice_text(run, v, slice, result);
	if (value_is_sequence(v))
		return slice_list(run, v, slice, result);
	return slice_range(run, v.as.object, slice, result);
}

bool
value_fail_key(struct run *run, struct tmpl_value key)
{
	struct str text;

	if (!value_to_repr(run, key, &text))
		return false;
	run->missing_key = key;
	return VALUE_FAIL(run, ERR_KEY, "%.*s", STR_ARG(text));
}

/* The attributes that an object of the host tells of. */
static void
try_object_names(struct run *run, struct tmpl_value v, struct str_near *near)
{
	struct tmpl_value list;

	if (!value_find_attribute(run, v, STR("__dir__"), &list))
		return;
	for (size_t i = 0; i < value_list(list)->count; i++)
		str_near_try(near, value_str(value_list(list)->items[i]));
}

static void
try_keys(struct tmpl_value dict, struct str_near *near)
{
	struct value_entry *entry;

	for (size_t at = 0; (entry = value_dict_next(value_entries(dict), &at)) != NULL;)
		if (entry->key.type == TMPL_STR)
			str_near_try(near, value_str(entry->key));
}

static void
hint_attribute(struct run *run, struct tmpl_value v, struct str name)
{
	struct str_near near = str_near_make(name);
	const char *known = hint_of_attribute(name);

	if (v.type == TMPL_DICT)
		try_keys(v, &near);
	if (v.type == VALUE_OBJECT)
		try_object_names(run, v, &near);
	builtin_try_methods(v.type, &near);
	if (near.nearest.data == NULL && known != NULL)
		err_set_hint(run->fault, "%s", known);
	else
		hint_set_nearest(run->fault, &near);
}

static void
hint_key(struct run *run, struct tmpl_value dict, struct str key)
{
	struct str_near near = str_near_make(key);

	try_keys(dict, &near);
	hint_set_nearest(run->fault, &near);
}

static bool
get_key(struct run *run, struct tmpl_value container, struct tmpl_value key, struct tmpl_value *item)
{
	bool found;

	if (!value_dict_get(run, value_entries(container), key, item, &found))
		return false;
	if (found)
		return true;
	value_fail_key(run, key);
	if (key.type == TMPL_STR)
		hint_key(run, container, value_str(key));
	return false;
}

static bool
fail_index_type(struct run *run, struct tmpl_value container, struct tmpl_value key)
{
	if (container.type == TMPL_STR)
		return VALUE_FAIL(
		    run, ERR_TYPE, "string indices must be integers, not '%s'", value_type_name(key));
	return VALUE_FAIL(run, ERR_TYPE, "%s indices must be integers or slices, not %s",
	    value_type_name(container), value_type_name(key));
}

static const char *
index_name(struct tmpl_value container)
{
	return container.type == TMPL_STR      ? "string"
	       : container.type == VALUE_RANGE ? "range object"
					       : value_type_name(container);
}

static bool
get_index(struct run *run, struct tmpl_value container, struct tmpl_value key, struct tmpl_value *item)
{
	struct str text = value_str(container);
	size_t length, index;

	if (!value_length(run, container, &length) ||
	    !value_index(run, key, length, index_name(container), &index))
		return false;
	if (value_is_sequence(container)) {
		*item = value_list(container)->items[index];
	} else if (container.type == VALUE_RANGE) {
		const struct value_range *range = container.as.object;

		*item = tmpl_int(value_range_at(range, (int64_t)index));
	} else if (container.detail == VALUE_ASCII) {
		*item = value_ascii(str_slice(text, index, index + 1));
	} else {
		text = str_from(text, utf8_offset(text, index));
		*item = value_text(str_slice(text, 0, utf8_offset(text, 1)));
	}
	return true;
}

bool
value_get_item(struct run *run, struct tmpl_value container, struct tmpl_value key, struct tmpl_value *item)
{
	bool indexed =
	    container.type == TMPL_STR || value_is_sequence(container) || container.type == VALUE_RANGE;

	if (container.type == TMPL_DICT)
		return get_key(run, container, key, item);
	if (container.type == VALUE_CLASS)
		return VALUE_FAIL(
		    run, ERR_TYPE, "type '%s' is not subscriptable", builtin_class_name(container.as.object));
	if (!indexed)
		return VALUE_FAIL(
		    run, ERR_TYPE, "'%s' object is not subscriptable", value_type_name(container));
	if (key.type == VALUE_SLICE)
		return get_slice(run, container, key.as.object, item);
	if (!value_is_integer(key))
		return fail_index_type(run, container, key);
	return get_index(run, container, key, item);
}

/* Assigning */

/* list[start:stop] = items, where the step is 1. */
static void
replace_items(
    struct run *run, struct value_list *list, const struct value_span *span, const struct value_list *items)
{
	size_t start = (size_t)span->start, removed = (size_t)span->count;
	size_t tail = list->count - start - removed, count = start + items->count + tail;
	struct tmpl_value *replaced = ARENA_ARRAY(run->arena, struct tmpl_value, MAX(count, 1));

	for (size_t i = 0; i < start; i++)
		replaced[i] = list->items[i];
	for (size_t i = 0; i < items->count; i++)
		replaced[start + i] = items->items[i];
	for (size_t i = 0; i < tail; i++)
		replaced[start + items->count + i] = list->items[start + removed + i];
	*list = (struct value_list){count, MAX(count, 1), replaced};
}

static bool
set_slice(struct run *run, struct tmpl_value v, const struct value_slice *slice, struct tmpl_value value)
{
	struct value_list *list = value_list(v), *items;
	struct value_span span;
	struct tmpl_value collected;

	if (!value_slice_span(run, slice, list->count, &span))
		return false;
	if (!value_collect(run, value, TMPL_LIST, &collected))
		return run->fault->kind == ERR_TYPE &&
		       VALUE_FAIL(run, ERR_TYPE, "%s",
			   slice->step.type == TMPL_NONE ? "can only assign an iterable"
							 : "must assign iterable to extended slice");
	/* To collect them may have run what changes the list. */
	if (!value_slice_span(run, slice, list->count, &span))
		return false;
	items = value_list(collected);
	if (span.step == 1) {
		replace_items(run, list, &span, items);
		return true;
	}
	if ((int64_t)items->count != span.count)
		return VALUE_FAIL(run, ERR_VALUE,
		    "attempt to assign sequence of size %zu to extended slice of size %lld", items->count,
		    (long long)span.count);
	for (int64_t i = 0; i < span.count; i++)
		list->items[span.start + i * span.step] = items->items[i];
	return true;
}

static bool
assignment_index(struct run *run, struct tmpl_value list, struct tmpl_value key, size_t *index)
{
	if (!value_is_integer(key))
		return fail_index_type(run, list, key);
	return value_index(run, key, value_list(list)->count, "list assignment", index);
}

bool
value_set_item(struct run *run, struct tmpl_value container, struct tmpl_value key, struct tmpl_value item)
{
	size_t index;

	if (container.type == TMPL_DICT)
		return value_dict_set(run, value_entries(container), key, item);
	if (container.type != TMPL_LIST)
		return VALUE_FAIL(run, ERR_TYPE, "'%s' object does not support item assignment",
		    value_type_name(container));
	if (key.type == VALUE_SLICE)
		return set_slice(run, container, key.as.object, item);
	if (!assignment_index(run, container, key, &index))
		return false;
	value_list(container)->items[index] = item;
	return true;
}

/* The elements of the span leave the list. */
static void
delete_span(struct value_list *list, const struct value_span *span)
{
	int64_t first = span->step > 0 ? span->start : span->start + (span->count - 1) * span->step;
	int64_t stride = span->step > 0 ? span->step : -span->step, last = first + (span->count - 1) * stride;
	size_t kept = 0;

	for (int64_t i = 0; i < (int64_t)list->count; i++) {
		bool deleted = span->count > 0 && i >= first && i <= last && (i - first) % stride == 0;

		if (!deleted)
			list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

static bool
delete_from_list(struct run *run, struct tmpl_value v, struct tmpl_value key)
{
	struct value_span span = {.step = 1, .count = 1};
	size_t index = 0;

	if (key.type == VALUE_SLICE) {
		if (!value_slice_span(run, key.as.object, value_list(v)->count, &span))
			return false;
	} else {
		if (!assignment_index(run, v, key, &index))
			return false;
		span.start = (int64_t)index;
	}
	if (!value_spend_bytes(run, value_list(v)->count * sizeof(struct tmpl_value)))
		return false;
	delete_span(value_list(v), &span);
	return true;
}

/* The wording of Python: values that are asked by an index have another place to refuse it. */
static bool
fail_deletion(struct run *run, struct tmpl_value v, struct tmpl_value key)
{
	bool has_indexes = v.type == TMPL_STR || v.type == TMPL_TUPLE || v.type == VALUE_RANGE ||
			   v.type == VALUE_SET || v.type == VALUE_VIEW;

	return VALUE_FAIL(run, ERR_TYPE, "'%s' object %s support item deletion", value_type_name(v),
	    has_indexes && value_is_integer(key) ? "doesn't" : "does not");
}

bool
value_delete_item(struct run *run, struct tmpl_value container, struct tmpl_value key)
{
	struct tmpl_value removed;
	bool found;

	if (container.type == TMPL_LIST)
		return delete_from_list(run, container, key);
	if (container.type != TMPL_DICT)
		return fail_deletion(run, container, key);
	if (!value_dict_remove(run, value_entries(container), key, &removed, &found))
		return false;
	return found || value_fail_key(run, key);
}

/* Attributes */

static bool
exception_attribute(const struct value_exception *exception, struct str name, struct tmpl_value *result)
{
	const struct value_list *args = value_list(exception->args);
	const struct {
		const char *name;
		enum err_kind kind;
		struct tmpl_value value;
	} attributes[] = {
	    {"args", ERR_BASE_EXCEPTION, exception->args},
	    {"name", ERR_NAME, exception->name},
	    {"name", ERR_ATTRIBUTE, exception->name},
	    {"obj", ERR_ATTRIBUTE, exception->object},
	    {"value", ERR_STOP_ITERATION, args->count > 0 ? args->items[0] : tmpl_none()},
	};

	for (size_t i = 0; i < COUNT_OF(attributes); i++)
		if (str_eq(name, str_of(attributes[i].name)) &&
		    value_exception_is(exception->kind, attributes[i].kind)) {
			*result = attributes[i].value;
			return true;
		}
	return false;
}

static bool
class_attribute(const struct builtin_class *class, struct str name, struct tmpl_value *result)
{
	const struct builtin *method = builtin_method(class->type, name);

	if (str_eq(name, STR("__name__"))) {
		*result = value_ascii(str_of(builtin_class_name(class)));
		return true;
	}
	if (method == NULL || class->type == VALUE_EXCEPTION)
		return false;
	*result = value_object(VALUE_FUNCTION, (void *)(uintptr_t)method);
	result->detail = (uint8_t) class->type; /* unbound: the first argument is its object */
	return true;
}

/* __name__ of what can be called. */
static bool
function_name(struct tmpl_value v, struct tmpl_value *name)
{
	switch (v.type) {
	case VALUE_FUNCTION:
		*name = value_ascii(str_of(builtin_python_name(v.as.object)));
		return true;
	case VALUE_METHOD:
		*name = value_ascii(str_of(((struct value_method *)v.as.object)->builtin->name));
		return true;
	case VALUE_NATIVE:
		*name = value_ascii(str_of(((struct value_native *)v.as.object)->name));
		return true;
	case VALUE_CLOSURE:
		*name = value_ascii(STR("<lambda>"));
		return true;
	default:
		return false;
	}
}

/* Attributes of numbers and ranges that are values, not methods. */
static bool
plain_attribute(struct tmpl_value v, struct str name, struct tmpl_value *result)
{
	const struct value_range *range = v.type == VALUE_RANGE ? v.as.object : NULL;
	struct tmpl_value self = v.type == TMPL_BOOL ? tmpl_int(value_integer(v)) : v;
	struct tmpl_value zero = v.type == TMPL_FLOAT ? tmpl_float(0) : tmpl_int(0);
	const struct {
		const char *name;
		bool has;
		struct tmpl_value value;
	} attributes[] = {
	    {"real", value_is_number(v), self},
	    {"imag", value_is_number(v), zero},
	    {"numerator", value_is_integer(v), self},
	    {"denominator", value_is_integer(v), tmpl_int(1)},
	    {"start", range != NULL, tmpl_int(range ? range->start : 0)},
	    {"stop", range != NULL, tmpl_int(range ? range->stop : 0)},
	    {"step", range != NULL, tmpl_int(range ? range->step : 0)},
	};

	if (str_eq(name, STR("__name__")))
		return function_name(v, result);
	for (size_t i = 0; i < COUNT_OF(attributes); i++) {
		if (!attributes[i].has || !str_eq(name, str_of(attributes[i].name)))
			continue;
		*result = attributes[i].value;
		return true;
	}
	return false;
}

static struct tmpl_value
bound_method(struct arena *a, struct tmpl_value self, const struct builtin *builtin)
{
	struct value_method *method = ARENA_NEW(a, struct value_method);

	*method = (struct value_method){self, builtin};
	return value_object(VALUE_METHOD, method);
}

bool
value_find_attribute(struct run *run, struct tmpl_value v, struct str name, struct tmpl_value *result)
{
	const struct builtin *method = builtin_method_of(v, name);

	if (method != NULL) {
		*result = bound_method(run->arena, v, method);
		return true;
	}
	if (str_eq(name, STR("__class__"))) {
		*result = builtin_class_of(run->arena, v);
		return true;
	}
	switch (v.type) {
	case TMPL_DICT:
		return value_dict_find(value_entries(v), name, result);
	case VALUE_OBJECT:
		return ((struct value_object *)v.as.object)
		    ->get(((struct value_object *)v.as.object)->context, run->arena, name, result);
	case VALUE_EXCEPTION:
		return exception_attribute(v.as.object, name, result);
	case VALUE_CLASS:
		return class_attribute(v.as.object, name, result);
	default:
		return plain_attribute(v, name, result);
	}
}

bool
value_get_attribute(struct run *run, struct tmpl_value v, struct str name, struct tmpl_value *result)
{
	if (value_find_attribute(run, v, name, result))
		return true;
	run->missing_name = name;
	run->missing_in = v;
	if (module_is_namespace(v))
		return module_fail(run, name);
	if (v.type == VALUE_CLASS)
		VALUE_FAULT(run, ERR_ATTRIBUTE, "type object '%s' has no attribute '%.*s'",
		    builtin_class_name(v.as.object), STR_ARG(name));
	else
		VALUE_FAULT(run, ERR_ATTRIBUTE, "'%s' object has no attribute '%.*s'", value_type_name(v),
		    STR_ARG(name));
	hint_attribute(run, v, name);
	return false;
}
