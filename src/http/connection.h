/*
 * The open connections, and how long they may stay (RFC 9112 §9.8): until the
 * deadline of the head that they send, of their silence between requests, or of
 * an answer that they don't take. Deadlines are kept to the second.
 */
#ifndef EDDY_CONNECTION_H
#define EDDY_CONNECTION_H

#include "http/req.h"
#include "os/loop.h"

#include <netinet/in.h>
#include <sys/select.h>

struct connection_set;

struct connection {
	struct connection *next,
	    *previous; /* those that are left, then from the one that was used least lately */
	struct connection_set *set;
	int fd;
	struct loop_io io;   /* for connection_await */
	struct req *req;     /* in flight, or an open stream; NULL between requests */
	bool has_answered;   /* a request, in the past */
	bool is_left;        /* its client has said all */
	bool is_cut;         /* it only has to notice */
	int64_t deadline_ms; /* on clock_mono_ms */
	int64_t sent_bytes;  /* when it was looked at last; -1: it has not been */
	bool is_loopback;
	bool is_tls;
	char peer[INET6_ADDRSTRLEN];
};

struct connection_limits {
	int head_s;  /* from the accept to the end of the first head, however it trickles in */
	int idle_s;  /* between requests */
	int write_s; /* while no byte of an answer is taken */
};

struct connection_set {
	struct loop *loop;
	struct connection_limits limits;
	struct connection ring; /* its head */
	size_t count;
	int64_t now_ms; /* clock_mono_ms; the owner keeps it up to date */
	struct loop_timer sweep;
};

void connection_set_start(struct connection_set *set, struct loop *loop, struct connection_limits limits);
void connection_set_stop(struct connection_set *set);

/* A connection was accepted; is gone. The descriptor stays the caller's. */
struct connection *connection_add(struct connection_set *set, int fd, const struct sockaddr *address);
void connection_remove(struct connection *connection);

/* A request is in flight on it; is over. */
void connection_begin(struct connection *connection, struct req *req);
void connection_end(struct connection *connection);

/*
 * Has the loop wake up for those connections that are waited for, whose descriptors the sets hold as for select(2);
 * who has asked for that looks himself what there is to do.
 */
void connection_await(struct connection_set *set, const fd_set *readable, const fd_set *writable);

/* Cuts those whose clients have said all and got all answers. For the end of a turn of libmicrohttpd. */
void connection_cut_left(struct connection_set *set);

/* Cuts all connections that are between requests. */
void connection_cut_idle(struct connection_set *set);

/* Others wait: cuts the one that has been between requests for longest, or else in its first head, for a second. */
void connection_cut_one(struct connection_set *set);

#endif
