/*
 * Trying the state to come, before the running one gives way to it: the image
 * that lies at the start path now is opened, looked at, and run as `eddy @try ARGV…` by its very
 * descriptor, with a deadline. That loads config and environment as a start
 * would and prints the settings; a copy that is still being written, a
 * binary that crashes and a config with a fault all end here.
 *
 * What was found good is exactly what is run then: the same descriptor, and the settings
 * as they were printed. What it had to say is passed on to the terminal.
 */
#ifndef EDDY_RESTART_H
#define EDDY_RESTART_H

#include "os/fs.h"
#include "run/capture.h"

#include <sys/types.h>

/* The hidden first argument by which an image is tried. */
#define RESTART_TRY_COMMAND "@try"

struct restart;

struct restart_owner {
	/* `image` is to be run with `settings`, the argv that @try printed. The image is closed afterwards.
	 */
	void (*good)(struct restart *r, int image, struct str settings);

	/* Why it won't do: whole lines. */
	void (*bad)(struct restart *r, struct str report);
};

struct restart {
	struct loop *loop;
	const struct restart_owner *owner;
	const char *const *argv; /* the user's */

	/* Of this module; pid is 0 while nothing is being tried. */
	pid_t pid;
	int64_t
	    began_ns; /* clock_file_ns of the last trial's begin: what changed later it may not have read */
	int image;
	struct fs_stat stat;
	struct capture settings; /* its standard output */
	struct capture faults;   /* its standard error */
	struct loop_timer limit;
	bool is_late;
};

/* Starts the trial, if none is under way. */
void restart_try(struct restart *r);
bool restart_is_trying(const struct restart *r);

/* A process was reaped. False where it isn't this one's. */
bool restart_ended(struct restart *r, pid_t pid, int status);

/* Gives the trial up. */
void restart_cancel(struct restart *r);

#endif
