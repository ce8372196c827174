/*
 * The reload streams: server-sent events (HTML Living Standard §9.2) by which
 * browsers hear what changed.
 *
 * Every event has the id BOOT-SEQ: BOOT names a start of the server, SEQ counts the
 * changes since. A client that comes back with the last id that it saw (Last-Event-ID) is told what it missed;
 * one from another BOOT reloads once. The same goes for `?last=`, the id of the last change that is in a page.
 *
 * An "error" whose data have "stands" is a fault that no page shows by itself. Until "ok" each stream begins with it, but
 * that of a client that has been told before.
 */
#ifndef EDDY_RELOAD_H
#define EDDY_RELOAD_H

#include "http/req.h"
#include "http/resp.h"

#include <jansson.h>

struct loop;
struct reload;

struct reload *reload_new(struct loop *loop);
void reload_free(struct reload *reload);

/* Takes over what the master knows when the worker starts: {"boot", "seq", "history": [event…],
 * "fault": null or the event of the one that stands, "generation"}. */
void reload_set_state(struct reload *reload, const json_t *state);

/* One event, {"seq", "name", "data"}: remembered, and sent to every stream. Returns how many these are. */
size_t reload_send(struct reload *reload, const json_t *event);

/* The number of the last event. */
uint64_t reload_seq(const struct reload *reload);

/*
 * What puts the reload client into a page, in `a`. It says what had been told when the page was asked for, so that
 * what happens before its stream opens isn't missed. `is_own`: a page of eddy's own, which any change may concern.
 * For any thread.
 */
struct str reload_client_tag(struct arena *a, const struct req *req, bool is_own);

/* GET /_eddy/events */
struct resp *reload_open(struct reload *reload, struct req *req);

/* Open streams. Those whose client has left are not among them, and end. */
size_t reload_stream_count(struct reload *reload);

/* Ends every stream; what opens from now on ends at once. */
void reload_close(struct reload *reload);

#endif
