#include "http/drain.h"

#include "os/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	MAX_BYTES = 64 * 1024, /* of each */
	MAX_MS = 1000,
	MAX_COUNT = 64, /* at a time */
	BLOCK_BYTES = 4096,
};

struct drain {
	struct drain *next, **link;
	struct drain_set *set;
	struct loop_io io;
	struct loop_timer limit;
	size_t left_bytes;
};

static void
drain_end(struct drain *drain)
{
	struct loop *loop = drain->set->loop;

	*drain->link = drain->next;
	if (drain->next != NULL)
		drain->next->link = drain->link;
	drain->set->count--;
	loop_timer_clear(loop, &drain->limit);
	loop_remove(loop, &drain->io);
	close(drain->io.fd);
	free(drain);
}

static void
on_ready(struct loop_io *io, short events UNUSED)
{
	struct drain *drain = CONTAINER_OF(io, struct drain, io);
	char bytes[BLOCK_BYTES];
	ssize_t got = read(io->fd, bytes, MIN(sizeof(bytes), drain->left_bytes));

	if (got > 0)
		drain->left_bytes -= (size_t)got;
	if (drain->left_bytes == 0 || got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		drain_end(drain);
}

static void
on_over(struct loop_timer *timer)
{
	drain_end(CONTAINER_OF(timer, struct drain, limit));
}

void
drain_begin(struct drain_set *set, int connection_fd)
{
	int fd = set->count < MAX_COUNT ? fcntl(connection_fd, F_DUPFD_CLOEXEC, 0) : -1;
	struct drain *drain;

	if (fd < 0)
		return;
	drain = BASE_NEW(struct drain);
	drain->set = set;
	drain->io = (struct loop_io){.fd = fd, .events = POLLIN, .ready = on_ready};
	drain->limit.due = on_over;
	drain->left_bytes = MAX_BYTES;
	drain->next = set->first;
	drain->link = &set->first;
	if (drain->next != NULL)
		drain->next->link = &drain->next;
	set->first = drain;
	set->count++;
	loop_add(set->loop, &drain->io);
	loop_timer_set(set->loop, &drain->limit, MAX_MS);
}

void
drain_stop(struct drain_set *set)
{
	for (struct drain *drain = set->first, *next; drain != NULL; drain = next) {
		next = drain->next;
		drain_end(drain);
	}
}
