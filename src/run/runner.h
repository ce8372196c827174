/*
 * The runner: the master of `eddy run`. It has a watcher and a keeper (run/keeper.h), and tells the latter to
 * run the command when files change. It serves nothing.
 *
 * What is watched is the directory, or what --watch names. A change of eddy itself, of its config or of a
 * .gitignore, and HUP, start eddy anew in the same process, as in run/master.h; the command is
 * run again then, too, and the port of --socket stays open.
 *
 * A command that has ended waits for the next change, whatever its status. TERM and INT end it, and
 * eddy with its status: 0 where it was the stop signal that ended it. USR1, USR2
 * and WINCH are passed on to it, and Ctrl-Z suspends it with eddy.
 */
#ifndef EDDY_RUNNER_H
#define EDDY_RUNNER_H

#include "text/settings.h"

/*
 * Runs until it is told to leave, or until the command has succeeded where that is wanted; returns the exit
 * status, or sets `e` and returns that of its kind where it could not start.
 */
int runner_run(const struct settings *s, struct arena *a, struct err *e);

#endif
