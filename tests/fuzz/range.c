/* A set is sorted, within the length, and its ranges neither overlap nor touch. The input is a length and a
 * field. */
#include "text/range.h"

#include "fuzz.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct range_set set;
	uint64_t length;
	enum range_result result;

	if (len < sizeof(length))
		return 0;
	memcpy(&length, data, sizeof(length));
	result =
	    range_parse(str_make((const char *)data + sizeof(length), len - sizeof(length)), length, &set);
	FUZZ_CHECK((result == RANGE_OK) == (set.count > 0));
	FUZZ_CHECK(set.count <= RANGE_MAX);
	for (size_t i = 0; i < set.count; i++) {
		FUZZ_CHECK(set.ranges[i].first <= set.ranges[i].last && set.ranges[i].last < length);
		FUZZ_CHECK(i == 0 || set.ranges[i - 1].last + 1 < set.ranges[i].first);
	}
	return 0;
}
