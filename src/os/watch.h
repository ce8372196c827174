/*
 * Watching files: a thread of its own that knows the kernel's interface, and
 * a stream of raw events that comes from it through a pipe.
 *
 * What is watched are directories. A target that is a directory is watched
 * with everything beneath it, links not followed; one that is a file, or is
 * missing still, through the nearest directory above it that exists. A target
 * that is deleted, moved away or replaced is found again when something of its
 * name comes back.
 *
 * An event is a hint: some path may have changed. It may come twice, it may
 * come for a file that is as it was, and several changes may be one event; but
 * after the last change of a wanted file there is an event for it, unless a
 * WATCH_TROUBLE has said that it can't be watched. Whoever needs certainty
 * asks stat(2).
 *
 * The kernel's part is a `struct watch_backend`: watch_inotify.c for Linux, watch_kqueue.c
 * for BSD and macOS. watch_poll.c looks at every file again and again: where the plan says so, and
 * where the kernel can't watch.
 */
#ifndef EDDY_WATCH_H
#define EDDY_WATCH_H

#include "base/err.h"

enum watch_what {
	WATCH_FOUND,   /* a file that was there at the start: no change */
	WATCH_CREATED, /* a name came into being; its content may follow, and then WATCH_WRITTEN */
	WATCH_WRITTEN, /* closed after writing, renamed to this name, linked, or found in a new directory */
	WATCH_REMOVED, /* deleted or renamed to another name */
	WATCH_TREE_REMOVED, /* a directory that has gone, with all that was beneath it */
	WATCH_READY,        /* the watches stand; what changes from now on is seen */
	WATCH_SYNCED,       /* whatever had changed at the last watch_sync has been told */
	WATCH_LOST,         /* events were dropped: every file may have changed. WATCH_READY follows. */
	WATCH_TROUBLE,      /* `path` is a sentence for the user: what is not watched, and what to do */
};

struct watch_event {
	enum watch_what what;
	struct str path; /* absolute; empty for WATCH_READY, WATCH_SYNCED and WATCH_LOST */
};

/* All of it must live, unchanged, as long as the process. */
struct watch_plan {
	const struct str *targets; /* absolute, without links, "." and ".." */
	size_t target_count;

	/*
	 * Whether a path beneath a target is of interest; a directory that is
	 * not is never entered. Targets themselves always are. Called from the
	 * watching thread.
	 */
	bool (*is_wanted)(const void *context, struct str path, bool is_directory);
	const void *context;

	bool is_polled; /* ask no events of the kernel */
	int poll_ms;    /* between two looks at what is polled */
};

struct watch;

/* Starts to watch; the watch lives as long as the process, which holds no more than one. */
struct watch *watch_start(const struct watch_plan *plan, struct err *e);

/* Readable while events wait. */
int watch_fd(const struct watch *w);

/* The next event, or false where none waits. Its path is valid until the next call. */
bool watch_next(struct watch *w, struct watch_event *event);

/* Asks for WATCH_SYNCED. False where the backend can't tell: then none comes. */
bool watch_sync(const struct watch *w);

/* Whether WATCH_WRITTEN comes when whoever writes is done. If not, more of the content may follow at any time. */
bool watch_sees_end(const struct watch *w);

/* --- for backends --- */

/* Directories above one another that a walk enters, each with a descriptor open while it is read. */
enum { WATCH_DEPTH_MAX = 128 };

struct watch_backend {
	/* Makes ready to watch; called once, before the thread starts. */
	bool (*open)(struct err *e);

	/*
	 * Watches the targets of the plan, tells WATCH_FOUND for each wanted
	 * file, then WATCH_READY, then what changes; returns only when it can't go on.
	 */
	void (*run)(struct watch *w, const struct watch_plan *plan);

	bool sees_end; /* see watch_sees_end */

	/* See to it that WATCH_SYNCED comes; may be NULL. Called from any thread. */
	bool (*sync)(void);
};

/* The kernel's, of the one file that is built for it. */
extern const struct watch_backend watch_native_backend;

/* Sends an event to whoever reads; waits while the pipe is full. */
void watch_tell(struct watch *w, enum watch_what what, struct str path);

/* Tells, once, that a directory lies too deep. */
void watch_tell_depth(struct watch *w, struct arena scratch, struct str path);

#endif
