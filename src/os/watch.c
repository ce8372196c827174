#include "os/watch.h"

#include "os/proc.h"
#include "os/watch_poll.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	BUFFER_BYTES = 64 * 1024, /* holds any event whole */
	PIPE_BYTES = 1024 * 1024, /* so that a burst of changes seldom makes the watching thread wait */
};

/* What precedes each path in the pipe. */
struct header {
	enum watch_what what;
	uint32_t path_len;
};

struct watch {
	const struct watch_plan *plan;
	const struct watch_backend *backend;
	int read_fd;
	int write_fd;
	bool is_depth_told;
	size_t start; /* in `buffer`: what has been read and not been returned yet */
	size_t end;
	char buffer[BUFFER_BYTES];
};

static bool
pipe_open(struct watch *w, struct err *e)
{
	int fds[2];

	if (!proc_make_pipe(fds))
		return err_set_errno(e, "cannot make a pipe");
	w->read_fd = fds[0];
	w->write_fd = fds[1];
	fcntl(w->read_fd, F_SETFL, O_NONBLOCK);
#ifdef F_SETPIPE_SZ
	fcntl(w->write_fd, F_SETPIPE_SZ, PIPE_BYTES);
#endif
	return true;
}

static void *
thread_main(void *context)
{
	struct watch *w = context;

	w->backend->run(w, w->plan);
	return NULL;
}

/* Signals are for the other threads. */
static bool
thread_start(struct watch *w, struct err *e)
{
	sigset_t all, before;
	pthread_t thread;
	int failure;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failure = pthread_create(&thread, NULL, thread_main, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (failure == 0) {
		pthread_detach(thread);
		return true;
	}
	errno = failure;
	return err_set_errno(e, "cannot start a thread");
}

/* The kernel's backend; where that can't work, and where none is wanted, polling. */
static void
backend_choose(struct watch *w, struct arena scratch)
{
	struct err e = err_make(&scratch);

	w->backend = &watch_poll_backend;
	if (w->plan->is_polled)
		return;
	if (watch_native_backend.open(&e))
		w->backend = &watch_native_backend;
	else
		watch_tell(w, WATCH_TROUBLE,
		    str_format(&scratch, "%.*s. Until then eddy looks at each file again and again",
			STR_ARG(err_title(&scratch, &e))));
}

struct watch *
watch_start(const struct watch_plan *plan, struct err *e)
{
	static struct watch the_watch;
	struct watch *w = &the_watch;

	w->plan = plan;
	if (!pipe_open(w, e))
		return NULL;
	backend_choose(w, *e->arena);
	return thread_start(w, e) ? w : NULL;
}

int
watch_fd(const struct watch *w)
{
	return w->read_fd;
}

/* Reads on; false where nothing more is there. The header and path of an event always fit into the buffer. */
static bool
buffer_fill(struct watch *w)
{
	ssize_t got;

	memmove(w->buffer, w->buffer + w->start, w->end - w->start);
	w->end -= w->start;
	w->start = 0;
	do
		got = read(w->read_fd, w->buffer + w->end, sizeof(w->buffer) - w->end);
	while (got < 0 && errno == EINTR);
	w->end += got > 0 ? (size_t)got : 0;
	return got > 0;
}

static bool
buffer_take(struct watch *w, struct watch_event *event)
{
	struct header header;

	if (w->end - w->start < sizeof(header))
		return false;
	memcpy(&header, w->buffer + w->start, sizeof(header));
	if (w->end - w->start - sizeof(header) < header.path_len)
		return false;
	event->what = header.what;
	event->path = str_make(w->buffer + w->start + sizeof(header), header.path_len);
	w->start += sizeof(header) + header.path_len;
	return true;
}

bool
watch_next(struct watch *w, struct watch_event *event)
{
	while (!buffer_take(w, event))
		if (!buffer_fill(w))
			return false;
	return true;
}

bool
watch_sees_end(const struct watch *w)
{
	return w->backend->sees_end;
}

bool
watch_sync(const struct watch *w)
{
	return w->backend->sync != NULL && w->backend->sync();
}

void
watch_tell(struct watch *w, enum watch_what what, struct str path)
{
	struct header header = {what, (uint32_t)path.len};
	struct iovec parts[] = {{&header, sizeof(header)}, {(void *)(uintptr_t)path.data, path.len}};

	if (path.len > PATH_MAX)
		return; /* no system call would take it */
	/* One writev(2) writes all or nothing: the pipe blocks, and this thread takes no signals. */
	while (writev(w->write_fd, parts, COUNT_OF(parts)) < 0 && errno == EINTR)
		;
}

void
watch_tell_depth(struct watch *w, struct arena scratch, struct str path)
{
	if (w->is_depth_told)
		return;
	w->is_depth_told = true;
	watch_tell(w, WATCH_TROUBLE,
	    str_format(&scratch,
		"more than %d folders in one another are too deep to watch: changes in '%.*s' are not "
		"noticed",
		WATCH_DEPTH_MAX, STR_ARG(path)));
}
