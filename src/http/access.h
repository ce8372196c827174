/*
 * The access log: a line for each request, in Tornado's form:
 *
 *	200 GET /static/site.css?v=5d41 (127.0.0.1) 0.21ms
 *
 * The target stands there as it was asked for, but for a password in its authority; what is no printable ASCII in it,
 * and the backslash, is written as \xNN, so that nobody can forge a line or talk to the terminal.
 *
 * In the file of --access-log every request has its line, with the time of its end in UTC behind it:
 * "… 0.21ms 2026-01-31T23:59:59Z". Lines are gathered for a few milliseconds. Several processes may
 * write one file; no line is torn. A file that can't take them loses them, and the server goes on.
 */
#ifndef EDDY_ACCESS_H
#define EDDY_ACCESS_H

#include "http/req.h"

struct loop;
struct access;

/* Room for the longest target that is answered; one that escapes make longer is cut, with "..." behind it. */
enum { ACCESS_LINE_BYTES = 10 * 1024 };

/* Writes the line for an answered request, newline included. Returns its length. */
size_t access_format(char line[ACCESS_LINE_BYTES], const struct req *req, bool has_colour);

/* Opens the file for appending, and makes it where it isn't there. NULL with the error set. */
struct access *access_open(struct loop *loop, const char *path, struct err *e);

/* Writes what is left. NULL is left alone. */
void access_close(struct access *access);

/* Whether access_open would succeed, as far as can be told; NULL is no file. */
bool access_may_open(const char *path, struct err *e);

/*
 * Tells of the request in the file, and on standard error: what went well is told there of pages in debug
 * mode, and of everything else to who asked for it by --verbose; --quiet has nothing of either.
 */
void access_log(const struct req *req);

#endif
