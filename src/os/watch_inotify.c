/*
 * Watching by inotify(7), through libinotifytools, which keeps its state
 * process-wide and is used by the watching thread alone.
 *
 * What must be known about the library:
 * - It has no call that tells the number of a new watch: that is looked up by
 *   the watch's name. The name of a directory that was deleted stays in its
 *   tables for good (some 200 bytes each), and hides a later watch of the same
 *   name. So every watch gets a name of its own; see name_make.
 * - It writes to stderr where a directory went away a moment too early for
 *   it, which is nothing to tell anybody: see quiet_begin.
 * - A file that has several names is told by the one that it is written by; truncate(2) by a path is not told.
 * - inotifytools_next_event(0) waits for ever; asking for one event at a time
 *   costs a read(2) for each full buffer only.
 */
#include "base/map.h"
#include "os/clock.h"
#include "os/path.h"
#include "os/watch_poll.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inotifytools/inotify.h>
#include <inotifytools/inotifytools.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	DIRECTORIES_MAX = 50 * 1000, /* watched: more is no site, but a machine */
	SCRATCH_BYTES = 16 * 1024,
	EVENTS_CHANGED = IN_CLOSE_WRITE | IN_MOVED_TO,
	EVENTS_GONE = IN_DELETE | IN_MOVED_FROM,
	EVENTS_COME = IN_CREATE | IN_MOVED_TO,
	EVENTS = EVENTS_CHANGED | EVENTS_GONE | EVENTS_COME | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK,
};

/* A directory that is watched. */
struct node {
	int wd;
	bool is_tree;   /* what is beneath it is watched too */
	bool is_anchor; /* it holds a target, or what leads to one, so names in it matter */
	dev_t device;
	ino_t inode;
	struct str path;
	char path_bytes[];
};

/*
 * A file of no name that is watched too: to change its mode puts an event behind all that wait in
 * the kernel's queue. -1: there is none.
 */
static struct {
	int fd;
	int wd;
} marker = {-1, -1};

struct inotify {
	struct watch *watch;
	const struct watch_plan *plan;
	struct map nodes;       /* by path */
	struct map nodes_by_wd; /* by the bytes of `wd` */
	uint64_t watches_made;
	bool *was_there;        /* by target */
	struct watch_poll poll; /* of what can't be watched, or sends no events */
	dev_t device;           /* that was looked at last, and */
	bool is_silent;         /* whether events come from it */
	bool is_limit_told;
	bool is_size_told;
	bool is_silence_told;
	enum watch_what found_as; /* how a file that a walk meets is told */
	struct arena scratch;     /* emptied with each event */
};

/* What the library prints is held back, until quiet_keep throws it away. Our own lines go past stdio. */
static void
quiet_begin(void)
{
	static char held_back[BUFSIZ];

	setvbuf(stderr, held_back, _IOFBF, sizeof(held_back));
}

static void
quiet_keep(void)
{
	__fpurge(stderr);
}

/* The path as the library is told it: made unique by a number: each of its digits, of base 16, is a "." and so many slashes more than one. */
static const char *
name_make(struct arena *a, struct str path, uint64_t number)
{
	struct buf name = buf_make(a);

	buf_add(&name, path);
	buf_add_char(&name, '/');
	for (; number > 0; number >>= 4) {
		buf_add_lit(&name, "./");
		buf_add_fill(&name, '/', number & 0xf);
	}
	return buf_cstr(&name);
}

static bool
target_is(const struct watch_plan *plan, struct str path)
{
	for (size_t i = 0; i < plan->target_count; i++)
		if (str_eq(plan->targets[i], path))
			return true;
	return false;
}

/* Whether the path is a target, or a directory above one. */
static bool
target_is_beneath(const struct watch_plan *plan, struct str path)
{
	for (size_t i = 0; i < plan->target_count; i++)
		if (path_is_in(plan->targets[i], path))
			return true;
	return false;
}

static bool
is_wanted(const struct inotify *n, const struct node *node, struct str path, bool is_directory)
{
	return (node->is_tree && n->plan->is_wanted(n->plan->context, path, is_directory)) ||
	       target_is(n->plan, path);
}

static struct str
wd_key(const int *wd)
{
	return str_make((const char *)wd, sizeof(*wd));
}

static struct node *
node_by_path(const struct inotify *n, struct str path)
{
	return map_get(&n->nodes, path);
}

static struct node *
node_by_wd(const struct inotify *n, int wd)
{
	return map_get(&n->nodes_by_wd, wd_key(&wd));
}

/* Forgets a directory; `stop` ends the kernel's watch too, where there still is one. */
static void
node_drop(struct inotify *n, struct node *node, bool stop)
{
	map_remove(&n->nodes, node->path);
	if (node_by_wd(n, node->wd) == node) {
		map_remove(&n->nodes_by_wd, wd_key(&node->wd));
		if (stop)
			inotifytools_remove_watch_by_wd(node->wd);
		quiet_keep();
	}
	free(node);
}

/* Forgets the directories for which `is_dropped` holds. */
static void
nodes_drop(struct inotify *n, bool (*is_dropped)(const struct node *node, struct str path), struct str path)
{
	struct node **dropped = ARENA_ARRAY(&n->scratch, struct node *, n->nodes.count + 1);
	const struct map_entry *entry;
	size_t position = 0, count = 0;

	while ((entry = map_next(&n->nodes, &position)) != NULL)
		if (is_dropped(entry->value, path))
			dropped[count++] = entry->value;
	for (size_t i = 0; i < count; i++)
		node_drop(n, dropped[i], true);
}

static bool
node_is_beneath(const struct node *node, struct str path)
{
	return path_is_in(node->path, path);
}

static bool
node_is_useless(const struct node *node, struct str path)
{
	(void)path;
	return !node->is_tree && !node->is_anchor;
}

static void
limit_tell(struct inotify *n, struct str path)
{
	if (n->is_limit_told)
		return;
	n->is_limit_told = true;
	watch_tell(n->watch, WATCH_TROUBLE,
	    str_format(&n->scratch,
		"no inotify watches left: eddy uses %zu, and fs.inotify.max_user_watches allows %d to all "
		"programs together. Changes in '%.*s' and other folders are noticed by looking again and "
		"again. "
		"To raise the limit: sudo sysctl fs.inotify.max_user_watches=524288",
		n->nodes.count + (marker.fd >= 0), inotifytools_get_max_user_watches(), STR_ARG(path)));
}

/* File systems whose files may be changed by other machines or processes of another kernel, which sends no event. */
static bool
is_silent_kind(unsigned long kind)
{
	static const unsigned long kinds[] = {V9FS_MAGIC, NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, SMB2_SUPER_MAGIC,
	    CIFS_SUPER_MAGIC, FUSE_SUPER_MAGIC};

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (kind == kinds[i])
			return true;
	return false;
}

/* Polls, besides watching it, a directory of a file system that may keep silent. */
static void
silence_look(struct inotify *n, const struct node *node)
{
	struct statfs st;

	if (node->device != n->device) {
		n->device = node->device;
		n->is_silent = statfs(str_cstr(&n->scratch, node->path), &st) == 0 &&
			       is_silent_kind((unsigned long)st.f_type & 0xffffffff);
	}
	if (!n->is_silent)
		return;
	watch_tree_add_root(&n->poll.tree, node->path);
	if (n->is_silence_told)
		return;
	n->is_silence_told = true;
	watch_tell(n->watch, WATCH_TROUBLE,
	    str_format(&n->scratch,
		"'%.*s' lies on a network or shared file system, which may not tell of changes: eddy looks "
		"at its "
		"files again and again (--poll=MS says how often)",
		STR_ARG(node->path)));
}

static void
size_tell(struct inotify *n, struct str path)
{
	if (n->is_size_told)
		return;
	n->is_size_told = true;
	watch_tell(n->watch, WATCH_TROUBLE,
	    str_format(&n->scratch,
		"more than %d folders are too many to watch: changes in '%.*s' and others are not noticed. "
		"Serve a smaller folder, or leave some out with --ignore",
		DIRECTORIES_MAX, STR_ARG(path)));
}

/* The number of a new watch, or -1. */
static int
wd_make(struct inotify *n, struct str path)
{
	const char *name = name_make(&n->scratch, path, n->watches_made++);
	int wd = -1;

	if (inotifytools_watch_file(name, EVENTS))
		wd = inotifytools_wd_from_filename(name);
	else if (inotifytools_error() == ENOSPC || inotifytools_error() == ENOMEM)
		limit_tell(n, path);
	quiet_keep();
	return wd;
}

static bool
path_stat(struct arena scratch, struct str path, struct stat *st)
{
	return stat(str_cstr(&scratch, path), st) == 0;
}

/* Watches a directory, if it isn't watched yet. NULL where that can't be. */
static struct node *
node_watch(struct inotify *n, struct str path)
{
	struct node *node = node_by_path(n, path);
	struct stat st;
	int wd;

	if (node != NULL)
		return node;
	wd = wd_make(n, path);
	if (wd < 0 || !path_stat(n->scratch, path, &st))
		return NULL;
	node = base_alloc(sizeof(*node) + path.len);
	memcpy(node->path_bytes, path.data, path.len);
	node->path = str_make(node->path_bytes, path.len);
	node->wd = wd;
	node->device = st.st_dev;
	node->inode = st.st_ino;
	silence_look(n, node);
	map_put(&n->nodes, node->path, node);
	/* A directory that was watched under another path has one number for both: the new path holds. */
	map_remove(&n->nodes_by_wd, wd_key(&wd));
	map_put(&n->nodes_by_wd, wd_key(&node->wd), node);
	return node;
}

/* Whether the directory is still at its path. */
static bool
node_is_there(const struct inotify *n, const struct node *node)
{
	struct stat st;

	return path_stat(n->scratch, node->path, &st) && st.st_ino == node->inode &&
	       st.st_dev == node->device;
}

static bool
entry_is_directory(int directory, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(directory, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static bool
name_is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static int
directory_open(int parent, const char *path)
{
	return openat(parent, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/*
 * Watches the directory open at `fd`, which is closed, and all beneath it, and tells its files. The watch
 * comes first and the names after it, so that nothing made in between is missed. What can't be watched is polled.
 */
static void
tree_walk(struct inotify *n, int fd, struct str path, int depth)
{
	bool is_too_much = n->nodes.count >= DIRECTORIES_MAX;
	struct node *node = is_too_much ? NULL : node_watch(n, path);
	DIR *directory = node ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (node != NULL)
		node->is_tree = true;
	else if (is_too_much)
		size_tell(n, path);
	else if (n->is_limit_told)
		watch_tree_add_root(&n->poll.tree, path);
	if (directory == NULL) {
		close(fd);
		return;
	}
	while ((entry = readdir(directory)) != NULL) {
		struct arena before = n->scratch;
		bool is_directory = entry_is_directory(fd, entry);
		struct str child = path_join(&n->scratch, path, str_of(entry->d_name));
		int child_fd;

		if (name_is_dots(entry->d_name) || !n->plan->is_wanted(n->plan->context, child, is_directory))
			;
		else if (!is_directory)
			watch_tell(n->watch, n->found_as, child);
		else if (depth == WATCH_DEPTH_MAX)
			watch_tell_depth(n->watch, n->scratch, child);
		else if ((child_fd = directory_open(fd, entry->d_name)) >= 0)
			tree_walk(n, child_fd, child, depth + 1);
		n->scratch = before;
	}
	closedir(directory);
}

static bool
tree_watch(struct inotify *n, struct str path)
{
	int fd = directory_open(AT_FDCWD, str_cstr(&n->scratch, path));

	if (fd >= 0)
		tree_walk(n, fd, path, 0);
	return fd >= 0;
}

/* A directory moved away, or was replaced: what was beneath it has other paths now, if any. */
static void
tree_gone(struct inotify *n, struct str path)
{
	nodes_drop(n, node_is_beneath, path);
	watch_tell(n->watch, WATCH_TREE_REMOVED, path);
}

/*
 * Watches a directory for what leads to a target. One that was replaced is
 * forgotten first: as long as anybody is in it, the kernel doesn't say that it was deleted.
 */
static bool
anchor_watch(struct inotify *n, struct str path)
{
	struct node *node = node_by_path(n, path);

	if (node != NULL && !node_is_there(n, node))
		tree_gone(n, path);
	node = node_watch(n, path);
	if (node != NULL)
		node->is_anchor = true;
	return node != NULL;
}

/* Watches every directory above the target, from the top, so that none can go unnoticed once it was watched.
 */
static void
ancestors_watch(struct inotify *n, struct str target)
{
	size_t end = 1;

	while (end < target.len && anchor_watch(n, str_slice(target, 0, end)))
		end += 1 + MIN(str_find_char(str_from(target, end + 1), '/'), target.len);
}

/*
 * The directory that holds the target is enough, until the target is deleted:
 * the directory may be next, and the one above it.
 */
static void
target_watch(struct inotify *n, size_t i)
{
	struct str target = n->plan->targets[i];
	bool is_anchored = anchor_watch(n, path_parent(target));
	const struct node *node;
	struct stat st;

	if (!is_anchored && n->is_limit_told)
		watch_tree_add_root(&n->poll.tree, target);
	if (path_stat(n->scratch, target, &st))
		n->was_there[i] = true;
	else if (!is_anchored || n->was_there[i])
		ancestors_watch(n, target);
	node = node_by_path(n, target);
	if ((node == NULL || !node->is_tree) && !tree_watch(n, target) &&
	    (n->was_there[i] || n->found_as != WATCH_FOUND))
		watch_tell(n->watch, n->found_as, target);
}

/* Watches what the targets need as things are now, and nothing else. */
static void
targets_watch(struct inotify *n)
{
	const struct map_entry *entry;
	size_t position = 0;

	while ((entry = map_next(&n->nodes, &position)) != NULL)
		((struct node *)entry->value)->is_anchor = false;
	for (size_t i = 0; i < n->plan->target_count; i++)
		target_watch(n, i);
	nodes_drop(n, node_is_useless, STR(""));
}

/* Events were dropped: everything is watched and looked at anew. */
static void
all_lost(struct inotify *n)
{
	watch_tell(n->watch, WATCH_LOST, STR(""));
	nodes_drop(n, node_is_beneath, STR("/"));
	targets_watch(n);
	watch_tell(n->watch, WATCH_READY, STR(""));
	watch_tell(n->watch, WATCH_SYNCED, STR("")); /* the marker's event may have been dropped too */
}

static void
directory_event(struct inotify *n, const struct node *node, struct str path, uint32_t mask)
{
	bool is_beneath_wanted = is_wanted(n, node, path, true);
	struct node *old = node_by_path(n, path);

	if (mask & (IN_MOVED_FROM | IN_MOVED_TO))
		tree_gone(n, path);
	else if (old != NULL)
		node_drop(n, old, true); /* a directory is empty when it is made, and when it is deleted */
	/* Even where one has gone: another may have its name by now, and have been told of already. */
	if (is_beneath_wanted)
		tree_watch(n, path);
	if (target_is_beneath(n->plan, path))
		targets_watch(n);
}

/* A new name with its content behind it already: another link to a file, or anything but a file. */
static bool
is_link(struct arena scratch, struct str path)
{
	struct stat st;

	return lstat(str_cstr(&scratch, path), &st) == 0 && (!S_ISREG(st.st_mode) || st.st_nlink > 1);
}

static void
file_event(struct inotify *n, const struct node *node, struct str path, uint32_t mask)
{
	if (!is_wanted(n, node, path, false))
		return;
	if (mask & EVENTS_GONE)
		watch_tell(n->watch, WATCH_REMOVED, path);
	else if (mask & EVENTS_CHANGED)
		watch_tell(n->watch, WATCH_WRITTEN, path);
	else if (mask & IN_CREATE)
		watch_tell(n->watch, is_link(n->scratch, path) ? WATCH_WRITTEN : WATCH_CREATED, path);
}

/*
 * The kernel has ended the watch, or the directory has moved: away from its path, if a walk that met it
 * where it is now wasn't first.
 */
static void
node_gone(struct inotify *n, struct node *node, uint32_t mask)
{
	struct str path = str_dup(&n->scratch, node->path);
	bool is_target = node->is_anchor || target_is(n->plan, path);

	if (mask & IN_IGNORED)
		node_drop(n, node, false);
	else if (!node_is_there(n, node))
		tree_gone(n, path);
	if (is_target)
		targets_watch(n);
}

static void
event_handle(struct inotify *n, const struct inotify_event *event)
{
	struct node *node = node_by_wd(n, event->wd);
	struct str path;

	if (event->mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) {
		all_lost(n);
	} else if (event->wd == marker.wd) {
		watch_tell(n->watch, WATCH_SYNCED, STR(""));
	} else if (node != NULL && event->mask & (IN_IGNORED | IN_MOVE_SELF)) {
		node_gone(n, node, event->mask);
	} else if (node != NULL && event->len > 0) {
		path = path_join(&n->scratch, node->path, str_of(event->name));
		if (event->mask & IN_ISDIR)
			directory_event(n, node, path, event->mask);
		else
			file_event(n, node, path, event->mask);
	}
}

static void
marker_open(void)
{
	int fd = memfd_create("marker", MFD_CLOEXEC);
	char name[64];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (fd >= 0 && inotifytools_watch_file(name, IN_ATTRIB)) {
		marker.fd = fd;
		marker.wd = inotifytools_wd_from_filename(name);
	} else if (fd >= 0) {
		close(fd);
	}
}

static bool
backend_sync(void)
{
	return marker.fd >= 0 && fchmod(marker.fd, S_IRUSR) == 0;
}

static bool
backend_open(struct err *e)
{
	quiet_begin();
	if (inotifytools_initialize()) {
		marker_open();
		return true;
	}
	errno = inotifytools_error();
	err_set_errno(e, "cannot watch files");
	if (errno == EMFILE)
		err_set_hint(e,
		    "all %d inotify instances of this user are in use. To raise the limit: sudo sysctl "
		    "fs.inotify.max_user_instances=1024",
		    inotifytools_get_max_user_instances());
	return false;
}

/* How long to wait for an event; 0 is for ever. */
static long
poll_wait_s(const struct inotify *n)
{
	int64_t left_ms = n->poll.due_ms - clock_mono_ms();

	return n->poll.tree.roots.count == 0 ? 0 : (long)MAX((left_ms + 999) / 1000, 1);
}

static void
backend_run(struct watch *w, const struct watch_plan *plan)
{
	struct inotify n = {
	    .watch = w,
	    .plan = plan,
	    .was_there = base_alloc(plan->target_count * sizeof(bool)),
	    .found_as = WATCH_FOUND,
	    .scratch = arena_make(SCRATCH_BYTES),
	};
	const struct inotify_event *event;

	watch_poll_begin(&n.poll, w, plan);
	targets_watch(&n);
	watch_poll_scan(&n.poll);
	watch_tell(w, WATCH_READY, STR(""));
	n.found_as = WATCH_WRITTEN;
	do {
		arena_reset(&n.scratch);
		event = inotifytools_next_event(poll_wait_s(&n));
		if (event != NULL)
			event_handle(&n, event);
		if (n.poll.tree.roots.count > 0 && clock_mono_ms() >= n.poll.due_ms)
			watch_poll_scan(&n.poll);
	} while (event != NULL || inotifytools_error() == 0 || inotifytools_error() == EINTR);
	watch_tell(w, WATCH_TROUBLE, STR("inotify has failed: changes are not noticed any more"));
}

const struct watch_backend watch_native_backend = {
    .open = backend_open,
    .run = backend_run,
    .sees_end = true,
    .sync = backend_sync,
};
