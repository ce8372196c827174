#include "http/flight.h"

enum { STREAM_END_MS = 100 }; /* for the last bytes of streams that end */

/* Drained: nothing in flight, and no connection that may still send its last request. */
static void
check_drained(struct flight *f)
{
	bool is_waiting = loop_timer_is_set(&f->close_idle) && f->connections->count > 0;

	if (f->drained != NULL && f->count == 0 && !is_waiting)
		f->drained(f->context);
}

static void
on_close_idle(struct loop_timer *timer)
{
	struct flight *f = CONTAINER_OF(timer, struct flight, close_idle);

	connection_cut_idle(f->connections);
	check_drained(f);
}

void
flight_begin(struct flight *f)
{
	f->count++;
}

void
flight_becomes_stream(struct flight *f)
{
	f->count--;
	check_drained(f);
}

/* Its connection is idle now. */
void
flight_end(struct flight *f, bool is_stream, bool is_whole)
{
	if (f->is_draining && !loop_timer_is_set(&f->close_idle))
		loop_timer_set(f->loop, &f->close_idle, f->idle_ms);
	if (is_stream)
		return;
	f->finished += f->is_draining && is_whole;
	f->count--;
	check_drained(f);
}

void
flight_lost_connection(struct flight *f)
{
	check_drained(f);
}

void
flight_drain(struct flight *f, int64_t idle_ms, void (*drained)(void *context), void *context)
{
	f->is_draining = true;
	f->drained = drained;
	f->context = context;
	f->idle_ms = idle_ms;
	f->close_idle.due = on_close_idle;
	if (idle_ms == 0)
		connection_cut_idle(f->connections);
	loop_timer_set(f->loop, &f->close_idle, MAX(idle_ms, (int64_t)STREAM_END_MS));
	check_drained(f);
}

void
flight_stop(struct flight *f)
{
	f->is_draining = false;
	f->drained = NULL;
	loop_timer_clear(f->loop, &f->close_idle);
}
