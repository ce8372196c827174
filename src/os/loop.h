/*
 * The event loop of a process: one thread that waits in poll(2) for
 * descriptors, timers, signals and for other threads that wake it.
 *
 * Owners embed `struct loop_io` and `struct loop_timer` in their own structs
 * and find them again with CONTAINER_OF; both are idle when all zero. Any of
 * them may be added, changed or removed from within any callback, and nothing
 * is called once it has been removed. The memory must outlive the
 * registration, no more. An idle loop sleeps: it wakes up only for what
 * somebody registered.
 *
 * All functions belong to the loop's own thread, loop_wake aside. Signals are
 * a matter of the whole process, so only one loop at a time may ask for them.
 */
#ifndef EDDY_LOOP_H
#define EDDY_LOOP_H

#include "base/base.h"

#include <poll.h>

struct loop;

/* A descriptor that is watched. The owner fills in the first three, and closes the descriptor after removal.
 */
struct loop_io {
	int fd;
	short events; /* POLLIN, POLLOUT; POLLERR and POLLHUP always come */
	void (*ready)(struct loop_io *io, short revents);
	size_t slot; /* the loop's own: 0 is not added */
};

/* Something to be done once, later. The owner fills in `due`. */
struct loop_timer {
	void (*due)(struct loop_timer *timer);
	int64_t due_ms; /* on clock_mono_ms */
	size_t slot;    /* the loop's own: 0 is not set */
};

struct loop *loop_new(void);
void loop_free(struct loop *l);

void loop_add(struct loop *l, struct loop_io *io);
void loop_change(struct loop *l, struct loop_io *io, short events);
void loop_remove(struct loop *l, struct loop_io *io); /* one that isn't added is left alone */
bool loop_has(const struct loop_io *io);

/* Sets the timer, or sets it anew. It is due no earlier than `delay_ms`, and never in the same turn. */
void loop_timer_set(struct loop *l, struct loop_timer *timer, int64_t delay_ms);
void loop_timer_clear(struct loop *l, struct loop_timer *timer); /* one that isn't set is left alone */
bool loop_timer_is_set(const struct loop_timer *timer);

/*
 * Calls `fn` in the loop's thread after the signal came (several that came
 * before it was called are one call). The signal is unblocked.
 */
void loop_on_signal(struct loop *l, int signo, void (*fn)(void *context, int signo), void *context);

/*
 * For an exec that keeps the process: blocks the signals that were asked for,
 * and makes those that came and have not been dispatched yet pending again, so
 * that the new image finds them. loop_thaw_signals undoes it where the exec failed.
 */
void loop_freeze_signals(struct loop *l);
void loop_thaw_signals(struct loop *l);

/* Makes the loop call `fn` soon; loop_wake may be called from any thread. Calls that come together are one.
 */
void loop_on_wake(struct loop *l, void (*fn)(void *context), void *context);
void loop_wake(struct loop *l);

/*
 * `fn` is called before each poll(2) and returns the longest that it may take
 * in milliseconds, or LOOP_FOREVER: for libraries that keep timers of their own.
 */
#define LOOP_FOREVER ((int64_t)-1)
void loop_on_prepare(struct loop *l, int64_t (*fn)(void *context), void *context);

/* Runs until loop_stop, which takes effect when the present turn is over (before the first one, at once). */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

#endif
