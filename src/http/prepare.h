/*
 * Work on files that a request must wait for: digests of large files, and
 * forms in a content coding. The job thread does it, once for all requests that wait for the same.
 */
#ifndef EDDY_PREPARE_H
#define EDDY_PREPARE_H

#include "http/req.h"
#include "http/resp.h"
#include "site/file.h"

/*
 * A request that waits, in its arena. `answer` is called once the work is done, with the outcome: the digested
 * file, or the coded form, which is NULL where there is none.
 */
struct prepare {
	struct prepare *next;
	struct req *req;
	struct file *file; /* the one that was asked for; counted, released after `answer` */
	struct str path;   /* where that lies beneath the static root */
	enum accept_encoding coding;
	struct resp *(*answer)(const struct prepare *prepare, struct file *outcome);
};

/* Digests `file`, which lies at `path` and needs not be the one that was asked for. Always NULL: the answer comes later. */
struct resp *prepare_digest(struct prepare *prepare, struct file *file, struct str path);

/* Makes the form of prepare->file in prepare->coding. Always NULL. */
struct resp *prepare_coded(struct prepare *prepare);

#endif
