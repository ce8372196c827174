#include "http/status.h"

#include "http/http.h"
#include "http/proxy.h"
#include "http/render.h"
#include "os/loop.h"

#include <stdlib.h>

enum { LIMIT_MS = 3000 };

/* It lives in its request. */
struct waiter {
	struct waiter *next;
	struct req *req;
};

struct status {
	struct loop *loop;
	void (*ask)(void *context);
	void *context;
	struct waiter *waiters;
	struct loop_timer limit;
};

static struct resp *
answer_with(struct str document)
{
	struct resp *resp = resp_new(200);

	render_set_common(resp, "no-store");
	resp_set(resp, "Content-Type", "application/json");
	resp_add_bytes(resp, str_format(&resp->arena, "%.*s\n", STR_ARG(document)));
	return resp;
}

static struct resp *
answer_without(struct req *req, enum err_kind kind, const char *message)
{
	struct err e = err_make(&req->arena);

	err_set(&e, kind, ERR_NOWHERE, "%s", message);
	return render_error_text(&e);
}

/* An empty document: there is none. */
static void
answer_all(struct status *status, struct str document)
{
	struct waiter *waiter = status->waiters, *next;

	status->waiters = NULL;
	loop_timer_clear(status->loop, &status->limit);
	for (; waiter != NULL; waiter = next) {
		next = waiter->next;
		http_answer(waiter->req, document.len ? answer_with(document)
						      : answer_without(waiter->req, ERR_UNAVAILABLE,
							    "the status can't be had now"));
	}
}

static void
limit_due(struct loop_timer *timer)
{
	status_close(CONTAINER_OF(timer, struct status, limit));
}

struct status *
status_new(struct loop *loop, void (*ask)(void *context), void *context)
{
	struct status *status = BASE_NEW(struct status);

	*status = (struct status){.loop = loop, .ask = ask, .context = context, .limit = {.due = limit_due}};
	return status;
}

void
status_free(struct status *status)
{
	loop_timer_clear(status->loop, &status->limit);
	free(status);
}

struct resp *
status_open(struct status *status, struct req *req)
{
	struct waiter *waiter = ARENA_NEW(&req->arena, struct waiter);
	bool is_asked = status->waiters != NULL;

	/* An Origin: a page of another site, which --cors may let read what is served, but not this. */
	if (!proxy_asker_is_local(req) || req_has_header(req, STR("Origin")))
		return answer_without(req, ERR_FORBIDDEN, "the status is told to this machine only");
	*waiter = (struct waiter){.next = status->waiters, .req = req};
	status->waiters = waiter;
	if (is_asked)
		return NULL;
	loop_timer_set(status->loop, &status->limit, LIMIT_MS);
	status->ask(status->context);
	return NULL;
}

void
status_tell(struct status *status, struct str document)
{
	answer_all(status, document);
}

void
status_close(struct status *status)
{
	answer_all(status, STR(""));
}
