/* What the master says to the person at the terminal, and to scripts, when it serves. */
#ifndef EDDY_BANNER_H
#define EDDY_BANNER_H

#include "os/sock.h"
#include "site/layout.h"

struct banner {
	const struct settings *settings;
	const struct sock_set *listeners;
	const struct layout *layout;
	int workers;
};

/*
 * To be called at a cold start before anything is opened, as a descriptor of ours must not pass for --ready-fd: keeps
 * that from children, and removes the --ready-file of a start before. False where nobody can be told by --ready-fd.
 */
bool banner_prepare(const struct settings *s, struct err *e);

/* The lines of the start, on standard error. */
void banner_print(const struct banner *b);

/* Requests that were under way when the server was told to leave. */
struct banner_drained {
	unsigned finished;
	unsigned cut; /* by --grace */
};

/* The last line: what became of those, where they were waited for. */
void banner_print_stop(const struct banner_drained *drained, bool was_patient);

/* --ready-fd, where asked for: the URL, in one line. The descriptor is closed. */
bool banner_tell_ready_fd(const struct banner *b, struct err *e);

/* The same for --ready-file. Sets `*written`, in the error's arena, to what the file holds then. */
bool banner_write_ready_file(const struct banner *b, const char **written, struct err *e);

/* --pid-file, where asked for. */
bool banner_write_pid_file(const struct settings *s, struct err *e);

/*
 * Removes --ready-file and --pid-file, where they hold what this process wrote (`ready`, or NULL, and its pid): a
 * server that was started after it may have written its own there.
 */
void banner_remove_files(const struct settings *s, const char *ready);

/* --open, where asked for: by $BROWSER, else by what the desktop has for it. */
void banner_open_browser(const struct banner *b);

#endif
