/*
 * Takes connections from listening sockets. Where there is no room or no descriptor for more,
 * accepting pauses: nothing spins, and clients wait in the kernel's queue.
 *
 * On Linux a connection comes only with its first bytes, so that its owner can look at them.
 */
#ifndef EDDY_ACCEPTOR_H
#define EDDY_ACCEPTOR_H

#include "os/loop.h"

#include <sys/socket.h>

enum { ACCEPTOR_MAX_LISTENERS = 8 };

struct acceptor;

struct acceptor_listener {
	struct loop_io io;
	struct acceptor *acceptor;
	int kind; /* the owner's */
};

/* A connection that was accepted: non-blocking, close-on-exec. */
struct accepted {
	int fd; /* the taker's now */
	struct sockaddr_storage address;
	socklen_t address_bytes;
	int kind; /* of the listener */
};

struct acceptor_events {
	bool (*has_room)(void *context);  /* for one more */
	void (*make_room)(void *context); /* there are no descriptors */
	void (*take)(void *context, const struct accepted *accepted);
};

/* All zero but for the loop, the events and their context is one that listens nowhere. */
struct acceptor {
	struct loop *loop;
	const struct acceptor_events *events;
	void *context;
	struct acceptor_listener listeners[ACCEPTOR_MAX_LISTENERS];
	size_t count;
	struct loop_timer again;
};

/* Accepts from a listening socket, which stays the caller's. */
void acceptor_listen(struct acceptor *acceptor, int fd, int kind);

/* There may be room again. */
void acceptor_resume(struct acceptor *acceptor);

/* Leaves the listeners. */
void acceptor_stop(struct acceptor *acceptor);

#endif
