/*
 * Supervision of one child: what to do when it gets ready, ends, hangs or is
 * to leave. A const table, state × event, says all of it; the owner says how the child is
 * started and what it means to him.
 *
 * A child that ends unasked is replaced at once; one that ends again within
 * 10 s of its start is replaced after a pause, of 100 ms at first and twice as long
 * each time, up to 10 s. A child that is stopped gets SIGTERM, and its whole group
 * SIGKILL once its grace has passed.
 */
#ifndef EDDY_SUPER_H
#define EDDY_SUPER_H

#include "base/err.h"
#include "os/loop.h"

#include <sys/types.h>

enum super_state {
	SUPER_ABSENT,    /* there is none, and none is wanted */
	SUPER_STARTING,  /* runs, but isn't ready yet */
	SUPER_READY,     /* serves */
	SUPER_INHERITED, /* serves, started by the image before this one: it won't be replaced */
	SUPER_DRAINING,  /* was told to leave */
	SUPER_BACKOFF,   /* ended; its successor starts when the timer is due */
	SUPER_STATE_COUNT,
};

struct super;

struct super_owner {
	/* Starts the process and returns its pid, or -1 with the error set. */
	pid_t (*start)(struct super *s, struct err *e);

	/* Ended, whether it will be replaced or not: what belonged to the process goes. */
	void (*ended)(struct super *s);

	/* The state has changed. */
	void (*changed)(struct super *s);
};

struct super {
	struct loop *loop;
	const struct super_owner *owner;
	const char *name; /* "worker 2", as messages call it */
	int64_t grace_ms;

	/* Of this module. */
	enum super_state state;
	pid_t pid; /* 0: no process */
	int64_t started_ms;
	int64_t pause_ms; /* before the next start, should it end too early */
	struct loop_timer timer;
	char last_end[96]; /* how the last process ended, "" if none has */
};

/* Starts an absent one. */
void super_start(struct super *s);

/* Takes over a process that the image before this one started. `drain_left_ms` < 0: it wasn't told to leave.
 */
void super_inherit(struct super *s, pid_t pid, int64_t drain_left_ms);

/* It said that it is ready. */
void super_ready(struct super *s);

/* It was reaped with this status. */
void super_ended(struct super *s, int status);

/* It is to leave and won't be replaced. Told twice is told once. */
void super_stop(struct super *s);

/* The same at once, by SIGKILL to its group. */
void super_kill(struct super *s);

/* Milliseconds of grace left to one that drains, -1 for others. */
int64_t super_drain_left_ms(const struct super *s);

#endif
