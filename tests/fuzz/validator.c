/* A date that was read is written and read again as itself; preconditions never crash. The input is lines. */
#include "text/validator.h"

#include "fuzz.h"

#define NOW INT64_C(1718452800)

static void
check_date(struct arena a, struct str text)
{
	int64_t seconds, again;

	if (!validator_date_parse(text, NOW, &seconds))
		return;
	FUZZ_CHECK(validator_date_parse(validator_date(&a, seconds), NOW, &again) && seconds == again);
}

static void
check_etag(struct str list, struct str etag)
{
	bool is_strong = validator_etag_listed(list, etag, VALIDATOR_STRONG);

	FUZZ_CHECK(!is_strong || validator_etag_listed(list, etag, VALIDATOR_WEAK));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena a = arena_make(4 * KIB);
	struct str rest = str_make((const char *)data, len);
	struct validator current = {.etag = str_cut(&rest, '\n'), .modified = 784111777};
	struct validator_request r = {.now = NOW};

	r.method = str_cut(&rest, '\n');
	r.if_match = str_cut(&rest, '\n');
	r.if_none_match = str_cut(&rest, '\n');
	r.if_modified_since = str_cut(&rest, '\n');
	r.if_unmodified_since = str_cut(&rest, '\n');
	r.if_range = str_cut(&rest, '\n');
	check_date(a, r.if_modified_since);
	check_etag(r.if_match, current.etag);
	FUZZ_CHECK(validator_evaluate(&r, current) != VALIDATOR_NOT_MODIFIED || r.if_none_match.len > 0 ||
		   r.if_modified_since.len > 0);
	FUZZ_CHECK(!validator_range_allowed(&r, current) || str_eq(r.method, STR("GET")));
	arena_free(&a);
	return 0;
}
