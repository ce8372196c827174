/*
 * The floor: what one thread can answer when nothing is decided. An epoll loop
 * that writes one canned answer of 1 KiB for each request head it reads, with
 * the fields that eddy sends. Every server pays at least this.
 *
 *	floor FILE        answers with FILE's bytes; prints its port
 */
#include "canned.h"

#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>

enum { EVENT_MAX = 64, HEAD_MAX = 4 * 1024, INPUT_MAX = 16 * 1024 };

static char answer[HEAD_MAX + BODY_MAX];
static size_t answer_size;

static void
answer_add(const char *name, const char *value)
{
	answer_size +=
	    (size_t)snprintf(answer + answer_size, HEAD_MAX - answer_size, "%s: %s\r\n", name, value);
}

static void
answer_make(void)
{
	char length[32];

	answer_size = (size_t)snprintf(answer, HEAD_MAX, "HTTP/1.1 200 OK\r\n");
	answer_add("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
	for (size_t i = 0; i < CANNED_FIELDS; i++)
		answer_add(canned_fields[i].name, canned_fields[i].value);
	snprintf(length, sizeof(length), "%zu\r\n", canned_body_size);
	answer_add("Content-Length", length);
	memcpy(answer + answer_size, canned_body, canned_body_size);
	answer_size += canned_body_size;
}

static void
poller_add(int poller, int descriptor)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};

	if (epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) != 0)
		die("epoll_ctl");
}

static void
connections_accept(int poller, int listener)
{
	int connection, yes = 1;

	while ((connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
		poller_add(poller, connection);
	}
}

/* wrk sends one request at a time, and each of them fits one segment: no state is kept between reads. */
static void
connection_serve(int connection)
{
	char input[INPUT_MAX];
	ssize_t size = read(connection, input, sizeof(input));

	if (size >= 4 && memcmp(input + size - 4, "\r\n\r\n", 4) == 0) {
		if (write(connection, answer, answer_size) == (ssize_t)answer_size)
			return;
	}
	close(connection);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[EVENT_MAX];

	if (argc != 2)
		return 2;
	canned_body_read(argv[1]);
	answer_make();
	int listener = listener_open();
	int poller = epoll_create1(EPOLL_CLOEXEC);
	poller_add(poller, listener);
	for (;;) {
		int count = epoll_wait(poller, events, EVENT_MAX, -1);

		for (int i = 0; i < count; i++) {
			if (events[i].data.fd == listener)
				connections_accept(poller, listener);
			else
				connection_serve(events[i].data.fd);
		}
	}
}
