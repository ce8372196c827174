/*
 * Whatever files hold, they compile or there is an error that has a message, and each stage of the compiler can be
 * shown.
 */
#include "template.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str text = str_make((const char *)data, len), output;
	struct tmpl_source source = {
	    .context = &text, .read = template_read, .unchanged = template_is_unchanged};
	struct tmpl_store *store = tmpl_store_new(&source, true);
	struct arena a = arena_make(64 * KIB);
	struct err e = err_make(&a);
	bool compiled = tmpl_store_get(store, STR("a"), &e) != NULL;

	FUZZ_CHECK(compiled == (e.kind == ERR_NONE));
	if (!compiled)
		FUZZ_CHECK(err_report(&a, &e, false).len > 0);
	for (int stage = TMPL_DUMP_TOKENS; stage <= TMPL_DUMP_CODE; stage++)
		tmpl_dump(store, STR("a"), (enum tmpl_dump)stage, &a, &output, &e);
	tmpl_store_free(store);
	arena_free(&a);
	return 0;
}
