#include "os/loop.h"

#include "os/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SIGNAL_COUNT = 32, /* the classic signals; real-time ones are of no use here */
	FIRST_CAPACITY = 8,
	WAKE_READ_BYTES = 64,
};

struct signal_hook {
	void (*fn)(void *context, int signo);
	void *context;
};

struct loop {
	/* polls[i] belongs to ios[i]; a NULL in ios is a hole left by a removal. */
	struct pollfd *polls;
	struct loop_io **ios;
	size_t io_count;
	size_t io_capacity;
	bool has_holes;

	/* A binary heap, the timer that is due first at its top. */
	struct loop_timer **timers;
	size_t timer_count;
	size_t timer_capacity;

	/* A pipe to itself: a byte in it ends the poll. */
	struct loop_io wake_io;
	int wake_fd;
	atomic_bool is_woken;
	void (*on_wake)(void *context);
	void *wake_context;

	int64_t (*on_prepare)(void *context);
	void *prepare_context;

	struct signal_hook signals[SIGNAL_COUNT];
	bool is_stopped;
};

static volatile sig_atomic_t signal_caught[SIGNAL_COUNT];
static volatile sig_atomic_t signal_wake_fd = -1;

static size_t
capacity_after(size_t capacity)
{
	return capacity ? 2 * capacity : FIRST_CAPACITY;
}

/* Descriptors */

void
loop_add(struct loop *l, struct loop_io *io)
{
	if (l->io_count == l->io_capacity) {
		l->io_capacity = capacity_after(l->io_capacity);
		l->polls = base_realloc(l->polls, l->io_capacity * sizeof(*l->polls));
		l->ios = base_realloc(l->ios, l->io_capacity * sizeof(struct loop_io *));
	}
	l->polls[l->io_count] = (struct pollfd){.fd = io->fd, .events = io->events};
	l->ios[l->io_count] = io;
	io->slot = ++l->io_count;
}

void
loop_change(struct loop *l, struct loop_io *io, short events)
{
	io->events = events;
	if (io->slot)
		l->polls[io->slot - 1].events = events;
}

void
loop_remove(struct loop *l, struct loop_io *io)
{
	if (!io->slot)
		return;
	l->polls[io->slot - 1].fd = -1;
	l->ios[io->slot - 1] = NULL;
	l->has_holes = true;
	io->slot = 0;
}

bool
loop_has(const struct loop_io *io)
{
	return io->slot != 0;
}

/* Closes the holes. Only between two turns: a dispatch goes by slot. */
static void
ios_compact(struct loop *l)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->io_count; i++) {
		if (l->ios[i] == NULL)
			continue;
		l->polls[kept] = l->polls[i];
		l->ios[kept] = l->ios[i];
		l->ios[kept]->slot = kept + 1;
		kept++;
	}
	l->io_count = kept;
	l->has_holes = false;
}

/* What a callback adds lies behind `count` and has its turn after the next poll. */
static void
ios_dispatch(struct loop *l)
{
	size_t count = l->io_count;

	for (size_t i = 0; i < count; i++) {
		short revents = l->polls[i].revents;

		if (revents != 0 && l->ios[i] != NULL)
			l->ios[i]->ready(l->ios[i], revents);
	}
}

/* Timers */

static void
heap_put(struct loop *l, size_t index, struct loop_timer *timer)
{
	l->timers[index] = timer;
	timer->slot = index + 1;
}

static void
heap_rise(struct loop *l, size_t index, struct loop_timer *timer)
{
	while (index > 0) {
		size_t parent = (index - 1) / 2;

		if (l->timers[parent]->due_ms <= timer->due_ms)
			break;
		heap_put(l, index, l->timers[parent]);
		index = parent;
	}
	heap_put(l, index, timer);
}

static void
heap_sink(struct loop *l, size_t index, struct loop_timer *timer)
{
	for (;;) {
		size_t child = 2 * index + 1;

		if (child >= l->timer_count)
			break;
		if (child + 1 < l->timer_count && l->timers[child + 1]->due_ms < l->timers[child]->due_ms)
			child++;
		if (timer->due_ms <= l->timers[child]->due_ms)
			break;
		heap_put(l, index, l->timers[child]);
		index = child;
	}
	heap_put(l, index, timer);
}

void
loop_timer_clear(struct loop *l, struct loop_timer *timer)
{
	size_t index = timer->slot - 1;
	struct loop_timer *last;

	if (!timer->slot)
		return;
	timer->slot = 0;
	last = l->timers[--l->timer_count];
	if (last == timer)
		return;
	if (last->due_ms < timer->due_ms)
		heap_rise(l, index, last);
	else
		heap_sink(l, index, last);
}

void
loop_timer_set(struct loop *l, struct loop_timer *timer, int64_t delay_ms)
{
	loop_timer_clear(l, timer);
	if (l->timer_count == l->timer_capacity) {
		l->timer_capacity = capacity_after(l->timer_capacity);
		l->timers = base_realloc(l->timers, l->timer_capacity * sizeof(struct loop_timer *));
	}
	/* One more, since the clock's millisecond has begun already; so it is never due in this turn. */
	timer->due_ms = clock_mono_ms() + MAX(delay_ms, 0) + 1;
	heap_rise(l, l->timer_count++, timer);
}

bool
loop_timer_is_set(const struct loop_timer *timer)
{
	return timer->slot != 0;
}

static void
timers_dispatch(struct loop *l)
{
	int64_t now_ms = clock_mono_ms();

	while (l->timer_count > 0 && l->timers[0]->due_ms <= now_ms) {
		struct loop_timer *timer = l->timers[0];

		loop_timer_clear(l, timer);
		timer->due(timer);
	}
}

/* Signals and wake-ups */

static void
wake_write(int fd)
{
	ssize_t written = write(fd, "", 1);

	(void)written; /* a full pipe wakes the loop as well */
}

static void
signal_catch(int signo)
{
	int saved_errno = errno;

	signal_caught[signo] = 1;
	wake_write(signal_wake_fd);
	errno = saved_errno;
}

static void
signals_dispatch(struct loop *l)
{
	for (int signo = 1; signo < SIGNAL_COUNT; signo++) {
		if (!signal_caught[signo] || l->signals[signo].fn == NULL)
			continue;
		signal_caught[signo] = 0;
		l->signals[signo].fn(l->signals[signo].context, signo);
	}
}

static void
wake_ready(struct loop_io *io, short revents UNUSED)
{
	struct loop *l = CONTAINER_OF(io, struct loop, wake_io);
	char bytes[WAKE_READ_BYTES];

	while (read(io->fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes))
		;
	signals_dispatch(l);
	if (atomic_exchange(&l->is_woken, false) && l->on_wake != NULL)
		l->on_wake(l->wake_context);
}

void
loop_on_wake(struct loop *l, void (*fn)(void *context), void *context)
{
	l->on_wake = fn;
	l->wake_context = context;
}

void
loop_wake(struct loop *l)
{
	if (!atomic_exchange(&l->is_woken, true))
		wake_write(l->wake_fd);
}

static void
signal_mask(int how, int signo)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(how, &set, NULL);
}

void
loop_on_signal(struct loop *l, int signo, void (*fn)(void *context, int signo), void *context)
{
	struct sigaction action = {.sa_handler = signal_catch, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	l->signals[signo] = (struct signal_hook){fn, context};
	signal_wake_fd = l->wake_fd;
	sigaction(signo, &action, NULL);
	signal_mask(SIG_UNBLOCK, signo);
}

void
loop_freeze_signals(struct loop *l)
{
	for (int signo = 1; signo < SIGNAL_COUNT; signo++) {
		if (l->signals[signo].fn == NULL)
			continue;
		signal_mask(SIG_BLOCK, signo);
		if (signal_caught[signo])
			kill(getpid(), signo);
		signal_caught[signo] = 0;
	}
}

void
loop_thaw_signals(struct loop *l)
{
	for (int signo = 1; signo < SIGNAL_COUNT; signo++)
		if (l->signals[signo].fn != NULL)
			signal_mask(SIG_UNBLOCK, signo);
}

/* The loop itself */

static void
pipe_set_flags(int fd)
{
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
}

struct loop *
loop_new(void)
{
	struct loop *l = BASE_NEW(struct loop);
	int ends[2];

	if (pipe(ends) != 0)
		base_die("no pipe for the event loop: %s", strerror(errno));
	pipe_set_flags(ends[0]);
	pipe_set_flags(ends[1]);
	l->wake_fd = ends[1];
	l->wake_io = (struct loop_io){.fd = ends[0], .events = POLLIN, .ready = wake_ready};
	loop_add(l, &l->wake_io);
	return l;
}

static void
signals_release(struct loop *l)
{
	for (int signo = 1; signo < SIGNAL_COUNT; signo++)
		if (l->signals[signo].fn != NULL)
			signal(signo, SIG_DFL);
}

void
loop_free(struct loop *l)
{
	signals_release(l);
	close(l->wake_io.fd);
	close(l->wake_fd);
	free(l->polls);
	free(l->ios);
	free(l->timers);
	free(l);
}

void
loop_on_prepare(struct loop *l, int64_t (*fn)(void *context), void *context)
{
	l->on_prepare = fn;
	l->prepare_context = context;
}

/* For poll(2): milliseconds, -1 without limit. */
static int
sleep_limit(struct loop *l)
{
	int64_t limit_ms = l->on_prepare ? l->on_prepare(l->prepare_context) : LOOP_FOREVER;

	if (l->timer_count > 0) {
		int64_t left_ms = MAX(l->timers[0]->due_ms - clock_mono_ms(), 0);

		limit_ms = limit_ms < 0 ? left_ms : MIN(limit_ms, left_ms);
	}
	return (int)MIN(limit_ms, INT_MAX);
}

static void
loop_turn(struct loop *l)
{
	int limit_ms = sleep_limit(l);

	if (l->has_holes)
		ios_compact(l);
	if (poll(l->polls, (nfds_t)l->io_count, limit_ms) > 0)
		ios_dispatch(l);
	timers_dispatch(l);
}

void
loop_run(struct loop *l)
{
	while (!l->is_stopped)
		loop_turn(l);
	l->is_stopped = false;
}

void
loop_stop(struct loop *l)
{
	l->is_stopped = true;
}
