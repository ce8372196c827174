#include "run/children.h"

#include "base/log.h"
#include "os/clock.h"
#include "os/proc.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/*
 * Descriptors of a master. A child takes its channel, that as a restart hands it on, and that of its successor; the
 * rest are the control socket and who asks there, the pipes of a start or a trial, and the sockets as they are handed
 * on.
 */
enum { CHILD_DESCRIPTORS = 3, OTHER_DESCRIPTORS = 16 };

enum { WATCHER_GRACE_MS = 1000 };

static const char *const role_names[CHILD_ROLE_COUNT] = {
    [CHILD_WORKER] = "worker",
    [CHILD_WATCHER] = "watcher",
    [CHILD_KEEPER] = "keeper",
    [CHILD_BUILDER] = "builder",
};

static struct child *
child_of(struct super *s)
{
	return CONTAINER_OF(s, struct child, super);
}

void
children_set_counts(struct child *child, json_t *counts)
{
	json_decref(child->counts);
	child->counts = counts;
	child->is_counting = false;
}

/* Messages */

static void
chan_message(struct chan *c, enum chan_type type, struct str payload)
{
	struct child *child = CONTAINER_OF(c, struct child, chan);
	json_t *value = json_loadb(payload.data, payload.len, 0, NULL);

	if (type == CHAN_READY)
		super_ready(&child->super);
	else if (value != NULL)
		child->family->owner->message(child, type, value);
	else
		log_warning("eddy: %s sent a %s that is not JSON", child->name, chan_type_name(type));
	json_decref(value);
}

/* The child is gone or about to go: its end is told by wait(2). */
static void
chan_closed(struct chan *c UNUSED)
{
}

static const struct chan_events chan_events = {.message = chan_message, .closed = chan_closed};

/* Supervision */

/* Since when the process that is about to be started is to tell of changes, if it is a watcher. */
static int64_t
since_take(struct child *child)
{
	struct children *f = child->family;
	int64_t since_ns = f->watched_since_ns;

	if (child->role != CHILD_WATCHER || since_ns == 0)
		return clock_file_ns();
	f->watched_since_ns = 0;
	return since_ns;
}

/* Starts the process with one end of the pair as its control channel. */
static pid_t
child_spawn(struct child *child, int far_end, struct err *e)
{
	struct children *f = child->family;
	struct proc_plan plan = {
	    .image = PROC_RUNNING_IMAGE,
	    .argv = (const char *const *)f->argv[child->role],
	    .listeners = child->role == CHILD_WORKER || child->role == CHILD_KEEPER ? f->listeners : NULL,
	    .descriptors = &far_end,
	    .descriptor_count = 1,
	    .output = PROC_INHERIT,
	    .error_output = PROC_INHERIT,
	};

	return proc_spawn(&plan, e);
}

static pid_t
super_owner_start(struct super *s, struct err *e)
{
	struct child *child = child_of(s);
	int64_t since_ns = since_take(child);
	json_t *state;
	int ends[2];
	pid_t pid;

	if (!chan_make_pair(ends)) {
		err_set_errno(e, "no control channel");
		return -1;
	}
	pid = child_spawn(child, ends[1], e);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return -1;
	}
	chan_open(&child->chan, child->family->loop, ends[0], &chan_events);
	state = child->family->owner->state(child);
	json_object_set_new(state, "since_ns", json_integer(since_ns));
	chan_send_json(&child->chan, CHAN_STATE, state);
	return pid;
}

static void
legacy_close(struct child *child)
{
	if (child->legacy.fd <= 0)
		return;
	loop_remove(child->family->loop, &child->legacy);
	close(child->legacy.fd);
	child->legacy.fd = -1;
}

static void
super_owner_ended(struct super *s)
{
	struct child *child = child_of(s);

	chan_finish(&child->chan);
	legacy_close(child);
	children_set_counts(child, NULL);
	child->is_asking = false;
	child->family->owner->lost(child);
}

static void
super_owner_changed(struct super *s)
{
	struct children *f = child_of(s)->family;

	f->owner->changed(f);
}

static const struct super_owner super_owner = {
    .start = super_owner_start,
    .ended = super_owner_ended,
    .changed = super_owner_changed,
};

/* The list */

static struct child *
children_add(struct children *f, enum child_role role, int number)
{
	struct child *child = BASE_NEW(struct child);

	if (f->count == f->capacity) {
		f->capacity = f->capacity ? 2 * f->capacity : 4;
		f->all = base_realloc(f->all, f->capacity * sizeof(struct child *));
	}
	f->all[f->count++] = child;
	child->family = f;
	child->role = role;
	child->number = number;
	if (role == CHILD_WORKER)
		snprintf(child->name, sizeof(child->name), "worker %d", number);
	else
		snprintf(child->name, sizeof(child->name), "%s", role_names[role]);
	child->super = (struct super){
	    .loop = f->loop,
	    .owner = &super_owner,
	    .name = child->name,
	    .grace_ms = role == CHILD_WATCHER ? WATCHER_GRACE_MS : 1000 * (int64_t)f->grace_s,
	};
	return child;
}

void
children_sweep(struct children *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (f->all[i]->super.state == SUPER_ABSENT)
			free(f->all[i]);
		else
			f->all[kept++] = f->all[i];
	}
	f->count = kept;
}

bool
children_may_start(size_t count, struct err *e)
{
	size_t needed = count * CHILD_DESCRIPTORS + OTHER_DESCRIPTORS;

	if (proc_may_open(needed))
		return true;
	err_set_errno(e, "%zu more descriptors are needed", needed);
	err_set_hint(e, "'ulimit -n' sets how many there may be");
	return false;
}

void
children_start(struct children *f, enum child_role role, int number)
{
	super_start(&children_add(f, role, number)->super);
}

/* Something that we don't understand came from the watcher of the image before: it is enough to know that. */
static void
legacy_ready(struct loop_io *io, short revents)
{
	struct child *child = CONTAINER_OF(io, struct child, legacy);

	loop_remove(child->family->loop, io);
	if (revents & POLLIN)
		child->family->owner->missed(child->family);
}

void
children_inherit(struct children *f, const struct handover_child *inherited, int fd)
{
	struct child *child = children_add(f, inherited->is_watcher ? CHILD_WATCHER : CHILD_WORKER, -1);

	snprintf(child->name, sizeof(child->name), "old %s", inherited->is_watcher ? "watcher" : "worker");
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	child->legacy = (struct loop_io){.fd = fd, .events = POLLIN, .ready = legacy_ready};
	if (inherited->is_watcher && inherited->drain_left_ms < 0)
		loop_add(f->loop, &child->legacy);
	super_inherit(&child->super, inherited->pid, inherited->drain_left_ms);
}

bool
children_ended(struct children *f, pid_t pid, int status)
{
	for (size_t i = 0; i < f->count; i++) {
		if (f->all[i]->super.pid != pid)
			continue;
		super_ended(&f->all[i]->super, status);
		return true;
	}
	return false;
}

void
children_retire(struct children *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->all[i]->super.state == SUPER_INHERITED)
			super_stop(&f->all[i]->super);
}

void
children_stop(struct children *f)
{
	for (size_t i = 0; i < f->count; i++)
		super_stop(&f->all[i]->super);
}

bool
children_are_gone(const struct children *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->all[i]->super.state != SUPER_ABSENT)
			return false;
	return true;
}

void
children_kill(struct children *f)
{
	for (size_t i = 0; i < f->count; i++)
		super_kill(&f->all[i]->super);
}

bool
children_are_starting(const struct children *f, bool with_watcher)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->all[i]->super.state == SUPER_STARTING &&
		    (with_watcher || f->all[i]->role == CHILD_WORKER))
			return true;
	return false;
}

struct child *
children_find(const struct children *f, enum child_role role, int number)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->all[i]->role == role && f->all[i]->number == number)
			return f->all[i];
	return NULL;
}

struct child *
children_find_worker(const struct children *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->all[i]->role == CHILD_WORKER && f->all[i]->super.state == SUPER_READY)
			return f->all[i];
	return NULL;
}

bool
children_are_up(const struct children *f, bool with_watcher)
{
	return !children_are_starting(f, with_watcher) && children_find_worker(f) != NULL;
}

size_t
children_tell(struct children *f, json_t *event)
{
	char *text = json_dumps(event, JSON_COMPACT);
	size_t count = 0;

	for (size_t i = 0; i < f->count; i++)
		if (f->all[i]->role == CHILD_WORKER && f->all[i]->super.state == SUPER_READY)
			count += chan_send(&f->all[i]->chan, CHAN_EVENT, str_of(text));
	free(text);
	json_decref(event);
	return count;
}

void
children_announce_retirement(struct children *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->all[i]->role == CHILD_WORKER)
			chan_send(&f->all[i]->chan, CHAN_RETIRE, STR("{}"));
}

void
children_hand_over(const struct children *f, struct arena *a, struct handover *h, int **descriptors)
{
	h->children = ARENA_ARRAY(a, struct handover_child, f->count);
	*descriptors = ARENA_ARRAY(a, int, f->count + 1);
	h->child_count = 0;
	for (size_t i = 0; i < f->count; i++) {
		const struct child *child = f->all[i];

		if (child->super.pid == 0)
			continue;
		(*descriptors)[h->child_count] =
		    chan_is_open(&child->chan) ? child->chan.io.fd : child->legacy.fd;
		h->children[h->child_count++] = (struct handover_child){
		    .pid = child->super.pid,
		    .is_watcher = child->role == CHILD_WATCHER,
		    .drain_left_ms = super_drain_left_ms(&child->super),
		};
	}
}

void
children_free(struct children *f)
{
	for (size_t i = 0; i < f->count; i++) {
		chan_close(&f->all[i]->chan);
		legacy_close(f->all[i]);
		children_set_counts(f->all[i], NULL);
		loop_timer_clear(f->loop, &f->all[i]->super.timer);
		free(f->all[i]);
	}
	free(f->all);
	f->all = NULL;
	f->count = 0;
}
