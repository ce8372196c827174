/*
 * The first look at a connection: whether what comes first can be the protocol that is spoken there. What
 * can't be is told so at once; libmicrohttpd would wait for the end of a line, and then say nothing.
 */
#ifndef EDDY_GREETING_H
#define EDDY_GREETING_H

#include "http/drain.h"

/* What is wrong with the first bytes of the connection, for its client; NULL where they will do, or haven't come. */
const char *greeting_fault(int fd, bool is_tls);

/* Tells the client, and closes the descriptor. */
void greeting_refuse(int fd, const char *fault, struct drain_set *drains);

#endif
