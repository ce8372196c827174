/*
 * The keeper: the child process that owns a command of the user's and its process group (run/command.h).
 *
 * It sends CHAN_READY at once, runs the command on each CHAN_RUN, and tells CHAN_STARTED and
 * CHAN_ENDED. SIGTERM lets the command end within --grace and then the keeper. The end of the
 * control channel means that the master is gone, killed perhaps: the command has
 * KEEPER_ORPHAN_GRACE_MS then, and none if it was told to end already.
 *
 * The keeper of `eddy run` runs what its operands say. The one of `eddy serve`, the builder, runs the
 * shell command that CHAN_RUN names, and tells in CHAN_ENDED what that has written.
 */
#ifndef EDDY_KEEPER_H
#define EDDY_KEEPER_H

#include "text/settings.h"

enum { KEEPER_ORPHAN_GRACE_MS = 500 };

/* Runs until the parent leaves. Returns the exit status, or that of the error, which is set. */
int keeper_main(const struct settings *s, struct arena *a, struct err *e);
int keeper_main_of_builds(const struct settings *s, struct err *e);

#endif
