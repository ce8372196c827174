/*
 * The files beneath one root as they are now: content, digest and type, kept
 * for the next request.
 *
 * What is kept is used only after a stat(2) says that the file is still the
 * one that was read, and not at all while it is so young that it could change
 * unseen (fs_key_is_unsettled): no answer is ever stale. Reading opens once, and
 * what is served is the very descriptor, or the very bytes, that were digested.
 *
 * A cache belongs to one thread. A `struct file` is counted: whoever finds one
 * gives it back with file_unref, and may keep it as long as he likes.
 */
#ifndef EDDY_FILE_H
#define EDDY_FILE_H

#include "os/fs.h"
#include "text/accept.h"
#include "text/mime.h"

enum {
	FILE_KEEP_MAX_BYTES = 1024 * 1024,       /* content up to this is kept in memory */
	FILE_CACHE_MAX_BYTES = 64 * 1024 * 1024, /* of content in one cache */
	FILE_CACHE_MAX_ENTRIES = 4096,
	FILE_GAP_MS = 150,                        /* how long a file that has gone is waited for */
	FILE_OPEN_MAX = 128,                      /* larger files whose descriptor is kept */
	FILE_INLINE_MAX_BYTES = 4 * 1024 * 1024,  /* digested at once; above it, by a job */
	FILE_DIGEST_MAX_BYTES = 64 * 1024 * 1024, /* above it the ETag is made from the key */
	FILE_ETAG_SIZE = 64,
	FILE_VERSION_SIZE = 17,
	FILE_SLOTS = 5,
	FILE_CODINGS = 2,
};

struct file {
	unsigned references;
	struct fs_key key;
	bool is_settled;           /* the key can be trusted */
	bool is_kept;              /* it is in a cache */
	char etag[FILE_ETAG_SIZE]; /* quoted: RFC 9110 §8.8.3; empty where the file changes all the time */
	char version[FILE_VERSION_SIZE]; /* what ?v= must say; empty where the bytes were not digested */
	const char *type;                /* media type; lives as long as the process */
	bool is_compressible;            /* the type is one that a content coding makes smaller */
	struct str content;              /* where it is kept; else read from `fd` by pread(2) */
	int fd;                          /* -1 where the content is kept */
	uint64_t script_point; /* where the reload client goes into a page (text/html.h), or HTML_NOWHERE */

	/*
	 * What others derive from the file while it is kept, and what is freed when the cache drops it: the
	 * ready-made responses. They may hold references to the file.
	 */
	void *slots[FILE_SLOTS];
	void (*slot_free)(void *value);

	struct file *coded[FILE_CODINGS]; /* site/coded.h */
	unsigned uncodable;               /* of enum accept_encoding: those that make it no smaller */
};

enum file_status {
	FILE_READY,
	FILE_UNHASHED, /* opened, but its digest is work for a job: file_hash, then file_cache_put */
	FILE_DIRECTORY,
	FILE_MISSING, /* or not a regular file, or not to be reached without leaving the root */
	FILE_GONE,    /* missing for less than FILE_GAP_MS: an editor may be about to put it back */
	FILE_DENIED,  /* there, but not to be read by us */
	FILE_FAILED,  /* it could not be opened now: out of descriptors, or of memory */
};

struct file_cache;

enum file_cache_use {
	FILE_CACHE_SERVE,   /* keeps contents and descriptors; leaves large digests to a job */
	FILE_CACHE_DIGESTS, /* keeps digests only, and makes them all at once, whatever the size */
};

/* `root` is an absolute path. `keep` false reads and digests anew each time (--no-hash-cache). */
struct file_cache *file_cache_new(const char *root, enum file_cache_use use, bool follow_links, bool keep);
void file_cache_free(struct file_cache *cache);

/* The types of the site, which must outlive the cache; to be called before the first file is found. */
void file_cache_set_types(struct file_cache *cache, const struct mime_types *types);

/*
 * The file at `path` beneath the root, as fs_open_beneath takes it. `*found` is set, and counted,
 * for FILE_READY and FILE_UNHASHED only.
 */
enum file_status file_find(struct file_cache *cache, const char *path, struct file **found);

/* Digests an unhashed file; for any thread, as long as nobody else uses the file meanwhile. */
void file_hash(struct file *file);

/*
 * Keeps a form of `file` that was made of it, with it; NULL says that the coding makes it no smaller. Takes no
 * reference, and does nothing where the file is not kept itself.
 */
void file_cache_put_coded(
    struct file_cache *cache, struct file *file, enum accept_encoding coding, struct file *coded);

/* Where the form in a coding is in file->coded. */
size_t file_coding_index(enum accept_encoding coding);

/* A form of the file with other bytes, from malloc(3), which it takes: the same tag, version and type. For any thread. */
struct file *file_new_coded(const struct file *file, struct str content);

/* The file's bytes: those that are kept, or read into malloc(3)'s memory, `*owned`. False where they have changed. */
bool file_bytes(const struct file *file, struct str *bytes, char **owned);

/* The root, absolute. */
const char *file_cache_root(const struct file_cache *cache);

/* Keeps a file that file_hash has completed for the next file_find of `path`. */
void file_cache_put(struct file_cache *cache, const char *path, struct file *file);

struct file *file_ref(struct file *file);
void file_unref(struct file *file);

#endif
