/* A path that was let in is safe to open, and encoding it leads back to it; hosts and queries never crash. */
#include "text/url.h"

#include "fuzz.h"

enum { CHECKED_MAX = 16 }; /* parameters of one query */

static void
check_path(struct str path)
{
	for (size_t i = 0; i < path.len; i++)
		FUZZ_CHECK(
		    (unsigned char)path.data[i] >= ' ' && path.data[i] != 0x7f && path.data[i] != '\\');
	FUZZ_CHECK(!str_ends(path, STR("/")));
	while (path.len > 0) {
		struct str segment = str_cut(&path, '/');

		FUZZ_CHECK(segment.len > 0 && !str_eq(segment, STR(".")) && !str_eq(segment, STR("..")));
	}
}

static void
check_target(struct arena a, struct str target)
{
	struct err e = err_make(&a);
	struct url u, again;

	if (!url_parse(&a, target, &u, &e)) {
		FUZZ_CHECK(e.kind == ERR_BAD_REQUEST || e.kind == ERR_NOT_FOUND);
		return;
	}
	check_path(u.path);
	FUZZ_CHECK(url_parse(&a, url_encode_path(&a, u.path, u.is_directory), &again, &e));
	FUZZ_CHECK(str_eq(u.path, again.path) && u.is_hidden == again.is_hidden);
	FUZZ_CHECK(u.form == URL_ASTERISK || u.is_directory == again.is_directory);
}

static void
check_query(struct arena a, struct str query)
{
	struct str rest = query, value, *values;
	struct url_param param;

	for (size_t i = 0; i < CHECKED_MAX && url_query_next(&a, &rest, &param); i++) {
		FUZZ_CHECK(url_query_first(&a, query, param.name, &value));
		FUZZ_CHECK(url_query_all(&a, query, param.name, &values) > 0 && str_eq(values[0], value));
	}
}

static void
check_host(struct arena a, struct str authority)
{
	struct err e = err_make(&a);
	struct url_host host;

	if (url_host_parse(&a, authority, &host, &e))
		FUZZ_CHECK(host.name.len > 0 && url_host_allowed(&host, host.name, NULL, 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena a = arena_make(64 * KIB);
	struct str input = str_make((const char *)data, len);

	check_target(a, input);
	check_query(a, input);
	check_host(a, input);
	arena_free(&a);
	return 0;
}
