#include "run/runner.h"

#include "base/log.h"
#include "os/clock.h"
#include "os/image.h"
#include "os/path.h"
#include "os/signo.h"
#include "run/banner.h"
#include "run/cause.h"
#include "run/lifecycle.h"
#include "run/listeners.h"
#include "run/scope.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SOCKET_ADDRESS "127.0.0.1" /* one socket: few programs take two */

enum {
	CHILDREN = 2,              /* the watcher and the keeper */
	WATCHER_PATIENCE_MS = 500, /* for a large tree to be watched before the command is run */
	CHANGED_MAX_PATHS = 4096,
	SHORT_RUN_MS = 3000,
	SHORT_RUNS_MAX = 5, /* in a row and for the same paths, before something is said */
	SCRATCH_BYTES = 16 * 1024,
};

struct runner {
	const struct settings *settings;
	struct settings watched; /* the same, as the watcher gets them */
	struct arena *arena;
	struct err *fault; /* of the start: set later than runner_begin, too */
	struct loop *loop;
	struct lifecycle life;
	struct listeners listeners;
	struct children children;
	struct restart restart;
	struct scope own;       /* the files that eddy itself depends on */
	struct handover before; /* what the image before this one told; all zero at a cold start */
	const char *ready;      /* what --ready-file holds, as this process wrote it; or NULL */
	struct loop_timer patience;

	/* The run that is wanted, as soon as the keeper can be told. */
	bool run_is_wanted;
	json_t *changed; /* paths */
	char cause[CAUSE_BYTES];

	/* The one that was told. */
	pid_t group; /* of the command; 0: nothing of it is left */
	int64_t started_ms;
	bool was_started; /* ever */
	bool was_wanted;  /* the keeper was told to run it, ever: with --no-initial it isn't at first */
	char last_cause[CAUSE_BYTES];
	int short_runs; /* in a row, each ended by the same paths */

	/* The restart that is being tried, or has been found good and waits for the command to end. */
	bool restart_is_wanted;
	bool is_becoming;
	int image;
	struct str image_settings;
};

/* Running the command */

static void
run_next(struct runner *r)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct child *keeper = children_find(&r->children, CHILD_KEEPER, 0);
	bool is_watched = !children_are_starting(&r->children, loop_timer_is_set(&r->patience));
	bool is_ready = keeper != NULL && keeper->super.state == SUPER_READY && is_watched;

	if (r->run_is_wanted && is_ready && !r->life.is_leaving && !restart_is_trying(&r->restart)) {
		r->run_is_wanted = false;
		r->was_wanted = true;
		chan_send_json(&keeper->chan, CHAN_RUN,
		    json_pack("{s:s}", "changed", cause_lines(&scratch, r->changed)));
		json_array_clear(r->changed);
	}
	arena_free(&scratch);
}

/* A command that writes what is watched is restarted for ever, and seldom means to be. */
static void
short_runs_count(struct runner *r)
{
	bool was_short = r->was_started && clock_mono_ms() - r->started_ms < SHORT_RUN_MS;
	bool is_same = *r->cause && strcmp(r->cause, r->last_cause) == 0;

	r->short_runs = was_short && is_same ? r->short_runs + 1 : 0;
	snprintf(r->last_cause, sizeof(r->last_cause), "%s", r->cause);
	if (r->short_runs == SHORT_RUNS_MAX)
		log_warning(
		    "eddy: %s changes again and again; if the command itself writes it, --ignore it, or "
		    "--watch what matters",
		    r->cause);
}

static void
announce(struct runner *r)
{
	struct banner banner = {.settings = r->settings, .listeners = &r->listeners.set};

	if (!banner_write_ready_file(&banner, &r->ready, r->fault) ||
	    !banner_tell_ready_fd(&banner, r->fault))
		lifecycle_leave(&r->life);
}

/* The port may be another one since the image before. */
static void
announce_again(struct runner *r)
{
	struct banner banner = {.settings = r->settings, .listeners = &r->listeners.set};
	struct err e = err_make(r->arena);

	if (!banner_write_ready_file(&banner, &r->ready, &e))
		log_warning("eddy: --ready-file: %.*s", STR_ARG(e.message));
}

static void
command_started(struct runner *r, const json_t *told)
{
	short_runs_count(r);
	r->group = (pid_t)json_integer_value(json_object_get(told, "pid"));
	r->started_ms = clock_mono_ms();
	r->life.exit_status = 0;
	if (*r->cause)
		log_event(LOG_INFO, "changed", "%s → %s, pid %ld", r->cause, r->settings->operands.items[0],
		    (long)r->group);
	if (!r->was_started && r->listeners.set.count > 0) {
		if (r->before.generation == 0)
			announce(r);
		else
			announce_again(r);
	}
	r->was_started = true;
}

/* Of its own accord: says so, and what comes next. */
static void
end_tell(struct runner *r, int status, const char *text)
{
	double took_s = (double)(clock_mono_ms() - r->started_ms) / 1000;

	if (r->group == 0)
		log_event(LOG_ERROR, "failed", "%s · a change tries again", text);
	else
		log_event(status == 0 ? LOG_INFO : LOG_WARNING, "ended",
		    "%s after %.1f s · a change runs it again", text, took_s);
}

static void
command_ended(struct runner *r, const json_t *end)
{
	int status = (int)json_integer_value(json_object_get(end, "status"));
	bool was_asked = json_is_true(json_object_get(end, "asked"));
	bool is_as_asked =
	    was_asked && status == PROC_SIGNAL_STATUS + signo_parse(str_of(r->settings->signal));

	r->life.exit_status = is_as_asked ? 0 : status;
	if (json_is_true(json_object_get(end, "interrupted")))
		lifecycle_leave(&r->life);
	else if (status == 0 && !was_asked && r->settings->until_success)
		lifecycle_leave(&r->life);
	else if (!was_asked)
		end_tell(r, status, json_string_value(json_object_get(end, "text")));
	if (!proc_group_exists(r->group))
		r->group = 0;
}

/* Listening */

static struct sock_request
listen_request(const struct settings *s)
{
	return (struct sock_request){
	    .address = s->address ? s->address : SOCKET_ADDRESS,
	    .port = (uint16_t)s->socket,
	    .port_is_given = true,
	};
}

/* Starting anew */

/* Whether the command runs after a restart, which is no reason for a first run. */
static bool
is_due(const struct runner *r)
{
	return r->was_wanted || r->run_is_wanted || json_array_size(r->changed) > 0;
}

static void
become_finish(struct runner *r)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);
	struct handover h = {
	    .generation = r->before.generation + 1,
	    .changes = json_pack("{s:O, s:b}", "changed", r->changed, "is_due", is_due(r)),
	    .cause = r->cause,
	    .tried_ns = r->restart.began_ns,
	    .restarts_again = r->restart_is_wanted,
	    .address = listen_request(r->settings).address,
	    .port = r->settings->socket,
	    .port_is_given = true,
	    .is_adopted = r->listeners.are_adopted,
	    .ready = r->ready,
	    .settings = r->image_settings,
	};
	struct proc_plan plan = {
	    .image = r->image,
	    .argv = r->settings->argv,
	    .listeners = &r->listeners.set,
	};

	lifecycle_become(&r->life, &plan, &h, &e);
	log_error("eddy: %.*s", STR_ARG(e.message));
	arena_free(&scratch);
}

static void
children_begin(struct runner *r)
{
	children_start(&r->children, CHILD_WATCHER, 0);
	children_start(&r->children, CHILD_KEEPER, 0);
	loop_timer_set(r->loop, &r->patience, WATCHER_PATIENCE_MS);
}

/* Once no child is left. */
static void
become_next(struct runner *r)
{
	if (!r->is_becoming || r->life.is_leaving || !children_are_gone(&r->children))
		return;
	become_finish(r);
	r->is_becoming = false;
	close(r->image);
	r->run_is_wanted = is_due(r);
	r->children.watched_since_ns = r->restart.began_ns;
	children_begin(r);
}

static void
restart_good(struct restart *restart, int image, struct str settings)
{
	struct runner *r = CONTAINER_OF(restart, struct runner, restart);

	if (r->life.is_leaving)
		return;
	r->image = fcntl(image, F_DUPFD_CLOEXEC, 0);
	r->image_settings = str_dup(r->arena, settings);
	r->is_becoming = true;
	children_stop(&r->children);
}

static void
restart_bad(struct restart *restart, struct str report)
{
	struct runner *r = CONTAINER_OF(restart, struct runner, restart);

	log_text(LOG_ERROR, report);
	log_event(LOG_ERROR, "refused", "%s → the old state goes on", r->cause);
}

static const struct restart_owner restart_owner = {.good = restart_good, .bad = restart_bad};

static void
restart_next(struct runner *r)
{
	if (!r->restart_is_wanted || r->life.is_leaving || r->is_becoming || restart_is_trying(&r->restart))
		return;
	r->restart_is_wanted = false;
	restart_try(&r->restart);
}

/* Changes */

static bool
is_own(const struct runner *r, const char *path)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct str full = *path == '/' ? str_of(path) : path_join(&scratch, r->own.directory, str_of(path));
	bool is = settle_classify(&r->own.rules, full) == SETTLE_RESTART;

	arena_free(&scratch);
	return is;
}

/* A change of eddy's own sources has the command run again only if eddy can be started anew. */
static void
batch_take(struct runner *r, const json_t *batch)
{
	const json_t *paths = json_object_get(batch, "paths");
	size_t count = json_array_size(paths);

	cause_describe(batch, r->cause);
	log_debug("seen: %s", r->cause);
	for (size_t i = 0; i < count; i++) {
		bool is_eddys = is_own(r, json_string_value(json_array_get(paths, i)));

		r->restart_is_wanted |= is_eddys;
		r->run_is_wanted |= !is_eddys;
		if (json_array_size(r->changed) < CHANGED_MAX_PATHS)
			json_array_append(r->changed, json_array_get(paths, i));
	}
	restart_next(r);
	run_next(r);
}

/* Children */

static struct runner *
runner_of(struct children *f)
{
	return CONTAINER_OF(f, struct runner, children);
}

static void
child_message(struct child *child, enum chan_type type, const json_t *payload)
{
	struct runner *r = runner_of(child->family);

	if (type == CHAN_BATCH)
		batch_take(r, payload);
	else if (type == CHAN_STARTED)
		command_started(r, payload);
	else if (type == CHAN_ENDED)
		command_ended(r, payload);
	else if (type == CHAN_NOTICE)
		log_warning("eddy: %s", json_string_value(json_object_get(payload, "text")));
}

/* Without its keeper nobody could end the command. */
static void
child_lost(struct child *child)
{
	struct runner *r = runner_of(child->family);

	if (child->role != CHILD_KEEPER || r->group == 0)
		return;
	proc_signal_group(r->group, SIGKILL);
	r->group = 0;
	r->run_is_wanted = true;
}

static void
children_changed(struct children *f)
{
	run_next(runner_of(f));
}

static json_t *
child_state(struct child *child UNUSED)
{
	return json_object();
}

static void
children_missed(struct children *f UNUSED)
{
}

static const struct children_owner children_owner = {
    .message = child_message,
    .lost = child_lost,
    .changed = children_changed,
    .state = child_state,
    .missed = children_missed,
};

static void
patience_over(struct loop_timer *timer)
{
	run_next(CONTAINER_OF(timer, struct runner, patience));
}

/* Leaving, and starting anew */

static struct runner *
runner_of_life(struct lifecycle *l)
{
	return CONTAINER_OF(l, struct runner, life);
}

static void
life_kill(struct lifecycle *l)
{
	proc_signal_group(runner_of_life(l)->group, SIGKILL);
}

static void
life_restart(struct lifecycle *l)
{
	struct runner *r = runner_of_life(l);

	snprintf(r->cause, sizeof(r->cause), "SIGHUP");
	r->restart_is_wanted = true;
	restart_next(r);
}

static void
life_reaped(struct lifecycle *l)
{
	struct runner *r = runner_of_life(l);

	restart_next(r);
	run_next(r);
	become_next(r);
}

static const struct lifecycle_owner life_owner = {
    .kill = life_kill,
    .restart = life_restart,
    .reaped = life_reaped,
};

static void
on_passed(void *context, int signo)
{
	proc_signal_group(((struct runner *)context)->group, signo);
}

static void
keeper_tell(struct runner *r, enum chan_type type)
{
	struct child *keeper = children_find(&r->children, CHILD_KEEPER, 0);

	if (keeper != NULL)
		chan_send_json(&keeper->chan, type, json_object());
}

static void
on_suspend(void *context, int signo UNUSED)
{
	keeper_tell(context, CHAN_SUSPEND);
	proc_suspend();
	keeper_tell(context, CHAN_RESUME);
}

static void
signals_begin(struct runner *r)
{
	static const int passed[] = {SIGUSR1, SIGUSR2, SIGWINCH};

	lifecycle_begin(&r->life, &r->before);
	for (size_t i = 0; i < COUNT_OF(passed); i++)
		loop_on_signal(r->loop, passed[i], on_passed, r);
	if (!proc_ignores(SIGTSTP))
		loop_on_signal(r->loop, SIGTSTP, on_suspend, r);
}

/* Starting */

static bool
listen_cold(struct runner *r, struct err *e)
{
	const struct settings *s = r->settings;
	struct sock_request request = listen_request(s);

	if (!listeners_open(&r->listeners, s->socket >= 0 ? &request : NULL, e))
		return false;
	if (r->listeners.set.count == 0 && (s->ready_fd >= 0 || s->ready_file != NULL))
		return err_set(e, ERR_USAGE, ERR_NOWHERE,
		    "--ready-fd and --ready-file tell where --socket listens, and there is none");
	return true;
}

static bool
listen_warm(struct runner *r, struct err *e)
{
	struct sock_request request = listen_request(r->settings);

	if (!listeners_inherit(&r->listeners, &r->before, e))
		return false;
	listeners_renew(&r->listeners, r->settings->socket >= 0 ? &request : NULL, &r->before);
	return true;
}

static void
banner_say(const struct runner *r)
{
	const struct settings *s = r->settings;
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct buf command = buf_make(&scratch), watched = buf_make(&scratch);
	struct str url = sock_url(&scratch, &r->listeners.set, STR("http"));

	for (size_t i = 0; i < s->operands.count; i++)
		buf_addf(&command, " %s", s->operands.items[i]);
	for (size_t i = 0; i < r->watched.watch.count; i++)
		buf_addf(&watched, " %s", r->watched.watch.items[i]);
	log_info("eddy " EDDY_VERSION "  runs%.*s", STR_ARG(buf_str(&command)));
	log_info("  watches%.*s%s%.*s · pid %ld", STR_ARG(buf_str(&watched)), url.len ? " · holds " : "",
	    STR_ARG(url), (long)getpid());
	log_info("  Ctrl-C stops · eddy run --help");
	arena_free(&scratch);
}

static bool
begin_cold(struct runner *r, struct err *e)
{
	const struct settings *s = r->settings;

	if (!listen_cold(r, e) || !children_may_start(CHILDREN, e) || !banner_write_pid_file(s, e))
		return false;
	r->run_is_wanted = s->initial;
	banner_say(r);
	return true;
}

static bool
begin_warm(struct runner *r, struct err *e)
{
	json_t *changed = json_object_get(r->before.changes, "changed");

	r->children.watched_since_ns = r->before.tried_ns;
	r->restart_is_wanted = r->before.restarts_again;
	if (!listen_warm(r, e))
		return false;
	if (json_is_array(changed))
		json_array_extend(r->changed, changed);
	snprintf(r->cause, sizeof(r->cause), "%s", r->before.cause ? r->before.cause : "");
	r->ready = r->before.ready;
	r->run_is_wanted = json_is_true(json_object_get(r->before.changes, "is_due"));
	return true;
}

/* Every change asks for the same, as those of eddy's own sources do: so all that is watched is --watch. */
static struct settings
settings_watched(struct arena *a, const struct settings *s)
{
	struct settings watched = *s;

	watched.autoreload = true;
	watched.livereload = false;
	watched.layout = SETTINGS_LAYOUT_PLAIN;
	if (watched.watch.count == 0)
		opt_list_add(a, &watched.watch, s->directory);
	return watched;
}

static void
children_prepare(struct runner *r)
{
	struct children *f = &r->children;
	const char *image = image_path();
	char **keeper =
	    settings_to_argv(r->arena, r->settings, image, "keeper", SETTINGS_RUN | SETTINGS_GENERAL);

	f->listeners = &r->listeners.set;
	f->argv[CHILD_WATCHER] =
	    settings_to_argv(r->arena, &r->watched, image, "watcher", SETTINGS_SERVE | SETTINGS_GENERAL);
	f->argv[CHILD_KEEPER] = settings_append_operands(r->arena, keeper, &r->settings->operands);
}

static bool
runner_begin(struct runner *r, struct err *e)
{
	struct settings own = settings_watched(r->arena, r->settings);

	r->watched = own;
	own.watch.count = 0;
	scope_make(r->arena, &r->own, &own);
	if (!(r->before.generation > 0 ? begin_warm(r, e) : begin_cold(r, e)))
		return false;
	proc_adopt_orphans(); /* those of a keeper that is killed */
	signals_begin(r);
	children_prepare(r);
	r->patience.due = patience_over;
	children_begin(r);
	return true;
}

static void
runner_end(struct runner *r)
{
	restart_cancel(&r->restart);
	loop_timer_clear(r->loop, &r->patience);
	children_free(&r->children);
	json_decref(r->changed);
	json_decref(r->before.changes);
	sock_close(&r->listeners.set);
	loop_free(r->loop);
}

int
runner_run(const struct settings *s, struct arena *a, struct err *e)
{
	static struct runner r; /* what is ignored is known as long as the process lives */
	struct loop *loop;
	struct handover before;

	handover_take(a, &before);
	if (before.generation == 0 && !banner_prepare(s, e))
		return err_kind_exit(e->kind);
	loop = loop_new();
	r = (struct runner){
	    .settings = s,
	    .arena = a,
	    .fault = e,
	    .before = before,
	    .loop = loop,
	    .life = {.loop = loop, .owner = &life_owner, .children = &r.children, .restart = &r.restart},
	    .changed = json_array(),
	    .listeners = {.scheme = STR("http")},
	    .children = {.loop = loop, .owner = &children_owner, .grace_s = s->grace_s},
	    .restart = {.loop = loop, .owner = &restart_owner, .argv = s->argv},
	};

	if (runner_begin(&r, e)) {
		loop_run(loop);
		banner_remove_files(s, r.ready);
	}
	runner_end(&r);
	return e->kind == ERR_NONE ? r.life.exit_status : err_kind_exit(e->kind);
}
