/* Header fields: dicts that know every value of each name. Tornado's HTTPHeaders. */
#include "tmpl/builtin.h"

struct tmpl_value
tmpl_headers(struct arena *a)
{
	struct tmpl_value headers = tmpl_dict(a);

	value_entries(headers)->fields = value_entries(tmpl_dict(a));
	return headers;
}

void
tmpl_headers_add(struct arena *a, struct tmpl_value headers, struct str name, struct str value)
{
	struct value_dict *fields = value_entries(headers)->fields;
	struct tmpl_value values, joined = tmpl_str(value);

	if (value_dict_find(value_entries(headers), name, &joined))
		joined = tmpl_str(str_format(a, "%.*s,%.*s", STR_ARG(value_str(joined)), STR_ARG(value)));
	else
		value_dict_put(a, fields, name, tmpl_list(a));
	value_dict_put(a, value_entries(headers), name, joined);
	if (value_dict_find(fields, name, &values))
		tmpl_list_add(a, values, tmpl_str(value));
}

/* The fields in order, each as a pair or as a line. */
static void
visit_all(const struct value_dict *fields, void (*visit)(void *, struct tmpl_value, struct tmpl_value),
    void *context)
{
	struct value_entry *entry;

	for (size_t at = 0; (entry = value_dict_next(fields, &at)) != NULL;)
		for (size_t i = 0; i < value_list(entry->value)->count; i++)
			visit(context, entry->key, value_list(entry->value)->items[i]);
}

static void
add_line(void *context, struct tmpl_value name, struct tmpl_value value)
{
	buf_addf(context, "%.*s: %.*s\n", STR_ARG(value_str(name)), STR_ARG(value_str(value)));
}

void
builtin_add_headers(struct buf *b, const struct value_dict *headers)
{
	visit_all(headers->fields, add_line, b);
}

struct pairs {
	struct arena *arena;
	struct tmpl_value list;
};

static void
add_pair(void *context, struct tmpl_value name, struct tmpl_value value)
{
	struct pairs *pairs = context;
	struct tmpl_value pair[] = {name, value};

	tmpl_list_add(pairs->arena, pairs->list, value_tuple_of(pairs->arena, COUNT_OF(pair), pair));
}

static BUILTIN(headers_get_all)
{
	struct pairs pairs = {call->run->arena, tmpl_list(call->run->arena)};

	(void)args;
	visit_all(value_entries(call->self)->fields, add_pair, &pairs);
	*result = pairs.list;
	return true;
}

static BUILTIN(headers_get_list)
{
	struct value_entry *entry;

	*result = tmpl_list(call->run->arena);
	if (args[0].type != TMPL_STR)
		return true;
	for (size_t at = 0; (entry = value_dict_next(value_entries(call->self)->fields, &at)) != NULL;)
		if (str_eq_nocase(value_str(entry->key), value_str(args[0])))
			*result = entry->value;
	return true;
}

static const struct builtin header_rows[] = {
    {"get_all", headers_get_all, 0, 0, NULL, 0},
    {"get_list", headers_get_list, 1, 1, NULL, 0},
};

const struct builtin_table builtin_header_methods = {header_rows, COUNT_OF(header_rows)};
