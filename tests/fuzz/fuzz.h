/* What the fuzzers share: LLVMFuzzerTestOneInput, and a check that ends the process where it fails. */
#ifndef EDDY_FUZZ_H
#define EDDY_FUZZ_H

#include "base/str.h"

#include <stdlib.h>

#define FUZZ_CHECK(condition)     \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
