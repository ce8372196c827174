/*
 * The Range field: RFC 9110 §14.1 and §14.2.
 *
 * A set is sorted, and its ranges neither overlap nor touch, so their lengths
 * never add up to more than the representation's.
 */
#ifndef EDDY_RANGE_H
#define EDDY_RANGE_H

#include "base/str.h"

enum { RANGE_MAX = 8 };

struct range {
	uint64_t first;
	uint64_t last; /* inclusive, as in the field; below the length */
};

struct range_set {
	size_t count;
	struct range ranges[RANGE_MAX];
};

enum range_result {
	RANGE_NONE,          /* send the whole: malformed, another unit, or more than RANGE_MAX ranges */
	RANGE_OK,            /* 206, with at least one range */
	RANGE_UNSATISFIABLE, /* 416: well-formed, but no byte of it exists */
};

/*
 * Reads the field against a representation of `length` bytes. The set is filled where the result
 * is RANGE_OK, otherwise empty. Positions past 64 bits count as past the end.
 */
enum range_result range_parse(struct str field, uint64_t length, struct range_set *set);

/* How many bytes the range holds. */
uint64_t range_length(struct range r);

#endif
