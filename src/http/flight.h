/*
 * The requests in flight: begun, and not answered whole. A server that drains waits for them, and closes the
 * connections between them once these had the time for a last request.
 */
#ifndef EDDY_FLIGHT_H
#define EDDY_FLIGHT_H

#include "http/connection.h"

/* The owner fills in the first two. */
struct flight {
	struct loop *loop;
	struct connection_set *connections;

	unsigned count;
	unsigned finished; /* while draining */
	bool is_draining;
	struct loop_timer close_idle;
	int64_t idle_ms; /* how long an idle connection is left open while draining */
	void (*drained)(void *context);
	void *context;
};

void flight_begin(struct flight *f);

/* One is over. `is_whole` tells whether it was answered to the end; a stream isn't in flight any more. */
void flight_end(struct flight *f, bool is_stream, bool is_whole);

/* It has turned out to be a stream, which nobody waits for. */
void flight_becomes_stream(struct flight *f);

/* A connection has gone. */
void flight_lost_connection(struct flight *f);

/*
 * Closes idle connections after `idle_ms`, and calls `drained` when no request is in flight and streams have had a
 * moment to end; it may do so again.
 */
void flight_drain(struct flight *f, int64_t idle_ms, void (*drained)(void *context), void *context);

/* Waits for none any more. */
void flight_stop(struct flight *f);

#endif
