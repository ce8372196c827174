/*
 * The forms that a file has in a content coding (RFC 9110 §8.4): the ones that lie
 * beside it, `x.br` and `x.gz` of `x`, no older than it, and those made on the
 * fly, which are kept with the file and are let go with it, so that none is ever stale.
 *
 * A coded form is a `struct file` of its own. Only files of types that get smaller have any.
 */
#ifndef EDDY_CODED_H
#define EDDY_CODED_H

#include "site/file.h"

enum {
	CODED_MIN_BYTES = 1024,            /* shorter ones aren't worth it on the fly */
	CODED_MAX_BYTES = 8 * 1024 * 1024, /* longer ones would hold up what else is to be done */
};

/*
 * The best form of the file at `path` that lies beside it, by an Accept-Encoding field. `*found` is set, and
 * counted, for FILE_READY and FILE_UNHASHED; `*coding` says in which coding it is.
 */
enum file_status coded_find_beside(struct file_cache *cache, struct arena scratch, const struct file *file,
    struct str path, struct str accept, struct file **found, enum accept_encoding *coding);

/* Where that form lies. */
struct str coded_path_beside(struct arena *a, struct str path, enum accept_encoding coding);

/* The coding that the file should be sent in by the field, as far as it can be made on the fly. */
enum accept_encoding coded_choose(const struct file *file, struct str accept);

/* The form that is kept with the file, or NULL. Not counted. */
struct file *coded_kept(const struct file *file, enum accept_encoding coding);

/* Makes the form; NULL where it would be no smaller. For any thread. */
struct file *coded_make(const struct file *file, enum accept_encoding coding);

#endif
