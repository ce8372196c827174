/* Which running servers a command is about. */
#ifndef EDDY_SERVERS_H
#define EDDY_SERVERS_H

#include "cmd.h"
#include "run/ask.h"

/*
 * The running servers that --pid-file, --port or DIR name: all that fit. Where none of these is given, those
 * that serve the nearest folder from the current one upwards, or, if none does, all there are.
 * False with the error set where there is none.
 */
bool servers_choose(struct arena *a, const struct settings *s, struct ask_servers *servers, struct err *e);

/* Whether all of them serve one folder. */
bool servers_are_of_one_site(const struct ask_servers *servers);

/* A text or a number of its status. */
const char *servers_text(const struct ask_server *server, const char *name);
int64_t servers_number(const struct ask_server *server, const char *name);

#endif
