/*
 * The access log: a line for each request, in Tornado's form:
 *
 *	200 GET /static/site.css?v=5d41 (127.0.0.1) 0.21ms
 *
 * The target stands there as it was asked for; what is no printable ASCII in it,
 * and the backslash, is written as \xNN, so that nobody can forge a line or talk to the terminal.
 */
#ifndef EDDY_ACCESS_H
#define EDDY_ACCESS_H

#include "http/req.h"

/* Room for the longest target that is answered; one that escapes make longer is cut, with "..." behind it. */
enum { ACCESS_LINE_BYTES = 10 * 1024 };

/* Writes the line for an answered request, newline included. Returns its length. */
size_t access_format(char line[ACCESS_LINE_BYTES], const struct req *req, bool has_colour);

/*
 * Tells of the request on standard error. What went well is told of pages in debug
 * mode, and of everything else to who asked for it by --verbose; --quiet has nothing of either.
 */
void access_log(const struct req *req);

#endif
