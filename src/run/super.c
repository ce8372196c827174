#include "run/super.h"

#include "base/log.h"
#include "os/clock.h"
#include "os/proc.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

enum {
	EARLY_END_MS = 10 * 1000,
	PAUSE_FIRST_MS = 100,
	PAUSE_MOST_MS = 10 * 1000,
	START_LIMIT_MS = 30 * 1000,
	KILL_MARGIN_MS = 500, /* a worker that keeps its own grace gets to say what it cut */
	SCRATCH_BYTES = 1024,
};

enum event { EVENT_START, EVENT_READY, EVENT_END, EVENT_DEADLINE, EVENT_STOP, EVENT_COUNT };

/* What is done on an event, and the state after it. A rule without an action ignores the event. */
struct rule {
	void (*act)(struct super *s);
	enum super_state next;
};

static void super_handle(struct super *s, enum event event);

static void
timer_due(struct loop_timer *timer)
{
	super_handle(CONTAINER_OF(timer, struct super, timer), EVENT_DEADLINE);
}

static void
timer_set(struct super *s, int64_t delay_ms)
{
	s->timer.due = timer_due;
	loop_timer_set(s->loop, &s->timer, delay_ms);
}

/* The pause before the next start; each early end doubles the one that would follow. */
static int64_t
pause_next(struct super *s)
{
	bool is_early = clock_mono_ms() - s->started_ms < EARLY_END_MS;
	int64_t pause_ms = is_early ? s->pause_ms : 0;

	s->pause_ms = MIN(MAX(2 * pause_ms, PAUSE_FIRST_MS), PAUSE_MOST_MS);
	return pause_ms;
}

static void
act_spawn(struct super *s)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);
	pid_t pid;

	s->started_ms = clock_mono_ms();
	pid = s->owner->start(s, &e);
	s->pid = MAX(pid, 0);
	timer_set(s, START_LIMIT_MS);
	if (pid < 0) {
		snprintf(s->last_end, sizeof(s->last_end), "%.*s", STR_ARG(e.message));
		super_handle(s, EVENT_END);
	}
	arena_free(&scratch);
}

static void
act_rest(struct super *s)
{
	loop_timer_clear(s->loop, &s->timer);
}

static void
act_replace(struct super *s)
{
	int64_t pause_ms = pause_next(s);

	if (pause_ms == 0)
		log_error("eddy: %s: %s; it is replaced", s->name, s->last_end);
	else
		log_error(
		    "eddy: %s: %s; it is replaced in %lld ms", s->name, s->last_end, (long long)pause_ms);
	timer_set(s, pause_ms); /* before the owner is told, who may stop it then */
	s->owner->ended(s);
}

static void
act_terminate(struct super *s)
{
	proc_signal(s->pid, SIGTERM);
	timer_set(s, s->grace_ms + KILL_MARGIN_MS);
}

static void
act_kill(struct super *s)
{
	log_error("eddy: %s (pid %ld) does not %s, so it is killed", s->name, (long)s->pid,
	    s->state == SUPER_STARTING ? "get ready" : "leave");
	proc_signal_group(s->pid, SIGKILL);
}

static void
act_leave(struct super *s)
{
	loop_timer_clear(s->loop, &s->timer);
	s->owner->ended(s);
}

static const struct rule rules[SUPER_STATE_COUNT][EVENT_COUNT] = {
    [SUPER_ABSENT] =
	{
	    [EVENT_START] = {act_spawn, SUPER_STARTING},
	},
    [SUPER_STARTING] =
	{
	    [EVENT_READY] = {act_rest, SUPER_READY},
	    [EVENT_END] = {act_replace, SUPER_BACKOFF},
	    [EVENT_DEADLINE] = {act_kill, SUPER_STARTING},
	    [EVENT_STOP] = {act_terminate, SUPER_DRAINING},
	},
    [SUPER_READY] =
	{
	    [EVENT_END] = {act_replace, SUPER_BACKOFF},
	    [EVENT_STOP] = {act_terminate, SUPER_DRAINING},
	},
    [SUPER_INHERITED] =
	{
	    [EVENT_END] = {act_leave, SUPER_ABSENT},
	    [EVENT_STOP] = {act_terminate, SUPER_DRAINING},
	},
    [SUPER_DRAINING] =
	{
	    [EVENT_END] = {act_leave, SUPER_ABSENT},
	    [EVENT_DEADLINE] = {act_kill, SUPER_DRAINING},
	},
    [SUPER_BACKOFF] =
	{
	    [EVENT_DEADLINE] = {act_spawn, SUPER_STARTING},
	    [EVENT_STOP] = {act_leave, SUPER_ABSENT},
	},
};

/* The state changes before the action, which may be an event itself: a start that failed. */
static void
super_handle(struct super *s, enum event event)
{
	const struct rule *rule = &rules[s->state][event];
	enum super_state before = s->state;

	if (rule->act == NULL)
		return;
	s->state = rule->next;
	rule->act(s);
	if (s->state != before)
		s->owner->changed(s);
}

void
super_start(struct super *s)
{
	super_handle(s, EVENT_START);
}

void
super_inherit(struct super *s, pid_t pid, int64_t drain_left_ms)
{
	s->pid = pid;
	s->state = SUPER_INHERITED;
	if (drain_left_ms < 0)
		return;
	s->state = SUPER_DRAINING;
	timer_set(s, drain_left_ms);
}

void
super_ready(struct super *s)
{
	super_handle(s, EVENT_READY);
}

/* Ends that are worth a line where no replacement tells of them. */
static bool
is_bad_end(const struct super *s, int status)
{
	return (s->state == SUPER_DRAINING || s->state == SUPER_INHERITED) && !proc_ended_well(status) &&
	       !(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

void
super_ended(struct super *s, int status)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct str end = proc_describe_end(&scratch, status);

	snprintf(s->last_end, sizeof(s->last_end), "%.*s", STR_ARG(end));
	arena_free(&scratch);
	if (is_bad_end(s, status))
		log_error("eddy: %s (pid %ld) was leaving: %s", s->name, (long)s->pid, s->last_end);
	s->pid = 0;
	super_handle(s, EVENT_END);
}

void
super_stop(struct super *s)
{
	super_handle(s, EVENT_STOP);
}

void
super_kill(struct super *s)
{
	proc_signal_group(s->pid, SIGKILL);
}

int64_t
super_drain_left_ms(const struct super *s)
{
	return s->state == SUPER_DRAINING ? MAX(s->timer.due_ms - clock_mono_ms(), 0) : -1;
}
