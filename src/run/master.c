#include "run/master.h"

#include "base/log.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/image.h"
#include "run/banner.h"
#include "run/builder.h"
#include "run/cause.h"
#include "run/inquiry.h"
#include "run/lifecycle.h"
#include "run/listeners.h"
#include "text/json.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

enum {
	SCRATCH_BYTES = 16 * 1024,
	WATCHER_PATIENCE_MS = 500, /* for a large site to be watched before it is announced */
	STOP_PATIENCE_MS = 500,    /* for requests to end before the wait for them is told */
};

struct master {
	const struct master_start *start;
	const struct settings *settings;
	struct arena *arena;
	struct err *fault; /* of the start: set later than master_begin, too */
	struct loop *loop;
	struct lifecycle life;
	struct listeners listeners;
	struct children children;
	struct changes changes;
	struct builder builder;
	struct restart restart;
	struct inquiry inquiry;
	struct handover before; /* what the image before this one told; all zero at a cold start */
	const char *ready;      /* what --ready-file holds, as this process wrote it; or NULL */

	struct loop_timer patience;    /* with a start, then with a stop */
	bool is_announced;             /* the children of this image have been ready once */
	bool missed_change;            /* the old watcher saw something after the old master was gone */
	struct banner_drained drained; /* since the stop */

	/* The restart that is wanted or being tried. */
	bool restart_is_wanted;
	char cause[CAUSE_BYTES];
	bool is_change; /* it was asked for by a file, not by a signal */
	int64_t since_us;

	int64_t started_us; /* at a cold start */
};

/* Whether this image took over from another one, rather than having been started. */
static bool
is_restarted(const struct master *m)
{
	return m->before.generation > 0;
}

static int
worker_count(const struct master *m)
{
	return m->settings->workers > 0 ? m->settings->workers : proc_core_count();
}

/* Restarting */

static void
restart_next(struct master *m)
{
	bool is_busy = restart_is_trying(&m->restart) || children_are_starting(&m->children, true);

	if (!m->restart_is_wanted || m->life.is_leaving || is_busy)
		return;
	m->restart_is_wanted = false;
	restart_try(&m->restart);
}

/* Notes that one is asked for; restart_next begins it when it can. */
static void
restart_want(struct master *m, const char *cause, bool is_change)
{
	bool joins = m->restart_is_wanted || restart_is_trying(&m->restart);

	/* A signal that joins a change on its way doesn't take its name away. */
	if (!joins || !m->is_change) {
		snprintf(m->cause, sizeof(m->cause), "%s", cause);
		m->is_change = is_change;
		m->since_us = clock_mono_us();
	}
	m->restart_is_wanted = true;
}

static struct handover
handover_make(struct master *m, struct str settings)
{
	return (struct handover){
	    .generation = m->before.generation + 1,
	    .changes = changes_to_json(&m->changes),
	    .cause = m->cause,
	    .is_change = m->is_change,
	    .owes_reload = m->is_change || changes_are_pending(&m->changes),
	    .since_us = m->since_us,
	    .tried_ns = m->restart.began_ns,
	    .restarts_again = m->restart_is_wanted,
	    .address = m->settings->address,
	    .port = m->settings->port,
	    .port_is_given = settings_given(m->settings, &m->settings->port),
	    .is_adopted = m->listeners.are_adopted,
	    .started_us = m->started_us,
	    .control = *m->inquiry.control.path ? m->inquiry.control.path : NULL,
	    .ready = m->ready,
	    .settings = settings,
	};
}

/* Becomes the image. Returns only where that failed. */
static void
master_become(struct master *m, int image, struct str settings, struct err *e)
{
	struct handover h = handover_make(m, settings);
	struct proc_plan plan = {
	    .image = image,
	    .argv = m->start->argv,
	    .listeners = &m->listeners.set,
	};
	int *descriptors;

	children_announce_retirement(&m->children);
	children_hand_over(&m->children, e->arena, &h, &descriptors);
	descriptors[h.child_count] = m->inquiry.control.listener.fd;
	plan.descriptors = descriptors;
	plan.descriptor_count = h.child_count + (h.control != NULL);
	lifecycle_become(&m->life, &plan, &h, e);
}

static void
restart_good(struct restart *r, int image, struct str settings)
{
	struct master *m = CONTAINER_OF(r, struct master, restart);
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);

	if (!m->life.is_leaving) {
		master_become(m, image, settings, &e);
		changes_restart_fault(
		    &m->changes, m->cause, str_format(&scratch, "eddy: %.*s\n", STR_ARG(e.message)));
	}
	arena_free(&scratch);
}

static void
restart_bad(struct restart *r, struct str report)
{
	struct master *m = CONTAINER_OF(r, struct master, restart);

	if (!m->life.is_leaving)
		changes_restart_fault(&m->changes, m->cause, report);
}

static const struct restart_owner restart_owner = {.good = restart_good, .bad = restart_bad};

/* Changes */

static bool
changes_build(struct changes *c, const json_t *batch, int64_t since_us)
{
	return builder_build(&CONTAINER_OF(c, struct master, changes)->builder, batch, since_us);
}

static const void *
changes_check(struct changes *c, json_t *batch)
{
	struct master *m = CONTAINER_OF(c, struct master, changes);
	struct child *worker = children_find_worker(&m->children);
	bool is_sent = worker != NULL && chan_send_json(&worker->chan, CHAN_CHECK, json_incref(batch));

	json_decref(batch);
	return is_sent ? worker : NULL;
}

static size_t
changes_tell(struct changes *c, json_t *event)
{
	return children_tell(&CONTAINER_OF(c, struct master, changes)->children, event);
}

static void
changes_restart(struct changes *c, const char *cause)
{
	struct master *m = CONTAINER_OF(c, struct master, changes);

	restart_want(m, cause, true);
	restart_next(m);
}

static void
changes_reloaded(struct changes *c, size_t pages)
{
	inquiry_reloaded(&CONTAINER_OF(c, struct master, changes)->inquiry, pages);
}

static const struct changes_owner changes_owner = {
    .build = changes_build,
    .check = changes_check,
    .tell = changes_tell,
    .reloaded = changes_reloaded,
    .restart = changes_restart,
};

/* Children */

static struct master *
master_of(struct children *f)
{
	return CONTAINER_OF(f, struct master, children);
}

static void
drained_add(struct master *m, const json_t *drained)
{
	m->drained.finished += (unsigned)json_integer_value(json_object_get(drained, "finished"));
	m->drained.cut += (unsigned)json_integer_value(json_object_get(drained, "cut"));
}

static void
child_message(struct child *child, enum chan_type type, const json_t *payload)
{
	struct master *m = master_of(child->family);

	if (type == CHAN_VERDICT)
		changes_verdict(&m->changes, payload);
	else if (type == CHAN_TOLD)
		changes_told(&m->changes, payload);
	else if (type == CHAN_DRAINED)
		drained_add(m, payload);
	else if (type == CHAN_BATCH)
		changes_batch(&m->changes, json_deep_copy(payload));
	else if (type == CHAN_COUNTS)
		inquiry_counts(&m->inquiry, child, json_deep_copy(payload));
	else if (type == CHAN_ENDED)
		builder_ended(&m->builder, payload);
	else if (type == CHAN_ASK)
		inquiry_ask(&m->inquiry, child);
	else if (type == CHAN_NOTICE)
		log_warning("eddy: %s", json_string_value(json_object_get(payload, "text")));
}

static void
child_lost(struct child *child)
{
	struct master *m = master_of(child->family);

	if (child->role == CHILD_WORKER && child->number >= 0)
		changes_lost(&m->changes, child);
	if (child->role == CHILD_BUILDER)
		builder_lost(&m->builder);
	inquiry_lost(&m->inquiry);
}

static json_t *
child_state(struct child *child)
{
	struct master *m = master_of(child->family);
	json_t *state = history_to_json(&m->changes.history);
	const char *last_end = child->super.last_end;
	json_t *fault = changes_fault(&m->changes);

	json_object_set_new(state, "fault", fault ? json_incref(fault) : json_null());
	json_object_set_new(state, "worker", json_integer(child->number));
	json_object_set_new(state, "generation", json_integer(m->before.generation));
	json_object_set_new(state, "last_exit", *last_end ? json_string(last_end) : json_null());
	return state;
}

/* The new children have taken over: tells of it, and lets the old ones go. */
static void
restart_finish(struct master *m)
{
	const struct handover *h = &m->before;
	double took_ms = (double)(clock_mono_us() - h->since_us) / 1000;
	bool has_mended = false;

	if (!builder_is_needed(&m->builder))
		changes_builds_gone(&m->changes);
	if (h->owes_reload || m->missed_change || m->changes.faults[CHANGES_FAULT_RESTART] != NULL)
		has_mended = changes_restarted(&m->changes);
	log_event(LOG_INFO,
	    has_mended     ? "mended"
	    : h->is_change ? "changed"
			   : "restart",
	    "%s → checked, restarted in %.0f ms, pid %ld kept", h->cause ? h->cause : "", took_ms,
	    (long)getpid());
	children_retire(&m->children);
}

static bool
announce(struct master *m, const struct banner *b)
{
	if (!banner_write_ready_file(b, &m->ready, m->fault))
		return false;
	banner_print(b);
	if (!banner_tell_ready_fd(b, m->fault))
		return false;
	banner_open_browser(b);
	return true;
}

/* The port may be another one since the image before. */
static void
announce_again(struct master *m, const struct banner *b)
{
	struct err e = err_make(m->arena);

	if (!banner_write_ready_file(b, &m->ready, &e))
		log_warning("eddy: --ready-file: %.*s", STR_ARG(e.message));
}

static void
serving_begins(struct master *m)
{
	struct banner banner = {
	    .settings = m->settings,
	    .listeners = &m->listeners.set,
	    .layout = m->start->layout,
	    .workers = worker_count(m),
	};

	bool with_watcher = is_restarted(m) || loop_timer_is_set(&m->patience);

	if (m->is_announced || !children_are_up(&m->children, with_watcher))
		return;
	loop_timer_clear(m->loop, &m->patience);
	m->is_announced = true;
	if (is_restarted(m)) {
		announce_again(m, &banner);
		restart_finish(m);
	} else if (!announce(m, &banner)) {
		lifecycle_leave(&m->life);
	}
}

/* The pages are served; what changes in them is told as soon as the watcher knows them all. */
static void
patience_over(struct loop_timer *timer)
{
	serving_begins(CONTAINER_OF(timer, struct master, patience));
}

static void
children_changed(struct children *f)
{
	struct master *m = master_of(f);

	if (m->life.is_leaving)
		return;
	builder_begin(&m->builder);
	serving_begins(m);
	restart_next(m);
}

static void
children_missed(struct children *f)
{
	master_of(f)->missed_change = true;
}

static const struct children_owner children_owner = {
    .message = child_message,
    .lost = child_lost,
    .changed = children_changed,
    .state = child_state,
    .missed = children_missed,
};

/* Questions */

static struct str
listening_url(const struct master *m, struct arena *a)
{
	return sock_url(a, &m->listeners.set, settings_scheme(m->settings));
}

static json_t *
inquiry_describe(struct inquiry *q)
{
	struct master *m = CONTAINER_OF(q, struct master, inquiry);
	struct arena scratch = arena_make(SCRATCH_BYTES);
	const char *directory = fs_real_path(&scratch, m->settings->directory);
	json_t *server = json_object();

	json_object_set_new(server, "version", json_string(EDDY_VERSION));
	json_object_set_new(server, "pid", json_integer(getpid()));
	json_object_set_new(server, "url", json_text(listening_url(m, &scratch)));
	json_object_set_new(server, "port", json_integer(sock_port(&m->listeners.set)));
	json_object_set_new(server, "directory", json_text(str_of(directory)));
	json_object_set_new(server, "layout", json_text(m->start->layout->description));
	json_object_set_new(server, "generation", json_integer(q->generation));
	json_object_set_new(server, "uptime_s", json_integer((clock_mono_us() - m->started_us) / 1000000));
	arena_free(&scratch);
	return server;
}

static void
inquiry_reload(struct inquiry *q)
{
	changes_reload_all(&CONTAINER_OF(q, struct master, inquiry)->changes);
}

static const struct inquiry_owner inquiry_owner = {.describe = inquiry_describe, .reload = inquiry_reload};

/* Leaving, and starting anew */

static struct master *
master_of_life(struct lifecycle *l)
{
	return CONTAINER_OF(l, struct master, life);
}

/* Requests are still under way. */
static void
stop_is_slow(struct loop_timer *timer)
{
	struct master *m = CONTAINER_OF(timer, struct master, patience);

	log_info("stopping: requests under way get up to %d s · Ctrl-C again leaves at once",
	    m->settings->grace_s);
}

static void
life_leaving(struct lifecycle *l)
{
	struct master *m = master_of_life(l);

	m->patience.due = stop_is_slow;
	loop_timer_set(m->loop, &m->patience, STOP_PATIENCE_MS);
}

static void
life_kill(struct lifecycle *l)
{
	children_kill(l->children);
}

static void
life_restart(struct lifecycle *l)
{
	struct master *m = master_of_life(l);

	restart_want(m, "SIGHUP", false);
	restart_next(m);
}

static void
life_reaped(struct lifecycle *l)
{
	restart_next(master_of_life(l));
}

static const struct lifecycle_owner life_owner = {
    .leaving = life_leaving,
    .kill = life_kill,
    .restart = life_restart,
    .reaped = life_reaped,
};

static void
on_reload(void *context, int signo UNUSED)
{
	struct master *m = context;

	changes_reload_all(&m->changes);
}

/* Starting */

static struct sock_request
listen_request(const struct master *m)
{
	return (struct sock_request){
	    .address = m->settings->address,
	    .port = (uint16_t)m->settings->port,
	    .port_is_given = settings_given(m->settings, &m->settings->port),
	    .has_second = m->settings->redirect_port >= 0,
	    .second_port = (uint16_t)MAX(m->settings->redirect_port, 0),
	};
}

static bool
listen_cold(struct master *m, struct err *e)
{
	struct sock_request request = listen_request(m);

	return listeners_open(&m->listeners, &request, e);
}

static bool
listen_warm(struct master *m, struct err *e)
{
	struct sock_request request = listen_request(m);
	int fd;

	if (!listeners_inherit(&m->listeners, &m->before, e))
		return false;
	fd = sock_next_fd(&m->listeners.set);
	for (size_t i = 0; i < m->before.child_count; i++)
		children_inherit(&m->children, &m->before.children[i], fd + (int)i);
	if (m->before.control != NULL)
		inquiry_resume(&m->inquiry, fd + (int)m->before.child_count, m->before.control);
	listeners_renew(&m->listeners, &request, &m->before);
	return true;
}

static bool
begin_cold(struct master *m, struct err *e)
{
	size_t children = (size_t)worker_count(m) + 2; /* with the watcher and the builder */

	return listen_cold(m, e) && children_may_start(children, e) && banner_write_pid_file(m->settings, e);
}

/* The old image is gone, so from here on nothing but the listeners may end this one. */
static bool
begin_warm(struct master *m, struct err *e)
{
	struct err ignored = err_make(e->arena);

	m->ready = m->before.ready;
	m->children.watched_since_ns = m->before.tried_ns;
	if (m->before.restarts_again)
		restart_want(m, m->before.cause, m->before.is_change);
	if (!listen_warm(m, e))
		return false;
	if (!banner_write_pid_file(m->settings, &ignored))
		log_warning("eddy: %.*s", STR_ARG(ignored.message));
	return true;
}

static void
children_begin(struct master *m)
{
	const struct settings *s = m->settings;
	struct children *f = &m->children;
	const char *image = image_path();

	f->listeners = &m->listeners.set;
	f->argv[CHILD_WORKER] =
	    settings_to_argv(m->arena, s, image, "worker", SETTINGS_SERVE | SETTINGS_GENERAL);
	f->argv[CHILD_WATCHER] =
	    settings_to_argv(m->arena, s, image, "watcher", SETTINGS_SERVE | SETTINGS_GENERAL);
	f->argv[CHILD_BUILDER] =
	    settings_to_argv(m->arena, s, image, "builder", SETTINGS_SERVE | SETTINGS_GENERAL);
	if (s->autoreload || s->livereload || builder_is_needed(&m->builder))
		children_start(f, CHILD_WATCHER, 0);
	if (builder_is_needed(&m->builder))
		children_start(f, CHILD_BUILDER, 0);
	for (int i = 0; i < worker_count(m); i++)
		children_start(f, CHILD_WORKER, i);
}

static void
history_take(struct master *m)
{
	if (m->before.changes == NULL || !changes_from_json(&m->changes, m->before.changes))
		history_begin(&m->changes.history);
	json_decref(m->before.changes);
	m->before.changes = NULL;
	changes_begin(&m->changes);
}

static bool
master_begin(struct master *m, struct err *e)
{
	history_take(m);
	m->inquiry.generation = m->before.generation;
	if (!(is_restarted(m) ? begin_warm(m, e) : begin_cold(m, e)))
		return false;
	m->started_us = m->before.started_us > 0 ? m->before.started_us : clock_mono_us();
	if (m->before.control == NULL)
		inquiry_begin(&m->inquiry, m->changes.history.boot);
	lifecycle_begin(&m->life, &m->before);
	loop_on_signal(m->loop, SIGUSR1, on_reload, m);
	children_begin(m);
	m->patience.due = patience_over;
	loop_timer_set(m->loop, &m->patience, WATCHER_PATIENCE_MS);
	return true;
}

static void
master_end(struct master *m)
{
	restart_cancel(&m->restart);
	inquiry_end(&m->inquiry);
	loop_timer_clear(m->loop, &m->patience);
	children_free(&m->children);
	changes_free(&m->changes);
	builder_free(&m->builder);
	sock_close(&m->listeners.set);
	loop_free(m->loop);
}

static int
master_serve(const struct master_start *start, const struct handover *before, struct arena *a, struct err *e)
{
	struct loop *loop = loop_new();
	struct master m = {
	    .start = start,
	    .settings = start->settings,
	    .arena = a,
	    .fault = e,
	    .before = *before,
	    .loop = loop,
	    .life = {.loop = loop, .owner = &life_owner},
	    .children = {.loop = loop, .owner = &children_owner, .grace_s = start->settings->grace_s},
	    .changes = {.loop = loop, .owner = &changes_owner},
	    .restart = {.loop = loop, .owner = &restart_owner, .argv = start->argv},
	    .inquiry = {.loop = loop, .owner = &inquiry_owner},
	};

	m.life.children = m.inquiry.children = m.builder.children = &m.children;
	m.builder.changes = &m.changes;
	m.life.restart = &m.restart;
	m.listeners.scheme = settings_scheme(m.settings);
	builder_make(&m.builder, a, m.settings);
	if (master_begin(&m, e)) {
		loop_run(loop);
		banner_remove_files(m.settings, m.ready);
		if (e->kind == ERR_NONE)
			banner_print_stop(&m.drained, m.life.exit_status == 0);
	}
	master_end(&m);
	return e->kind == ERR_NONE ? m.life.exit_status : err_kind_exit(e->kind);
}

int
master_run(const struct master_start *start, struct arena *a, struct err *e)
{
	struct handover before;

	handover_take(a, &before);
	if (before.generation == 0 && !banner_prepare(start->settings, e))
		return err_kind_exit(e->kind);
	return master_serve(start, &before, a, e);
}
