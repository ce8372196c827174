/* The names of signals, as people write them for kill(1). */
#ifndef EDDY_SIGNO_H
#define EDDY_SIGNO_H

#include "base/str.h"

/* The signal of "TERM", "SIGTERM", "sigterm" or "15"; 0 where there is none by that name. */
int signo_parse(struct str text);

/* "TERM"; numbers that have no name here are "?". */
const char *signo_name(int signo);

#endif
