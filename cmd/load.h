/* From an argv to settings: which command is meant, and what it is to work with. */
#ifndef EDDY_LOAD_H
#define EDDY_LOAD_H

#include "cmd.h"

/* What the command line asks for, before any value in it is looked at. */
struct load_request {
	const struct cmd *command;
	bool command_is_named; /* so it is the first operand */
	bool only_argv;        /* the argv says all: nothing is taken from the environment or a config file */
	bool help;
	bool version;
};

/* Finds the command in `argv`. ERR_USAGE where the first operand is neither one nor a path. */
bool load_request(struct arena *a, char **argv, struct load_request *request, struct err *e);

/*
 * The settings for the command: from `argv`, and, unless that says all, from
 * the environment and the config file. Texts live in `a`.
 */
bool load_settings(
    struct arena *a, const struct load_request *request, char **argv, struct settings *s, struct err *e);

#endif
