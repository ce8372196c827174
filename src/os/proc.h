/*
 * Processes: starting one, becoming another, telling how one ended.
 *
 * Every process of eddy is an exec of eddy's own image, so nothing is shared
 * but what a plan hands on: the listening sockets (os/sock.h), then further
 * descriptors, numbered without a gap. Everything else that eddy opens is close-on-exec.
 * A process that is started leads a process group of its own and has every
 * signal at its default and unblocked.
 *
 * These functions fork: a process that has several threads must not call them.
 */
#ifndef EDDY_PROC_H
#define EDDY_PROC_H

#include "os/sock.h"

#include <sys/types.h>

/*
 * To be called first in main: opens what is missing of descriptors 0 to 2, ignores SIGPIPE,
 * gives the process its name back (an exec through /proc/self/exe or a descriptor loses
 * it), and has the image found (os/image.h).
 */
void proc_begin(const char *argv0);

/* Whether this process has a controlling terminal that is still there. */
bool proc_has_terminal(void);

/* Raises the soft limit of open descriptors to the hard one; returns what holds now. */
size_t proc_raise_file_limit(void);

/* Whether so many more descriptors can be open in this process. False with errno set. */
bool proc_may_open(size_t count);

/* Processors that this process may use, at least 1. */
int proc_core_count(void);

#define PROC_RUNNING_IMAGE (-1)
#define PROC_FOUND_IN_PATH (-2) /* a program of the user's, by the name in argv[0] */
#define PROC_INHERIT (-1)

/* The status, as shells tell it, of what a signal has ended, less that signal's number. */
enum { PROC_SIGNAL_STATUS = 128 };

/* What a process is to be. */
struct proc_plan {
	int image;               /* a descriptor of the image, PROC_RUNNING_IMAGE or PROC_FOUND_IN_PATH */
	const char *const *argv; /* ends with NULL */

	/* Handed on from SOCK_FIRST_FD on, in this order. */
	const struct sock_set *listeners; /* may be NULL */
	const int *descriptors;
	size_t descriptor_count;

	/* "NAME=value", ends with NULL, or NULL itself: replaces what the environment has of these names. */
	const char *const *environment;

	/* What becomes standard output and error; PROC_INHERIT leaves them. */
	int output;
	int error_output;
};

/* A pipe whose ends, for reading and for writing, are close-on-exec. False with errno set. */
bool proc_make_pipe(int ends[2]);

/* Starts it. The pid, or -1 with the error set, an exec that failed included. */
pid_t proc_spawn(const struct proc_plan *plan, struct err *e);

/*
 * Starts a program of the user's, found in PATH, that goes its own way: it is not
 * waited for and may outlive us. Whether it could be run is not known.
 */
bool proc_run_apart(const char *const *argv);

/*
 * Makes this process it: same pid, same standard descriptors. Returns only where that failed, false,
 * with every descriptor where it was. Signals stay as they are (loop_freeze_signals).
 */
bool proc_become(const struct proc_plan *plan, struct err *e);

/* Takes the next child that has ended: its pid, or 0 if there is none. Never waits. */
pid_t proc_reap(int *status);

/* The same, and tells of children that were stopped too: their status is WIFSTOPPED. */
pid_t proc_reap_or_stopped(int *status);

/*
 * Makes this process the parent of all processes beneath it whose own parent has ended, so that they are
 * reaped even where init doesn't. Only Linux can.
 */
void proc_adopt_orphans(void);

/* "exit status 3", "killed by signal 11 (Segmentation fault)": a status of waitpid(2). */
struct str proc_describe_end(struct arena *a, int status);
bool proc_ended_well(int status);

/* Sends the signal to the process, or to its whole group. One that is gone is no fault. */
void proc_signal(pid_t pid, int signo);
void proc_signal_group(pid_t pid, int signo);

/* Whether the signal is ignored, as nohup(1) and shells have it for what they start. */
bool proc_ignores(int signo);

/*
 * Stops this process as Ctrl-Z stops what has no handler for it. Returns when it is continued; at once where no
 * shell could do that.
 */
void proc_suspend(void);

/* Whether the process group has a member, be it one that has ended and wasn't reaped. */
bool proc_group_exists(pid_t pid);

#endif
