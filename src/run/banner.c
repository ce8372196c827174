#include "run/banner.h"

#include "base/log.h"
#include "os/fs.h"
#include "os/proc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRATCH_BYTES = 4096 };

/* As a person calls it: the loopback addresses are localhost. */
static struct str
friendly_url(struct arena *a, const struct banner *b)
{
	const char *address = b->settings->address;

	if (address != NULL && strcmp(address, "localhost") != 0)
		return sock_url(a, b->listeners);
	return str_format(a, "http://localhost:%d/", sock_port(b->listeners));
}

static struct str
debug_switches(struct arena *a, const struct settings *s)
{
	const struct {
		bool is_on;
		const char *name;
	} switches[] = {
	    {s->autoreload, "autoreload"},
	    {s->livereload, "livereload"},
	    {s->traceback, "traceback"},
	};
	struct buf text = buf_make(a);

	for (size_t i = 0; i < COUNT_OF(switches); i++)
		if (switches[i].is_on)
			buf_addf(&text, " %s", switches[i].name);
	return text.len ? str_format(a, "debug:%.*s", STR_ARG(buf_str(&text))) : STR("debug off");
}

void
banner_print(const struct banner *b)
{
	struct arena a = arena_make(SCRATCH_BYTES);

	log_info("eddy " EDDY_VERSION "  %s  %s", b->settings->directory, b->layout);
	log_info("  %-27.*s %.*s · %d %s · pid %ld", STR_ARG(friendly_url(&a, b)),
	    STR_ARG(debug_switches(&a, b->settings)), b->workers, b->workers == 1 ? "worker" : "workers",
	    (long)getpid());
	log_info("  Ctrl-C stops · eddy --help");
	arena_free(&a);
}

static struct str
ready_line(struct arena *a, const struct banner *b)
{
	return str_format(a, "%.*s\n", STR_ARG(sock_url(a, b->listeners)));
}

void
banner_tell_ready_fd(const struct banner *b)
{
	struct arena a = arena_make(SCRATCH_BYTES);
	struct str line = ready_line(&a, b);
	int fd = b->settings->ready_fd;

	if (fd >= 0 && write(fd, line.data, line.len) != (ssize_t)line.len)
		log_warning("eddy: --ready-fd %d: %s", fd, strerror(errno));
	if (fd > STDERR_FILENO)
		close(fd);
	arena_free(&a);
}

void
banner_write_ready_file(const struct banner *b)
{
	struct arena a = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&a);

	if (b->settings->ready_file != NULL &&
	    !fs_write_atomic(b->settings->ready_file, ready_line(&a, b), &e))
		log_warning("eddy: --ready-file: %.*s", STR_ARG(e.message));
	arena_free(&a);
}

void
banner_open_browser(const struct banner *b)
{
#ifdef __APPLE__
	const char *opener = "open";
#else
	const char *opener = "xdg-open";
#endif
	struct arena a = arena_make(SCRATCH_BYTES);
	const char *argv[] = {getenv("BROWSER"), str_cstr(&a, sock_url(&a, b->listeners)), NULL};

	if (argv[0] == NULL || *argv[0] == '\0')
		argv[0] = opener;
	if (b->settings->open && !proc_run_apart(argv))
		log_warning("eddy: --open: cannot start %s", argv[0]);
	arena_free(&a);
}
