#include "run/command.h"

#include "base/log.h"
#include "os/clock.h"
#include "os/fs.h"
#include "os/proc.h"
#include "os/signo.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LOOK_MS = 20,                 /* between two looks whether the group is gone */
	CHANGED_MAX_BYTES = 64 * KIB, /* of paths: a variable of more than 128 KiB can't be exec'd */
	SCRATCH_BYTES = 4096,
};

/* The paths that the next run is told of */

static void
changed_add(struct command *c, struct str paths)
{
	while (paths.len > 0) {
		struct str path = str_cut(&paths, '\n');

		if (c->changed_len + path.len + 1 > CHANGED_MAX_BYTES)
			return;
		c->changed = base_realloc(c->changed, c->changed_len + path.len + 1);
		memcpy(c->changed + c->changed_len, path.data, path.len);
		c->changed_len += path.len;
		c->changed[c->changed_len++] = '\n';
	}
}

/* "EDDY_CHANGED=…", without the last newline: shells take such values apart line by line. */
static const char *
changed_variable(struct arena *a, const struct command *c)
{
	size_t len = c->changed_len > 0 ? c->changed_len - 1 : 0;

	return str_cstr(a, str_format(a, COMMAND_CHANGED_VARIABLE "=%.*s", (int)len, len ? c->changed : ""));
}

/* The terminal */

/* The group that the shell knows eddy by: that of the process which started this one. */
static pid_t
group_of_eddy(void)
{
	return getpgid(getppid());
}

static void
terminal_take_back(struct command *c)
{
	if (c->has_terminal)
		tty_take_back(c->group, group_of_eddy(), &c->modes);
	c->has_terminal = false;
}

/* Ctrl-Z in the terminal that the command has is for eddy too, and for all that the shell started with it. */
static void
suspension_pass_on(struct command *c)
{
	if (!c->has_terminal)
		return;
	c->is_suspended = true;
	terminal_take_back(c);
	proc_signal_group(group_of_eddy(), SIGTSTP);
}

/* By the terminal, which it wants to read from, or to set, or where it was suspended. */
static void
command_halted(struct command *c, int signo)
{
	if (signo == SIGSTOP || c->is_suspended)
		return; /* somebody wants to look at it as it is, or will continue it */
	if (signo == SIGTSTP) {
		suspension_pass_on(c);
		return;
	}
	if (!c->has_terminal && !tty_give(group_of_eddy(), c->group, &c->modes)) {
		log_warning("eddy: the command waits for the terminal, which eddy doesn't have");
		return;
	}
	c->has_terminal = true;
	proc_signal_group(c->group, SIGCONT);
}

static void
terminal_clear(void)
{
	static const char clear[] = "\033[H\033[2J\033[3J";

	if (isatty(STDOUT_FILENO) && write(STDOUT_FILENO, clear, sizeof(clear) - 1) < 0)
		log_debug("the terminal could not be cleared");
}

/* Starting */

/* Programs expect what sd_listen_fds(3) hands over to block, and one before may have changed that. */
static void
listeners_reset(const struct sock_set *listeners)
{
	for (size_t i = 0; listeners != NULL && i < listeners->count; i++) {
		int fd = listeners->listeners[i].fd;

		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	}
}

void
command_set_output(struct command *c, int fd)
{
	if (c->output >= 0)
		close(c->output);
	c->output = fd;
}

static pid_t
command_spawn(struct command *c, struct err *e)
{
	const char *environment[] = {changed_variable(e->arena, c), NULL};
	struct proc_plan plan = {
	    .image = PROC_FOUND_IN_PATH,
	    .argv = c->argv,
	    .listeners = c->listeners,
	    .environment = environment,
	    .output = c->output,
	    .error_output = c->output,
	};

	listeners_reset(c->listeners);
	return proc_spawn(&plan, e);
}

/* What looks like a line of a shell is no program's name. */
static struct str
start_fault(const struct command *c, const struct err *e)
{
	if (strpbrk(c->argv[0], " \t\n|&;<>()$`*?~'\"") == NULL || fs_exists(c->argv[0]))
		return e->message;
	return str_format(e->arena, "%.*s (a shell runs a line: eddy run sh -c '...')", STR_ARG(e->message));
}

static void
command_start(struct command *c)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);
	pid_t pid;

	if (c->clears)
		terminal_clear();
	pid = command_spawn(c, &e);
	command_set_output(c, PROC_INHERIT);
	c->is_wanted = c->is_suspended = false;
	c->changed_len = 0;
	if (pid > 0) {
		c->pid = c->group = pid;
		c->owner->started(c);
	} else {
		struct command_end end = {.status = COMMAND_CANNOT_START, .text = start_fault(c, &e)};

		c->owner->ended(c, &end);
	}
	arena_free(&scratch);
}

/* Stopping */

static bool
is_gone(const struct command *c)
{
	return c->pid == 0 && !proc_group_exists(c->group);
}

/* What was stopped by the terminal gets the signal when it is continued. */
static void
stop_begin(struct command *c, int64_t grace_ms)
{
	c->is_stopping = true;
	c->is_killed = false;
	c->deadline_ms = clock_mono_ms() + grace_ms;
	proc_signal_group(c->group, c->stop_signal);
	proc_signal_group(c->group, SIGCONT);
	loop_timer_set(c->loop, &c->look, LOOK_MS);
}

static void
stop_enforce(struct command *c)
{
	if (!c->is_killed)
		log_warning(
		    "eddy: the command does not end on SIG%s, so it is killed", signo_name(c->stop_signal));
	c->is_killed = true;
	proc_signal_group(c->group, SIGKILL);
}

/* Towards what is wanted: the end of this run, then the next one or none. */
static void
command_proceed(struct command *c, int64_t grace_ms)
{
	if (!is_gone(c)) {
		if (!c->is_stopping)
			stop_begin(c, grace_ms);
		return;
	}
	loop_timer_clear(c->loop, &c->look);
	c->group = 0;
	c->is_stopping = false;
	if (c->is_wanted)
		command_start(c);
	else
		c->owner->stopped(c);
}

static void
look_due(struct loop_timer *timer)
{
	struct command *c = CONTAINER_OF(timer, struct command, look);

	if (!is_gone(c)) {
		if (clock_mono_ms() >= c->deadline_ms)
			stop_enforce(c);
		loop_timer_set(c->loop, timer, LOOK_MS);
		return;
	}
	command_proceed(c, c->grace_ms);
}

/* Ends */

static void
command_ended(struct command *c, int status)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	bool is_signal = WIFSIGNALED(status);
	struct command_end end = {
	    .status = is_signal ? PROC_SIGNAL_STATUS + WTERMSIG(status) : WEXITSTATUS(status),
	    .text = proc_describe_end(&scratch, status),
	    .was_asked = c->is_stopping,
	};

	end.was_interrupted = c->has_terminal && end.status == PROC_SIGNAL_STATUS + SIGINT;
	c->pid = 0;
	terminal_take_back(c);
	if (!proc_group_exists(c->group) && !c->is_stopping)
		c->group = 0;
	c->owner->ended(c, &end);
	if (c->is_stopping)
		loop_timer_set(c->loop, &c->look, 0);
	arena_free(&scratch);
}

/* Public */

bool
command_child(struct command *c, pid_t pid, int status)
{
	if (pid != c->pid)
		return false;
	if (WIFSTOPPED(status))
		command_halted(c, WSTOPSIG(status));
	else
		command_ended(c, status);
	return true;
}

void
command_run(struct command *c, struct str changed)
{
	c->look.due = look_due;
	changed_add(c, changed);
	c->is_wanted = true;
	command_proceed(c, c->grace_ms);
}

void
command_stop(struct command *c, int64_t grace_ms)
{
	c->look.due = look_due;
	c->is_wanted = false;
	if (c->is_stopping)
		c->deadline_ms = MIN(c->deadline_ms, clock_mono_ms() + grace_ms);
	command_proceed(c, grace_ms);
	if (grace_ms == 0)
		proc_signal_group(c->group, SIGKILL);
}

void
command_suspend(struct command *c)
{
	if (c->group == 0 || c->is_stopping)
		return;
	c->is_suspended = true;
	terminal_take_back(c);
	proc_signal_group(c->group, SIGTSTP);
}

void
command_resume(struct command *c)
{
	if (c->is_suspended)
		proc_signal_group(c->group, SIGCONT);
	c->is_suspended = false;
}

void
command_free(struct command *c)
{
	loop_timer_clear(c->loop, &c->look);
	command_set_output(c, PROC_INHERIT);
	free(c->changed);
}
