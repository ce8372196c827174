/*
 * Media types by file name.
 *
 * Every type here is a constant, NUL-terminated and fit for Content-Type; text
 * types come with "; charset=utf-8".
 */
#ifndef EDDY_MIME_H
#define EDDY_MIME_H

#include "base/str.h"

#define MIME_UNKNOWN "application/octet-stream"

/* What follows the last dot of the last segment, or empty: "html" of "a/b.html", nothing of ".env" or
 * "a.b/c". */
struct str mime_extension(struct str path);

/* By the extension, in any case; MIME_UNKNOWN where that is unknown or missing. Never NULL. */
const char *mime_of(struct str path);

/* Parameters and case of the type don't matter to these. */
bool mime_is_html(struct str type);         /* text/html; XHTML has another parser */
bool mime_is_compressible(struct str type); /* whether gzip or brotli is likely to make it smaller */

#endif
