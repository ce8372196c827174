#include "http/acceptor.h"

#include "os/sock.h"

#include <errno.h>
#include <netinet/in.h>
#ifdef __linux__
#include <linux/tcp.h>
#endif

enum {
	BURST = 64,     /* connections taken from one listener before others have their turn */
	PAUSE_MS = 100, /* until it is tried again */
	SILENT_S = 10,  /* how long the kernel keeps a connection without bytes to itself */
};

static void
pause_accepting(struct acceptor *acceptor)
{
	for (size_t i = 0; i < acceptor->count; i++)
		loop_remove(acceptor->loop, &acceptor->listeners[i].io);
	loop_timer_set(acceptor->loop, &acceptor->again, PAUSE_MS);
}

static void
on_again(struct loop_timer *timer)
{
	struct acceptor *acceptor = CONTAINER_OF(timer, struct acceptor, again);

	for (size_t i = 0; i < acceptor->count; i++)
		loop_add(acceptor->loop, &acceptor->listeners[i].io);
}

/* False where there is nothing more to take now. */
static bool
take_one(const struct acceptor_listener *listener)
{
	struct acceptor *acceptor = listener->acceptor;
	struct accepted accepted = {.address_bytes = sizeof(accepted.address), .kind = listener->kind};

	if (!acceptor->events->has_room(acceptor->context)) {
		pause_accepting(acceptor);
		return false;
	}
	accepted.fd = sock_accept(listener->io.fd, (void *)&accepted.address, &accepted.address_bytes);
	if (accepted.fd >= 0) {
		acceptor->events->take(acceptor->context, &accepted);
		return true;
	}
	if (errno == ECONNABORTED || errno == EINTR)
		return true;
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		acceptor->events->make_room(acceptor->context);
		pause_accepting(acceptor);
	}
	return false;
}

static void
on_listener_ready(struct loop_io *io, short events UNUSED)
{
	const struct acceptor_listener *listener = CONTAINER_OF(io, struct acceptor_listener, io);

	for (int i = 0; i < BURST && take_one(listener); i++)
		continue;
}

static void
wait_for_first_bytes(int fd)
{
#ifdef TCP_DEFER_ACCEPT
	setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &(int){SILENT_S}, sizeof(int));
#else
	(void)fd;
#endif
}

void
acceptor_listen(struct acceptor *acceptor, int fd, int kind)
{
	struct acceptor_listener *listener = &acceptor->listeners[acceptor->count++];

	acceptor->again.due = on_again;
	listener->acceptor = acceptor;
	listener->kind = kind;
	listener->io = (struct loop_io){.fd = fd, .events = POLLIN, .ready = on_listener_ready};
	wait_for_first_bytes(fd);
	loop_add(acceptor->loop, &listener->io);
}

void
acceptor_resume(struct acceptor *acceptor)
{
	if (!loop_timer_is_set(&acceptor->again))
		return;
	loop_timer_clear(acceptor->loop, &acceptor->again);
	on_again(&acceptor->again);
}

void
acceptor_stop(struct acceptor *acceptor)
{
	loop_timer_clear(acceptor->loop, &acceptor->again);
	for (size_t i = 0; i < acceptor->count; i++)
		loop_remove(acceptor->loop, &acceptor->listeners[i].io);
}
