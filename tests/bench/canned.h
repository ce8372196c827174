/*
 * What floor.c and library.c have in common: the answer that both give, with
 * the fields that eddy sends, and the socket that they are asked at.
 */
#ifndef EDDY_BENCH_CANNED_H
#define EDDY_BENCH_CANNED_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY_MAX = 32 * 1024 };

struct canned_field {
	const char *name;
	const char *value;
};

/* All but Date and Content-Length. */
static const struct canned_field canned_fields[] = {
    {"Server", "eddy"},
    {"X-Content-Type-Options", "nosniff"},
    {"Cross-Origin-Resource-Policy", "same-site"},
    {"Content-Type", "text/plain; charset=utf-8"},
    {"Cache-Control", "no-cache"},
    {"ETag", "\"0123456789abcdef0123456789abcdef\""},
    {"Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"},
    {"Accept-Ranges", "bytes"},
    {"Vary", "Accept-Encoding"},
};

enum { CANNED_FIELDS = sizeof(canned_fields) / sizeof(canned_fields[0]) };

static char canned_body[BODY_MAX];
static size_t canned_body_size;

static inline void
die(const char *what)
{
	perror(what);
	exit(1);
}

static inline void
canned_body_read(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = file < 0 ? -1 : read(file, canned_body, sizeof(canned_body));

	if (size < 0)
		die(path);
	close(file);
	canned_body_size = (size_t)size;
}

/* Listens on a port of the kernel's choice, and prints it. */
static inline int
listener_open(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 ||
	    listen(listener, SOMAXCONN) != 0 ||
	    getsockname(listener, (struct sockaddr *)&address, &size) != 0)
		die("listen");
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return listener;
}

#endif
