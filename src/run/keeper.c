#include "run/keeper.h"

#include "os/proc.h"
#include "os/signo.h"
#include "run/chan.h"
#include "run/command.h"
#include "text/json.h"

#include <signal.h>

struct keeper {
	struct loop *loop;
	struct chan chan;
	struct sock_set listeners;
	struct command command;
	bool is_leaving;
};

static struct keeper *
keeper_of(struct command *c)
{
	return CONTAINER_OF(c, struct keeper, command);
}

static void
command_started(struct command *c)
{
	chan_send_json(&keeper_of(c)->chan, CHAN_STARTED, json_pack("{s:I}", "pid", (json_int_t)c->pid));
}

static void
command_ended(struct command *c, const struct command_end *end)
{
	chan_send_json(&keeper_of(c)->chan, CHAN_ENDED,
	    json_pack("{s:i, s:o, s:b, s:b}", "status", end->status, "text", json_text(end->text), "asked",
		end->was_asked, "interrupted", end->was_interrupted));
}

static void
command_stopped(struct command *c)
{
	struct keeper *k = keeper_of(c);

	if (k->is_leaving)
		loop_stop(k->loop);
}

static const struct command_owner command_owner = {
    .started = command_started,
    .ended = command_ended,
    .stopped = command_stopped,
};

static void
keeper_leave(struct keeper *k, int64_t grace_ms)
{
	k->is_leaving = true;
	command_stop(&k->command, grace_ms);
}

static void
chan_message(struct chan *c, enum chan_type type, struct str payload)
{
	struct keeper *k = CONTAINER_OF(c, struct keeper, chan);
	json_t *value = type == CHAN_RUN ? json_loadb(payload.data, payload.len, 0, NULL) : NULL;

	if (value != NULL && !k->is_leaving)
		command_run(&k->command, str_of(json_string_value(json_object_get(value, "changed"))));
	json_decref(value);
}

/* Who was told to leave twice leaves at once, and so does what belongs to him. */
static void
parent_is_gone(struct chan *c)
{
	struct keeper *k = CONTAINER_OF(c, struct keeper, chan);

	keeper_leave(k, k->is_leaving ? 0 : KEEPER_ORPHAN_GRACE_MS);
}

static const struct chan_events chan_events = {.message = chan_message, .closed = parent_is_gone};

static void
on_child(void *context, int signo UNUSED)
{
	struct keeper *k = context;
	int status;
	pid_t pid;

	while ((pid = proc_reap_or_stopped(&status)) > 0)
		command_child(&k->command, pid, status);
}

static void
on_leave(void *context, int signo UNUSED)
{
	struct keeper *k = context;

	keeper_leave(k, k->command.grace_ms);
}

static void
signals_begin(struct keeper *k)
{
	signal(SIGINT, SIG_IGN);  /* a Ctrl-C is for the master */
	signal(SIGTTOU, SIG_IGN); /* for os/tty.h */
	loop_on_signal(k->loop, SIGCHLD, on_child, k);
	loop_on_signal(k->loop, SIGTERM, on_leave, k);
}

int
keeper_main(const struct settings *s, struct arena *a, struct err *e)
{
	struct keeper k = {.loop = loop_new()};
	struct opt_list argv = s->operands;

	opt_list_add(a, &argv, NULL);
	if (!sock_adopt(&k.listeners, e))
		return err_kind_exit(e->kind);
	k.command = (struct command){
	    .loop = k.loop,
	    .owner = &command_owner,
	    .argv = argv.items,
	    .listeners = &k.listeners,
	    .output = PROC_INHERIT,
	    .stop_signal = signo_parse(str_of(s->signal)),
	    .grace_ms = 1000 * (int64_t)s->grace_s,
	    .clears = s->clear,
	};
	proc_adopt_orphans();
	signals_begin(&k);
	chan_open(&k.chan, k.loop, chan_inherited_fd(&k.listeners), &chan_events);
	chan_send_json(&k.chan, CHAN_READY, json_object());
	loop_run(k.loop);
	chan_close(&k.chan);
	command_free(&k.command);
	sock_close(&k.listeners);
	loop_free(k.loop);
	return 0;
}
