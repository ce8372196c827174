/*
 * Validators and preconditions: RFC 9110 §8.8 and §13; HTTP dates: §5.6.7.
 *
 * Times are whole seconds since 1970 in UTC.
 */
#ifndef EDDY_VALIDATOR_H
#define EDDY_VALIDATOR_H

#include "base/str.h"

/* "Sun, 06 Nov 1994 08:49:37 GMT"; a time outside the years 0 to 9999 is clamped to them. */
struct str validator_date(struct arena *a, int64_t seconds);

/*
 * Reads any of the three forms. `now` places the two-digit year of the obsolete RFC 850 form.
 * False where it is no such date, or a day or time that doesn't exist.
 */
bool validator_date_parse(struct str text, int64_t now, int64_t *seconds);

/* RFC 9110 §8.8.3.2: weak tags never match strongly. */
enum validator_comparison { VALIDATOR_WEAK, VALIDATOR_STRONG };

/*
 * Whether the tag (quoted, perhaps with W/) is in the list of an If-Match or If-None-Match field.
 * "*" alone matches every tag. Elements that are not entity tags match nothing.
 */
bool validator_etag_listed(struct str list, struct str etag, enum validator_comparison comparison);

#define VALIDATOR_NO_DATE INT64_MIN

/* What the representation would be sent with. */
struct validator {
	struct str etag;  /* quoted; empty if there is none */
	int64_t modified; /* Last-Modified, or VALIDATOR_NO_DATE */
};

/* The request's fields as they came; one that is empty counts as missing. Several lines of one are joined by
 * ", ". */
struct validator_request {
	struct str method;
	struct str if_match;
	struct str if_none_match;
	struct str if_modified_since;
	struct str if_unmodified_since;
	struct str if_range;
	int64_t now;
};

enum validator_outcome {
	VALIDATOR_PROCEED,
	VALIDATOR_NOT_MODIFIED, /* 304 */
	VALIDATOR_FAILED,       /* 412 */
};

/*
 * Evaluates the preconditions in the order of RFC 9110 §13.2.2. To be asked only where the answer
 * would otherwise be 200 (§13.2.1).
 */
enum validator_outcome validator_evaluate(const struct validator_request *r, struct validator current);

/*
 * Whether a Range field may be heeded: the method is GET, and If-Range is missing or holds the current
 * validator (§13.1.5, §14.2). A date counts as a strong validator once its second is over (§8.8.2.2).
 */
bool validator_range_allowed(const struct validator_request *r, struct validator current);

#endif
