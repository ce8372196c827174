/*
 * The watcher: the child process that watches the sources of the site and of
 * the server, and tells the master what has changed.
 *
 * It sends CHAN_READY once its watches stand, CHAN_BATCH for each settled set of
 * changes and CHAN_NOTICE for what the user should know. It leaves at
 * once when the control channel ends or SIGTERM comes. While nothing changes it sleeps.
 */
#ifndef EDDY_WATCHER_H
#define EDDY_WATCHER_H

#include "text/settings.h"

enum {
	WATCHER_PATHS_MAX = 256, /* named in a batch; the rest is counted: "more" */
	/* Files are digested before READY for so long, and so many at least; the others when idle. */
	WATCHER_HEAD_START_MS = 50,
	WATCHER_HEAD_START_FILES = 64, /* all of a small site, however busy the machine is */
};

/* Runs until the parent leaves. Returns the exit status, or that of the error, which is set. */
int watcher_main(const struct settings *s, struct err *e);

#endif
