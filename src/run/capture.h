/* What a process writes: the first of it is kept, the rest is read and dropped, so that the process never waits. */
#ifndef EDDY_CAPTURE_H
#define EDDY_CAPTURE_H

#include "base/str.h"
#include "os/loop.h"

#define CAPTURE_MAX_BYTES ((size_t)64 * KIB)

/* All zero is a closed one. */
struct capture {
	struct loop *loop;
	struct loop_io io;
	char *data;
	size_t len;
};

/* Returns the end that the process is to write to, which the caller closes once it has started; or -1 with errno set. */
int capture_open(struct capture *c, struct loop *l);

/* All that has been written until now, though nobody has waited for it. Valid until capture_close. */
struct str capture_take(struct capture *c);

/* Closing twice is harmless. */
void capture_close(struct capture *c);

#endif
