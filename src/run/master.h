/*
 * The master: binds the sockets, starts the watcher and the workers and looks
 * after them, numbers the changes, and replaces itself when its own sources
 * change. It parses no HTTP and reads no file of the site.
 *
 * Its children are `eddy worker FLAGS…` and `eddy watcher FLAGS…`, with the
 * settings as flags. Each takes its listeners by sock_adopt (the watcher has none), its control
 * channel from chan_inherited_fd, gets STATE as the first message, and sends READY when it
 * serves. SIGTERM means: finish what is under way and leave; the end of the control channel: leave now.
 *
 * TERM and INT let everybody finish and leave, with status 0; HUP starts eddy anew with the config as it is
 * then (run/lifecycle.h). USR1 reloads all browsers.
 */
#ifndef EDDY_MASTER_H
#define EDDY_MASTER_H

#include "site/layout.h"

struct master_start {
	const struct settings *settings;
	const char *const *argv; /* the user's; ends with NULL */
	const struct layout *layout;
};

/*
 * Runs until it is told to leave; returns the exit status, or sets `e` and
 * returns that of its kind where it could not start.
 */
int master_run(const struct master_start *start, struct arena *a, struct err *e);

#endif
