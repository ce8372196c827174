#include "tmpl/value.h"
#include "tmpl/builtin.h"
#include "tmpl/set.h"

#include "base/utf8.h"
#include "os/clock.h"

#include <string.h>

enum {
	LIST_FIRST_CAPACITY = 8,
	LIST_LONG_CAPACITY = 4096, /* up to that a list grows whatever the ceiling */
	CLOCK_FUEL = 2000,         /* between two looks at the clock */
};

/* Bounds */

bool
value_fail_limit(struct run *run, const char *option, const char *format, ...)
{
	struct str message;
	va_list args;

	va_start(args, format);
	message = str_vformat(run->arena, format, args);
	va_end(args);
	VALUE_FAULT(run, ERR_LIMIT, "%.*s", STR_ARG(message));
	err_set_hint(run->fault, "%s allows more", option);
	return false;
}

bool
value_fail_depth(struct run *run, const char *doing)
{
	VALUE_FAULT(run, ERR_RECURSION, "maximum recursion depth exceeded%s", doing);
	err_set_hint(run->fault, "--template-depth allows more than %d", run->limits.depth);
	return false;
}

static bool
check_clock(struct run *run)
{
	run->clock_fuel = run->fuel > CLOCK_FUEL ? run->fuel - CLOCK_FUEL : 0;
	if (clock_mono_ms() - run->start_ms <= run->limits.time_ms)
		return true;
	return value_fail_limit(
	    run, "--template-time", "the template takes longer than %lld ms", (long long)run->limits.time_ms);
}

bool
value_spend(struct run *run, uint64_t amount)
{
	if (amount > run->fuel)
		return value_fail_limit(run, "--template-steps",
		    "the template does not come to an end: more than %llu steps",
		    (unsigned long long)run->limits.fuel);
	run->fuel -= amount;
	if (run->fuel < run->clock_fuel && !check_clock(run))
		return false;
	if (run->arena->current == run->measured_chunk && !run->memory.is_reached)
		return true;
	run->measured_chunk = run->arena->current;
	return value_has_room(run, 0);
}

bool
value_has_room(struct run *run, uint64_t size_bytes)
{
	if (arena_has_room(run->arena, size_bytes) && !run->memory.is_reached)
		return true;
	return VALUE_FAIL(
	    run, ERR_LIMIT, "the template needs more than %zu MiB of memory", run->limits.memory_bytes / MIB);
}

bool
value_has_room_for(struct run *run, uint64_t count, uint64_t size_bytes)
{
	bool is_countable = size_bytes == 0 || count <= UINT64_MAX / size_bytes;

	return value_has_room(run, is_countable ? count * size_bytes : UINT64_MAX);
}

/* Makers */

struct tmpl_value
tmpl_none(void)
{
	return (struct tmpl_value){.type = TMPL_NONE};
}

struct tmpl_value
tmpl_bool(bool value)
{
	struct tmpl_value v = {.type = TMPL_BOOL};

	v.as.boolean = value;
	return v;
}

struct tmpl_value
tmpl_int(int64_t value)
{
	struct tmpl_value v = {.type = TMPL_INT};

	v.as.integer = value;
	return v;
}

struct tmpl_value
tmpl_float(double value)
{
	struct tmpl_value v = {.type = TMPL_FLOAT};

	v.as.real = value;
	return v;
}

struct tmpl_value
tmpl_str(struct str text)
{
	return value_text(text);
}

struct tmpl_value
value_ascii(struct str text)
{
	struct tmpl_value v = {.type = TMPL_STR, .detail = VALUE_ASCII, .len = (uint32_t)text.len};

	v.as.text = text.len > 0 ? text.data : "";
	return v;
}

struct tmpl_value
value_text(struct str text)
{
	struct tmpl_value v = value_ascii(text);

	v.detail = utf8_is_ascii(text) ? VALUE_ASCII : 0;
	return v;
}

struct tmpl_value
value_object(int type, void *object)
{
	struct tmpl_value v = {.type = (uint8_t)type};

	v.as.object = object;
	return v;
}

struct tmpl_value
value_sequence(struct arena *a, int type, size_t capacity)
{
	struct value_list *list = ARENA_NEW(a, struct value_list);

	list->count = 0;
	list->capacity = capacity;
	list->items = capacity > 0 ? ARENA_ARRAY(a, struct tmpl_value, capacity) : NULL;
	return value_object(type, list);
}

struct tmpl_value
value_tuple_of(struct arena *a, size_t count, const struct tmpl_value *items)
{
	struct tmpl_value tuple = value_sequence(a, TMPL_TUPLE, count);

	if (count > 0)
		memcpy(value_list(tuple)->items, items, count * sizeof(*items));
	value_list(tuple)->count = count;
	return tuple;
}

struct tmpl_value
value_dict(struct arena *a)
{
	return value_object(TMPL_DICT, ARENA_NEW(a, struct value_dict));
}

static bool
fits_64_bits(__int128 number)
{
	return number >= INT64_MIN && number <= INT64_MAX;
}

bool
value_range(struct run *run, __int128 start, __int128 stop, __int128 step, struct tmpl_value *result)
{
	struct value_range *range = ARENA_NEW(run->arena, struct value_range);
	__int128 distance = step > 0 ? stop - start : start - stop, stride = step > 0 ? step : -step;
	__int128 count = distance > 0 ? (distance + stride - 1) / stride : 0;

	if (!fits_64_bits(start) || !fits_64_bits(stop) || !fits_64_bits(step) || !fits_64_bits(count))
		return VALUE_FAIL(run, ERR_OVERFLOW, "the range does not fit into 64 bits");
	*range = (struct value_range){(int64_t)start, (int64_t)stop, (int64_t)step, (int64_t)count};
	*result = value_object(VALUE_RANGE, range);
	return true;
}

struct tmpl_value
value_exception(struct arena *a, const struct err *fault, struct tmpl_value args)
{
	struct value_exception *exception = ARENA_NEW(a, struct value_exception);

	exception->kind = fault->kind;
	exception->fault = err_copy(a, fault);
	exception->args = args;
	exception->name = exception->object = tmpl_none();
	return value_object(VALUE_EXCEPTION, exception);
}

struct tmpl_value
tmpl_list(struct arena *a)
{
	return value_sequence(a, TMPL_LIST, 0);
}

void
tmpl_list_add(struct arena *a, struct tmpl_value list, struct tmpl_value item)
{
	value_list_add(a, value_list(list), item);
}

struct tmpl_value
tmpl_dict(struct arena *a)
{
	return value_dict(a);
}

void
tmpl_dict_set(struct arena *a, struct tmpl_value dict, struct str key, struct tmpl_value value)
{
	value_dict_put(a, value_entries(dict), key, value);
}

bool
tmpl_dict_get(struct tmpl_value dict, struct str key, struct tmpl_value *value)
{
	return value_dict_find(value_entries(dict), key, value);
}

struct tmpl_value
tmpl_native(struct arena *a, const char *name, tmpl_native_fn *fn, void *context)
{
	struct value_native *native = ARENA_NEW(a, struct value_native);

	*native = (struct value_native){name, fn, context};
	return value_object(VALUE_NATIVE, native);
}

struct tmpl_value
tmpl_object(struct arena *a, const char *type_name, tmpl_object_fn *get, void *context)
{
	struct value_object *object = ARENA_NEW(a, struct value_object);

	*object = (struct value_object){type_name, get, context};
	return value_object(VALUE_OBJECT, object);
}

static struct tmpl_value
list_from_json(struct arena *a, const json_t *json)
{
	struct tmpl_value list = value_sequence(a, TMPL_LIST, json_array_size(json));

	for (size_t i = 0; i < json_array_size(json); i++)
		tmpl_list_add(a, list, tmpl_from_json(a, json_array_get(json, i)));
	return list;
}

static struct tmpl_value
dict_from_json(struct arena *a, const json_t *json)
{
	struct tmpl_value dict = tmpl_dict(a);
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)json, key, value)
	{
		tmpl_dict_set(a, dict, str_dup(a, str_of(key)), tmpl_from_json(a, value));
	}
	return dict;
}

struct tmpl_value
tmpl_from_json(struct arena *a, const json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return dict_from_json(a, json);
	case JSON_ARRAY:
		return list_from_json(a, json);
	case JSON_STRING:
		return tmpl_str(str_dup(a, str_make(json_string_value(json), json_string_length(json))));
	case JSON_INTEGER:
		return tmpl_int(json_integer_value(json));
	case JSON_REAL:
		return tmpl_float(json_real_value(json));
	case JSON_TRUE:
		return tmpl_bool(true);
	case JSON_FALSE:
		return tmpl_bool(false);
	case JSON_NULL:
		break;
	}
	return tmpl_none();
}

bool
tmpl_truth(struct tmpl_value v)
{
	switch (v.type) {
	case TMPL_UNBOUND:
	case TMPL_NONE:
		return false;
	case TMPL_BOOL:
		return v.as.boolean;
	case TMPL_INT:
		return v.as.integer != 0;
	case TMPL_FLOAT:
		return v.as.real != 0;
	case TMPL_STR:
		return v.len > 0;
	case TMPL_LIST:
	case TMPL_TUPLE:
		return value_list(v)->count > 0;
	case TMPL_DICT:
		return value_entries(v)->count > 0;
	case VALUE_SET:
		return ((struct value_set *)v.as.object)->count > 0;
	case VALUE_RANGE:
		return ((struct value_range *)v.as.object)->count > 0;
	case VALUE_VIEW:
		return ((struct value_view *)v.as.object)->dict->count > 0;
	default:
		return true;
	}
}

static bool
is_headers(struct tmpl_value v)
{
	return v.type == TMPL_DICT && value_entries(v)->fields != NULL;
}

const char *
value_type_plain_name(int type)
{
	static const char *const names[VALUE_TYPE_COUNT] = {
	    [TMPL_UNBOUND] = "unbound",
	    [TMPL_NONE] = "NoneType",
	    [TMPL_BOOL] = "bool",
	    [TMPL_INT] = "int",
	    [TMPL_FLOAT] = "float",
	    [TMPL_STR] = "str",
	    [TMPL_LIST] = "list",
	    [TMPL_TUPLE] = "tuple",
	    [TMPL_DICT] = "dict",
	    [VALUE_SET] = "set",
	    [VALUE_RANGE] = "range",
	    [VALUE_SLICE] = "slice",
	    [VALUE_FUNCTION] = "builtin_function_or_method",
	    [VALUE_METHOD] = "builtin_function_or_method",
	    [VALUE_NATIVE] = "function",
	    [VALUE_CLOSURE] = "function",
	    [VALUE_CLASS] = "type",
	    [VALUE_VIEW] = "dict_keys",
	    [VALUE_ITERATOR] = "iterator",
	    [VALUE_OBJECT] = "object",
	    [VALUE_EXCEPTION] = "Exception",
	};

	return names[type];
}

const char *
value_type_name(struct tmpl_value v)
{
	static const char *const views[] = {"dict_keys", "dict_values", "dict_items"};

	if (v.type == VALUE_VIEW)
		return views[((struct value_view *)v.as.object)->kind];
	if (v.type == VALUE_ITERATOR)
		return ((struct value_iterator *)v.as.object)->name;
	if (v.type == VALUE_OBJECT)
		return ((struct value_object *)v.as.object)->type_name;
	if (is_headers(v))
		return "HTTPHeaders";
	if (v.type == VALUE_FUNCTION && builtin_is_python(v.as.object))
		return "function";
	if (v.type == VALUE_EXCEPTION)
		return err_kind_name(((struct value_exception *)v.as.object)->kind);
	return value_type_plain_name(v.type);
}

const char *
tmpl_type_name(struct tmpl_value v)
{
	return value_type_name(v);
}

/* Lists */

/* Makes room for one more. A long list that reaches the arena's ceiling loses its end, as a buf does. */
static void
list_grow(struct arena *a, struct value_list *list)
{
	size_t capacity = MAX(2 * list->capacity, (size_t)LIST_FIRST_CAPACITY),
	       item_bytes = sizeof(*list->items);
	struct tmpl_value *grown;

	if (list->capacity > LIST_LONG_CAPACITY &&
	    !arena_has_room(a, (capacity - list->capacity) * item_bytes)) {
		list->count--;
		return;
	}
	if (list->capacity == 0 ||
	    !arena_extend(a, list->items, list->capacity * item_bytes, capacity * item_bytes)) {
		grown = ARENA_ARRAY(a, struct tmpl_value, capacity);
		if (list->count > 0)
			memcpy(grown, list->items, list->count * item_bytes);
		list->items = grown;
	}
	list->capacity = capacity;
}

void
value_list_add(struct arena *a, struct value_list *list, struct tmpl_value item)
{
	if (list->count == list->capacity)
		list_grow(a, list);
	list->items[list->count++] = item;
}

/* Copying */

static bool
copy_list(struct run *run, struct tmpl_value v, struct tmpl_value *copy)
{
	struct value_list *list = value_list(v);

	*copy = value_sequence(run->arena, v.type, list->count);
	for (size_t i = 0; i < list->count; i++)
		if (!value_copy_deep(run, list->items[i], &value_list(*copy)->items[i]))
			return false;
	value_list(*copy)->count = list->count;
	return true;
}

static bool
copy_dict(struct run *run, struct tmpl_value v, struct tmpl_value *copy)
{
	struct value_entry *entry;
	struct tmpl_value value;

	*copy = value_dict(run->arena);
	value_entries(*copy)->fields = value_entries(v)->fields;
	for (size_t at = 0; (entry = value_dict_next(value_entries(v), &at)) != NULL;) {
		if (!value_copy_deep(run, entry->value, &value) ||
		    !value_dict_set(run, value_entries(*copy), entry->key, value))
			return false;
	}
	return true;
}

bool
value_copy_deep(struct run *run, struct tmpl_value v, struct tmpl_value *copy)
{
	bool copied = true;

	*copy = v;
	if (!value_is_sequence(v) && v.type != TMPL_DICT && v.type != VALUE_SET)
		return true;
	if (!value_enter(run, ""))
		return false;
	copied = value_spend(run, 1) && (value_is_sequence(v)     ? copy_list(run, v, copy)
					    : v.type == VALUE_SET ? value_set_copy(run, v.as.object, copy)
								  : copy_dict(run, v, copy));
	value_leave(run);
	return copied;
}
