/* What `--help` and `--version` say. */
#ifndef EDDY_HELP_H
#define EDDY_HELP_H

#include "cmd.h"

/* The help of one command; of eddy as a whole where it is NULL. */
struct str help_text(struct arena *a, const struct cmd *command);

/* "eddy 0.1" and a line for each library. */
struct str help_version(struct arena *a);

#endif
