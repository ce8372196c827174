#include "run/watcher.h"

#include "base/log.h"
#include "os/clock.h"
#include "run/chan.h"
#include "run/scope.h"
#include "run/seen.h"

#include <signal.h>

enum {
	ARENA_BYTES = 16 * 1024,
	SYNC_MAX_MS = 1000, /* for what had happened before; then it is told as far as it is known */
};

struct watcher {
	struct arena arena; /* of the process */
	struct scope scope;
	struct seen *seen;
	struct settle *settle;
	struct watch *watch; /* NULL where nothing can be watched */
	struct loop *loop;
	struct loop_io watch_io;
	struct loop_timer settle_timer;
	struct chan chan;
	bool is_syncing;       /* what had happened when the timer went off is on its way */
	bool is_watching;      /* the watches stand */
	bool is_ready;         /* and the master was told */
	int64_t head_start_ms; /* when READY is told, though not all files are digested */
	int head_start_files;  /* that must be digested before */
	int64_t rescans;       /* how often events were dropped */
};

/* Text as JSON has it: bytes that are no UTF-8 become U+FFFD, one for each. */
static json_t *
json_of_path(struct arena scratch, struct str path)
{
	json_t *value = json_stringn(path.data, path.len);
	struct buf clean = buf_make(&scratch);

	if (value != NULL)
		return value;
	for (size_t i = 0; i < path.len; i++) {
		if ((unsigned char)path.data[i] < 0x80)
			buf_add_char(&clean, path.data[i]);
		else
			buf_add_lit(&clean, "\xef\xbf\xbd");
	}
	return json_stringn(clean.data, clean.len);
}

static void
notice_send(struct watcher *w, struct str text)
{
	chan_send_json(&w->chan, CHAN_NOTICE, json_pack("{s:o}", "text", json_of_path(w->arena, text)));
}

static void
batch_send(struct watcher *w, const struct settle_batch *batch)
{
	size_t named = MIN(batch->count, (size_t)WATCHER_PATHS_MAX);
	json_t *paths = json_array(), *payload;

	for (size_t i = 0; i < named; i++)
		json_array_append_new(
		    paths, json_of_path(w->arena, scope_relative(&w->scope, batch->paths[i])));
	payload = json_pack("{s:s, s:o}", "kind", settle_kind_name(batch->kind), "paths", paths);
	if (batch->count > named)
		json_object_set_new(payload, "more", json_integer((json_int_t)(batch->count - named)));
	if (!chan_send_json(&w->chan, CHAN_BATCH, payload))
		log_debug("watcher: a batch of %zu paths could not be sent", batch->count);
}

/* Tells what is settled, and sets the timer for what isn't. */
static void
settle_on(struct watcher *w, bool is_caught_up)
{
	struct settle_batch batch;
	int64_t now_ms = clock_mono_ms(), due_ms;

	while (settle_take(w->settle, now_ms, is_caught_up, &batch))
		batch_send(w, &batch);
	if (w->is_syncing)
		return;
	due_ms = settle_due_ms(w->settle);
	if (due_ms == SETTLE_NEVER)
		loop_timer_clear(w->loop, &w->settle_timer);
	else
		loop_timer_set(w->loop, &w->settle_timer, MAX(due_ms - now_ms, 0));
}

static void
note(void *context, struct str path)
{
	struct watcher *w = context;

	settle_note(w->settle, path, clock_mono_ms());
}

static void
watching_begins(struct watcher *w)
{
	if (w->is_watching) {
		/* After a loss: files that were deleted meanwhile are found only here. */
		seen_each(w->seen, STR("/"), note, w);
		settle_release(w->settle);
		return;
	}
	w->is_watching = true;
	w->head_start_ms = clock_mono_ms() + WATCHER_HEAD_START_MS;
	w->head_start_files = WATCHER_HEAD_START_FILES;
}

static void
event_take(struct watcher *w, const struct watch_event *event)
{
	switch (event->what) {
	case WATCH_FOUND:
		seen_found(w->seen, event->path);
		break;
	case WATCH_CREATED:
		settle_note_created(w->settle, event->path, clock_mono_ms());
		break;
	case WATCH_WRITTEN:
	case WATCH_REMOVED:
		note(w, event->path);
		break;
	case WATCH_TREE_REMOVED:
		seen_each(w->seen, event->path, note, w);
		break;
	case WATCH_READY:
		watching_begins(w);
		break;
	case WATCH_SYNCED:
		w->is_syncing = false;
		break;
	case WATCH_LOST:
		w->rescans++;
		settle_hold(w->settle);
		break;
	case WATCH_TROUBLE:
		notice_send(w, event->path);
		break;
	}
}

/* All events that wait. A flood of them must not keep batches from being told. */
static void
events_take(struct watcher *w)
{
	enum { EVENTS_AT_ONCE = 256 };
	struct watch_event event;

	for (int taken = 1; watch_next(w->watch, &event); taken++) {
		event_take(w, &event);
		if (taken % EVENTS_AT_ONCE == 0)
			settle_on(w, false);
	}
}

static void
watch_is_ready(struct loop_io *io, UNUSED short revents)
{
	struct watcher *w = CONTAINER_OF(io, struct watcher, watch_io);
	bool was_syncing = w->is_syncing;

	events_take(w);
	settle_on(w, was_syncing && !w->is_syncing);
}

/* What has happened since the timer was set may belong to the batch that is due: it is waited for. */
static void
settle_is_due(struct loop_timer *timer)
{
	struct watcher *w = CONTAINER_OF(timer, struct watcher, settle_timer);

	w->is_syncing = !w->is_syncing && watch_sync(w->watch);
	if (w->is_syncing) {
		loop_timer_set(w->loop, timer, SYNC_MAX_MS);
		return;
	}
	events_take(w);
	settle_on(w, true);
}

/* What has changed since this process began is told behind it. */
static void
ready_tell(struct watcher *w)
{
	w->is_ready = true;
	seen_started(w->seen);
	chan_send_json(&w->chan, CHAN_READY, json_object());
	settle_release(w->settle);
	settle_on(w, false);
}

static bool
head_start_is_over(struct watcher *w)
{
	return --w->head_start_files <= 0 && clock_mono_ms() >= w->head_start_ms;
}

/* Files are digested one at a time between the turns of the loop, so that changes come first. */
static int64_t
between_turns(void *context)
{
	struct watcher *w = context;
	struct arena scratch = w->arena;
	struct str changed;
	bool has_more;

	if (!w->is_watching)
		return LOOP_FOREVER;
	has_more = seen_step(w->seen, &changed);
	if (changed.len > 0) {
		/* The look may find that the file has gone, and forget it. */
		note(w, str_dup(&scratch, changed));
		settle_on(w, false);
	}
	if (!w->is_ready && (!has_more || head_start_is_over(w)))
		ready_tell(w);
	return has_more ? 0 : LOOP_FOREVER;
}

static void
counts_send(struct watcher *w, struct str question)
{
	json_t *asked = json_loadb(question.data, question.len, 0, NULL);
	json_t *counts = json_pack(
	    "{s:I, s:I}", "files", (json_int_t)seen_count(w->seen), "rescans", (json_int_t)w->rescans);

	if (json_is_true(json_object_get(asked, "digests")))
		json_object_set_new(counts, "digests", seen_digests(w->seen));
	chan_send_json(&w->chan, CHAN_COUNTS, counts);
	json_decref(asked);
}

/* What has changed since the parent began to start this process is told, however long that has taken. */
static void
state_take(struct watcher *w, struct str payload)
{
	json_t *state = json_loadb(payload.data, payload.len, 0, NULL);

	seen_since(w->seen, json_integer_value(json_object_get(state, "since_ns")));
	json_decref(state);
}

/* Of the master's messages the others are meant for workers. */
static void
message_take(struct chan *c, enum chan_type type, struct str payload)
{
	struct watcher *w = CONTAINER_OF(c, struct watcher, chan);

	if (type == CHAN_COUNT)
		counts_send(w, payload);
	else if (type == CHAN_STATE)
		state_take(w, payload);
}

static void
parent_is_gone(struct chan *c)
{
	loop_stop(CONTAINER_OF(c, struct watcher, chan)->loop);
}

static const struct chan_events chan_events = {
    .message = message_take,
    .closed = parent_is_gone,
};

static void
leave(void *context, UNUSED int signo)
{
	loop_stop(((struct watcher *)context)->loop);
}

/* The end of the control channel; the listeners that precede it are of no use here. */
static bool
channel_take(struct watcher *w, struct err *e)
{
	struct sock_set listeners = {0};
	int fd;

	if (!sock_adopt(&listeners, e))
		return false;
	fd = chan_inherited_fd(&listeners);
	sock_close(&listeners);
	chan_open(&w->chan, w->loop, fd, &chan_events);
	return true;
}

/* Where nothing can be watched eddy serves on all the same. */
static void
watch_begin(struct watcher *w)
{
	struct err e = err_make(&w->arena);

	w->watch = watch_start(&w->scope.plan, &e);
	if (w->watch == NULL) {
		notice_send(w, err_title(&w->arena, &e));
		ready_tell(w);
		return;
	}
	if (!watch_sees_end(w->watch))
		settle_be_patient(w->settle);
	settle_hold(w->settle);
	w->watch_io = (struct loop_io){.fd = watch_fd(w->watch), .events = POLLIN, .ready = watch_is_ready};
	loop_add(w->loop, &w->watch_io);
}

static void
watcher_init(struct watcher *w, const struct settings *s)
{
	struct settle_options options = {.look = seen_look};

	*w = (struct watcher){
	    .arena = arena_make(ARENA_BYTES),
	    .seen = seen_new(),
	    .loop = loop_new(),
	    .settle_timer = {.due = settle_is_due},
	};
	scope_make(&w->arena, &w->scope, s);
	options.context = w->seen;
	options.rules = w->scope.rules;
	w->settle = settle_new(&options);
}

int
watcher_main(const struct settings *s, struct err *e)
{
	static struct watcher w; /* the watching thread outlives this function */

	watcher_init(&w, s);
	loop_on_signal(w.loop, SIGTERM, leave, &w);
	signal(SIGTTOU, SIG_IGN); /* for what it writes in the background under `stty tostop` */
	signal(SIGINT, SIG_IGN);  /* a Ctrl-C is for the master, who ends this process by the channel */
	if (!channel_take(&w, e))
		return err_kind_exit(e->kind);
	loop_on_prepare(w.loop, between_turns, &w);
	watch_begin(&w);
	loop_run(w.loop);
	return 0;
}
