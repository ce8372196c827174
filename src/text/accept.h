/*
 * What the client would like: Accept and Accept-Encoding, RFC 9110 §12.
 *
 * A quality is a number of thousandths, 0 to 1000; 0 is "not acceptable".
 * Elements that are malformed are passed over.
 */
#ifndef EDDY_ACCEPT_H
#define EDDY_ACCEPT_H

#include "base/str.h"

enum { ACCEPT_QUALITY_MAX = 1000 };

/*
 * The quality that an Accept field gives to a media type ("text/html"): that of the most specific
 * range that matches (§12.5.1). A missing (empty) field accepts everything. Parameters but q don't matter.
 */
int accept_quality(struct str field, struct str type);

/* Whether the type itself, and not only a wildcard, is listed with a quality above 0. */
bool accept_names(struct str field, struct str type);

/* Content codings, bits to be combined. */
enum accept_encoding {
	ACCEPT_IDENTITY = 0,
	ACCEPT_GZIP = 1 << 0,
	ACCEPT_BROTLI = 1 << 1,
};

/*
 * The best of the codings in `available` by an Accept-Encoding field; among equals brotli comes before
 * gzip. Identity is chosen where it has a higher quality of its own, where nothing else is
 * acceptable and where the field is missing (§12.5.3 would allow any).
 */
enum accept_encoding accept_choose_encoding(struct str field, unsigned available);

/* "br", "gzip", or NULL for identity: the value of Content-Encoding. */
const char *accept_encoding_name(enum accept_encoding encoding);

#endif
