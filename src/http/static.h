/* Files as answers: validators, conditions, ranges, cache rules (RFC 9110 §13, §14; RFC 9111). */
#ifndef EDDY_STATIC_H
#define EDDY_STATIC_H

#include "http/req.h"
#include "http/resp.h"
#include "site/file.h"

/*
 * Takes the reference to the file, which lies at `path` beneath the static root. NULL where the answer comes
 * later: in a content coding that is still to be made.
 */
struct resp *static_answer(struct req *req, struct file *file, struct str path);

/* The same for a file whose digest is work for a job. Always later. */
struct resp *static_answer_later(struct req *req, struct file *file, struct str path);

/* A file that stands in for another URL's, with this status: not to be kept by anybody. Takes the reference. */
struct resp *static_answer_instead(struct req *req, struct file *file, int status);

/* The same for a file at `path` whose digest is work for a job. Always NULL: the answer comes later. */
struct resp *static_answer_instead_later(struct req *req, struct file *file, struct str path, int status);

/* One of eddy's own files, versioned in the same way. `content` may live in the request. */
struct resp *static_answer_asset(struct req *req, struct str content, const char *type);

#endif
