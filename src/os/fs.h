/*
 * Files, opened so that no name and no link leads out of a root.
 *
 * A root is the descriptor of a directory. Beneath it a path is relative, has
 * segments separated by single slashes and no "." or ".." segment ("" is the
 * root itself); it is opened by openat2(2) with RESOLVE_BENEATH where the kernel has it,
 * else segment by segment with O_NOFOLLOW (which then refuses every link).
 * A path is never resolved as text and then opened.
 */
#ifndef EDDY_FS_H
#define EDDY_FS_H

#include "base/err.h"

/*
 * What stat(2) says of a file's content: two equal keys, neither of them
 * fresh, mean the same bytes. git(1) calls a fresh one racily clean: its file
 * could change again without its time moving on.
 */
struct fs_key {
	uint64_t device;
	uint64_t inode;
	int64_t size_bytes;
	int64_t mtime_ns;
	int64_t ctime_ns;
};

enum fs_kind { FS_FILE, FS_DIRECTORY, FS_OTHER };

struct fs_stat {
	struct fs_key key;
	enum fs_kind kind;
};

bool fs_key_eq(const struct fs_key *a, const struct fs_key *b);

/* Whether the file changed so shortly before `now_ns` (clock_file_ns) that the key can't be trusted yet. */
bool fs_key_is_fresh(const struct fs_key *key, int64_t now_ns);

/*
 * Whether what was read from `now_ns` on may be half of a write(2) that goes on under the same key: that sets the
 * times before it copies its bytes, and takes long on a busy machine. Holds of every key that is fresh.
 */
bool fs_key_is_unsettled(const struct fs_key *key, int64_t now_ns);

/*
 * Opens what is at `path` beneath the root for reading (a directory too), never blocking on a
 * FIFO, close-on-exec. -1 with errno set: ENOENT, EACCES, ELOOP, EXDEV (a link out of the root),
 * EAGAIN (another process holds a lease on it)…
 * `follow_links` allows links that leave the root.
 */
int fs_open_beneath(int root, const char *path, bool follow_links);

/* The same beneath a folder by its name: where that was moved and made anew, the new one. */
int fs_open_in(const char *folder, const char *path, bool follow_links);

/* False with errno set. */
bool fs_stat_fd(int fd, struct fs_stat *st);

/*
 * One fstatat(2), links followed wherever they lead: only for asking whether
 * what fs_open_beneath opened earlier is still the same file.
 */
bool fs_stat_quick(int root, const char *path, struct fs_stat *st);

/* The whole file, with a NUL behind it, in `a`. `limit_bytes` bounds it. */
bool fs_read_fd(struct arena *a, int fd, size_t limit_bytes, struct str *content, struct err *e);
bool fs_read(struct arena *a, const char *path, size_t limit_bytes, struct str *content, struct err *e);

/* All of it, over partial writes and signals. False with errno set. */
bool fs_write_fd(int fd, struct str content);

/*
 * Writes a file by rename(2), so that a reader sees the old content or the new. A private one only the user
 * may read.
 */
bool fs_write_atomic(const char *path, struct str content, struct err *e);
bool fs_write_private(const char *path, struct str content, struct err *e);

/* The folder, and what is missing on the way there: made so that only the user may enter. */
bool fs_make_private_folder(const char *path, struct err *e);

/* The absolute path without links, or NULL with errno set. */
char *fs_real_path(struct arena *a, const char *path);

/* An absolute path as it may be written in the current directory: relative where it lies beneath that. In `a`. */
struct str fs_path_from_here(struct arena *a, struct str path);

/* Whether `name`, in the directory, is a symbolic link. */
bool fs_is_link(int directory, const char *name);

bool fs_is_directory(const char *path);
bool fs_exists(const char *path);

/* Whether this process may list the folder and open what is in it. False with errno set. */
bool fs_may_read_folder(const char *path);

#endif
