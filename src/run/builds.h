/*
 * Builds: the shell commands of --build and --build-on, run when their sources change, one after
 * another in the order of the settings, and all of them once at the start.
 *
 * The sources of --build are all files that are watched, those of --build-on the ones that its pattern speaks of. What
 * changes while a build runs may be a source that was saved, or the build's own output: it has the build run once
 * more, after browsers were told of it. A path that has caused BUILDS_ECHOES_MAX such runs in a row causes the last one, and is
 * taken for output until it changes while nothing is built.
 */
#ifndef EDDY_BUILDS_H
#define EDDY_BUILDS_H

#include "text/glob.h"
#include "text/settings.h"

#include <jansson.h>

enum { BUILDS_ECHOES_MAX = 3 };

struct builds;

struct builds_owner {
	/* Has the builder run it; it answers by builds_ended. False where there is no builder. */
	bool (*run)(struct builds *b, const char *command, const json_t *paths);

	/* What builds_start has begun is through. `fault` is NULL, or the end of the one that failed, as ENDED tells it. */
	void (*done)(struct builds *b, const char *command, const json_t *fault);
};

struct build {
	const char *command;
	bool has_glob; /* else every path is a source */
	struct glob glob;

	bool is_wanted;
	bool is_failed;
	bool is_echo; /* the last run was for what had changed during the run before */
	json_t *
	    triggers; /* of the last run: an object of paths, each with how many runs in a row it has echoed */
	json_t *outputs;    /* paths that are taken for it */
	int64_t started_us; /* of the last run; 0: there was none */
	int64_t ended_us;
};

struct builds {
	const struct builds_owner *owner;
	struct arena *arena;
	struct build *all;
	size_t count;
	struct build *current; /* the one that runs, or NULL */
	const json_t *paths;   /* what they run for */
};

/* Those of the settings. The owner has been filled in. */
void builds_make(struct builds *b, struct arena *a, const struct settings *s);
void builds_free(struct builds *b);

enum builds_begun {
	BUILDS_NONE,    /* there is nothing to be built */
	BUILDS_STARTED, /* `done` will be called */
	BUILDS_LATER,   /* to be started by the next batch, whatever it is: this one is to be told first */
};

/*
 * What is to be built because of the batch, which came at that time and stays where it is until `done`. A batch
 * without paths is the start: it asks for all.
 */
enum builds_begun builds_start(struct builds *b, const json_t *batch, int64_t since_us);

/* The builder tells ENDED, or has gone itself: NULL. */
void builds_ended(struct builds *b, const json_t *end);

/* Whether the last run of some build failed. */
bool builds_are_failed(const struct builds *b);

#endif
