#include "run/changes.h"

#include "base/log.h"
#include "os/clock.h"
#include "run/cause.h"
#include "site/fault.h"

#include <stdio.h>
#include <string.h>

enum {
	ANSWER_LIMIT_MS = 2000,
	BATCH_MAX_PATHS = 4096, /* of joined batches: the rest is reloaded all the same */
	EVENT_MAX_PATHS = 32,   /* of more, browsers aren't told one by one: they reload */
	KEPT_MAX_PATHS = 64,    /* of what was faulty, over a re-exec */
	SCRATCH_BYTES = 4096,
};

/* What a batch may be: its kind, the event that tells it, what that does to a page, whether it is checked. */
static const struct kind {
	const char *name;
	const char *event;
	const char *effect;
	bool is_checked;
} kinds[] = {
    {"image", "image", "updated", false},
    {"css", "css", "restyled", false},
    {"page", "reload", "reloaded", true},
    {"restart", "reload", "reloaded", false},
};

enum { KIND_PAGE = 2, KIND_RESTART = 3 }; /* the strongest last */

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

static void
batch_wait(struct changes *c, json_t *batch)
{
	if (c->waiting == NULL) {
		c->waiting = batch;
		c->waiting_since_us = clock_mono_us();
		return;
	}
	if (batch_kind(batch) > batch_kind(c->waiting))
		json_object_set(c->waiting, "kind", json_object_get(batch, "kind"));
	paths_join(batch_paths(c->waiting), batch_paths(batch));
	json_object_set_new(
	    c->waiting, "more", json_integer(cause_unnamed(c->waiting) + cause_unnamed(batch)));
	json_decref(batch);
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

static bool
is_faulty(const struct changes *c)
{
	return c->has_restart_fault || json_array_size(c->faulty) > 0;
}

/* `had_fault`: the worker knew of one in what has passed now. */
static void
batch_pass(struct changes *c, bool had_fault)
{
	bool is_checked = batch_kind(c->batch)->is_checked;

	c->is_mended = is_checked && (had_fault || json_array_size(c->faulty) > 0);
	if (c->is_mended) {
		json_array_clear(c->faulty);
		if (!is_faulty(c))
			event_tell(c, "ok", json_object());
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

static void
batch_start(struct changes *c, json_t *batch, int64_t since_us)
{
	const struct kind *kind = batch_kind(batch);

	c->batch = batch;
	c->since_us = since_us;
	if (kind == &kinds[KIND_RESTART])
		batch_restart(c);
	else if (!kind->is_checked || !batch_check(c))
		batch_pass(c, false);
}

/* Restarts */

/*
 * Takes "FILE:LINE:COL: Type: message" apart, the form in which every report
 * of eddy ends; any other line is all message.
 */
static void
line_parse(struct str line, struct err *e)
{
	size_t end = str_find(line, STR(": "));
	struct str rest = str_slice(line, 0, end == STR_NONE ? 0 : end);
	struct str file = str_cut(&rest, ':'), line_number = str_cut(&rest, ':');
	uint64_t number, column;

	e->kind = ERR_CONFIG;
	e->message = line;
	if (!str_to_u64(line_number, &number) || !str_to_u64(rest, &column))
		return;
	e->place = (struct err_place){.file = file, .line = (int)number, .column = (int)column};
	line = str_from(line, end + 2);
	end = str_find(line, STR(": "));
	e->message = str_from(line, end == STR_NONE ? 0 : end + 2);
}

/* A program may have written anything: what isn't UTF-8 is shown as question marks. */
static struct str
text_make_valid(struct arena *a, struct str text)
{
	json_t *probe = json_stringn(text.data, text.len);
	char *copy = arena_dup(a, text.data, text.len);

	for (size_t i = 0; probe == NULL && i < text.len; i++)
		if ((unsigned char)copy[i] >= 0x80)
			copy[i] = '?';
	json_decref(probe);
	return str_make(copy, text.len);
}

static json_t *
restart_fault_json(struct str report)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);
	struct str text = text_make_valid(&scratch, report);
	struct str lines = str_trim(text);
	json_t *fault;

	line_parse(str_from(lines, str_rfind_char(lines, '\n') + 1), &e);
	fault = fault_json(&e);
	json_object_set_new(fault, "report", json_stringn(text.data, text.len));
	arena_free(&scratch);
	return fault;
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
	json_decref(c->faulty);
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
changes_verdict(struct changes *c, const json_t *verdict)
{
	json_t *error = json_object_get(verdict, "error");

	if (c->stage != CHANGES_CHECKING)
		return; /* it came too late */
	if (json_is_object(error))
		batch_fail(c, error, json_string_value(json_object_get(verdict, "report")));
	else
		batch_pass(c, json_is_true(json_object_get(verdict, "had_fault")));
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
	c->has_restart_fault = true;
	log_text(LOG_ERROR, report);
	log_event(LOG_ERROR, "refused", "%s → the old state goes on serving", cause);
	event_tell(c, "error", restart_fault_json(report));
}

bool
changes_restarted(struct changes *c)
{
	bool was_faulty = c->has_restart_fault;

	c->has_restart_fault = false;
	if (was_faulty && !is_faulty(c))
		event_tell(c, "ok", json_object());
	event_tell(c, "reload", json_pack("{s:[]}", "paths"));
	return was_faulty;
}

bool
changes_are_pending(const struct changes *c)
{
	return c->stage == CHANGES_CHECKING || c->waiting != NULL;
}

json_t *
changes_to_json(const struct changes *c)
{
	json_t *faulty = json_array();

	for (size_t i = 0; i < MIN(json_array_size(c->faulty), KEPT_MAX_PATHS); i++)
		json_array_append(faulty, json_array_get(c->faulty, i));
	return json_pack("{s:o, s:o, s:b}", "history", history_to_json(&c->history), "faulty", faulty,
	    "restart_fault", c->has_restart_fault);
}

bool
changes_from_json(struct changes *c, const json_t *state)
{
	json_t *faulty = json_object_get(state, "faulty");

	if (!json_is_array(faulty) || !history_from_json(&c->history, json_object_get(state, "history")))
		return false;
	c->faulty = json_incref(faulty);
	c->has_restart_fault = json_is_true(json_object_get(state, "restart_fault"));
	return true;
}
