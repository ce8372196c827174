/*
 * Media types by file name.
 *
 * Every type here is NUL-terminated and fit for Content-Type, and lives as long as the process;
 * text types come with "; charset=utf-8".
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

/* Types that a site has besides, or instead. */
struct mime_types {
	struct mime_type *items;
	size_t count;
};

/* Why a text is no EXT=TYPE, to stand behind it, or NULL where it is one. */
const char *mime_fault(struct str text);

/* The types of texts that are EXT=TYPE; one that is named again replaces the first. */
struct mime_types mime_types_make(struct arena *a, const char *const *texts, size_t count);

/* As mime_of, but these types come first. */
const char *mime_type_of(const struct mime_types *types, struct str path);

/* Parameters and case of the type don't matter to these. */
bool mime_is_html(struct str type);         /* text/html; XHTML has another parser */
bool mime_is_compressible(struct str type); /* whether gzip or brotli is likely to make it smaller */

#endif
