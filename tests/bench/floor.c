/*
 * The floor: what one thread can answer when nothing is decided. An epoll loop
 * that writes one canned answer of 1 KiB for each request head it reads, with
 * the fields that eddy sends. Every server pays at least this.
 *
 *	floor FILE        answers with FILE's bytes; prints its port
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENT_MAX = 64, ANSWER_MAX = 64 * 1024, INPUT_MAX = 16 * 1024 };

static char answer[ANSWER_MAX];
static size_t answer_size;

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
answer_make(const char *path)
{
	static char body[ANSWER_MAX / 2];
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t body_size = file < 0 ? -1 : read(file, body, sizeof body);

	if (body_size < 0)
		die(path);
	close(file);
	int head_size = snprintf(answer, sizeof answer,
	    "HTTP/1.1 200 OK\r\n"
	    "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
	    "Server: eddy\r\n"
	    "X-Content-Type-Options: nosniff\r\n"
	    "Cross-Origin-Resource-Policy: same-site\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Cache-Control: no-cache\r\n"
	    "ETag: \"0123456789abcdef0123456789abcdef\"\r\n"
	    "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
	    "Accept-Ranges: bytes\r\n"
	    "Vary: Accept-Encoding\r\n"
	    "Content-Length: %zd\r\n\r\n",
	    body_size);
	memcpy(answer + head_size, body, (size_t)body_size);
	answer_size = (size_t)head_size + (size_t)body_size;
}

static int
listener_open(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
	    listen(listener, SOMAXCONN) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) != 0)
		die("listen");
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return listener;
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
		setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
		poller_add(poller, connection);
	}
}

/* wrk sends one request at a time, and each of them fits one segment: no state is kept between reads. */
static void
connection_serve(int connection)
{
	char input[INPUT_MAX];
	ssize_t size = read(connection, input, sizeof input);

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
	answer_make(argv[1]);
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
