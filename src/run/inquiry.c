#include "run/inquiry.h"

#include "base/log.h"
#include "os/clock.h"

#include <stdlib.h>

enum { COUNTS_LIMIT_MS = 1000, SCRATCH_BYTES = 1024 };

/* The document */

static const char *const state_names[SUPER_STATE_COUNT] = {
    [SUPER_ABSENT] = "absent",
    [SUPER_STARTING] = "starting",
    [SUPER_READY] = "ready",
    [SUPER_INHERITED] = "old",
    [SUPER_DRAINING] = "leaving",
    [SUPER_BACKOFF] = "waiting",
};

static json_t *
number_or_null(bool is_known, int64_t number)
{
	return is_known ? json_integer((json_int_t)number) : json_null();
}

/* Of one that the image before has started, no more is known than that it is there. */
static json_t *
worker_json(const struct inquiry *q, const struct child *child)
{
	const struct super *super = &child->super;
	bool is_ours = child->number >= 0;
	json_t *worker = json_object();

	json_object_set_new(worker, "id", number_or_null(is_ours, child->number));
	json_object_set_new(worker, "pid", number_or_null(super->pid > 0, super->pid));
	json_object_set_new(worker, "state", json_string(state_names[super->state]));
	json_object_set_new(worker, "generation", number_or_null(is_ours, q->generation));
	json_object_set_new(worker, "uptime_s",
	    number_or_null(is_ours && super->pid > 0, (clock_mono_ms() - super->started_ms) / 1000));
	json_object_set_new(
	    worker, "last_exit", *super->last_end ? json_string(super->last_end) : json_null());
	if (child->counts != NULL)
		json_object_update(worker, child->counts);
	return worker;
}

static json_t *
watcher_json(const struct child *child)
{
	json_t *watcher = json_object();

	json_object_set_new(watcher, "pid", number_or_null(child->super.pid > 0, child->super.pid));
	if (child->counts != NULL)
		json_object_update(watcher, child->counts);
	return watcher;
}

static json_t *
document_make(struct inquiry *q)
{
	json_t *document = q->owner->describe(q);
	const struct child *watcher = children_find(q->children, CHILD_WATCHER, 0);
	json_t *workers = json_array();

	json_object_set_new(document, "watcher", watcher != NULL ? watcher_json(watcher) : json_null());
	for (size_t i = 0; i < q->children->count; i++)
		if (q->children->all[i]->role == CHILD_WORKER)
			json_array_append_new(workers, worker_json(q, q->children->all[i]));
	json_object_set_new(document, "workers", workers);
	return document;
}

/* Collecting */

static void
tell_status(struct inquiry *q)
{
	json_t *document = document_make(q);
	char *text = json_dumps(document, JSON_COMPACT);

	loop_timer_clear(q->loop, &q->limit);
	control_answer(&q->control, CONTROL_STATUS, document);
	for (size_t i = 0; i < q->children->count; i++) {
		struct child *child = q->children->all[i];

		if (child->is_asking)
			chan_send(&child->chan, CHAN_STATUS, str_of(text));
		child->is_asking = false;
	}
	free(text);
	json_decref(document);
}

static bool
is_collecting(const struct inquiry *q)
{
	return loop_timer_is_set(&q->limit);
}

/* Tells the status if no child's counts are awaited any more. */
static void
tell_when_complete(struct inquiry *q)
{
	for (size_t i = 0; i < q->children->count; i++)
		if (q->children->all[i]->is_counting)
			return;
	tell_status(q);
}

/* Whether children of that role answer CHAN_COUNT. */
static bool
is_counted(enum child_role role)
{
	return role == CHILD_WORKER || role == CHILD_WATCHER;
}

static void
limit_due(struct loop_timer *timer)
{
	tell_status(CONTAINER_OF(timer, struct inquiry, limit));
}

static void
collect(struct inquiry *q)
{
	if (is_collecting(q))
		return;
	q->limit.due = limit_due;
	loop_timer_set(q->loop, &q->limit, COUNTS_LIMIT_MS);
	for (size_t i = 0; i < q->children->count; i++) {
		struct child *child = q->children->all[i];

		children_set_counts(child, NULL);
		child->is_counting = is_counted(child->role) && child->super.state == SUPER_READY &&
				     chan_send(&child->chan, CHAN_COUNT, STR("{}"));
	}
	tell_when_complete(q);
}

static void
control_asked(struct control *c, enum control_question question)
{
	struct inquiry *q = CONTAINER_OF(c, struct inquiry, control);

	if (question == CONTROL_RELOAD)
		q->owner->reload(q);
	else
		collect(q);
}

/* Public */

static void
control_prepare(struct inquiry *q)
{
	q->control.loop = q->loop;
	q->control.asked = control_asked;
}

void
inquiry_begin(struct inquiry *q, const char *boot)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);

	control_prepare(q);
	if (!control_listen(&q->control, boot, &e))
		log_debug("eddy status and eddy reload won't find this server: %.*s", STR_ARG(e.message));
	arena_free(&scratch);
}

void
inquiry_resume(struct inquiry *q, int fd, const char *path)
{
	control_prepare(q);
	control_adopt(&q->control, fd, path);
}

void
inquiry_ask(struct inquiry *q, struct child *worker)
{
	worker->is_asking = true;
	collect(q);
}

void
inquiry_counts(struct inquiry *q, struct child *child, json_t *counts)
{
	children_set_counts(child, counts);
	if (is_collecting(q))
		tell_when_complete(q);
}

void
inquiry_lost(struct inquiry *q)
{
	if (is_collecting(q))
		tell_when_complete(q);
}

void
inquiry_reloaded(struct inquiry *q, size_t pages)
{
	json_t *answer = json_pack("{s:I}", "pages", (json_int_t)pages);

	control_answer(&q->control, CONTROL_RELOAD, answer);
	json_decref(answer);
}

void
inquiry_end(struct inquiry *q)
{
	loop_timer_clear(q->loop, &q->limit);
	control_close(&q->control);
}
