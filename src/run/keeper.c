#include "run/keeper.h"

#include "os/proc.h"
#include "os/signo.h"
#include "run/capture.h"
#include "run/chan.h"
#include "run/command.h"
#include "text/json.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct keeper {
	struct loop *loop;
	struct chan chan;
	struct sock_set listeners;
	struct command command;
	bool is_leaving;

	/* Of the builder. */
	bool is_builder;
	char *shell_command; /* of the build under way */
	const char *shell_argv[4];
	struct capture output;
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
	struct keeper *k = keeper_of(c);

	chan_send_json(&k->chan, CHAN_ENDED,
	    json_pack("{s:i, s:o, s:b, s:b, s:o}", "status", end->status, "text", json_text(end->text),
		"asked", end->was_asked, "interrupted", end->was_interrupted, "output",
		json_text(capture_take(&k->output))));
	capture_close(&k->output);
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

/* Its standard input is empty: a build that asked would wait for ever. */
static void
build_run(struct keeper *k, const char *command, struct str changed)
{
	command_set_output(&k->command, capture_open(&k->output, k->loop));
	free(k->shell_command);
	k->shell_command = strdup(command);
	k->shell_argv[0] = "sh";
	k->shell_argv[1] = "-c";
	k->shell_argv[2] = k->shell_command;
	k->command.argv = k->shell_argv;
	command_run(&k->command, changed);
}

static void
message_run(struct keeper *k, const json_t *message)
{
	struct str changed = str_of(json_string_value(json_object_get(message, "changed")));
	const char *command = json_string_value(json_object_get(message, "command"));

	if (!k->is_builder)
		command_run(&k->command, changed);
	else if (command != NULL)
		build_run(k, command, changed);
}

static void
chan_message(struct chan *c, enum chan_type type, struct str payload)
{
	struct keeper *k = CONTAINER_OF(c, struct keeper, chan);
	json_t *value = type == CHAN_RUN ? json_loadb(payload.data, payload.len, 0, NULL) : NULL;

	if (value != NULL && !k->is_leaving)
		message_run(k, value);
	else if (type == CHAN_SUSPEND)
		command_suspend(&k->command);
	else if (type == CHAN_RESUME)
		command_resume(&k->command);
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
	signal(SIGTTOU, SIG_IGN); /* for os/tty.h, and for what it writes under `stty tostop` */
	loop_on_signal(k->loop, SIGCHLD, on_child, k);
	loop_on_signal(k->loop, SIGTERM, on_leave, k);
}

static int
keeper_run(struct keeper *k, const struct settings *s, struct err *e)
{
	k->loop = loop_new();
	k->command.loop = k->loop;
	k->command.owner = &command_owner;
	k->command.grace_ms = 1000 * (int64_t)s->grace_s;
	if (!sock_adopt(&k->listeners, e))
		return err_kind_exit(e->kind);
	proc_adopt_orphans();
	signals_begin(k);
	chan_open(&k->chan, k->loop, chan_inherited_fd(&k->listeners), &chan_events);
	chan_send_json(&k->chan, CHAN_READY, json_object());
	loop_run(k->loop);
	chan_close(&k->chan);
	capture_close(&k->output);
	command_free(&k->command);
	free(k->shell_command);
	sock_close(&k->listeners);
	loop_free(k->loop);
	return 0;
}

int
keeper_main(const struct settings *s, struct arena *a, struct err *e)
{
	struct keeper k = {0};
	struct opt_list argv = s->operands;

	opt_list_add(a, &argv, NULL);
	k.command = (struct command){
	    .argv = argv.items,
	    .listeners = &k.listeners,
	    .output = PROC_INHERIT,
	    .stop_signal = signo_parse(str_of(s->signal)),
	    .clears = s->clear,
	};
	return keeper_run(&k, s, e);
}

int
keeper_main_of_builds(const struct settings *s, struct err *e)
{
	struct keeper k = {.is_builder = true, .command = {.output = PROC_INHERIT, .stop_signal = SIGTERM}};
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (nothing >= 0)
		dup2(nothing, STDIN_FILENO);
	return keeper_run(&k, s, e);
}
