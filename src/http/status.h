/*
 * GET /_eddy/status: what every worker is doing, for programs on this machine.
 * Only the master knows, so it is asked and the request waits.
 */
#ifndef EDDY_STATUS_H
#define EDDY_STATUS_H

#include "http/req.h"
#include "http/resp.h"

struct loop;
struct status;

/* `ask` makes the master send the status, which then comes by status_tell. */
struct status *status_new(struct loop *loop, void (*ask)(void *context), void *context);
void status_free(struct status *status);

/* The answer, or NULL where it comes later. To others than direct requests from this machine it is forbidden. */
struct resp *status_open(struct status *status, struct req *req);

/* Answers all who wait, with the document as JSON text. */
void status_tell(struct status *status, struct str document);

/* Answers all who wait that there is none. */
void status_close(struct status *status);

#endif
