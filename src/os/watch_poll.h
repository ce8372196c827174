/*
 * Watching by looking again: for what sends no events, and where no watches are left.
 *
 * The time between two scans is the interval, or POLL_SHARE times as long as the last scan took if that is more: so
 * polling never costs more than that share of one core.
 *
 * A file that has gone is told once more after a while: whoever heard of it may have looked when it was
 * there again, between two scans.
 */
#ifndef EDDY_WATCH_POLL_H
#define EDDY_WATCH_POLL_H

#include "os/watch_tree.h"

enum { WATCH_POLL_SHARE = 150 };

/* Zero until it is begun. */
struct watch_poll {
	struct watch_tree tree;
	struct map gone; /* files that are to be told once more, by path */
	int64_t due_ms;  /* of the next scan, on clock_mono_ms */
};

void watch_poll_begin(struct watch_poll *poll, struct watch *w, const struct watch_plan *plan);

/* Scans, and says when the next scan is due. */
void watch_poll_scan(struct watch_poll *poll);

extern const struct watch_backend watch_poll_backend;

#endif
