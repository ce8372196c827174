/* What `--help` and `--version` say. */
#ifndef EDDY_HELP_H
#define EDDY_HELP_H

#include "cmd.h"

#define EDDY_SUMMARY "turns a folder into a site, for as long as you work on it"

/* The help of one command; of eddy as a whole where it is NULL. */
struct str help_text(struct arena *a, const struct cmd *command);

/* "eddy check [DIR]" */
struct str help_usage(struct arena *a, const struct cmd *command);

/* "-p, --port PORT", and what it is for, with its default where that says something. */
struct str help_option(struct arena *a, const struct opt *option);
struct str help_option_text(struct arena *a, const struct opt *option);

/* "eddy 0.1" and a line for each library. */
struct str help_version(struct arena *a);

#endif
