/* Whatever a template holds, it renders or fails with an error that has a message, within its limits. */
#include "template.h"

enum { FUEL = 20000, DEPTH = 60, MEMORY_MIB = 16, TIME_MS = 10000 };

/* The names that the cases of tests/templates use most. */
static struct tmpl_scope
make_scope(struct arena *a)
{
	static const char json[] = "{\"name\": \"n<\", \"s\": \"aXé \\ud83d\\ude00\", \"n\": 3, \"x\": -2.5, "
				   "\"l\": [3, 1, 2.5, null, [true]],"
				   " \"d\": {\"a\": {\"b\": \"c\"}, \"k\": [1]}, \"items\": [\"b\", \"a\"]}";
	struct tmpl_scope scope = tmpl_scope_make(a, NULL);
	json_t *data = json_loads(json, 0, NULL), *value;
	const char *key;

	json_object_foreach(data, key, value)
	{
		tmpl_scope_set(&scope, str_dup(a, str_of(key)).data, tmpl_from_json(a, value));
	}
	json_decref(data);
	return scope;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct tmpl_limits limits = {FUEL, DEPTH, MEMORY_MIB * MIB, MIB, TIME_MS};
	struct str text = str_make((const char *)data, len), output;
	struct tmpl_source source = {
	    .context = &text, .read = template_read, .unchanged = template_is_unchanged};
	struct tmpl_store *store = tmpl_store_new(&source, true);
	struct arena a = arena_make(64 * KIB);
	struct tmpl_scope scope = make_scope(&a);
	struct err e = err_make(&a);
	const struct tmpl *t = tmpl_store_get(store, STR("a"), &e);
	bool rendered = t != NULL && tmpl_render(t, &a, &scope, &limits, &output, &e);

	FUZZ_CHECK(rendered == (e.kind == ERR_NONE));
	if (!rendered)
		FUZZ_CHECK(err_report(&a, &e, false).len > 0);
	tmpl_store_free(store);
	arena_free(&a);
	return 0;
}
