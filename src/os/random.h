/* Bytes that nobody can guess. */
#ifndef EDDY_RANDOM_H
#define EDDY_RANDOM_H

#include "base/str.h"

/* `count` (at most 32) bytes of the kernel's randomness, as two hexadecimal digits each. */
struct str random_hex(struct arena *a, size_t count);

#endif
