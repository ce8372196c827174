/*
 * What the master tells those who ask: `eddy status` and `eddy reload` through
 * the control socket, GET /_eddy/status through a worker.
 *
 * Only the workers and the watcher know their counts, so a status is asked for, collected and then
 * told to all who have asked meanwhile. A worker that doesn't answer in time is listed without counts.
 */
#ifndef EDDY_INQUIRY_H
#define EDDY_INQUIRY_H

#include "run/children.h"
#include "run/control.h"

struct inquiry;

struct inquiry_owner {
	/* What there is to say of the server as a whole: a new object, to which "workers" is added. */
	json_t *(*describe)(struct inquiry *q);

	/* Reloads all pages, and calls inquiry_reloaded once that is done. */
	void (*reload)(struct inquiry *q);
};

/* The owner has filled in the first four. */
struct inquiry {
	struct loop *loop;
	const struct inquiry_owner *owner;
	struct children *children;
	int generation; /* of this image */
	struct control control;
	struct loop_timer limit; /* set while counts are collected */
};

/* Opens the control socket; a server that can't have one goes on without, and says so with --verbose. */
void inquiry_begin(struct inquiry *q, const char *boot);

/* The same with the socket of the image before. */
void inquiry_resume(struct inquiry *q, int fd, const char *path);

/* A worker was asked for the status. */
void inquiry_ask(struct inquiry *q, struct child *worker);

/* A child tells its counts, a reference that this takes, or it has ended. */
void inquiry_counts(struct inquiry *q, struct child *child, json_t *counts);
void inquiry_lost(struct inquiry *q);

/* So many pages were open and were told to reload. */
void inquiry_reloaded(struct inquiry *q, size_t pages);

void inquiry_end(struct inquiry *q);

#endif
