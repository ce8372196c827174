/*
 * The lifecycle of a master, that of `eddy serve` and that of `eddy run`: how it is told to leave or to start
 * anew, and how it becomes the image that follows.
 *
 * TERM and INT let it leave, which is to have its children leave and to wait for them; a second one, some time
 * later, ends the wait. HUP starts it anew; where the terminal that it was started from has gone, it leaves instead: the kernel
 * sends HUP then, too.
 */
#ifndef EDDY_LIFECYCLE_H
#define EDDY_LIFECYCLE_H

#include "os/proc.h"
#include "run/children.h"
#include "run/restart.h"

struct lifecycle;

struct lifecycle_owner {
	/* It has begun to leave; its children are told next. May be NULL. */
	void (*leaving)(struct lifecycle *l);

	/* Nobody is waited for any more: what is left is to be killed. */
	void (*kill)(struct lifecycle *l);

	/* HUP asks for a start anew. */
	void (*restart)(struct lifecycle *l);

	/* Children have been reaped. */
	void (*reaped)(struct lifecycle *l);
};

struct lifecycle {
	struct loop *loop;
	const struct lifecycle_owner *owner;
	struct children *children;
	struct restart *restart;

	bool is_leaving;
	int64_t leaving_since_ms;
	int exit_status;
	bool leaves_with_terminal;
};

/*
 * Obeys the signals from now on. `before` is what the image before this one told, all zero at a cold start.
 * Children that ended during the exec are reaped: their signal may have come before.
 */
void lifecycle_begin(struct lifecycle *l, const struct handover *before);

/* Leaves; told twice is told once. The loop is stopped when no child is left. */
void lifecycle_leave(struct lifecycle *l);

/*
 * Becomes the image of the plan, in the same process, and tells it `h`, whose changes are taken. What the plan
 * says of the environment and of output is filled in. Returns only where that failed, with the error set.
 */
void lifecycle_become(struct lifecycle *l, struct proc_plan *plan, struct handover *h, struct err *e);

#endif
