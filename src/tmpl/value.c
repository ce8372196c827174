#include "tmpl/value.h"

#include "base/utf8.h"

#include <math.h>
#include <string.h>
#include <xxhash.h>

enum { LIST_FIRST_CAPACITY = 8, DICT_FIRST_CAPACITY = 8 };

/* Bounds */

bool
value_spend(struct run *run, uint64_t amount)
{
	if (amount > run->fuel)
		return VALUE_FAIL(run, ERR_LIMIT,
		    "the template does not come to an end: more than %llu steps",
		    (unsigned long long)run->limits.fuel);
	run->fuel -= amount;
	if (run->arena->current == run->measured_chunk)
		return true;
	run->measured_chunk = run->arena->current;
	return value_has_room(run, 0);
}

bool
value_has_room(struct run *run, uint64_t size_bytes)
{
	size_t held = arena_size(run->arena);

	if (held <= run->memory_end_bytes && size_bytes <= run->memory_end_bytes - held)
		return true;
	return VALUE_FAIL(
	    run, ERR_LIMIT, "the template needs more than %zu MiB of memory", run->limits.memory_bytes / MIB);
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
value_dict(struct arena *a, int type)
{
	return value_object(type, ARENA_NEW(a, struct value_dict));
}

struct tmpl_value
value_range(struct arena *a, int64_t start, int64_t stop, int64_t step)
{
	struct value_range *range = ARENA_NEW(a, struct value_range);
	uint64_t distance = 0, stride = step > 0 ? (uint64_t)step : -(uint64_t)step;

	if (step > 0 && stop > start)
		distance = (uint64_t)stop - (uint64_t)start;
	if (step < 0 && stop < start)
		distance = (uint64_t)start - (uint64_t)stop;
	*range = (struct value_range){start, stop, step, (int64_t)((distance + stride - 1) / stride)};
	return value_object(VALUE_RANGE, range);
}

struct tmpl_value
value_exception(struct arena *a, const struct err *fault)
{
	struct value_exception *exception = ARENA_NEW(a, struct value_exception);

	exception->kind = fault->kind;
	exception->fault = err_copy(a, fault);
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
	return value_dict(a, TMPL_DICT);
}

void
tmpl_dict_set(struct arena *a, struct tmpl_value dict, struct str key, struct tmpl_value value)
{
	value_dict_put(a, value_entries(dict), key, value);
}

struct tmpl_value
tmpl_dict_caseless(struct arena *a)
{
	struct tmpl_value dict = tmpl_dict(a);

	value_entries(dict)->is_caseless = true;
	return dict;
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
	case VALUE_SET:
		return value_entries(v)->count > 0;
	case VALUE_RANGE:
		return ((struct value_range *)v.as.object)->count > 0;
	case VALUE_VIEW:
		return ((struct value_view *)v.as.object)->dict->count > 0;
	default:
		return true;
	}
}

const char *
value_type_name(struct tmpl_value v)
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
	};
	static const char *const views[] = {"dict_keys", "dict_values", "dict_items"};

	if (v.type == VALUE_VIEW)
		return views[((struct value_view *)v.as.object)->kind];
	if (v.type == VALUE_ITERATOR)
		return ((struct value_iterator *)v.as.object)->name;
	if (v.type == VALUE_OBJECT)
		return ((struct value_object *)v.as.object)->type_name;
	if (v.type == VALUE_EXCEPTION)
		return err_kind_name(((struct value_exception *)v.as.object)->kind);
	return names[v.type];
}

/* Lists */

void
value_list_add(struct arena *a, struct value_list *list, struct tmpl_value item)
{
	size_t capacity = MAX(2 * list->capacity, (size_t)LIST_FIRST_CAPACITY);
	struct tmpl_value *grown;

	if (list->count == list->capacity) {
		if (list->capacity == 0 ||
		    !arena_extend(a, list->items, list->capacity * sizeof(item), capacity * sizeof(item))) {
			grown = ARENA_ARRAY(a, struct tmpl_value, capacity);
			if (list->count > 0)
				memcpy(grown, list->items, list->count * sizeof(item));
			list->items = grown;
		}
		list->capacity = capacity;
	}
	list->items[list->count++] = item;
}

/* Dicts and sets */

static uint64_t
hash_text(struct str s)
{
	return XXH3_64bits(s.data, s.len);
}

static uint64_t
hash_bits(uint64_t bits)
{
	return XXH3_64bits(&bits, sizeof(bits));
}

static uint64_t
hash_real(double real)
{
	uint64_t bits;

	if (real >= -9223372036854775808.0 && real < 9223372036854775808.0 && floor(real) == real)
		return hash_bits((uint64_t)(int64_t)real);
	memcpy(&bits, &real, sizeof(bits));
	return hash_bits(bits);
}

static bool hash_value(struct run *run, struct tmpl_value v, uint64_t *hash);

static bool
hash_tuple(struct run *run, const struct value_list *tuple, uint64_t *hash)
{
	uint64_t item;

	*hash = hash_bits(tuple->count);
	for (size_t i = 0; i < tuple->count; i++) {
		if (!hash_value(run, tuple->items[i], &item))
			return false;
		*hash = hash_bits(*hash ^ item);
	}
	return true;
}

static bool
hash_value(struct run *run, struct tmpl_value v, uint64_t *hash)
{
	switch (v.type) {
	case TMPL_STR:
		*hash = hash_text(value_str(v));
		return true;
	case TMPL_BOOL:
	case TMPL_INT:
		*hash = hash_bits((uint64_t)value_integer(v));
		return true;
	case TMPL_FLOAT:
		*hash = hash_real(v.as.real);
		return true;
	case TMPL_NONE:
		*hash = hash_bits(TMPL_NONE);
		return true;
	case TMPL_TUPLE:
		return hash_tuple(run, value_list(v), hash);
	case TMPL_LIST:
	case TMPL_DICT:
	case VALUE_SET:
	case VALUE_SLICE:
		return VALUE_FAIL(run, ERR_TYPE, "unhashable type: '%s'", value_type_name(v));
	default:
		*hash = hash_bits((uint64_t)(uintptr_t)v.as.object);
		return true;
	}
}

static void
index_put(struct value_dict *dict, uint64_t hash, size_t entry)
{
	size_t mask = 2 * dict->capacity - 1, slot = hash & mask;

	while (dict->index[slot] != 0)
		slot = (slot + 1) & mask;
	dict->index[slot] = (uint32_t)entry + 1;
}

/* Makes room for one more entry; deleted ones are dropped on the way. */
static void
dict_grow(struct arena *a, struct value_dict *dict)
{
	struct value_entry *old = dict->entries;
	size_t used = dict->used;

	if (dict->count * 2 >= dict->capacity)
		dict->capacity = MAX(2 * dict->capacity, (size_t)DICT_FIRST_CAPACITY);
	dict->entries = ARENA_ARRAY(a, struct value_entry, dict->capacity);
	dict->index = ARENA_ARRAY(a, uint32_t, 2 * dict->capacity);
	dict->used = 0;
	for (size_t i = 0; i < used; i++) {
		if (old[i].key.type == TMPL_UNBOUND)
			continue;
		dict->entries[dict->used] = old[i];
		index_put(dict, old[i].hash, dict->used++);
	}
}

/* The entry with the key, or NULL in `*entry`. */
static bool
dict_lookup(struct run *run, const struct value_dict *dict, struct tmpl_value key, uint64_t hash,
    struct value_entry **entry)
{
	size_t mask = 2 * dict->capacity - 1;

	*entry = NULL;
	for (size_t slot = hash & mask; dict->count > 0 && dict->index[slot] != 0; slot = (slot + 1) & mask) {
		struct value_entry *found = &dict->entries[dict->index[slot] - 1];
		bool equal;

		if (found->hash != hash || found->key.type == TMPL_UNBOUND)
			continue;
		if (!value_equal(run, found->key, key, &equal))
			return false;
		if (equal) {
			*entry = found;
			break;
		}
	}
	return true;
}

bool
value_dict_get(
    struct run *run, struct value_dict *dict, struct tmpl_value key, struct tmpl_value *value, bool *found)
{
	struct value_entry *entry;
	uint64_t hash;

	if (dict->is_caseless && key.type == TMPL_STR) {
		*found = value_dict_find(dict, value_str(key), value);
		return true;
	}
	if (!hash_value(run, key, &hash) || !dict_lookup(run, dict, key, hash, &entry))
		return false;
	*found = entry != NULL;
	if (*found)
		*value = entry->value;
	return true;
}

static void
dict_add(struct arena *a, struct value_dict *dict, struct value_entry entry)
{
	if (dict->used == dict->capacity)
		dict_grow(a, dict);
	dict->entries[dict->used] = entry;
	index_put(dict, entry.hash, dict->used++);
	dict->count++;
}

bool
value_dict_set(struct run *run, struct value_dict *dict, struct tmpl_value key, struct tmpl_value value)
{
	struct value_entry *entry;
	uint64_t hash;

	if (!hash_value(run, key, &hash) || !dict_lookup(run, dict, key, hash, &entry))
		return false;
	if (entry != NULL)
		entry->value = value;
	else
		dict_add(run->arena, dict, (struct value_entry){key, value, hash});
	return true;
}

bool
value_dict_remove(
    struct run *run, struct value_dict *dict, struct tmpl_value key, struct tmpl_value *value, bool *found)
{
	struct value_entry *entry;
	uint64_t hash;

	if (!hash_value(run, key, &hash) || !dict_lookup(run, dict, key, hash, &entry))
		return false;
	*found = entry != NULL;
	if (entry == NULL)
		return true;
	*value = entry->value;
	entry->key = (struct tmpl_value){.type = TMPL_UNBOUND};
	dict->count--;
	return true;
}

static struct value_entry *
dict_find(const struct value_dict *dict, struct str key, uint64_t hash)
{
	size_t mask = 2 * dict->capacity - 1;

	for (size_t slot = hash & mask; dict->count > 0 && dict->index[slot] != 0; slot = (slot + 1) & mask) {
		struct value_entry *found = &dict->entries[dict->index[slot] - 1];

		if (found->hash == hash && found->key.type == TMPL_STR && str_eq(value_str(found->key), key))
			return found;
	}
	return NULL;
}

static struct value_entry *
dict_find_caseless(const struct value_dict *dict, struct str key)
{
	struct value_entry *entry;

	for (size_t at = 0; (entry = value_dict_next(dict, &at)) != NULL;)
		if (entry->key.type == TMPL_STR && str_eq_nocase(value_str(entry->key), key))
			return entry;
	return NULL;
}

bool
value_dict_find(const struct value_dict *dict, struct str key, struct tmpl_value *value)
{
	struct value_entry *entry =
	    dict->is_caseless ? dict_find_caseless(dict, key) : dict_find(dict, key, hash_text(key));

	if (entry != NULL)
		*value = entry->value;
	return entry != NULL;
}

void
value_dict_put(struct arena *a, struct value_dict *dict, struct str key, struct tmpl_value value)
{
	uint64_t hash = hash_text(key);
	struct value_entry *entry = dict_find(dict, key, hash);

	if (entry != NULL)
		entry->value = value;
	else
		dict_add(a, dict, (struct value_entry){value_text(key), value, hash});
}

struct value_entry *
value_dict_next(const struct value_dict *dict, size_t *position)
{
	while (*position < dict->used) {
		struct value_entry *entry = &dict->entries[(*position)++];

		if (entry->key.type != TMPL_UNBOUND)
			return entry;
	}
	return NULL;
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

	*copy = value_dict(run->arena, v.type);
	value_entries(*copy)->is_caseless = value_entries(v)->is_caseless;
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
	if (run->depth >= run->limits.depth)
		return VALUE_FAIL(run, ERR_RECURSION, "maximum recursion depth exceeded");
	run->depth++;
	copied =
	    value_spend(run, 1) && (value_is_sequence(v) ? copy_list(run, v, copy) : copy_dict(run, v, copy));
	run->depth--;
	return copied;
}

/* Comparing */

bool
value_same(struct tmpl_value a, struct tmpl_value b)
{
	if (a.type != b.type)
		return false;
	switch (a.type) {
	case TMPL_NONE:
		return true;
	case TMPL_BOOL:
		return a.as.boolean == b.as.boolean;
	case TMPL_INT:
		return a.as.integer == b.as.integer;
	case TMPL_FLOAT:
		return a.as.real == b.as.real;
	case TMPL_STR:
		return str_eq(value_str(a), value_str(b));
	default:
		return a.as.object == b.as.object;
	}
}

static bool
equal_items(struct run *run, const struct value_list *a, const struct value_list *b, bool *equal)
{
	*equal = a->count == b->count;
	for (size_t i = 0; *equal && i < a->count && i < b->count; i++)
		if (!value_spend(run, 1) || !value_equal(run, a->items[i], b->items[i], equal))
			return false;
	return true;
}

static bool
equal_dicts(struct run *run, struct value_dict *a, struct value_dict *b, bool *equal)
{
	struct value_entry *entry;
	struct tmpl_value other = {0};

	*equal = a->count == b->count;
	for (size_t at = 0; *equal && (entry = value_dict_next(a, &at)) != NULL;) {
		if (!value_spend(run, 1) || !value_dict_get(run, b, entry->key, &other, equal))
			return false;
		if (*equal && !value_equal(run, entry->value, other, equal))
			return false;
	}
	return true;
}

static bool
equal_ranges(const struct value_range *a, const struct value_range *b)
{
	return a->count == b->count &&
	       (a->count == 0 || (a->start == b->start && (a->count == 1 || a->step == b->step)));
}

static bool
equal_containers(struct run *run, struct tmpl_value a, struct tmpl_value b, bool *equal)
{
	if (value_is_sequence(a))
		return equal_items(run, value_list(a), value_list(b), equal);
	if (a.type == VALUE_RANGE) {
		*equal = equal_ranges(a.as.object, b.as.object);
		return true;
	}
	return equal_dicts(run, value_entries(a), value_entries(b), equal);
}

/* int and float, without losing digits of the int. */
static int
order_mixed(int64_t integer, double real)
{
	if (real != real)
		return 2;
	if (real >= 9223372036854775808.0)
		return -1;
	if (real < -9223372036854775808.0)
		return 1;
	if (integer != (int64_t)real)
		return integer < (int64_t)real ? -1 : 1;
	return (double)(int64_t)real < real ? -1 : (double)(int64_t)real > real;
}

/* -1, 0 or 1; 2 where the numbers have no order (NaN). */
static int
order_numbers(struct tmpl_value a, struct tmpl_value b)
{
	int reversed;

	if (a.type != TMPL_FLOAT && b.type != TMPL_FLOAT)
		return value_integer(a) < value_integer(b) ? -1 : value_integer(a) > value_integer(b);
	if (a.type != TMPL_FLOAT)
		return order_mixed(value_integer(a), b.as.real);
	if (b.type != TMPL_FLOAT) {
		reversed = order_mixed(value_integer(b), a.as.real);
		return reversed == 2 ? 2 : -reversed;
	}
	if (a.as.real != a.as.real || b.as.real != b.as.real)
		return 2;
	return a.as.real < b.as.real ? -1 : a.as.real > b.as.real;
}

bool
value_equal(struct run *run, struct tmpl_value a, struct tmpl_value b, bool *equal)
{
	bool compared;

	if (value_is_number(a) && value_is_number(b)) {
		*equal = order_numbers(a, b) == 0;
		return true;
	}
	*equal = value_same(a, b);
	if (a.type != b.type || *equal)
		return true;
	if (!value_is_sequence(a) && a.type != TMPL_DICT && a.type != VALUE_SET && a.type != VALUE_RANGE)
		return true;
	if (run->depth >= run->limits.depth)
		return VALUE_FAIL(run, ERR_RECURSION, "maximum recursion depth exceeded in comparison");
	run->depth++;
	compared = equal_containers(run, a, b, equal);
	run->depth--;
	return compared;
}

static bool
order_holds(enum ast_operator op, int order)
{
	switch (op) {
	case AST_LESS:
		return order == -1;
	case AST_LESS_EQUAL:
		return order == -1 || order == 0;
	case AST_GREATER:
		return order == 1;
	default:
		return order == 1 || order == 0;
	}
}

static bool
order_sequences(struct run *run, enum ast_operator op, const struct value_list *a, const struct value_list *b,
    bool *result)
{
	bool equal;

	for (size_t i = 0; i < a->count && i < b->count; i++) {
		struct tmpl_value x = a->items[i], y = b->items[i];

		if (!value_spend(run, 1) || !value_equal(run, x, y, &equal))
			return false;
		if (!equal)
			return value_order(run, op, x, y, result);
	}
	*result = order_holds(op, a->count < b->count ? -1 : a->count > b->count);
	return true;
}

/* Whether every element of `a` is in `b`. */
static bool
is_subset(struct run *run, struct value_dict *a, struct value_dict *b, bool *result)
{
	struct value_entry *entry;
	struct tmpl_value unused;

	*result = true;
	for (size_t at = 0; *result && (entry = value_dict_next(a, &at)) != NULL;)
		if (!value_spend(run, 1) || !value_dict_get(run, b, entry->key, &unused, result))
			return false;
	return true;
}

static bool
order_sets(struct run *run, enum ast_operator op, struct value_dict *a, struct value_dict *b, bool *result)
{
	bool strict = op == AST_LESS || op == AST_GREATER;

	if (op == AST_GREATER || op == AST_GREATER_EQUAL) {
		struct value_dict *swapped = a;

		a = b;
		b = swapped;
	}
	if (strict && a->count >= b->count) {
		*result = false;
		return true;
	}
	return is_subset(run, a, b, result);
}

bool
value_order(struct run *run, enum ast_operator op, struct tmpl_value a, struct tmpl_value b, bool *result)
{
	bool compared = false;

	if (value_is_number(a) && value_is_number(b)) {
		*result = order_holds(op, order_numbers(a, b));
		return true;
	}
	if (a.type == TMPL_STR && b.type == TMPL_STR) {
		int order = str_cmp(value_str(a), value_str(b));

		*result = order_holds(op, order < 0 ? -1 : order > 0);
		return true;
	}
	if (a.type == VALUE_SET && b.type == VALUE_SET)
		return order_sets(run, op, value_entries(a), value_entries(b), result);
	if (!value_is_sequence(a) || a.type != b.type)
		return VALUE_FAIL(run, ERR_TYPE, "'%s' not supported between instances of '%s' and '%s'",
		    ast_operator_text(op), value_type_name(a), value_type_name(b));
	if (run->depth >= run->limits.depth)
		return VALUE_FAIL(run, ERR_RECURSION, "maximum recursion depth exceeded in comparison");
	run->depth++;
	compared = order_sequences(run, op, value_list(a), value_list(b), result);
	run->depth--;
	return compared;
}

static bool
contains_item(struct run *run, struct tmpl_value container, struct tmpl_value item, bool *found)
{
	struct value_iterator it;
	struct tmpl_value value;
	bool ended;

	*found = false;
	if (!value_iterate(run, container, &it)) {
		if (run->fault->kind == ERR_TYPE)
			VALUE_FAULT(run, ERR_TYPE, "argument of type '%s' is not iterable",
			    value_type_name(container));
		return false;
	}
	while (!*found) {
		if (!value_spend(run, 1) || !value_next(run, &it, &value, &ended))
			return false;
		if (ended)
			break;
		if (!value_equal(run, value, item, found))
			return false;
	}
	return true;
}

bool
value_contains(struct run *run, struct tmpl_value container, struct tmpl_value item, bool *found)
{
	struct tmpl_value unused;

	if (container.type == TMPL_DICT || container.type == VALUE_SET)
		return value_dict_get(run, value_entries(container), item, &unused, found);
	if (container.type == VALUE_VIEW && ((struct value_view *)container.as.object)->kind == VALUE_KEYS)
		return value_dict_get(
		    run, ((struct value_view *)container.as.object)->dict, item, &unused, found);
	if (container.type == VALUE_RANGE && value_is_integer(item)) {
		const struct value_range *range = container.as.object;
		int64_t value = value_integer(item), last = range->start + (range->count - 1) * range->step;

		*found = range->count > 0 && value >= MIN(range->start, last) &&
			 value <= MAX(range->start, last) && (value - range->start) % range->step == 0;
		return true;
	}
	if (container.type != TMPL_STR)
		return contains_item(run, container, item, found);
	if (item.type != TMPL_STR)
		return VALUE_FAIL(run, ERR_TYPE, "'in <string>' requires string as left operand, not %s",
		    value_type_name(item));
	*found = str_find(value_str(container), value_str(item)) != STR_NONE;
	return true;
}

bool
value_compare(struct run *run, enum ast_operator op, struct tmpl_value a, struct tmpl_value b, bool *result)
{
	switch (op) {
	case AST_EQUAL:
		return value_equal(run, a, b, result);
	case AST_NOT_EQUAL:
		if (!value_equal(run, a, b, result))
			return false;
		*result = !*result;
		return true;
	case AST_IN:
		return value_contains(run, b, a, result);
	case AST_NOT_IN:
		if (!value_contains(run, b, a, result))
			return false;
		*result = !*result;
		return true;
	case AST_IS:
		*result = value_same(a, b);
		return true;
	case AST_IS_NOT:
		*result = !value_same(a, b);
		return true;
	default:
		return value_order(run, op, a, b, result);
	}
}
