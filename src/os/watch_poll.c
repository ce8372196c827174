#include "os/watch_poll.h"

#include "os/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { GONE_AGAIN_MS = 1000 }; /* more than anybody waits with his look at what has gone */

/* A file that has gone. */
struct gone {
	int64_t due_ms;
	struct str path;
	char path_bytes[];
};

static void
gone_add(struct watch_tree *tree, struct watch_node *node)
{
	struct watch_poll *poll = CONTAINER_OF(tree, struct watch_poll, tree);
	struct gone *gone = map_get(&poll->gone, node->path);

	if (node->is_directory)
		return;
	if (gone == NULL) {
		gone = base_alloc(sizeof(*gone) + node->path.len);
		memcpy(gone->path_bytes, node->path.data, node->path.len);
		gone->path = str_make(gone->path_bytes, node->path.len);
		map_put(&poll->gone, gone->path, gone);
	}
	gone->due_ms = clock_mono_ms() + GONE_AGAIN_MS;
}

/* Tells once more what has gone a while ago, and is not there. */
static void
gone_tell(struct watch_poll *poll)
{
	struct arena scratch = poll->tree.scratch;
	struct gone **due = ARENA_ARRAY(&scratch, struct gone *, poll->gone.count + 1);
	const struct map_entry *entry;
	size_t position = 0, count = 0;
	int64_t now_ms = clock_mono_ms();

	while ((entry = map_next(&poll->gone, &position)) != NULL)
		if (((struct gone *)entry->value)->due_ms <= now_ms)
			due[count++] = entry->value;
	for (size_t i = 0; i < count; i++) {
		map_remove(&poll->gone, due[i]->path);
		if (map_get(&poll->tree.nodes, due[i]->path) == NULL)
			watch_tell(poll->tree.watch, WATCH_REMOVED, due[i]->path);
		free(due[i]);
	}
}

void
watch_poll_begin(struct watch_poll *poll, struct watch *w, const struct watch_plan *plan)
{
	*poll = (struct watch_poll){.tree = watch_tree_make(w, plan)};
	poll->tree.removed = gone_add;
}

void
watch_poll_scan(struct watch_poll *poll)
{
	int64_t start_us = clock_mono_us(), took_us;

	watch_tree_scan(&poll->tree);
	gone_tell(poll);
	poll->tree.found_as = WATCH_WRITTEN;
	took_us = clock_mono_us() - start_us;
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
