#include "run/builds.h"

#include "base/log.h"
#include "os/clock.h"

#include <stdlib.h>
#include <string.h>

enum {
	SCRATCH_BYTES = 1024,
	LATE_US = 300 * 1000, /* until the watcher has told of the last that a build wrote */
};

/* What concerns a build */

static bool
is_source(const struct build *build, const char *path)
{
	struct arena scratch;
	bool is;

	if (path == NULL || json_object_get(build->outputs, path) != NULL)
		return false;
	if (!build->has_glob)
		return true;
	scratch = arena_make(SCRATCH_BYTES);
	is = glob_match(&build->glob, scratch, str_of(path), false);
	arena_free(&scratch);
	return is;
}

/* Those paths that the build is to be run for, with their echoes. A new reference. */
static json_t *
triggers_find(const struct build *build, const json_t *paths, bool is_echo)
{
	json_t *found = json_object();

	for (size_t i = 0; i < json_array_size(paths); i++) {
		const char *path = json_string_value(json_array_get(paths, i));
		const json_t *before =
		    is_echo && path != NULL ? json_object_get(build->triggers, path) : NULL;

		if (is_source(build, path))
			json_object_set_new(
			    found, path, json_integer(before ? json_integer_value(before) + 1 : 0));
	}
	return found;
}

/* What echoes again and again is probably no source. If it is one, the run that is about to start has it all the same. */
static void
outputs_learn(struct build *build)
{
	const char *path;
	json_t *echoes;

	json_object_foreach(build->triggers, path, echoes)
	{
		if (json_integer_value(echoes) < BUILDS_ECHOES_MAX)
			continue;
		log_warning("eddy: '%s' changes %s whenever it runs, so that is taken for its output",
		    build->command, path);
		json_object_set_new(build->outputs, path, json_true());
	}
}

/* What changes though nothing is being built is no output. */
static void
outputs_forget(struct build *build, const json_t *paths)
{
	for (size_t i = 0; i < json_array_size(paths); i++)
		json_object_del(build->outputs, json_string_value(json_array_get(paths, i)));
}

static void
build_consider(struct build *build, const json_t *paths, int64_t since_us)
{
	bool is_echo =
	    build->started_us > 0 && since_us >= build->started_us && since_us < build->ended_us + LATE_US;
	json_t *triggers;

	if (!is_echo)
		outputs_forget(build, paths);
	triggers = triggers_find(build, paths, is_echo);
	if (build->is_wanted) {
		json_object_update_missing(build->triggers, triggers);
	} else if (json_object_size(triggers) > 0) {
		json_decref(build->triggers);
		build->triggers = json_incref(triggers);
		build->is_echo = is_echo;
		build->is_wanted = true;
		outputs_learn(build);
	}
	json_decref(triggers);
}

/* Running */

static struct build *
build_next(struct builds *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->all[i].is_wanted)
			return &b->all[i];
	return NULL;
}

/* Starts the next one. False where none is wanted, or none can be run. */
static bool
builds_run_next(struct builds *b)
{
	struct build *build = build_next(b);

	b->current = NULL;
	if (build == NULL || !b->owner->run(b, build->command, b->paths))
		return false;
	b->current = build;
	build->is_wanted = false;
	build->started_us = clock_mono_us();
	return true;
}

/* Whether some build is wanted, and each only for what has changed during its last run. */
static bool
are_all_echoes(const struct builds *b)
{
	bool is_some_wanted = false;

	for (size_t i = 0; i < b->count; i++) {
		if (b->all[i].is_wanted && !b->all[i].is_echo)
			return false;
		is_some_wanted |= b->all[i].is_wanted;
	}
	return is_some_wanted;
}

static void
end_tell(const struct build *build)
{
	log_event(build->is_echo ? LOG_DEBUG : LOG_INFO, "built", "%s (%.1f s)", build->command,
	    (double)(build->ended_us - build->started_us) / 1000000);
}

/* Public */

static void
builds_add(struct builds *b, struct build build)
{
	build.triggers = json_object();
	build.outputs = json_object();
	b->all[b->count++] = build;
}

void
builds_make(struct builds *b, struct arena *a, const struct settings *s)
{
	b->all = ARENA_ARRAY(a, struct build, s->builds.count + s->builds_on.count);
	for (size_t i = 0; i < s->builds.count; i++)
		builds_add(b, (struct build){.command = s->builds.items[i]});
	for (size_t i = 0; i < s->builds_on.count; i++) {
		const char *item = s->builds_on.items[i], *equals = strchr(item, '=');
		struct build build = {.command = equals + 1, .has_glob = true};

		if (glob_parse(a, str_make(item, (size_t)(equals - item)), &build.glob))
			builds_add(b, build);
	}
}

void
builds_free(struct builds *b)
{
	for (size_t i = 0; i < b->count; i++) {
		json_decref(b->all[i].triggers);
		json_decref(b->all[i].outputs);
	}
	b->count = 0;
}

bool
builds_are_failed(const struct builds *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->all[i].is_failed)
			return true;
	return false;
}

enum builds_begun
builds_start(struct builds *b, const json_t *batch, int64_t since_us)
{
	bool were_wanted = build_next(b) != NULL;

	b->paths = json_object_get(batch, "paths");
	for (size_t i = 0; i < b->count; i++) {
		if (json_array_size(b->paths) == 0)
			b->all[i].is_wanted = true;
		else
			build_consider(&b->all[i], b->paths, since_us);
	}
	if (!were_wanted && are_all_echoes(b) && !builds_are_failed(b))
		return BUILDS_LATER;
	return builds_run_next(b) ? BUILDS_STARTED : BUILDS_NONE;
}

void
builds_ended(struct builds *b, const json_t *end)
{
	struct build *build = b->current;
	const json_t *status = json_object_get(end, "status");

	if (build == NULL)
		return;
	build->ended_us = clock_mono_us();
	build->is_failed = !json_is_integer(status) || json_integer_value(status) != 0;
	b->current = NULL;
	if (!build->is_failed)
		end_tell(build);
	if (build->is_failed)
		b->owner->done(b, build->command, end ? end : json_null());
	else if (!builds_run_next(b))
		b->owner->done(b, build->command, NULL);
}
