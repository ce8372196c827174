/*
 * The subcommands: one file each, which exports one `const struct cmd`, and the
 * table of them in cmd.c. main.c finds the command, loads the settings that it
 * takes, runs it and turns its error into a message and an exit status.
 */
#ifndef EDDY_CMD_H
#define EDDY_CMD_H

#include "text/settings.h"

#include <jansson.h>

/* Exit statuses that aren't those of an error kind. */
enum {
	CMD_YES = 0,
	CMD_NO = 1, /* a check that failed: the faults were told already */
};

struct cmd {
	const char *name;
	const char *operands; /* as help names them: "[DIR]" */
	const char *summary;  /* one line */
	unsigned scope;  /* the bit of the options that it takes, of settings.h; 0: only the general ones */
	bool finds_site; /* the site is the nearest folder above that looks like one, unless -C says */
	bool takes_directory; /* its one operand may be the site, as -C is; else they are in settings.operands
			       */
	bool takes_command;   /* the first operand ends the options: what follows is another program's */
	size_t operands_least, operands_most;
	bool hidden;    /* run by eddy itself */
	bool only_argv; /* its argv says all: nothing is taken from the environment or a config file */

	/*
	 * Returns the exit status, or sets `e` and returns that of its kind (`cmd_fail`).
	 * `a` lives as long as the process.
	 */
	int (*run)(struct settings *s, struct arena *a, struct err *e);
};

/* Ends with NULL. The first one is meant where none is named. */
extern const struct cmd *const cmd_table[];

/* The command of that name, or NULL. */
const struct cmd *cmd_find(struct str name);

/* The name of the one that was probably meant, or NULL. */
const char *cmd_nearest(struct arena *a, struct str name);

/* The exit status of the error. */
int cmd_fail(const struct err *e);

/* Tells the error to the person at the terminal. */
void cmd_report(const struct err *e);

/* Writes a result to standard output. False where it can't be written whole. */
bool cmd_print(struct str text, struct err *e);

/* The same of a JSON document, indented, with a newline behind it. */
bool cmd_print_json(const json_t *document, struct err *e);

#endif
