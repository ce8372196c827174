/*
 * A worker: one event loop that serves, one job thread beside it. A child of
 * the master; it takes the listening sockets and the control channel over by
 * sock_adopt and chan_inherited_fd.
 *
 * It listens once the master has told it the state of things, and says READY
 * then. SIGTERM drains it; the end of the control channel ends it at once.
 */
#ifndef EDDY_WORKER_H
#define EDDY_WORKER_H

#include "text/settings.h"

/* The exit status, 0 after a drain; or -1 with the error set. */
int worker_main(const struct settings *settings, struct arena *a, struct err *e);

#endif
