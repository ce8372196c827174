#include "run/chan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

/* What goes before each payload, as this machine stores it: both ends are the same program. */
struct header {
	uint32_t type;
	uint32_t len;
};

const char *
chan_type_name(enum chan_type type)
{
	static const char *const names[] = {
#define X(type) #type,
	    CHAN_TYPES(X)
#undef X
	};

	return type < CHAN_TYPE_COUNT ? names[type] : "?";
}

static char *
bytes_reserve(struct chan_bytes *bytes, size_t len)
{
	if (bytes->capacity - bytes->len < len) {
		bytes->capacity = MAX(bytes->len + len, 2 * bytes->capacity);
		bytes->data = base_realloc(bytes->data, bytes->capacity);
	}
	return bytes->data + bytes->len;
}

static void
bytes_add(struct chan_bytes *bytes, const void *data, size_t len)
{
	char *room = bytes_reserve(bytes, len);

	if (len > 0)
		memcpy(room, data, len);
	bytes->len += len;
}

static void
bytes_free(struct chan_bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct chan_bytes){0};
}

/* Drops the first `len` bytes, and the memory when nothing is left: an idle channel holds none. */
static void
bytes_consume(struct chan_bytes *bytes, size_t len)
{
	bytes->len -= len;
	if (bytes->len == 0)
		bytes_free(bytes);
	else if (len > 0)
		memmove(bytes->data, bytes->data + len, bytes->len);
}

static void
chan_fail(struct chan *c)
{
	chan_close(c);
	c->events->closed(c);
}

/*
 * Hands out the whole messages of the input. False where what came is no
 * message at all. An owner that closes the channel ends it.
 */
static bool
input_deliver(struct chan *c)
{
	struct chan_bytes input = c->input;
	size_t used = 0;
	bool is_sound = true;

	/* The callback may close the channel: meanwhile the bytes are ours. */
	c->input = (struct chan_bytes){0};
	while (c->loop != NULL && input.len - used >= sizeof(struct header)) {
		struct header header;

		memcpy(&header, input.data + used, sizeof(header));
		is_sound = header.type < CHAN_TYPE_COUNT && header.len <= CHAN_MESSAGE_MAX_BYTES;
		if (!is_sound || input.len - used - sizeof(header) < header.len)
			break;
		c->events->message(c, header.type, str_make(input.data + used + sizeof(header), header.len));
		used += sizeof(header) + header.len;
	}
	bytes_consume(&input, used);
	if (c->loop != NULL)
		c->input = input;
	else
		bytes_free(&input);
	return is_sound;
}

/* Reads once; the rest is told by the next poll. False at the end of file. */
static bool
input_read(struct chan *c)
{
	ssize_t got = read(c->io.fd, bytes_reserve(&c->input, READ_BYTES), READ_BYTES);

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	c->input.len += (size_t)got;
	return got > 0 && input_deliver(c);
}

static void
output_write(struct chan *c)
{
	size_t sent = 0;

	while (sent < c->output.len) {
		ssize_t written = write(c->io.fd, c->output.data + sent, c->output.len - sent);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			break; /* a broken channel is told by the read that follows */
		sent += (size_t)written;
	}
	bytes_consume(&c->output, sent);
	loop_change(c->loop, &c->io, (short)(POLLIN | (c->output.len ? POLLOUT : 0)));
}

static void
chan_ready(struct loop_io *io, short revents)
{
	struct chan *c = CONTAINER_OF(io, struct chan, io);

	if (revents & POLLOUT)
		output_write(c);
	if ((revents & ~POLLOUT) && !input_read(c) && c->loop != NULL)
		chan_fail(c);
}

bool
chan_make_pair(int ends[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return false;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return true;
}

int
chan_inherited_fd(const struct sock_set *adopted)
{
	return sock_next_fd(adopted);
}

void
chan_open(struct chan *c, struct loop *l, int fd, const struct chan_events *events)
{
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	*c = (struct chan){
	    .loop = l,
	    .io = {.fd = fd, .events = POLLIN, .ready = chan_ready},
	    .events = events,
	};
	loop_add(l, &c->io);
}

void
chan_close(struct chan *c)
{
	if (c->loop == NULL)
		return;
	loop_remove(c->loop, &c->io);
	close(c->io.fd);
	bytes_free(&c->input);
	bytes_free(&c->output);
	c->loop = NULL;
}

void
chan_finish(struct chan *c)
{
	ssize_t got;

	while (
	    c->loop != NULL && (got = read(c->io.fd, bytes_reserve(&c->input, READ_BYTES), READ_BYTES)) > 0) {
		c->input.len += (size_t)got;
		if (!input_deliver(c))
			break;
	}
	chan_close(c);
}

bool
chan_is_open(const struct chan *c)
{
	return c->loop != NULL;
}

bool
chan_send(struct chan *c, enum chan_type type, struct str payload)
{
	struct header header = {.type = type, .len = (uint32_t)payload.len};

	if (c->loop == NULL || payload.len > CHAN_MESSAGE_MAX_BYTES ||
	    c->output.len + sizeof(header) + payload.len > CHAN_OUTPUT_MAX_BYTES)
		return false;
	bytes_add(&c->output, &header, sizeof(header));
	bytes_add(&c->output, payload.data, payload.len);
	output_write(c);
	return true;
}

bool
chan_send_json(struct chan *c, enum chan_type type, json_t *payload)
{
	char *text = json_dumps(payload, JSON_COMPACT);
	bool ok = text != NULL && chan_send(c, type, str_of(text));

	free(text);
	json_decref(payload);
	return ok;
}
