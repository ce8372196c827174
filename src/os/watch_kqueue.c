/*
 * Watching by kqueue(2), for BSD and macOS.
 *
 * The kernel tells of an open descriptor that something has happened to it,
 * not what: a folder says that names in it came or went, a file that it was
 * written to. So every wanted file and folder is held open, and a tree
 * (watch_tree.h) finds out what is different. Folders above the targets are
 * held open too: they say where a target, or what leads to it, comes, goes or
 * is replaced.
 *
 * A descriptor stays with its file when that is renamed or deleted, so an inode that is
 * watched is not given to another file, and the tree sees by it that a name has changed hands.
 *
 * Where no descriptors are left, and on file systems of other machines, all is polled besides.
 */
#include "os/clock.h"
#include "os/proc.h"
#include "os/watch_poll.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/types.h>

#include <sys/event.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef O_EVTONLY
#define O_EVTONLY O_RDONLY /* macOS has it: such a descriptor doesn't keep a volume from being unmounted */
#endif
#ifndef NOTE_REVOKE
#define NOTE_REVOKE 0
#endif
#ifndef NOTE_TRIGGER
#define NOTE_TRIGGER 0
#endif

enum {
	DESCRIPTORS_MAX = 50 * 1000, /* held open for watching: more is no site, but a machine */
	DESCRIPTORS_LEFT = 192,      /* for all else: a walk holds open the folders above one another */
	OPEN_FLAGS = O_EVTONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
	/* A file that is made shorter is NOTE_ATTRIB on some kernels, one that grows by truncate(2) NOTE_EXTEND. */
	NOTES = NOTE_WRITE | NOTE_EXTEND | NOTE_ATTRIB | NOTE_DELETE | NOTE_RENAME | NOTE_REVOKE,
};

/* How to have more descriptors. */
#if defined(__linux__) /* libkqueue makes an inotify instance for each */
#define LIMIT_ADVICE "sudo sysctl fs.inotify.max_user_instances=100000"
#elif defined(__OpenBSD__) || defined(__NetBSD__)
#define LIMIT_ADVICE "sudo sysctl kern.maxfiles=200000, and openfiles=100000 in /etc/login.conf"
#else
#define LIMIT_ADVICE "sudo sysctl kern.maxfiles=200000 kern.maxfilesperproc=100000"
#endif

/* A folder above a target. */
struct anchor {
	struct str path; /* with a NUL behind */
	int fd;          /* -1 where it is missing, or may not be read */
};

struct kqueue {
	struct watch *watch;
	const struct watch_plan *plan;
	struct watch_poll poll; /* its tree holds all that is watched */
	struct anchor *anchors; /* one before those beneath it */
	size_t anchor_count;
	size_t descriptor_limit; /* of the process */
	size_t open_count;       /* descriptors that are watched, and how many there may be */
	size_t open_max;
	bool is_polled;
	bool is_syncing; /* WATCH_SYNCED is to be told when no more events wait */
	bool is_limit_told;
	bool is_silence_told;
	uint64_t device;    /* that was asked last whether it keeps silent */
	struct arena arena; /* of the process */
};

static int the_queue = -1;

/* Of the event that backend_sync makes, which is no file's. */
enum { SYNC_IDENT = 1 };

static void
limit_tell(struct kqueue *k, const char *path)
{
	struct arena scratch = k->arena;

	k->is_polled = true;
	if (k->is_limit_told)
		return;
	k->is_limit_told = true;
	watch_tell(k->watch, WATCH_TROUBLE,
	    str_format(&scratch,
		"no descriptors left to watch with: eddy holds %zu files and folders open, and this process "
		"may open %zu descriptors. Changes in '%s' and others are noticed by looking again and "
		"again. To raise the limit: " LIMIT_ADVICE,
		k->open_count, k->descriptor_limit, path));
}

/* Asks for the events of an open descriptor; those of folders above the targets have no node. */
static bool
events_ask(int fd, struct watch_node *node)
{
	struct kevent change;

	EV_SET(&change, (uintptr_t)fd, EVFILT_VNODE, EV_ADD | EV_CLEAR, NOTES, 0, node);
	return kevent(the_queue, &change, 1, NULL, 0, NULL) == 0;
}

/* Where the kernel lacks memory or descriptors, what is held open now is the most there can be. */
static void
failure_take(struct kqueue *k, int failure, const char *path)
{
	if (failure != EMFILE && failure != ENFILE && failure != ENOMEM && failure != ENOSPC)
		return;
	k->open_max = k->open_count;
	limit_tell(k, path);
}

/* A descriptor that is watched, or -1. What has just gone is told by the folder that it was in. */
static int
path_watch(struct kqueue *k, const char *path, int flags, struct watch_node *node)
{
	int fd = -1;

	if (k->open_count >= k->open_max) {
		limit_tell(k, path);
		return -1;
	}
	fd = open(path, OPEN_FLAGS | flags);
	if (fd < 0 || !events_ask(fd, node)) {
		failure_take(k, errno, path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	k->open_count++;
	return fd;
}

static void
path_unwatch(struct kqueue *k, int fd)
{
	struct kevent change;

	if (fd < 0)
		return;
	EV_SET(&change, (uintptr_t)fd, EVFILT_VNODE, EV_DELETE, 0, 0, NULL);
	kevent(the_queue, &change, 1, NULL, 0, NULL);
	close(fd);
	k->open_count--;
}

/* Whether what happens on another machine to files of this file system goes unheard here. */
static bool
is_silent(int fd)
{
#if defined(MNT_LOCAL) && !defined(__NetBSD__)
	struct statfs st;

	return fstatfs(fd, &st) == 0 && !(st.f_flags & MNT_LOCAL);
#else
	(void)fd;
	return false;
#endif
}

static void
silence_look(struct kqueue *k, const struct watch_node *node)
{
	struct arena scratch = k->arena;
	struct stat st;

	if (!node->is_directory || node->fd < 0 || fstat(node->fd, &st) != 0 ||
	    (uint64_t)st.st_dev == k->device)
		return;
	k->device = (uint64_t)st.st_dev;
	if (!is_silent(node->fd))
		return;
	k->is_polled = true;
	if (k->is_silence_told)
		return;
	k->is_silence_told = true;
	watch_tell(k->watch, WATCH_TROUBLE,
	    str_format(&scratch,
		"'%s' lies on a network file system, which may not tell of changes: eddy looks at its files "
		"again and again (--poll=MS says how often)",
		node->path_bytes));
}

static struct kqueue *
kqueue_of(struct watch_tree *tree)
{
	return CONTAINER_OF(tree, struct kqueue, poll.tree);
}

static void
node_added(struct watch_tree *tree, struct watch_node *node)
{
	struct kqueue *k = kqueue_of(tree);

	node->fd = path_watch(k, node->path_bytes, node->is_directory ? O_DIRECTORY | O_NOFOLLOW : 0, node);
	silence_look(k, node);
}

static void
node_removed(struct watch_tree *tree, struct watch_node *node)
{
	path_unwatch(kqueue_of(tree), node->fd);
}

static void
anchor_add(struct kqueue *k, struct str path)
{
	for (size_t i = 0; i < k->anchor_count; i++)
		if (str_eq(k->anchors[i].path, path))
			return;
	path = str_of(str_cstr(&k->arena, path));
	k->anchors[k->anchor_count++] = (struct anchor){.path = path, .fd = -1};
}

/* Every folder above the target, from the top. */
static void
anchors_add(struct kqueue *k, struct str target)
{
	for (size_t end = 1; end < target.len; end++)
		if (end == 1 || target.data[end] == '/')
			anchor_add(k, str_slice(target, 0, end));
}

/* A path has as many folders above it as it has slashes. */
static void
anchors_add_all(struct kqueue *k)
{
	const struct watch_plan *plan = k->plan;
	size_t capacity = 0;

	for (size_t i = 0; i < plan->target_count; i++)
		for (size_t at = 0; at < plan->targets[i].len; at++)
			capacity += plan->targets[i].data[at] == '/';
	k->anchors = ARENA_ARRAY(&k->arena, struct anchor, capacity);
	for (size_t i = 0; i < plan->target_count; i++)
		anchors_add(k, plan->targets[i]);
}

static bool
anchor_holds(const struct anchor *anchor)
{
	struct stat held, named;

	return anchor->fd >= 0 && fstat(anchor->fd, &held) == 0 && stat(anchor->path.data, &named) == 0 &&
	       held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/* Finds the folders above the targets as they are now. */
static void
anchors_watch(struct kqueue *k)
{
	for (size_t i = 0; i < k->anchor_count; i++) {
		struct anchor *anchor = &k->anchors[i];

		if (anchor_holds(anchor))
			continue;
		path_unwatch(k, anchor->fd);
		anchor->fd = path_watch(k, anchor->path.data, O_DIRECTORY | O_NOFOLLOW, NULL);
	}
}

static void
event_handle(struct kqueue *k, const struct kevent *event)
{
	struct watch_node *node = event->udata;

	if (event->filter != EVFILT_VNODE) {
		k->is_syncing = true;
	} else if (node == NULL) {
		anchors_watch(k);
		watch_tree_scan_roots(&k->poll.tree);
	} else if (event->fflags & NOTE_REVOKE) {
		watch_tree_scan(&k->poll.tree); /* unmounted, perhaps */
	} else if (node->is_directory) {
		watch_tree_scan_entries(&k->poll.tree, node->path);
	} else {
		watch_tree_scan_file(&k->poll.tree, node);
	}
}

/* As many descriptors as the process may have, with some left for all else. */
static void
limit_raise(struct kqueue *k)
{
	size_t wanted = DESCRIPTORS_MAX + DESCRIPTORS_LEFT, count;

	k->descriptor_limit = proc_raise_file_limit();
	count = MIN(k->descriptor_limit, wanted);
	k->open_max = count - MIN((size_t)DESCRIPTORS_LEFT, count / 2);
}

static bool
sync_event_change(unsigned short flags, unsigned notes)
{
#ifdef EVFILT_USER
	struct kevent change;

	EV_SET(&change, SYNC_IDENT, EVFILT_USER, flags, notes, 0, NULL);
	return kevent(the_queue, &change, 1, NULL, 0, NULL) == 0;
#else
	return false;
#endif
}

static bool
backend_open(struct err *e)
{
	the_queue = kqueue();
	if (the_queue < 0)
		return err_set_errno(e, "cannot watch files");
	fcntl(the_queue, F_SETFD, FD_CLOEXEC);
	sync_event_change(EV_ADD | EV_CLEAR, 0);
	return true;
}

static bool
backend_sync(void)
{
	return sync_event_change(0, NOTE_TRIGGER);
}

/* Waits for an event, or until it is time to look or to tell again; not at all while syncing. As kevent(2) returns. */
static int
event_wait(struct kqueue *k, struct kevent *event)
{
	int64_t due_ms = watch_tree_tell_again(&k->poll.tree), left_ms;
	struct timespec wait = {0};

	if (k->is_polled)
		due_ms = MIN(due_ms, k->poll.due_ms);
	left_ms = MAX(due_ms - clock_mono_ms(), (int64_t)0);
	if (!k->is_syncing)
		wait = (struct timespec){(time_t)(left_ms / 1000), (long)(left_ms % 1000) * 1000000};
	return kevent(
	    the_queue, NULL, 0, event, 1, k->is_syncing || due_ms != WATCH_TREE_NEVER ? &wait : NULL);
}

static void
synced_tell(struct kqueue *k)
{
	k->is_syncing = false;
	watch_tell(k->watch, WATCH_SYNCED, STR(""));
}

static void
watch_begin(struct kqueue *k)
{
	watch_poll_begin(&k->poll, k->watch, k->plan);
	k->poll.tree.added = node_added;
	k->poll.tree.removed = node_removed;
	watch_tree_add_targets(&k->poll.tree);
	limit_raise(k);
	anchors_add_all(k);
	anchors_watch(k);
	watch_poll_scan(&k->poll);
	watch_tell(k->watch, WATCH_READY, STR(""));
}

static void
backend_run(struct watch *w, const struct watch_plan *plan)
{
	enum { ARENA_BYTES = 16 * 1024 };
	struct kqueue k = {.watch = w, .plan = plan, .arena = arena_make(ARENA_BYTES)};
	struct kevent event; /* one at a time: handling it may free the node of another */
	int count;

	watch_begin(&k);
	while ((count = event_wait(&k, &event)) >= 0 || errno == EINTR) {
		if (count > 0)
			event_handle(&k, &event);
		else if (count == 0 && k.is_syncing)
			synced_tell(&k);
		if (k.is_polled && clock_mono_ms() >= k.poll.due_ms)
			watch_poll_scan(&k.poll);
	}
	watch_tell(w, WATCH_TROUBLE, STR("kqueue has failed: changes are not noticed any more"));
}

const struct watch_backend watch_native_backend = {
    .open = backend_open,
    .run = backend_run,
    .sync = backend_sync,
};
