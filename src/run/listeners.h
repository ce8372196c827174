/*
 * The listeners of a master: from a service manager, or opened as the settings ask; kept when a new image takes over, or
 * replaced where the settings ask for others by then.
 */
#ifndef EDDY_LISTENERS_H
#define EDDY_LISTENERS_H

#include "os/sock.h"
#include "run/handover.h"

struct listeners {
	struct str scheme; /* of the URLs in what is said of them; the owner fills it in */
	struct sock_set set;
	bool are_adopted; /* from a service manager: kept whatever the settings say */
};

/* At a cold start. `wanted` is NULL where no more than what a service manager hands over is. */
bool listeners_open(struct listeners *l, const struct sock_request *wanted, struct err *e);

/* In the image that takes over: what the one before had. */
bool listeners_inherit(struct listeners *l, const struct handover *before, struct err *e);

/*
 * Behind that: opens what is wanted where it is something else, and closes the old ones. Where it can't be had, they stay. A
 * port that was chosen for the image before is kept if the settings say no other now.
 */
void listeners_renew(struct listeners *l, const struct sock_request *wanted, const struct handover *before);

#endif
