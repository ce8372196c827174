/*
 * The master's children: the watcher, the workers and the keeper of this image, and those that the image
 * before it started and that go on until the new ones are ready.
 */
#ifndef EDDY_CHILDREN_H
#define EDDY_CHILDREN_H

#include "run/chan.h"
#include "run/handover.h"
#include "run/super.h"

enum child_role { CHILD_WORKER, CHILD_WATCHER, CHILD_KEEPER, CHILD_BUILDER, CHILD_ROLE_COUNT };

struct children;

struct child {
	struct super super;
	struct children *family;
	enum child_role role;
	int number; /* of those in the same role, from 0 */
	char name[32];
	struct chan chan;      /* to a child of this image */
	json_t *counts;        /* what it last said of its work, or NULL */
	bool is_counting;      /* it was asked for that */
	bool is_asking;        /* it wants to know the status of all */
	struct loop_io legacy; /* the channel to an inherited one: kept open, never understood */
};

struct children_owner {
	void (*message)(struct child *child, enum chan_type type, const json_t *payload);

	/* Its process has ended. */
	void (*lost)(struct child *child);

	/* Some state has changed. */
	void (*changed)(struct children *f);

	/* The first message to each child, a new reference. */
	json_t *(*state)(struct child *child);

	/* The inherited watcher has seen something, and only its own version could say what. */
	void (*missed)(struct children *f);
};

struct children {
	struct loop *loop;
	const struct children_owner *owner;
	const struct sock_set *listeners;
	char **argv[CHILD_ROLE_COUNT];
	int grace_s; /* of workers and keepers */

	/* The next watcher tells what has changed since then, on clock_file_ns; 0: since its start. */
	int64_t watched_since_ns;

	struct child **all;
	size_t count;
	size_t capacity;
};

/*
 * Whether there are descriptors for so many children, and for a restart, which has theirs twice. To be asked at a cold
 * start, when the sockets are open.
 */
bool children_may_start(size_t count, struct err *e);

/* Starts a child. */
void children_start(struct children *f, enum child_role role, int number);

/* Takes over one of the image before; `fd` is its channel. */
void children_inherit(struct children *f, const struct handover_child *inherited, int fd);

/* A process was reaped. False where it is none of them. */
bool children_ended(struct children *f, pid_t pid, int status);

/* Frees those that are gone for good. Not from anything that a child calls: it may be that one. */
void children_sweep(struct children *f);

/* Whether none is left, swept or not. */
bool children_are_gone(const struct children *f);

/* Tells inherited ones, or all, to leave; kills all. */
void children_retire(struct children *f);
void children_stop(struct children *f);
void children_kill(struct children *f);

/*
 * Whether no child is on its way to be ready, and some worker is. The watcher counts where
 * `with_watcher` says so.
 */
bool children_are_up(const struct children *f, bool with_watcher);
bool children_are_starting(const struct children *f, bool with_watcher);

/* A worker of this image that is ready, or NULL. */
struct child *children_find_worker(const struct children *f);

/* The child in that role, or NULL. */
struct child *children_find(const struct children *f, enum child_role role, int number);

/* Sends the event to each worker that is ready; how many it was sent to. Takes the reference. */
size_t children_tell(struct children *f, json_t *event);

/* Prepares the workers of this image for the SIGTERM that will come from the next one. */
void children_announce_retirement(struct children *f);

/* What the next image inherits: entries, and the channels' descriptors in the same order, with room for one
 * more. */
void children_hand_over(const struct children *f, struct arena *a, struct handover *h, int **descriptors);

void children_free(struct children *f);

/* Takes the reference. */
void children_set_counts(struct child *child, json_t *counts);

#endif
