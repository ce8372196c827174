#include "run/capture.h"

#include "os/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { READ_BYTES = 4096 };

static void
capture_keep(struct capture *c, const char *bytes, size_t len)
{
	size_t kept = MIN(len, CAPTURE_MAX_BYTES - c->len);

	if (kept == 0)
		return;
	c->data = base_realloc(c->data, c->len + kept);
	memcpy(c->data + c->len, bytes, kept);
	c->len += kept;
}

/* Reads what there is. False at its end. */
static bool
capture_read(struct capture *c)
{
	char bytes[READ_BYTES];
	ssize_t got;

	while ((got = read(c->io.fd, bytes, sizeof(bytes))) > 0)
		capture_keep(c, bytes, (size_t)got);
	return got < 0 && (errno == EAGAIN || errno == EINTR);
}

static void
capture_ready(struct loop_io *io, short revents UNUSED)
{
	struct capture *c = CONTAINER_OF(io, struct capture, io);

	if (!capture_read(c))
		loop_remove(c->loop, io);
}

int
capture_open(struct capture *c, struct loop *l)
{
	int ends[2];

	*c = (struct capture){0};
	if (!proc_make_pipe(ends))
		return -1;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	c->loop = l;
	c->io = (struct loop_io){.fd = ends[0], .events = POLLIN, .ready = capture_ready};
	loop_add(l, &c->io);
	return ends[1];
}

struct str
capture_take(struct capture *c)
{
	if (c->loop != NULL)
		capture_read(c);
	return str_make(c->data, c->len);
}

void
capture_close(struct capture *c)
{
	if (c->loop == NULL)
		return;
	loop_remove(c->loop, &c->io);
	close(c->io.fd);
	free(c->data);
	*c = (struct capture){0};
}
