#include "text/compress.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <zlib.h>

enum {
	GZIP_LEVEL = 6,
	GZIP_WINDOW_BITS = MAX_WBITS + 16, /* zlib's way to ask for gzip's frame */
	GZIP_MEMORY_LEVEL = 8,
	BROTLI_LEVEL = 5, /* the last one before it gets slow */
};

/* How many bytes were written; 0 where there is not enough room. */
static size_t
gzip_bytes(struct str bytes, char *out, size_t room)
{
	z_stream stream = {0};
	int result;

	if (bytes.len > UINT32_MAX || deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW_BITS,
					  GZIP_MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	stream.next_in = (Bytef *)(uintptr_t)bytes.data;
	stream.avail_in = (uInt)bytes.len;
	stream.next_out = (Bytef *)out;
	stream.avail_out = (uInt)room;
	result = deflate(&stream, Z_FINISH);
	deflateEnd(&stream);
	return result == Z_STREAM_END ? stream.total_out : 0;
}

static size_t
brotli_bytes(struct str bytes, char *out, size_t room)
{
	size_t written = room;

	return BrotliEncoderCompress(BROTLI_LEVEL, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.len,
		   (const uint8_t *)bytes.data, &written, (uint8_t *)out)
		   ? written
		   : 0;
}

bool
compress_bytes(enum accept_encoding coding, struct str bytes, struct str *coded)
{
	char *out = base_alloc(bytes.len + 1);
	size_t written = 0;

	if (coding == ACCEPT_GZIP)
		written = gzip_bytes(bytes, out, bytes.len);
	else if (coding == ACCEPT_BROTLI)
		written = brotli_bytes(bytes, out, bytes.len);
	if (written == 0 || written >= bytes.len) {
		free(out);
		return false;
	}
	*coded = str_make(base_realloc(out, written), written);
	return true;
}
