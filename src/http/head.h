/*
 * The guard: whether the head of a request is one that every party on its way
 * must read alike (RFC 9112 §2.2, §3, §5, §6, §11.2). What is ambiguous is refused,
 * and the connection ends with it, so that no second request can be smuggled behind.
 */
#ifndef EDDY_HEAD_H
#define EDDY_HEAD_H

#include "http/req.h"

/*
 * Whether what came first on a connection may be the beginning of a request: false where its first line
 * can't be one any more, as in another protocol.
 */
bool head_may_begin(struct str first_bytes);

/*
 * Checks what was taken apart into the request: its method, target, version and fields; `head_bytes`
 * is how long all of it was. Sets the request's host and authority. False with what is wrong.
 */
bool head_check(struct req *req, size_t head_bytes, struct err *e);

#endif
