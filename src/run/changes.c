#include "run/changes.h"

#include "base/log.h"
#include "os/clock.h"
#include "run/cause.h"
#include "run/report.h"

#include <stdio.h>
#include <string.h>

enum {
	ANSWER_LIMIT_MS = 2000,
	BATCH_MAX_PATHS = 4096,   /* of joined batches: the rest is reloaded all the same */
	EVENT_MAX_PATHS = 32,     /* of more, browsers aren't told one by one: they reload */
	KEPT_MAX_PATHS = 64,      /* of what was faulty, over a re-exec */
	KEPT_MAX_BYTES = 8 * KIB, /* of a fault that stands, likewise */
	SCRATCH_BYTES = 4096,
};

/* What a batch may be: its kind, the event that tells it, what that does to a page, whether it is checked. */
static const struct kind {
	const char *name;
	const char *event;
	const char *effect;
	bool is_checked;
} kinds[] = {
    {"source", NULL, NULL, false},
    {"image", "image", "updated", false},
    {"css", "css", "restyled", false},
    {"page", "reload", "reloaded", true},
    {"restart", "reload", "reloaded", false},
};

enum { KIND_SOURCE = 0, KIND_PAGE = 3, KIND_RESTART = 4 }; /* the strongest last */

static void batch_start(struct changes *c, json_t *batch, int64_t since_us);

/* Batches */

static const struct kind *
batch_kind(const json_t *batch)
{
	const char *name = json_string_value(json_object_get(batch, "kind"));

	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if (name != NULL && strcmp(name, kinds[i].name) == 0)
			return &kinds[i];
	return &kinds[KIND_PAGE];
}

static json_t *
batch_paths(const json_t *batch)
{
	return json_object_get(batch, "paths");
}

/* Adds the paths that aren't there yet. */
static void
paths_join(json_t *into, const json_t *from)
{
	json_t *seen = json_object();
	json_t *path;
	size_t i;

	json_array_foreach(into, i, path) json_object_set_new(seen, json_string_value(path), json_true());
	for (i = 0; i < json_array_size(from) && json_array_size(into) < BATCH_MAX_PATHS; i++) {
		const char *text = json_string_value(json_array_get(from, i));

		if (text != NULL && json_object_get(seen, text) == NULL)
			json_array_append(into, json_array_get(from, i));
	}
	json_decref(seen);
}

/* Takes the reference to `batch`. */
static void
batch_join(json_t *into, json_t *batch)
{
	if (batch_kind(batch) > batch_kind(into))
		json_object_set(into, "kind", json_object_get(batch, "kind"));
	paths_join(batch_paths(into), batch_paths(batch));
	json_object_set_new(into, "more", json_integer(cause_unnamed(into) + cause_unnamed(batch)));
	json_decref(batch);
}

static void
batch_wait(struct changes *c, json_t *batch)
{
	if (c->waiting != NULL) {
		batch_join(c->waiting, batch);
		return;
	}
	c->waiting = batch;
	c->waiting_since_us = clock_mono_us();
}

/* The batch is done with; the next one starts. */
static void
batch_end(struct changes *c)
{
	json_t *waiting = c->waiting;

	loop_timer_clear(c->loop, &c->limit);
	json_decref(c->batch);
	c->batch = NULL;
	c->waiting = NULL;
	c->checker = NULL;
	c->stage = CHANGES_IDLE;
	if (waiting != NULL)
		batch_start(c, waiting, c->waiting_since_us);
}

/* Telling */

static size_t
event_tell(struct changes *c, const char *name, json_t *data)
{
	return c->owner->tell(c, history_add(&c->history, name, data));
}

static json_int_t
event_seq(const json_t *event)
{
	return json_integer_value(json_object_get(event, "seq"));
}

/* Where the latest fault that stands is, if any does. */
static enum changes_fault
fault_latest(const struct changes *c)
{
	return event_seq(c->faults[CHANGES_FAULT_BUILD]) > event_seq(c->faults[CHANGES_FAULT_RESTART])
		   ? CHANGES_FAULT_BUILD
		   : CHANGES_FAULT_RESTART;
}

/* Tells a fault that stands from now on. Takes the reference to it. */
static void
fault_tell(struct changes *c, enum changes_fault which, json_t *fault)
{
	json_t *event;

	json_object_set_new(fault, "stands", json_true());
	event = history_add(&c->history, "error", fault);
	json_decref(c->faults[which]);
	c->faults[which] = json_incref(event);
	c->owner->tell(c, event);
}

/* One is gone: browsers show the other that stands, or none. */
static void
mended_tell(struct changes *c)
{
	enum changes_fault latest = fault_latest(c);

	if (c->faults[latest] != NULL)
		fault_tell(c, latest, json_incref(json_object_get(c->faults[latest], "data")));
	else
		event_tell(c, "ok", json_object());
}

/* False where there was nothing to mend. */
static bool
fault_mend(struct changes *c, enum changes_fault which)
{
	if (c->faults[which] == NULL)
		return false;
	json_decref(c->faults[which]);
	c->faults[which] = NULL;
	mended_tell(c);
	return true;
}

static void
result_print(struct changes *c)
{
	char cause[CAUSE_BYTES], time[32] = "";

	if (!c->is_mended)
		snprintf(time, sizeof(time), " (%.1f ms)", (double)(clock_mono_us() - c->since_us) / 1000);
	log_event(LOG_INFO, c->is_mended ? "mended" : "changed", "%s → %zu %s %s%s",
	    cause_describe(c->batch, cause), c->streams, c->streams == 1 ? "page" : "pages",
	    batch_kind(c->batch)->effect, time);
}

static void
telling_end(struct changes *c)
{
	result_print(c);
	batch_end(c);
}

static void
asked_end(struct changes *c)
{
	loop_timer_clear(c->loop, &c->asked_limit);
	c->asked_awaited = 0;
	log_event(LOG_INFO, "reload", "asked for → %zu %s reloaded", c->asked_streams,
	    c->asked_streams == 1 ? "page" : "pages");
	c->owner->reloaded(c, c->asked_streams);
}

static void
asked_limit_due(struct loop_timer *timer)
{
	asked_end(CONTAINER_OF(timer, struct changes, asked_limit));
}

static void
asked_told(struct changes *c, size_t streams)
{
	if (c->asked_awaited == 0)
		return;
	c->asked_streams += streams;
	if (--c->asked_awaited == 0)
		asked_end(c);
}

static void
batch_tell(struct changes *c)
{
	const struct kind *kind = batch_kind(c->batch);
	bool is_long = json_array_size(batch_paths(c->batch)) > EVENT_MAX_PATHS;
	json_t *paths = is_long ? json_array() : json_incref(batch_paths(c->batch));
	const char *name = is_long ? kinds[KIND_PAGE].event : kind->event;

	c->stage = CHANGES_TELLING;
	c->streams = 0;
	c->awaited = event_tell(c, name, json_pack("{s:o}", "paths", paths));
	c->told_seq = c->history.seq;
	loop_timer_set(c->loop, &c->limit, ANSWER_LIMIT_MS);
	if (c->awaited == 0)
		telling_end(c);
}

/* Checking */

/* `is_mended`: a worker has found that a fault which was told is gone. */
static void
batch_pass(struct changes *c, bool is_mended)
{
	c->is_mended = is_mended;
	if (c->is_mended) {
		json_array_clear(c->faulty);
		mended_tell(c);
	}
	batch_tell(c);
}

static void
batch_fail(struct changes *c, json_t *error, const char *report)
{
	paths_join(c->faulty, batch_paths(c->batch));
	log_text(LOG_ERROR, str_of(report));
	event_tell(c, "error", json_incref(error));
	batch_end(c);
}

static void
limit_due(struct loop_timer *timer)
{
	struct changes *c = CONTAINER_OF(timer, struct changes, limit);

	if (c->stage == CHANGES_CHECKING)
		batch_pass(c, false);
	else if (c->stage == CHANGES_TELLING)
		telling_end(c);
}

/* Asks a worker, about what was faulty before too. False where there is none to ask. */
static bool
batch_check(struct changes *c)
{
	json_t *asked = json_deep_copy(c->batch);

	paths_join(batch_paths(asked), c->faulty);
	c->checker = c->owner->check(c, asked);
	if (c->checker == NULL)
		return false;
	c->stage = CHANGES_CHECKING;
	loop_timer_set(c->loop, &c->limit, ANSWER_LIMIT_MS);
	return true;
}

static void
batch_restart(struct changes *c)
{
	char cause[CAUSE_BYTES];

	cause_describe(c->batch, cause);
	batch_end(c);
	c->owner->restart(c, cause);
}

/* What is to be built has been. */
static void
batch_go_on(struct changes *c)
{
	const struct kind *kind = batch_kind(c->batch);

	if (kind == &kinds[KIND_SOURCE])
		batch_end(c); /* what came of it is a change of its own */
	else if (!kind->is_checked || !batch_check(c))
		batch_pass(c, false);
}

static void
batch_start(struct changes *c, json_t *batch, int64_t since_us)
{
	c->batch = batch;
	c->since_us = since_us;
	if (batch_kind(batch) == &kinds[KIND_RESTART]) {
		batch_restart(c);
		return;
	}
	c->stage = CHANGES_BUILDING;
	if (!c->owner->build(c, batch, since_us))
		batch_go_on(c);
}

static void
build_failed(struct changes *c, struct changes_build result)
{
	if (c->unbuilt == NULL)
		c->unbuilt = json_incref(c->batch);
	else
		batch_join(c->unbuilt, json_incref(c->batch));
	log_text(LOG_ERROR, result.report);
	fault_tell(c, CHANGES_FAULT_BUILD, result.fault);
	batch_end(c);
}

/* Public */

void
changes_begin(struct changes *c)
{
	c->limit.due = limit_due;
	c->asked_limit.due = asked_limit_due;
	if (c->faulty == NULL)
		c->faulty = json_array();
}

void
changes_free(struct changes *c)
{
	loop_timer_clear(c->loop, &c->limit);
	loop_timer_clear(c->loop, &c->asked_limit);
	json_decref(c->batch);
	json_decref(c->waiting);
	json_decref(c->unbuilt);
	json_decref(c->faulty);
	for (size_t i = 0; i < COUNT_OF(c->faults); i++)
		json_decref(c->faults[i]);
	history_free(&c->history);
}

void
changes_batch(struct changes *c, json_t *batch)
{
	if (c->stage != CHANGES_IDLE)
		batch_wait(c, batch);
	else
		batch_start(c, batch, clock_mono_us());
}

void
changes_built(struct changes *c, struct changes_build result)
{
	char cause[CAUSE_BYTES];

	if (c->stage != CHANGES_BUILDING) {
		json_decref(result.fault);
		return;
	}
	if (result.fault != NULL) {
		build_failed(c, result);
		return;
	}
	if (c->unbuilt != NULL)
		batch_join(c->batch, c->unbuilt);
	c->unbuilt = NULL;
	if (result.is_mended && fault_mend(c, CHANGES_FAULT_BUILD))
		log_event(LOG_INFO, "mended", "%s", cause_describe(c->batch, cause));
	batch_go_on(c);
}

void
changes_verdict(struct changes *c, const json_t *verdict)
{
	json_t *error = json_object_get(verdict, "error");

	if (c->stage != CHANGES_CHECKING)
		return; /* it came too late */
	if (json_is_object(error))
		batch_fail(c, error, json_string_value(json_object_get(verdict, "report")));
	else
		batch_pass(
		    c, json_array_size(c->faulty) > 0 || json_is_true(json_object_get(verdict, "had_fault")));
}

void
changes_told(struct changes *c, const json_t *told)
{
	uint64_t seq = (uint64_t)json_integer_value(json_object_get(told, "seq"));
	size_t streams = (size_t)json_integer_value(json_object_get(told, "streams"));

	if (seq == c->asked_seq)
		asked_told(c, streams);
	if (c->stage != CHANGES_TELLING || seq != c->told_seq)
		return;
	c->streams += streams;
	if (--c->awaited == 0)
		telling_end(c);
}

void
changes_lost(struct changes *c, const void *worker)
{
	if (c->stage == CHANGES_CHECKING && c->checker == worker)
		batch_pass(c, false);
	else if (c->stage == CHANGES_TELLING)
		telling_end(c);
	if (c->asked_awaited > 0)
		asked_end(c);
}

void
changes_reload_all(struct changes *c)
{
	c->asked_streams = 0;
	c->asked_awaited = event_tell(c, "reload", json_pack("{s:[]}", "paths"));
	c->asked_seq = c->history.seq;
	loop_timer_set(c->loop, &c->asked_limit, ANSWER_LIMIT_MS);
	if (c->asked_awaited == 0)
		asked_end(c);
}

void
changes_restart_fault(struct changes *c, const char *cause, struct str report)
{
	log_text(LOG_ERROR, report);
	log_event(LOG_ERROR, "refused", "%s → the old state goes on serving", cause);
	fault_tell(c, CHANGES_FAULT_RESTART, report_to_fault(report));
}

void
changes_builds_gone(struct changes *c)
{
	fault_mend(c, CHANGES_FAULT_BUILD);
}

json_t *
changes_fault(const struct changes *c)
{
	return c->faults[fault_latest(c)];
}

bool
changes_restarted(struct changes *c)
{
	bool was_faulty = fault_mend(c, CHANGES_FAULT_RESTART);

	event_tell(c, "reload", json_pack("{s:[]}", "paths"));
	return was_faulty;
}

bool
changes_are_pending(const struct changes *c)
{
	bool is_before_telling = c->stage == CHANGES_BUILDING || c->stage == CHANGES_CHECKING;

	return is_before_telling || c->waiting != NULL || c->unbuilt != NULL;
}

/* The fault as a re-exec hands it on: what is too long for that goes without its text. */
static json_t *
fault_kept(json_t *event)
{
	const json_t *data = json_object_get(event, "data");

	if (event == NULL)
		return json_null();
	if (json_dumpb(event, NULL, 0, JSON_COMPACT) <= KEPT_MAX_BYTES)
		return json_incref(event);
	return json_pack("{s:O, s:O, s:{s:O, s:s, s:b}}", "seq", json_object_get(event, "seq"), "name",
	    json_object_get(event, "name"), "data", "type", json_object_get(data, "type"), "message",
	    "what it said was too long to be kept over a restart", "stands", true);
}

json_t *
changes_to_json(const struct changes *c)
{
	json_t *faulty = json_array();

	for (size_t i = 0; i < MIN(json_array_size(c->faulty), KEPT_MAX_PATHS); i++)
		json_array_append(faulty, json_array_get(c->faulty, i));
	return json_pack("{s:o, s:o, s:[o, o]}", "history", history_to_json(&c->history), "faulty", faulty,
	    "faults", fault_kept(c->faults[CHANGES_FAULT_BUILD]),
	    fault_kept(c->faults[CHANGES_FAULT_RESTART]));
}

bool
changes_from_json(struct changes *c, const json_t *state)
{
	json_t *faulty = json_object_get(state, "faulty"), *faults = json_object_get(state, "faults");

	if (!json_is_array(faulty) || !history_from_json(&c->history, json_object_get(state, "history")))
		return false;
	c->faulty = json_incref(faulty);
	for (size_t i = 0; i < COUNT_OF(c->faults); i++) {
		json_t *event = json_array_get(faults, i);

		c->faults[i] = json_is_object(event) ? json_incref(event) : NULL;
	}
	return true;
}
