#include "http/connection.h"

#include "os/clock.h"
#include "os/sock.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

enum {
	SWEEP_MS = 1000,
	CROWDED_HEAD_MS = 1000, /* for the first head of a connection, while others wait for its place */
};

/* libmicrohttpd notices, and gives the connection up. */
static void
connection_cut(struct connection *connection)
{
	connection->is_cut = true;
	shutdown(connection->fd, SHUT_RDWR);
}

static bool
ring_is_empty(const struct connection_set *set)
{
	return set->ring.next == &set->ring;
}

static void
ring_leave(struct connection *connection)
{
	connection->next->previous = connection->previous;
	connection->previous->next = connection->next;
}

static void
ring_join(struct connection *connection, struct connection *next)
{
	connection->next = next;
	connection->previous = next->previous;
	connection->previous->next = connection;
	next->previous = connection;
}

static void
set_deadline(struct connection *connection, int seconds)
{
	connection->deadline_ms = connection->set->now_ms + (int64_t)seconds * 1000;
}

/* Whether it has taken nothing of its answer for too long. Streams find out by their heartbeat. */
static bool
is_stalled(struct connection *connection)
{
	const struct req *req = connection->req;
	int64_t sent_bytes;

	if (!req->is_answered || req->is_stream || !sock_sent_bytes(connection->fd, &sent_bytes))
		return false;
	if (sent_bytes != connection->sent_bytes) {
		connection->sent_bytes = sent_bytes;
		set_deadline(connection, connection->set->limits.write_s);
	}
	return connection->deadline_ms <= connection->set->now_ms;
}

/*
 * Whether its client has said all. The end may have come together with the last bytes, or with half a
 * request behind an answer, and libmicrohttpd doesn't hear of it then.
 */
static bool
look_whether_left(struct connection *connection)
{
	char byte;

	connection->is_left = recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
	return connection->is_left;
}

static bool
is_over(struct connection *connection)
{
	if (connection->is_cut)
		return false;
	if (connection->req != NULL)
		return is_stalled(connection);
	return connection->deadline_ms <= connection->set->now_ms || look_whether_left(connection);
}

static void
on_sweep(struct loop_timer *timer)
{
	struct connection_set *set = CONTAINER_OF(timer, struct connection_set, sweep);

	for (struct connection *c = set->ring.next; c != &set->ring; c = c->next)
		if (is_over(c))
			connection_cut(c);
	if (!ring_is_empty(set))
		loop_timer_set(set->loop, timer, SWEEP_MS);
}

static void
set_peer_v4(struct connection *connection, const void *bytes)
{
	inet_ntop(AF_INET, bytes, connection->peer, sizeof(connection->peer));
	connection->is_loopback = *(const unsigned char *)bytes == IN_LOOPBACKNET;
}

/* A listener that was handed over may take both families: who comes by IPv4 is "::ffff:127.0.0.1" there (RFC 4291 §2.5.5.2). */
static void
set_peer(struct connection *connection, const struct sockaddr *address)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	if (address->sa_family == AF_INET) {
		set_peer_v4(connection, &v4->sin_addr);
	} else if (address->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		set_peer_v4(connection, &v6->sin6_addr.s6_addr[12]);
	} else if (address->sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &v6->sin6_addr, connection->peer, sizeof(connection->peer));
		connection->is_loopback = IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
	}
}

struct connection *
connection_add(struct connection_set *set, int fd, const struct sockaddr *address)
{
	struct connection *connection = BASE_NEW(struct connection);

	connection->set = set;
	connection->fd = fd;
	set_peer(connection, address);
	set_deadline(connection, set->limits.head_s);
	ring_join(connection, &set->ring);
	set->count++;
	if (!loop_timer_is_set(&set->sweep))
		loop_timer_set(set->loop, &set->sweep, SWEEP_MS);
	return connection;
}

void
connection_remove(struct connection *connection)
{
	loop_remove(connection->set->loop, &connection->io);
	ring_leave(connection);
	connection->set->count--;
	free(connection);
}

void
connection_begin(struct connection *connection, struct req *req)
{
	connection->req = req;
	connection->sent_bytes = -1;
}

void
connection_end(struct connection *connection)
{
	struct connection *ring = &connection->set->ring;

	connection->req = NULL;
	/* The first request is the only one of most clients that say all at once. */
	if (!connection->has_answered)
		look_whether_left(connection);
	connection->has_answered = true;
	set_deadline(connection, connection->set->limits.idle_s);
	ring_leave(connection);
	ring_join(connection, connection->is_left ? ring->next : ring);
}

static void
on_ready(struct loop_io *io UNUSED, short events UNUSED)
{
}

static void
await(struct connection *c, short events)
{
	struct loop *loop = c->set->loop;

	if (events == 0) {
		loop_remove(loop, &c->io);
	} else if (!loop_has(&c->io)) {
		c->io = (struct loop_io){.fd = c->fd, .events = events, .ready = on_ready};
		loop_add(loop, &c->io);
	} else if (events != c->io.events) {
		loop_change(loop, &c->io, events);
	}
}

void
connection_await(struct connection_set *set, const fd_set *readable, const fd_set *writable)
{
	for (struct connection *c = set->ring.next; c != &set->ring; c = c->next)
		await(c, (short)((FD_ISSET(c->fd, readable) ? POLLIN : 0) |
				 (FD_ISSET(c->fd, writable) ? POLLOUT : 0)));
}

void
connection_cut_left(struct connection_set *set)
{
	for (struct connection *c = set->ring.next; c->is_left; c = c->next)
		if (c->req == NULL && !c->is_cut)
			connection_cut(c);
}

void
connection_cut_idle(struct connection_set *set)
{
	for (struct connection *c = set->ring.next; c != &set->ring; c = c->next)
		if (c->req == NULL)
			connection_cut(c);
}

void
connection_cut_one(struct connection_set *set)
{
	int64_t patience_ms = MAX(set->limits.head_s * 1000 - CROWDED_HEAD_MS, 0);
	struct connection *in_head = NULL;

	for (struct connection *c = set->ring.next; c != &set->ring; c = c->next) {
		if (c->req != NULL || c->is_cut)
			continue;
		if (c->has_answered) {
			connection_cut(c);
			return;
		}
		if (in_head == NULL)
			in_head = c;
	}
	if (in_head != NULL && in_head->deadline_ms - patience_ms <= set->now_ms)
		connection_cut(in_head);
}

void
connection_set_start(struct connection_set *set, struct loop *loop, struct connection_limits limits)
{
	set->loop = loop;
	set->limits = limits;
	set->ring.next = set->ring.previous = &set->ring;
	set->now_ms = clock_mono_ms();
	set->sweep.due = on_sweep;
}

void
connection_set_stop(struct connection_set *set)
{
	loop_timer_clear(set->loop, &set->sweep);
}
