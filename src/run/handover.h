/*
 * What the running master tells the image that replaces it: EDDY_HANDOVER, one
 * JSON text in the environment, gone from it as soon as it was read.
 *
 * The listeners travel by LISTEN_FDS; the control channels of the children,
 * which go on until the new ones are ready, follow them in the order of `children`. Their
 * channels stay open so that their end of file keeps its meaning, but nothing is read from
 * them: versions never talk to each other.
 */
#ifndef EDDY_HANDOVER_H
#define EDDY_HANDOVER_H

#include "base/err.h"

#include <jansson.h>
#include <sys/types.h>

#define HANDOVER_VARIABLE "EDDY_HANDOVER"

struct handover_child {
	pid_t pid;
	bool is_watcher;
	int64_t drain_left_ms; /* -1: it wasn't told to leave */
};

struct handover {
	int generation;  /* of the image that takes over; 0 is a cold start */
	json_t *changes; /* changes_to_json */

	/* What asked for the restart: a path, or "SIGHUP". */
	const char *cause;
	bool is_change;   /* it was a file that asked for it, not a signal */
	bool owes_reload; /* browsers are to reload once the new workers are there */
	int64_t since_us;
	int64_t tried_ns;    /* began_ns of the trial: the first watcher tells what has changed since */
	bool restarts_again; /* it was asked for once more while the image was tried */

	/* What the listeners were opened for; with `is_adopted` they came from outside and are kept. */
	const char *address; /* or NULL */
	int port;
	bool port_is_given;
	bool is_adopted;

	bool leaves_with_terminal;
	int64_t started_us;  /* clock_mono_us of the cold start */
	const char *control; /* path of the control socket, whose descriptor follows the children's; or NULL
			      */

	const char *ready; /* what --ready-file holds, as this process wrote it; or NULL */

	struct handover_child *children;
	size_t child_count;

	struct str settings; /* the argv that the trial printed, each argument ended by a NUL; only for
				writing: see handover_argv */
};

/* "EDDY_HANDOVER=…" for the environment of the new image, in the error's arena. NULL where a text of `h` is not UTF-8. */
char *handover_to_variable(const struct handover *h, struct err *e);

/* Reads and unsets the variable. False, with `h` all zero, where there is none or it makes no sense. */
bool handover_take(struct arena *a, struct handover *h);

/*
 * The argv that the settings are to be read from, and nothing but it: what the
 * trial found good, config and environment included. NULL where this is
 * no handover. Leaves the variable as it is.
 */
char **handover_argv(struct arena *a);

/* The trial's answer: writes the argv of the settings to standard output. False with errno set. */
bool handover_print_argv(char *const *argv);

#endif
