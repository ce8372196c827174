/*
 * Listening sockets: made once by the master, handed on to every child and
 * to the image that replaces it.
 *
 * They are handed on by the convention of sd_listen_fds(3): from descriptor
 * SOCK_FIRST_FD on, LISTEN_FDS of them, named in LISTEN_FDNAMES ("http4:http6"),
 * meant for the process LISTEN_PID. All of them are non-blocking TCP stream sockets
 * and close-on-exec; IPv6 ones that are made here take IPv6 only. One that was
 * adopted may take both families, and has IPv4 peers as "::ffff:192.0.2.1".
 */
#ifndef EDDY_SOCK_H
#define EDDY_SOCK_H

#include "base/err.h"

#include <sys/socket.h>

enum {
	SOCK_FIRST_FD = 3,
	SOCK_MAX_LISTENERS = 8,
	SOCK_NAME_BYTES = 32,
};

struct sock_listener {
	int fd;
	char name[SOCK_NAME_BYTES]; /* "http4", "http6", "redirect4"…, or what a service manager calls it */
};

/* All zero is an empty set. */
struct sock_set {
	struct sock_listener listeners[SOCK_MAX_LISTENERS];
	size_t count;
};

/* Where to listen. */
struct sock_request {
	/*
	 * NULL or "localhost": 127.0.0.1 and, where the machine has IPv6, ::1, with one
	 * port number. "*": both wildcard addresses in the same way. Else a host name or
	 * address: its first IPv4 and its first IPv6 address.
	 */
	const char *address;
	uint16_t port;      /* 0: the kernel chooses */
	bool port_is_given; /* a busy port is an error; else the next free one is taken */
	bool has_second;    /* the same addresses on another port too: "redirect4", "redirect6" */
	uint16_t second_port;

	/*
	 * Listeners that go as soon as these stand, or NULL: an address that overlaps with
	 * one of theirs is not busy.
	 */
	const struct sock_set *replaced;
};

/*
 * Opens the listeners. The caller owns them. A busy port is ERR_PORT_BUSY; the
 * port that was taken in the end is sock_port's.
 */
bool sock_listen(struct sock_set *set, const struct sock_request *request, struct err *e);

/*
 * The one door by which a process takes listeners that it was started with:
 * from a service manager, as a child, as the image that replaces the old one. Reads the
 * environment, checks that each descriptor is a listening stream socket, and
 * unsets the variables, so that they go no further. True with an empty set
 * where nothing is meant for this process.
 */
bool sock_adopt(struct sock_set *set, struct err *e);

/* The descriptor that follows the adopted listeners: what else was handed on begins there. */
int sock_next_fd(const struct sock_set *set);

/* Closes the descriptors and empties the set. Other processes that have them go on listening. */
void sock_close(struct sock_set *set);

/* The port of the first TCP listener, 0 if there is none; and of the first of the second ones. */
uint16_t sock_port(const struct sock_set *set);
uint16_t sock_second_port(const struct sock_set *set);

/* Whether it is one of a request's second port. */
bool sock_is_second(const struct sock_listener *listener);

/* Who can connect to some of the listeners: this machine, whoever reaches its address, whoever reaches the machine. */
enum sock_reach { SOCK_REACH_LOOPBACK, SOCK_REACH_ADDRESS, SOCK_REACH_MACHINE };
enum sock_reach sock_reach(const struct sock_set *set);

/* An address that others on the network may know this machine by, or empty where there is none. */
struct str sock_network_address(struct arena *a);

/* The next connection of a listener, non-blocking and close-on-exec; -1 with errno set, as accept(2). */
int sock_accept(int listener, struct sockaddr *address, socklen_t *address_bytes);

/* Whether the peer of a connection has closed it, or its half of it, whatever it sent before. */
bool sock_peer_has_closed(int fd);

/* Whether the system tells how many bytes of what was sent on a connection its peer has taken; and how many. */
bool sock_tells_sent_bytes(void);
bool sock_sent_bytes(int fd, int64_t *bytes);

/* "http://127.0.0.1:8888/", an address at which a program on this machine reaches the first listener. */
struct str sock_url(struct arena *a, const struct sock_set *set, struct str scheme);

#endif
