/* Asking the running servers of this user, through their control sockets (run/control.h). */
#ifndef EDDY_ASK_H
#define EDDY_ASK_H

#include "run/control.h"

/* One that has answered. */
struct ask_server {
	const char *path; /* of its socket */
	json_t *status;
};

struct ask_servers {
	struct ask_server *list;
	size_t count;
};

/*
 * Asks all of them for their status, in the order of their process ids. One that doesn't answer is told as a
 * warning; sockets that servers have left behind are removed. Where there can't be any, there is none.
 */
struct ask_servers ask_all(struct arena *a);
void ask_free(struct ask_servers *servers);

/* The answer of one server, a new reference; NULL with the error set. */
json_t *ask(const char *path, enum control_question question, struct err *e);

#endif
