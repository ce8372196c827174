#include "os/watch_poll.h"

#include "os/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void
watch_poll_begin(struct watch_poll *poll, struct watch *w, const struct watch_plan *plan)
{
	*poll = (struct watch_poll){.tree = watch_tree_make(w, plan)};
}

void
watch_poll_scan(struct watch_poll *poll)
{
	int64_t start_us = clock_thread_us(), took_us;

	watch_tree_scan(&poll->tree);
	watch_tree_tell_again(&poll->tree);
	poll->tree.found_as = WATCH_WRITTEN;
	took_us = clock_thread_us() - start_us;
	poll->due_ms =
	    clock_mono_ms() + MAX((int64_t)poll->tree.plan->poll_ms, took_us * WATCH_POLL_SHARE / 1000);
}

static void
sleep_until(int64_t due_ms)
{
	int64_t left_ms = due_ms - clock_mono_ms();
	struct timespec time = {(time_t)(left_ms / 1000), (long)(left_ms % 1000) * 1000000};

	if (left_ms > 0)
		nanosleep(&time, NULL); /* no signals come to this thread */
}

static void
backend_run(struct watch *w, const struct watch_plan *plan)
{
	struct watch_poll poll;

	watch_poll_begin(&poll, w, plan);
	watch_tree_add_targets(&poll.tree);
	watch_poll_scan(&poll);
	watch_tell(w, WATCH_READY, STR(""));
	for (;;) {
		sleep_until(poll.due_ms);
		watch_poll_scan(&poll);
	}
}

const struct watch_backend watch_poll_backend = {
    .run = backend_run,
};
