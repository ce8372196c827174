#include "run/restart.h"

#include "base/log.h"
#include "os/clock.h"
#include "os/image.h"
#include "os/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	TRY_LIMIT_MS = 5000,
	SCRATCH_BYTES = 4096,
};

/* The trial */

static void
trial_close(struct restart *r)
{
	loop_timer_clear(r->loop, &r->limit);
	capture_close(&r->settings);
	capture_close(&r->faults);
	if (r->image >= 0)
		close(r->image);
	r->image = -1;
	r->pid = 0;
}

static void
limit_due(struct loop_timer *timer)
{
	struct restart *r = CONTAINER_OF(timer, struct restart, limit);

	r->is_late = true;
	proc_signal_group(r->pid, SIGKILL);
}

/* The user's argv with the hidden command before it. */
static const char *const *
trial_argv(struct arena *a, const char *const *argv)
{
	size_t count = 0;
	const char **made;

	while (argv[count] != NULL)
		count++;
	made = ARENA_ARRAY(a, const char *, count + 2);
	made[0] = image_path();
	made[1] = RESTART_TRY_COMMAND;
	for (size_t i = 1; i < count; i++)
		made[i + 1] = argv[i];
	return made;
}

static bool
trial_spawn(struct restart *r, struct err *e)
{
	int output = capture_open(&r->settings, r->loop);
	int error_output = capture_open(&r->faults, r->loop);
	struct proc_plan plan = {
	    .image = r->image,
	    .argv = trial_argv(e->arena, r->argv),
	    .output = output,
	    .error_output = error_output,
	};
	bool has_pipes = output >= 0 && error_output >= 0;

	r->pid = has_pipes ? proc_spawn(&plan, e) : -1;
	if (!has_pipes)
		err_set_errno(e, "no pipe to try the new image");
	if (output >= 0)
		close(output);
	if (error_output >= 0)
		close(error_output);
	return r->pid > 0;
}

static bool
trial_start(struct restart *r, struct err *e)
{
	const char *path = image_path();

	r->image = image_open(path, e);
	if (r->image < 0)
		return false;
	if (!fs_stat_fd(r->image, &r->stat) || !image_is_complete(r->image))
		return err_set(e, ERR_OS, ERR_NOWHERE, "'%s' is not complete", path);
	return trial_spawn(r, e);
}

/* Whether the file is still what it was when it was opened: the trial may have run other bytes. */
static bool
image_is_unchanged(const struct restart *r)
{
	struct fs_stat now;

	return fs_stat_fd(r->image, &now) && now.key.size_bytes == r->stat.key.size_bytes &&
	       now.key.mtime_ns == r->stat.key.mtime_ns;
}

static void
trial_fail(struct restart *r, struct arena *a, const char *reason)
{
	struct buf report = buf_make(a);

	buf_add(&report, capture_take(&r->faults));
	if (report.len > 0 && report.data[report.len - 1] != '\n')
		buf_add_char(&report, '\n');
	if (report.len == 0 || reason != NULL)
		buf_addf(&report, "eddy: %s: %s\n", image_path(), reason ? reason : "it failed silently");
	trial_close(r);
	r->owner->bad(r, buf_str(&report));
}

static void
trial_judge(struct restart *r, struct arena *a, int status)
{
	struct str settings = capture_take(&r->settings);

	if (r->is_late)
		trial_fail(r, a, "the new image did not get ready in time");
	else if (WIFSIGNALED(status))
		trial_fail(r, a, str_cstr(a, proc_describe_end(a, status)));
	else if (!proc_ended_well(status))
		trial_fail(r, a, NULL);
	else if (!str_ends(settings, STR("\0")))
		trial_fail(r, a, "it is no eddy");
	else if (!image_is_unchanged(r))
		trial_fail(r, a, "changed while it was tried");
	else {
		log_text(LOG_INFO, capture_take(&r->faults));
		r->owner->good(r, r->image, settings);
		trial_close(r);
	}
}

/* Public */

void
restart_try(struct restart *r)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);

	r->is_late = false;
	r->began_ns = clock_file_ns();
	r->limit.due = limit_due;
	if (trial_start(r, &e)) {
		loop_timer_set(r->loop, &r->limit, TRY_LIMIT_MS);
	} else {
		trial_close(r);
		r->owner->bad(r, str_format(&scratch, "eddy: %.*s\n", STR_ARG(e.message)));
	}
	arena_free(&scratch);
}

bool
restart_is_trying(const struct restart *r)
{
	return r->pid > 0;
}

bool
restart_ended(struct restart *r, pid_t pid, int status)
{
	struct arena scratch;

	if (!restart_is_trying(r) || pid != r->pid)
		return false;
	scratch = arena_make(SCRATCH_BYTES);
	trial_judge(r, &scratch, status);
	arena_free(&scratch);
	return true;
}

void
restart_cancel(struct restart *r)
{
	if (!restart_is_trying(r))
		return;
	proc_signal_group(r->pid, SIGKILL);
	trial_close(r);
}
