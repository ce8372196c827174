/*
 * The head of a request in libmicrohttpd's read buffer, and whether it was taken apart as it stands there.
 *
 * The strings that libmicrohttpd 0.9.75 hands out point into that buffer, where each CRLF became two NULs: a bare LF,
 * a fold, a NUL or a space in the wrong place leaves a gap between them. Later versions are strict themselves and
 * lay their buffer out otherwise.
 */
#ifndef EDDY_RAW_HEAD_H
#define EDDY_RAW_HEAD_H

#include "http/req.h"

struct raw_head {
	struct req *req;
	struct req_header *headers;
	const char *first;
	const char *next; /* where the next field must begin */
	bool is_contiguous;
};

/* Whether the buffer of that version can be looked into. */
bool raw_head_knows(const char *library_version);

/* Takes the request line, whose target is known, into the request, and makes room for so many fields. */
void raw_head_begin(
    struct raw_head *head, struct req *req, const char *method, const char *version, size_t field_count);

/* Takes the next field. `value` may be NULL. */
void raw_head_add(
    struct raw_head *head, const char *name, size_t name_len, const char *value, size_t value_len);

/* How long all of it is up to the empty line behind it. */
size_t raw_head_size(const struct raw_head *head);

/* Whether the parts lie in the buffer without a gap, and make up the whole of it. */
bool raw_head_is_intact(const struct raw_head *head, size_t size_bytes);

/*
 * Makes libmicrohttpd blind to an Expect: it would send 100 (Continue) for a body that doesn't come,
 * and then take what follows for that body.
 */
void raw_head_hide_expectation(const struct req *req);

#endif
