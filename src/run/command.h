/*
 * A command of the user's, run again and again: its process group, from the start to the last member's end.
 *
 * There is one run at a time. To run the command while it runs is to stop it, to wait until nothing of its
 * group is left, and to start it then; whoever asks for that meanwhile has asked for the same run. To stop is
 * to send the stop signal to the group, and SIGKILL once the grace has passed. What has left
 * the group (setsid(2), a daemon) is the user's own affair.
 *
 * The command has the standard descriptors of this process. Its group is not the terminal's foreground
 * group, so Ctrl-C is not for it; when it reads from the terminal all the same it is given the
 * foreground, until it ends or is suspended. Ctrl-Z suspends eddy and the command, whichever has the foreground.
 */
#ifndef EDDY_COMMAND_H
#define EDDY_COMMAND_H

#include "base/err.h"
#include "os/loop.h"
#include "os/sock.h"
#include "os/tty.h"

#include <sys/types.h>

/* What the command learns of the changes that it is run for: their paths, a line each. */
#define COMMAND_CHANGED_VARIABLE "EDDY_CHANGED"

enum { COMMAND_CANNOT_START = 127 }; /* its status then, as in a shell */

struct command;

struct command_end {
	int status;           /* 0 to 255 as a shell tells it: 128+signal where that ended it */
	struct str text;      /* the same for a person */
	bool was_asked;       /* it was told to end */
	bool was_interrupted; /* by Ctrl-C, while it had the terminal */
};

struct command_owner {
	void (*started)(struct command *c);
	void (*ended)(struct command *c, const struct command_end *end); /* of a start that failed, too */

	/* Nothing is left of it, and no other run is wanted: after command_stop. */
	void (*stopped)(struct command *c);
};

struct command {
	struct loop *loop;
	const struct command_owner *owner;
	const char *const *argv;          /* ends with NULL; the program is looked for in PATH */
	const struct sock_set *listeners; /* handed to each run as by a service manager; or NULL */
	int stop_signal;
	int64_t grace_ms; /* before another run */
	bool clears;      /* the terminal, before each run */

	/* Of this module. */
	int output;       /* what its standard output and error become, or PROC_INHERIT, as at first; owned */
	pid_t pid;        /* of the first process; 0 once it was reaped */
	pid_t group;      /* 0: nothing is left of the last run */
	bool is_wanted;   /* another run, as soon as the one before is gone */
	bool is_stopping; /* the group was told to end */
	bool is_killed;   /* and has outlived its grace */
	int64_t deadline_ms;
	struct loop_timer look;
	bool is_suspended; /* as eddy is */
	bool has_terminal;
	struct tty_modes modes;
	char *changed; /* for the run that is wanted; owned */
	size_t changed_len;
};

/*
 * The next run writes to `fd`, or where eddy does, for PROC_INHERIT. Takes the descriptor: it stays open until that
 * run was started, which may be long after command_run, and is closed then; so is one that no run has taken.
 */
void command_set_output(struct command *c, int fd);

/* Runs it, for the sake of these changed paths, each with a newline behind it. */
void command_run(struct command *c, struct str changed);

/*
 * Ends it, if it runs; `stopped` is called when it is gone, at once where it was. It is killed after
 * `grace_ms`, or sooner, if it was told to end before.
 */
void command_stop(struct command *c, int64_t grace_ms);

/* Stops what runs, and lets it go on. */
void command_suspend(struct command *c);
void command_resume(struct command *c);

/* A child was reaped or stopped. False where it isn't the command's first process. */
bool command_child(struct command *c, pid_t pid, int status);

void command_free(struct command *c);

#endif
