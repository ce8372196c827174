/*
 * Watching by looking again: for what sends no events, and where no watches are left.
 *
 * The time between two scans is the interval, or WATCH_POLL_SHARE times what the last scan has cost of a processor if
 * that is more, however long it had to wait.
 */
#ifndef EDDY_WATCH_POLL_H
#define EDDY_WATCH_POLL_H

#include "os/watch_tree.h"

enum { WATCH_POLL_SHARE = 150 };

/* Zero until it is begun. */
struct watch_poll {
	struct watch_tree tree;
	int64_t due_ms; /* of the next scan, on clock_mono_ms */
};

void watch_poll_begin(struct watch_poll *poll, struct watch *w, const struct watch_plan *plan);

/* Scans, and says when the next scan is due. */
void watch_poll_scan(struct watch_poll *poll);

extern const struct watch_backend watch_poll_backend;

#endif
