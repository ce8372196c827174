#include "run/lifecycle.h"

#include "base/log.h"
#include "os/clock.h"

#include <signal.h>

/*
 * What comes sooner after the first signal is the same wish: timeout(1), and whoever stops a service, send one to the
 * process and one to its group. Nobody who has seen that the first didn't do is as fast.
 */
enum { SECOND_SIGNAL_MS = 250 };

static void
stop_if_alone(struct lifecycle *l)
{
	if (l->is_leaving && children_are_gone(l->children))
		loop_stop(l->loop);
}

void
lifecycle_leave(struct lifecycle *l)
{
	if (l->is_leaving)
		return;
	l->is_leaving = true;
	l->leaving_since_ms = clock_mono_ms();
	if (l->owner->leaving != NULL)
		l->owner->leaving(l);
	restart_cancel(l->restart);
	children_stop(l->children);
	stop_if_alone(l);
}

static void
on_child(void *context, int signo UNUSED)
{
	struct lifecycle *l = context;
	int status;
	pid_t pid;

	while ((pid = proc_reap(&status)) > 0)
		if (!restart_ended(l->restart, pid, status))
			children_ended(l->children, pid, status);
	children_sweep(l->children);
	stop_if_alone(l);
	l->owner->reaped(l);
}

static void
on_leave(void *context, int signo)
{
	struct lifecycle *l = context;

	if (signo == SIGINT && log_is_terminal())
		log_text(LOG_INFO, STR("\r")); /* over the ^C that the terminal shows */
	if (!l->is_leaving) {
		lifecycle_leave(l);
		return;
	}
	if (clock_mono_ms() - l->leaving_since_ms < SECOND_SIGNAL_MS)
		return;
	l->owner->kill(l);
	l->exit_status = PROC_SIGNAL_STATUS + signo;
	loop_stop(l->loop);
}

static void
on_hangup(void *context, int signo UNUSED)
{
	struct lifecycle *l = context;

	if (l->leaves_with_terminal && !proc_has_terminal())
		lifecycle_leave(l);
	else
		l->owner->restart(l);
}

void
lifecycle_begin(struct lifecycle *l, const struct handover *before)
{
	if (before->generation > 0)
		l->leaves_with_terminal = before->leaves_with_terminal;
	else
		l->leaves_with_terminal = proc_has_terminal() && !proc_ignores(SIGHUP);
	loop_on_signal(l->loop, SIGCHLD, on_child, l);
	loop_on_signal(l->loop, SIGTERM, on_leave, l);
	loop_on_signal(l->loop, SIGINT, on_leave, l);
	loop_on_signal(l->loop, SIGHUP, on_hangup, l);
	on_child(l, SIGCHLD);
}

void
lifecycle_become(struct lifecycle *l, struct proc_plan *plan, struct handover *h, struct err *e)
{
	const char *environment[] = {NULL, NULL};

	h->leaves_with_terminal = l->leaves_with_terminal;
	environment[0] = handover_to_variable(h, e);
	json_decref(h->changes);
	if (environment[0] == NULL)
		return;
	plan->environment = environment;
	plan->output = plan->error_output = PROC_INHERIT;
	loop_freeze_signals(l->loop);
	proc_become(plan, e);
	loop_thaw_signals(l->loop);
}
