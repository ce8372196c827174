/*
 * Whatever a template holds, it renders or fails with an error that has a
 * message, within its limits. The input is the template; it includes and extends itself as "a" and "b".
 */
#include "tmpl/tmpl.h"

#include "fuzz.h"

enum { FUEL = 20000, DEPTH = 60, MEMORY_MIB = 16, TIME_MS = 10000 };

static bool
read_input(void *context, struct arena *a, struct str name, struct tmpl_file *file, struct err *e)
{
	(void)a;
	if (name.len > 2)
		return err_set(e, ERR_FILE_NOT_FOUND, ERR_NOWHERE, "no such file");
	*file = (struct tmpl_file){.text = *(const struct str *)context};
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
make_scope(struct arena *a)
{
	static const char json[] =
	    "{\"name\": \"n<\", \"list\": [1, 2.5, null, [true]], \"d\": {\"a\": {\"b\": \"c\"}}}";
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
	struct tmpl_source source = {&text, read_input, is_unchanged};
	struct tmpl_store *store = tmpl_store_new(&source, true);
	struct arena a = arena_make(64 * KIB);
	struct tmpl_scope scope = make_scope(&a);
	struct err e = err_make(&a);
	const struct tmpl *t = tmpl_store_get(store, STR("a"), &e);
	bool rendered = t != NULL && tmpl_render(t, &a, &scope, &limits, &output, &e);

	FUZZ_CHECK(rendered == (e.kind == ERR_NONE));
	if (!rendered)
		FUZZ_CHECK(err_report(&a, &e, false).len > 0);
	for (int stage = TMPL_DUMP_TOKENS; stage <= TMPL_DUMP_CODE; stage++)
		tmpl_dump(store, STR("a"), (enum tmpl_dump)stage, &a, &output, &e);
	tmpl_store_free(store);
	arena_free(&a);
	return 0;
}
