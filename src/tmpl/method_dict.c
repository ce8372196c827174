/* Methods of dicts. */
#include "tmpl/builtin.h"

static struct value_dict *
self_dict(const struct tmpl_call *call)
{
	return value_entries(call->self);
}

static BUILTIN(dict_get)
{
	bool found;

	*result = builtin_given(args[1]) ? args[1] : tmpl_none();
	return value_dict_get(call->run, self_dict(call), args[0], result, &found);
}

static bool
make_view(struct tmpl_call *call, enum value_view_kind kind, struct tmpl_value *result)
{
	struct value_view *view = ARENA_NEW(call->run->arena, struct value_view);

	*view = (struct value_view){kind, self_dict(call)};
	*result = value_object(VALUE_VIEW, view);
	return true;
}

static BUILTIN(dict_keys)
{
	(void)args;
	return make_view(call, VALUE_KEYS, result);
}

static BUILTIN(dict_values)
{
	(void)args;
	return make_view(call, VALUE_VALUES, result);
}

static BUILTIN(dict_items)
{
	(void)args;
	return make_view(call, VALUE_ITEMS, result);
}

static BUILTIN(dict_pop)
{
	bool found = false;

	/* An empty dict doesn't look at the key. */
	if (self_dict(call)->count > 0 &&
	    !value_dict_remove(call->run, self_dict(call), args[0], result, &found))
		return false;
	if (found)
		return true;
	*result = args[1];
	return builtin_given(args[1]) || value_fail_key(call->run, args[0]);
}

static BUILTIN(dict_popitem)
{
	struct value_dict *dict = self_dict(call);
	struct value_entry *last = NULL, *entry;
	struct tmpl_value pair[2];
	bool found;

	(void)args;
	for (size_t at = 0; (entry = value_dict_next(dict, &at)) != NULL;)
		last = entry;
	if (last == NULL)
		return value_fail_key(call->run, value_ascii(STR("popitem(): dictionary is empty")));
	pair[0] = last->key;
	pair[1] = last->value;
	*result = value_tuple_of(call->run->arena, 2, pair);
	return value_dict_remove(call->run, dict, pair[0], &pair[1], &found);
}

static BUILTIN(dict_setdefault)
{
	bool found;

	if (!value_dict_get(call->run, self_dict(call), args[0], result, &found))
		return false;
	if (found)
		return true;
	*result = builtin_given(args[1]) ? args[1] : tmpl_none();
	return value_dict_set(call->run, self_dict(call), args[0], *result);
}

static BUILTIN(dict_update)
{
	*result = tmpl_none();
	if (call->count > 1)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "update expected at most 1 argument, got %zu", call->count);
	return (call->count == 0 || builtin_fill_dict(call->run, self_dict(call), args[0])) &&
	       builtin_fill_named(self_dict(call), call);
}

static BUILTIN(dict_clear)
{
	struct value_dict *dict = self_dict(call), *fields = dict->fields;

	(void)args;
	*dict = (struct value_dict){.fields = fields};
	if (fields != NULL)
		*fields = (struct value_dict){0};
	*result = tmpl_none();
	return true;
}

static BUILTIN(dict_copy)
{
	(void)args;
	*result = value_dict(call->run->arena);
	return value_dict_add_all(call->run, value_entries(*result), self_dict(call));
}

/* dict.fromkeys(keys, value): of the class, not of the dict it is called on. */
static BUILTIN(dict_fromkeys)
{
	struct value_iterator it;
	struct tmpl_value key;
	bool ended = false;

	*result = value_dict(call->run->arena);
	if (!value_iterate(call->run, args[0], &it))
		return false;
	while (value_next(call->run, &it, &key, &ended) && !ended)
		if (!value_dict_set(call->run, value_entries(*result), key,
			builtin_given(args[1]) ? args[1] : tmpl_none()))
			return false;
	return ended;
}

static const struct builtin dict_rows[] = {
    {"clear", dict_clear, 0, 0, NULL, 0},
    {"copy", dict_copy, 0, 0, NULL, 0},
    {"fromkeys", dict_fromkeys, 1, 2, NULL, BUILTIN_ON_CLASS},
    {"get", dict_get, 1, 2, NULL, 0},
    {"items", dict_items, 0, 0, NULL, 0},
    {"keys", dict_keys, 0, 0, NULL, 0},
    {"pop", dict_pop, 1, 2, NULL, 0},
    {"popitem", dict_popitem, 0, 0, NULL, 0},
    {"setdefault", dict_setdefault, 1, 2, NULL, 0},
    {"update", dict_update, 0, BUILTIN_VARIADIC, "*", 0},
    {"values", dict_values, 0, 0, NULL, 0},
};

const struct builtin_table builtin_dict_methods = {dict_rows, COUNT_OF(dict_rows)};
