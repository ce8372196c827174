/*
 * What refused clients still send: read and thrown away for a while, within
 * bounds. Closing a connection with unread bytes would reset it, and the
 * client would never see why it was refused (RFC 9112 §9.6).
 */
#ifndef EDDY_DRAIN_H
#define EDDY_DRAIN_H

#include "base/base.h"

struct loop;
struct drain;

/* All zero but for the loop is an empty set. */
struct drain_set {
	struct loop *loop;
	struct drain *first;
	unsigned count;
};

/* Keeps the connection open by a descriptor of its own until its client has sent all, or too much. */
void drain_begin(struct drain_set *set, int connection_fd);

/* Ends them all at once. */
void drain_stop(struct drain_set *set);

#endif
