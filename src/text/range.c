#include "text/range.h"

#include <string.h>

/*
 * How many separate ranges are kept while the field is read: later ones may still join them. A field
 * that needs more is answered with the whole.
 */
enum { WORKING_MAX = 64 };

struct working_set {
	size_t count;
	struct range ranges[WORKING_MAX];
};

enum spec_result {
	SPEC_IGNORE, /* the field as a whole can't be heeded */
	SPEC_BEYOND, /* well-formed, but not satisfiable */
	SPEC_WITHIN,
};

static bool
is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
	return s.len > 0;
}

/* A position; what doesn't fit into 64 bits is past every end. */
static bool
position_parse(struct str s, uint64_t *position)
{
	if (!is_digits(s))
		return false;
	if (!str_to_u64(s, position))
		*position = UINT64_MAX;
	return true;
}

/* "-5": the last bytes. */
static enum spec_result
suffix_parse(struct str digits, uint64_t length, struct range *r)
{
	uint64_t count;

	if (!position_parse(digits, &count))
		return SPEC_IGNORE;
	if (count == 0)
		return SPEC_BEYOND;
	if (length == 0)
		return SPEC_IGNORE; /* it is satisfiable, but Content-Range can't say so */
	*r = (struct range){length - MIN(count, length), length - 1};
	return SPEC_WITHIN;
}

/* "5-9", "5-" or "-5". */
static enum spec_result
spec_parse(struct str spec, uint64_t length, struct range *r)
{
	size_t dash = str_find_char(spec, '-');
	struct str last;

	if (dash == STR_NONE)
		return SPEC_IGNORE;
	last = str_from(spec, dash + 1);
	if (dash == 0)
		return suffix_parse(last, length, r);
	r->last = UINT64_MAX;
	if (!position_parse(str_slice(spec, 0, dash), &r->first) ||
	    (last.len > 0 && !position_parse(last, &r->last)) || r->last < r->first)
		return SPEC_IGNORE;
	if (r->first >= length)
		return SPEC_BEYOND;
	r->last = MIN(r->last, length - 1);
	return SPEC_WITHIN;
}

/* Puts the range in its place, joined with all that it overlaps or touches. False where there is no room. */
static bool
set_add(struct working_set *set, struct range r)
{
	size_t start = 0, end;

	while (start < set->count && set->ranges[start].last + 1 < r.first)
		start++;
	for (end = start; end < set->count && set->ranges[end].first <= r.last + 1; end++) {
		r.first = MIN(r.first, set->ranges[end].first);
		r.last = MAX(r.last, set->ranges[end].last);
	}
	if (set->count - (end - start) + 1 > WORKING_MAX)
		return false;
	memmove(&set->ranges[start + 1], &set->ranges[end], (set->count - end) * sizeof(r));
	set->ranges[start] = r;
	set->count = set->count - (end - start) + 1;
	return true;
}

/* The list's elements may be empty and have blanks around their commas: RFC 9110 §5.6.1.2. */
static enum spec_result
list_parse(struct str list, uint64_t length, struct working_set *set)
{
	enum spec_result result = SPEC_IGNORE;
	struct str start = list;

	while (list.len > 0) {
		struct str element = str_cut(&list, ',');
		struct str spec = str_trim_blanks(element);
		struct range r;
		enum spec_result found;

		if (spec.len == 0)
			continue;
		if (element.data == start.data && spec.data != start.data)
			return SPEC_IGNORE; /* a blank behind the '=' */
		found = spec_parse(spec, length, &r);
		if (found == SPEC_IGNORE || (found == SPEC_WITHIN && !set_add(set, r)))
			return SPEC_IGNORE;
		result = MAX(result, found);
	}
	return result;
}

enum range_result
range_parse(struct str field, uint64_t length, struct range_set *set)
{
	struct working_set working = {0};
	enum spec_result result;

	set->count = 0;
	if (!str_eq_nocase(str_cut(&field, '='), STR("bytes")))
		return RANGE_NONE;
	result = list_parse(field, length, &working);
	if (result == SPEC_BEYOND)
		return RANGE_UNSATISFIABLE;
	if (result == SPEC_IGNORE || working.count > RANGE_MAX)
		return RANGE_NONE;
	set->count = working.count;
	memcpy(set->ranges, working.ranges, working.count * sizeof(working.ranges[0]));
	return RANGE_OK;
}

uint64_t
range_length(struct range r)
{
	return r.last - r.first + 1;
}
