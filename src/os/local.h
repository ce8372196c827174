/*
 * Stream sockets between the programs of one user on this machine. They lie in a
 * folder that only he can enter, so whoever gets through is he: $XDG_RUNTIME_DIR/eddy,
 * else eddy in /run/user/UID where there is one, else /tmp/eddy-UID.
 */
#ifndef EDDY_LOCAL_H
#define EDDY_LOCAL_H

#include "base/err.h"

/* The folder, made where it is missing. NULL where it can't be had, or where others could get in. */
const char *local_folder(struct arena *a, struct err *e);

/* A new listening socket at this path, non-blocking and close-on-exec; -1 with the error set. */
int local_listen(const char *path, struct err *e);

/* The next connection, likewise; -1 with errno set. */
int local_accept(int listener);

/*
 * A connection to the socket, blocking, where each wait ends after `timeout_ms`;
 * -1 with errno set: ECONNREFUSED where nobody listens any more.
 */
int local_connect(const char *path, int timeout_ms);

#endif
