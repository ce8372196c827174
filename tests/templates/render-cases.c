/*
 * Renders many cases in one process. Standard input has one JSON object a line: `files` (name to text), `entry`,
 * `data`. Standard output answers each with a line: {"output"} or {"type", "message", "file", "line"}.
 */
#include "tmpl/tmpl.h"

#include <stdio.h>
#include <stdlib.h>

static bool
read_file(void *context, struct arena *a, struct str name, struct tmpl_file *file, struct err *e)
{
	json_t *text = json_object_get(context, str_cstr(a, name));

	if (text == NULL)
		return err_set(
		    e, ERR_FILE_NOT_FOUND, ERR_NOWHERE, "No such file: '%.*s'", (int)name.len, name.data);
	*file = (struct tmpl_file){.text = str_make(json_string_value(text), json_string_length(text))};
	return true;
}

static bool
is_unchanged(void *context, struct str name, const struct fs_key *key)
{
	(void)context;
	(void)name;
	(void)key;
	return true;
}

static struct tmpl_scope
make_scope(struct arena *a, const struct tmpl_scope *host, json_t *data)
{
	struct tmpl_scope scope = tmpl_scope_make(a, host);
	const char *name;
	json_t *value;

	json_object_foreach(data, name, value)
	{
		tmpl_scope_set(&scope, name, tmpl_from_json(a, value));
	}
	return scope;
}

static json_t *
json_of(struct str text)
{
	json_t *string = json_stringn(text.len > 0 ? text.data : "", text.len);

	return string != NULL ? string : json_string("(not UTF-8)");
}

static json_t *
answer(json_t *test)
{
	struct tmpl_source source = {
	    .context = json_object_get(test, "files"), .read = read_file, .unchanged = is_unchanged};
	struct tmpl_store *store = tmpl_store_new(&source, true);
	struct arena a = arena_make(64 * KIB);
	struct tmpl_scope host = tmpl_scope_make(&a, NULL);
	struct tmpl_scope scope = make_scope(&a, &host, json_object_get(test, "data"));
	struct err e = err_make(&a);
	const struct tmpl *t =
	    tmpl_store_get(store, str_of(json_string_value(json_object_get(test, "entry"))), &e);
	struct str output;
	json_t *result = json_object();

	if (t != NULL && tmpl_render(t, &a, &scope, NULL, &output, &e)) {
		json_object_set_new(result, "output", json_of(output));
	} else {
		json_object_set_new(result, "type", json_string(err_kind_name(e.kind)));
		json_object_set_new(result, "message", json_of(e.message));
		json_object_set_new(result, "file", json_of(e.place.file));
		json_object_set_new(result, "line", json_integer(MAX(e.place.line, 0)));
	}
	tmpl_store_free(store);
	arena_free(&a);
	return result;
}

int
main(void)
{
	char *line = NULL;
	size_t capacity = 0;

	while (getline(&line, &capacity, stdin) > 0) {
		json_t *test = json_loads(line, JSON_ALLOW_NUL, NULL), *result;

		if (test == NULL)
			return EXIT_FAILURE;
		result = answer(test);
		json_dumpf(result, stdout, JSON_COMPACT);
		putchar('\n');
		fflush(stdout);
		json_decref(result);
		json_decref(test);
	}
	free(line);
	return EXIT_SUCCESS;
}
