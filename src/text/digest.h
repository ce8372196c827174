/*
 * Content digests: XXH3, 128 bits, written as `xxhsum -H2` writes them.
 *
 * They tell versions of a file apart; they are no protection against somebody
 * who makes two files with one digest on purpose.
 */
#ifndef EDDY_DIGEST_H
#define EDDY_DIGEST_H

#include "base/str.h"

enum {
	DIGEST_HEX_LEN = 32,
	DIGEST_VERSION_LEN = 16,
};

struct digest {
	uint64_t high;
	uint64_t low;
};

struct digest digest_of(struct str bytes);
bool digest_eq(struct digest a, struct digest b);

/* Bytes that come in pieces: digest_stream_end of all equals digest_of the whole. */
struct digest_stream;
struct digest_stream *digest_stream_new(struct arena *a);
void digest_stream_add(struct digest_stream *stream, struct str bytes);
struct digest digest_stream_end(const struct digest_stream *stream);

/* The canonical form: DIGEST_HEX_LEN lower-case hexadecimal digits, with a NUL behind them. */
struct str digest_hex(struct arena *a, struct digest d);

/* The first DIGEST_VERSION_LEN of them: what `?v=` carries. */
struct str digest_version(struct arena *a, struct digest d);

#endif
