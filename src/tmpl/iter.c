#include "base/utf8.h"
#include "tmpl/set.h"
#include "tmpl/value.h"

static bool
next_text(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	struct str rest = str_from(value_str(it->source), (size_t)it->position), after = rest;

	(void)run;
	*ended = rest.len == 0;
	if (*ended)
		return true;
	utf8_next(&after);
	*value = value_text(str_slice(rest, 0, rest.len - after.len));
	it->position += (int64_t)(rest.len - after.len);
	return true;
}

static bool
next_item(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	const struct value_list *list = value_list(it->source);

	(void)run;
	*ended = (size_t)it->position >= list->count;
	if (!*ended)
		*value = list->items[it->position++];
	return true;
}

static bool
next_of_range(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	(void)run;
	*ended = it->end == 0;
	if (*ended)
		return true;
	*value = tmpl_int(it->position);
	if (--it->end > 0)
		it->position += it->step;
	return true;
}

static bool
next_element(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	const struct value_set *set = it->source.as.object;
	size_t position = (size_t)it->position;
	const struct tmpl_value *key;

	if ((size_t)it->end != set->count)
		return VALUE_FAIL(run, ERR_RUNTIME, "Set changed size during iteration");
	key = value_set_next(set, &position);
	it->position = (int64_t)position;
	*ended = key == NULL;
	if (!*ended)
		*value = *key;
	return true;
}

/* The entries of a dict; `step` says which part of them. */
static bool
next_entry(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	const struct value_dict *dict = it->state;
	size_t position = (size_t)it->position;
	struct value_entry *entry;

	if ((size_t)it->end != dict->count)
		return VALUE_FAIL(run, ERR_RUNTIME, "dictionary changed size during iteration");
	entry = value_dict_next(dict, &position);
	it->position = (int64_t)position;
	*ended = entry == NULL;
	if (*ended)
		return true;
	if (it->step == VALUE_ITEMS)
		*value = value_tuple_of(run->arena, 2, (struct tmpl_value[]){entry->key, entry->value});
	else
		*value = it->step == VALUE_KEYS ? entry->key : entry->value;
	return true;
}

/* An iterator that a value holds goes on wherever it was. */
static bool
next_of_iterator(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	struct value_iterator *held = it->source.as.object;

	return held->next(run, held, value, ended);
}

static void
iterate_entries(struct value_iterator *it, struct value_dict *dict, enum value_view_kind kind)
{
	static const char *const names[] = {"dict_keyiterator", "dict_valueiterator", "dict_itemiterator"};

	it->name = names[kind];
	it->next = next_entry;
	it->state = dict;
	it->end = (int64_t)dict->count;
	it->step = kind;
}

bool
value_iterate(struct run *run, struct tmpl_value v, struct value_iterator *it)
{
	*it = (struct value_iterator){.source = v};
	switch (v.type) {
	case TMPL_STR:
		it->next = next_text;
		it->name = v.detail == VALUE_ASCII ? "str_ascii_iterator" : "str_iterator";
		return true;
	case TMPL_LIST:
	case TMPL_TUPLE:
		it->next = next_item;
		it->name = v.type == TMPL_LIST ? "list_iterator" : "tuple_iterator";
		return true;
	case VALUE_SET:
		it->next = next_element;
		it->name = "set_iterator";
		it->end = (int64_t)((struct value_set *)v.as.object)->count;
		return true;
	case TMPL_DICT:
		iterate_entries(it, value_entries(v), VALUE_KEYS);
		return true;
	case VALUE_VIEW:
		iterate_entries(
		    it, ((struct value_view *)v.as.object)->dict, ((struct value_view *)v.as.object)->kind);
		return true;
	case VALUE_RANGE:
		it->next = next_of_range;
		it->name = "range_iterator";
		it->position = ((struct value_range *)v.as.object)->start;
		it->end = ((struct value_range *)v.as.object)->count;
		it->step = ((struct value_range *)v.as.object)->step;
		return true;
	case VALUE_ITERATOR:
		it->next = next_of_iterator;
		return true;
	default:
		return VALUE_FAIL(run, ERR_TYPE, "'%s' object is not iterable", value_type_name(v));
	}
}

bool
value_next(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	bool given;

	if (!value_spend(run, 1) || !value_enter(run, ""))
		return false;
	given = it->next(run, it, value, ended);
	value_leave(run);
	return given;
}

bool
value_collect(struct run *run, struct tmpl_value v, int type, struct tmpl_value *list)
{
	struct value_iterator it;
	struct tmpl_value item;
	size_t length = 0;
	bool ended;

	if (!value_iterate(run, v, &it))
		return false;
	if (value_is_sequence(v))
		length = value_list(v)->count;
	*list = value_sequence(run->arena, type, length);
	for (;;) {
		if (!value_next(run, &it, &item, &ended))
			return false;
		if (ended)
			return true;
		value_list_add(run->arena, value_list(*list), item);
	}
}

static bool
fail_unpack(struct run *run, size_t count, bool starred, size_t got)
{
	if (got > count)
		return VALUE_FAIL(run, ERR_VALUE, "too many values to unpack (expected %zu)", count);
	return VALUE_FAIL(run, ERR_VALUE, "not enough values to unpack (expected %s%zu, got %zu)",
	    starred ? "at least " : "", count, got);
}

/* All values of `v`, but no more than `limit` where it is not 0. */
static bool
take_values(struct run *run, struct tmpl_value v, size_t limit, struct tmpl_value *values)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false;

	if (!value_iterate(run, v, &it))
		return VALUE_FAIL(run, ERR_TYPE, "cannot unpack non-iterable %s object", value_type_name(v));
	*values = value_sequence(run->arena, TMPL_LIST, limit);
	while (limit == 0 || value_list(*values)->count < limit) {
		if (!value_next(run, &it, &item, &ended))
			return false;
		if (ended)
			break;
		value_list_add(run->arena, value_list(*values), item);
	}
	return true;
}

bool
value_unpack(struct run *run, struct tmpl_value v, size_t count, int star, struct tmpl_value *items)
{
	const struct value_list *values = value_list(v);
	size_t fixed = star >= 0 ? count - 1 : count, taken = 0;
	struct tmpl_value list = v;

	if (!value_is_sequence(v)) {
		if (!take_values(run, v, star >= 0 ? 0 : count + 1, &list))
			return false;
		values = value_list(list);
	}
	if (values->count < fixed || (star < 0 && values->count > count))
		return fail_unpack(run, fixed, star >= 0, values->count);
	for (size_t i = 0; i < count; i++) {
		struct tmpl_value item;

		if ((int)i != star) {
			item = values->items[taken++];
		} else {
			item = value_sequence(run->arena, TMPL_LIST, values->count - fixed);
			for (size_t rest = values->count - fixed; rest > 0; rest--)
				value_list_add(run->arena, value_list(item), values->items[taken++]);
		}
		items[count - 1 - i] = item;
	}
	return true;
}
