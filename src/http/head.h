/*
 * The guard: whether the head of a request is one that every party on its way
 * must read alike (RFC 9112 §2.2, §3, §5, §6, §11.2). What is ambiguous is refused,
 * and the connection ends with it, so that no second request can be smuggled behind.
 */
#ifndef EDDY_HEAD_H
#define EDDY_HEAD_H

#include "http/req.h"

enum {
	HEAD_MAX_BYTES = 16 * 1024,
	HEAD_MAX_FIELDS = 100,
	HEAD_MAX_TARGET_BYTES = 8 * 1024,
};

/*
 * Checks what was taken apart into the request: its method, target, version and fields; `head_bytes`
 * is how long all of it was. Sets the request's host and authority. False with what is wrong.
 */
bool head_check(struct req *req, size_t head_bytes, struct err *e);

#endif
