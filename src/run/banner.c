#include "run/banner.h"

#include "base/log.h"
#include "os/fs.h"
#include "os/proc.h"
#include "site/foreign.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRATCH_BYTES = 4096 };

/* As any program on this machine may call it. */
static struct str
here_url(struct arena *a, const struct banner *b)
{
	return sock_url(a, b->listeners, settings_scheme(b->settings));
}

/* As a person calls it: the loopback and wildcard addresses are localhost. */
static struct str
friendly_url(struct arena *a, const struct banner *b)
{
	const char *address = b->settings->address;
	bool is_default = address == NULL || strcmp(address, "localhost") == 0;

	if (!is_default && sock_reach(b->listeners) != SOCK_REACH_MACHINE)
		return here_url(a, b);
	return str_format(
	    a, "%.*s://localhost:%d/", STR_ARG(settings_scheme(b->settings)), sock_port(b->listeners));
}

/* Who else can see the site, and under which names: any other Host is refused. */
static void
print_reach(struct arena *a, const struct banner *b)
{
	const struct opt_list *names = &b->settings->allow_hosts;
	struct buf joined = buf_make(a);
	struct str address;

	if (sock_reach(b->listeners) == SOCK_REACH_ADDRESS)
		log_info("  open to whoever reaches that address");
	if (sock_reach(b->listeners) != SOCK_REACH_MACHINE)
		return;
	address = sock_network_address(a);
	for (size_t i = 0; i < names->count; i++)
		buf_addf(&joined, " %s", names->items[i]);
	if (joined.len > 0)
		log_info("  open to whoever reaches this machine as%.*s", STR_ARG(buf_str(&joined)));
	else
		log_info(
		    "  open to the network, but answers only as localhost: --allow-host %.*s lets others in",
		    STR_ARG(address.len > 0 ? address : STR("NAME")));
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
	bool is_guess = b->settings->layout == SETTINGS_LAYOUT_AUTO;
	struct str hint = is_guess ? foreign_hint(&a, b->layout) : STR("");

	log_info("eddy " EDDY_VERSION "  %s  %.*s", b->settings->directory, STR_ARG(b->layout->description));
	log_info("  %-27.*s %.*s · %d %s · pid %ld", STR_ARG(friendly_url(&a, b)),
	    STR_ARG(debug_switches(&a, b->settings)), b->workers, b->workers == 1 ? "worker" : "workers",
	    (long)getpid());
	if (sock_second_port(b->listeners) > 0)
		log_info("  http://localhost:%d/ leads there", sock_second_port(b->listeners));
	print_reach(&a, b);
	if (hint.len > 0)
		log_warning("  %.*s", STR_ARG(hint));
	log_info("  Ctrl-C stops · eddy --help");
	arena_free(&a);
}

void
banner_print_stop(const struct banner_drained *drained, bool was_patient)
{
	struct arena a = arena_make(SCRATCH_BYTES);
	struct buf line = buf_make(&a);

	buf_addf(&line, "stopped%s", was_patient ? "" : " at once");
	if (drained->finished > 0)
		buf_addf(
		    &line, ", %u request%s finished", drained->finished, drained->finished == 1 ? "" : "s");
	if (drained->cut > 0)
		buf_addf(&line, ", %u cut", drained->cut);
	log_info("%.*s", STR_ARG(buf_str(&line)));
	arena_free(&a);
}

static struct str
ready_line(struct arena *a, const struct banner *b)
{
	return str_format(a, "%.*s\n", STR_ARG(here_url(a, b)));
}

bool
banner_tell_ready_fd(const struct banner *b, struct err *e)
{
	int fd = b->settings->ready_fd;
	bool ok = fd < 0 || fs_write_fd(fd, ready_line(e->arena, b));

	if (!ok)
		err_set_errno(e, "--ready-fd %d", fd);
	if (fd > STDERR_FILENO)
		close(fd);
	return ok;
}

bool
banner_write_ready_file(const struct banner *b, const char **written, struct err *e)
{
	const char *path = b->settings->ready_file;
	struct str line = ready_line(e->arena, b);

	if (path == NULL)
		return true;
	if (!fs_write_atomic(path, line, e))
		return false;
	*written = str_cstr(e->arena, line);
	return true;
}

bool
banner_prepare(const struct settings *s, struct err *e)
{
	int flags = s->ready_fd >= 0 ? fcntl(s->ready_fd, F_GETFL) : O_WRONLY;

	if (flags < 0)
		return err_set_errno(e, "--ready-fd %d", s->ready_fd);
	if ((flags & O_ACCMODE) == O_RDONLY)
		return err_set(
		    e, ERR_OS, ERR_NOWHERE, "--ready-fd %d: it is open for reading only", s->ready_fd);
	if (s->ready_fd > STDERR_FILENO)
		fcntl(s->ready_fd, F_SETFD, FD_CLOEXEC);
	if (s->ready_file != NULL)
		unlink(s->ready_file);
	return true;
}

static struct str
pid_line(struct arena *a)
{
	return str_format(a, "%ld\n", (long)getpid());
}

bool
banner_write_pid_file(const struct settings *s, struct err *e)
{
	return s->pid_file == NULL || fs_write_atomic(s->pid_file, pid_line(e->arena), e);
}

static void
remove_own(const char *path, struct str written)
{
	struct arena a = arena_make(SCRATCH_BYTES);
	struct err ignored = err_make(&a);
	struct str content;

	if (path != NULL && fs_read(&a, path, written.len, &content, &ignored) && str_eq(content, written))
		unlink(path);
	arena_free(&a);
}

void
banner_remove_files(const struct settings *s, const char *ready)
{
	struct arena a = arena_make(SCRATCH_BYTES);

	if (ready != NULL)
		remove_own(s->ready_file, str_of(ready));
	remove_own(s->pid_file, pid_line(&a));
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
	const char *argv[] = {getenv("BROWSER"), str_cstr(&a, here_url(&a, b)), NULL};

	if (argv[0] == NULL || *argv[0] == '\0')
		argv[0] = opener;
	if (b->settings->open && !proc_run_apart(argv))
		log_warning("eddy: --open: cannot start %s", argv[0]);
	arena_free(&a);
}
