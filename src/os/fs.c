#include "os/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

#ifdef __APPLE__
#define st_mtim st_mtimespec
#define st_ctim st_ctimespec
#endif

enum {
	OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
	FRESH_NS = 20 * 1000 * 1000, /* no less than a tick of the coarse clock at 100 Hz, doubled */
	UNSETTLED_NS = 1000 * 1000 * 1000,
	READ_CHUNK_BYTES = 64 * 1024,
	OPEN_TRIES = 8,
};

bool
fs_key_eq(const struct fs_key *a, const struct fs_key *b)
{
	return a->device == b->device && a->inode == b->inode && a->size_bytes == b->size_bytes &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static bool
key_is_younger(const struct fs_key *key, int64_t now_ns, int64_t age_ns)
{
	return key->mtime_ns + age_ns >= now_ns || key->ctime_ns + age_ns >= now_ns;
}

bool
fs_key_is_fresh(const struct fs_key *key, int64_t now_ns)
{
	return key_is_younger(key, now_ns, FRESH_NS);
}

bool
fs_key_is_unsettled(const struct fs_key *key, int64_t now_ns)
{
	return key_is_younger(key, now_ns, UNSETTLED_NS);
}

static int64_t
timespec_ns(struct timespec t)
{
	const int64_t limit_s = INT64_MAX / 1000000000 - 1; /* the year 2262 */
	int64_t seconds = MIN(MAX((int64_t)t.tv_sec, -limit_s), limit_s);

	return seconds * 1000000000 + t.tv_nsec;
}

static enum fs_kind
kind_of(mode_t mode)
{
	return S_ISREG(mode) ? FS_FILE : S_ISDIR(mode) ? FS_DIRECTORY : FS_OTHER;
}

static struct fs_stat
stat_of(const struct stat *st)
{
	return (struct fs_stat){
	    .key =
		{
		    .device = (uint64_t)st->st_dev,
		    .inode = (uint64_t)st->st_ino,
		    .size_bytes = (int64_t)st->st_size,
		    .mtime_ns = timespec_ns(st->st_mtim),
		    .ctime_ns = timespec_ns(st->st_ctim),
		},
	    .kind = kind_of(st->st_mode),
	};
}

/* Segment by segment, no link at all: for kernels without openat2(2). */
static int
open_walk(int root, const char *path)
{
	int directory = dup(root);

	while (directory >= 0) {
		char segment[NAME_MAX + 1];
		size_t len = strcspn(path, "/");
		bool is_last = path[len] == '\0';
		int next;

		if (len > NAME_MAX) {
			close(directory);
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(segment, path, len);
		segment[len] = '\0';
		next = openat(
		    directory, len ? segment : ".", OPEN_FLAGS | O_NOFOLLOW | (is_last ? 0 : O_DIRECTORY));
		close(directory);
		if (is_last)
			return next;
		directory = next;
		path += len + 1;
	}
	return -1;
}

#ifdef SYS_openat2
/*
 * A rename in between is EAGAIN (openat2(2)), and another try finds the file; so is another process's lease on it
 * (fcntl(2)), and none does before that process gives it up.
 */
static int
open_resolved(int root, const char *path)
{
	struct open_how how = {
	    .flags = OPEN_FLAGS,
	    .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	for (int i = 0; i < OPEN_TRIES; i++) {
		fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return (int)fd;
}

/* Whether it failed because there is no such call: a container's filter that doesn't know it says EPERM, to all. */
static bool
openat2_is_missing(int root, int number)
{
	int fd;

	if (number != EPERM)
		return number == ENOSYS;
	fd = open_resolved(root, ".");
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EPERM;
}
#endif

int
fs_open_beneath(int root, const char *path, bool follow_links)
{
	if (follow_links)
		return openat(root, *path ? path : ".", OPEN_FLAGS);
#ifdef SYS_openat2
	static atomic_bool is_missing;

	if (!is_missing) {
		int fd = open_resolved(root, *path ? path : ".");
		int number = errno;

		if (fd >= 0 || !openat2_is_missing(root, number)) {
			errno = number;
			return fd;
		}
		is_missing = true;
	}
#endif
	return open_walk(root, path);
}

int
fs_open_in(const char *folder, const char *path, bool follow_links)
{
	int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = root < 0 ? -1 : fs_open_beneath(root, path, follow_links);
	int number = errno;

	if (root >= 0)
		close(root);
	errno = number;
	return fd;
}

bool
fs_stat_fd(int fd, struct fs_stat *st)
{
	struct stat raw;

	if (fstat(fd, &raw) != 0)
		return false;
	*st = stat_of(&raw);
	return true;
}

bool
fs_stat_quick(int root, const char *path, struct fs_stat *st)
{
	struct stat raw;

	if (fstatat(root, *path ? path : ".", &raw, 0) != 0)
		return false;
	*st = stat_of(&raw);
	return true;
}

bool
fs_read_fd(struct arena *a, int fd, size_t limit_bytes, struct str *content, struct err *e)
{
	struct buf b = buf_make(a);
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size < limit_bytes)
		buf_reserve(&b, (size_t)st.st_size + 1);
	do {
		size_t room = MAX(b.capacity - b.len, (size_t)READ_CHUNK_BYTES);

		if (b.capacity > b.len + 1)
			room = b.capacity - b.len - 1;
		got = read(fd, buf_reserve(&b, room + 1), room);
		if (got < 0 && errno != EINTR)
			return err_set_errno(e, "cannot read");
		b.len += got > 0 ? (size_t)got : 0;
		if (b.len > limit_bytes)
			return err_set(e, ERR_OS, ERR_NOWHERE, "longer than %zu bytes", limit_bytes);
	} while (got != 0);
	buf_cstr(&b);
	*content = buf_str(&b);
	return true;
}

bool
fs_read(struct arena *a, const char *path, size_t limit_bytes, struct str *content, struct err *e)
{
	int fd = open(path, OPEN_FLAGS);
	bool ok;

	if (fd < 0)
		return err_set_errno(e, "cannot open '%s'", path);
	ok = fs_read_fd(a, fd, limit_bytes, content, e);
	close(fd);
	if (!ok)
		e->message = str_format(e->arena, "'%s': %.*s", path, STR_ARG(e->message));
	return ok;
}

bool
fs_write_fd(int fd, struct str content)
{
	while (content.len > 0) {
		ssize_t written = write(fd, content.data, content.len);

		if (written < 0 && errno != EINTR)
			return false;
		content = str_from(content, written > 0 ? (size_t)written : 0);
	}
	return true;
}

static bool
write_by_rename(const char *path, struct str content, mode_t mode, struct err *e)
{
	char temporary[PATH_MAX];
	int len = snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid());
	bool ok;
	int fd;

	if (len < 0 || (size_t)len >= sizeof(temporary))
		return err_set(e, ERR_OS, ERR_NOWHERE, "'%s': the name is too long", path);
	unlink(temporary); /* of a process of that number, long ago */
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return err_set_errno(e, "cannot write '%s'", path);
	ok = fs_write_fd(fd, content);
	ok = close(fd) == 0 && ok && rename(temporary, path) == 0;
	if (!ok) {
		err_set_errno(e, "cannot write '%s'", path);
		unlink(temporary);
	}
	return ok;
}

bool
fs_write_atomic(const char *path, struct str content, struct err *e)
{
	return write_by_rename(path, content, 0644, e);
}

bool
fs_write_private(const char *path, struct str content, struct err *e)
{
	return write_by_rename(path, content, 0600, e);
}

bool
fs_make_private_folder(const char *path, struct err *e)
{
	char part[PATH_MAX];
	size_t len = strlen(path);

	for (size_t i = 1; i <= len && i < sizeof(part); i++) {
		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return err_set_errno(e, "cannot make the folder '%s'", part);
	}
	return true;
}

char *
fs_real_path(struct arena *a, const char *path)
{
	char *resolved = realpath(path, NULL);
	char *copy = resolved ? arena_dup(a, resolved, strlen(resolved)) : NULL;

	free(resolved);
	return copy;
}

struct str
fs_path_from_here(struct arena *a, struct str path)
{
	char *here = getcwd(NULL, 0);
	size_t len = here ? strlen(here) : 0;

	/* A prefix that ends with the slash of the root, or that one follows. */
	if (len > 0 && str_starts(path, str_of(here)) && path.len > len) {
		if (here[len - 1] == '/')
			path = str_from(path, len);
		else if (path.data[len] == '/')
			path = str_from(path, len + 1);
	}
	free(here);
	return str_dup(a, path);
}

bool
fs_is_link(int directory, const char *name)
{
	struct stat st;

	return fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

bool
fs_is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
fs_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool
fs_may_read_folder(const char *path)
{
	return access(path, R_OK | X_OK) == 0;
}
