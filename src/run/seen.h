/*
 * Seen: what the watcher knows of the content of files, so that a touch, a
 * chmod or an identical rewrite is no change.
 *
 * A file's content is known by its digest, which is made when the file is
 * looked at, or in advance, step by step, for the files that were found at
 * the start (seen_step). One whose content isn't known counts as changed
 * as soon as its stat(2) is another; so do those too long for a digest.
 */
#ifndef EDDY_SEEN_H
#define EDDY_SEEN_H

#include "run/settle.h"

#include <jansson.h>

#define SEEN_FILE_MAX_BYTES (16 * (int64_t)MIB)   /* longer files are not digested */
#define SEEN_START_MAX_BYTES (256 * (int64_t)MIB) /* of all files together that are digested in advance */

struct seen;

/* Made before anything is looked at. */
struct seen *seen_new(void);

/* What has changed since this time, of clock_file_ns, has changed since seen_new. */
void seen_since(struct seen *s, int64_t since_ns);

/* A file that is there at the start, to be digested by seen_step. */
void seen_found(struct seen *s, struct str path);

/*
 * Digests the next of the files found; false where none is left. One that has changed since seen_new is left to
 * seen_look: `changed` is its path then, which lives as long as the file is known, and else empty.
 */
bool seen_step(struct seen *s, struct str *changed);

/* From now on it is told that a file has gone. */
void seen_started(struct seen *s);

/* The settle_look of this; `context` is the struct seen. */
enum settle_state seen_look(void *context, struct str path, bool is_final);

/* How many files are known. */
size_t seen_count(const struct seen *s);

/* The digest of each file in hex by its path, a new object; null for those that have none (yet). */
json_t *seen_digests(const struct seen *s);

/* Calls `fn` for every file that is known in the directory or is the path itself; "/" is for all. */
void seen_each(
    struct seen *s, struct str directory, void (*fn)(void *context, struct str path), void *context);

#endif
