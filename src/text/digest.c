#include "text/digest.h"

#include <inttypes.h>
#include <xxhash.h>

struct digest_stream {
	XXH3_state_t state;
};

static struct digest
digest_from(XXH128_hash_t hash)
{
	return (struct digest){.high = hash.high64, .low = hash.low64};
}

struct digest
digest_of(struct str bytes)
{
	return digest_from(XXH3_128bits(bytes.data, bytes.len));
}

bool
digest_eq(struct digest a, struct digest b)
{
	return a.high == b.high && a.low == b.low;
}

struct digest_stream *
digest_stream_new(struct arena *a)
{
	struct digest_stream *stream = ARENA_NEW(a, struct digest_stream);

	XXH3_128bits_reset(&stream->state);
	return stream;
}

void
digest_stream_add(struct digest_stream *stream, struct str bytes)
{
	if (bytes.len > 0)
		XXH3_128bits_update(&stream->state, bytes.data, bytes.len);
}

struct digest
digest_stream_end(const struct digest_stream *stream)
{
	return digest_from(XXH3_128bits_digest(&stream->state));
}

struct str
digest_hex(struct arena *a, struct digest d)
{
	return str_format(a, "%016" PRIx64 "%016" PRIx64, d.high, d.low);
}

struct str
digest_version(struct arena *a, struct digest d)
{
	return str_format(a, "%016" PRIx64, d.high);
}
