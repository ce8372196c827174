/*
 * The builder, as the master sees it: the child that runs what run/builds.h says is to be run, while the change
 * that it is run for waits (run/changes.h).
 */
#ifndef EDDY_BUILDER_H
#define EDDY_BUILDER_H

#include "run/builds.h"
#include "run/changes.h"
#include "run/children.h"

/* The owner fills in the first two. */
struct builder {
	struct children *children;
	struct changes *changes;

	struct builds builds;
	bool has_begun; /* all builds have been asked for */
};

void builder_make(struct builder *b, struct arena *a, const struct settings *s);
void builder_free(struct builder *b);

/* Whether there is anything to be built. */
bool builder_is_needed(const struct builder *b);

/*
 * Some child's state has changed: asks for all builds, once, when all children are ready. Nobody knows what has
 * changed before the start, and what a build writes is told of only where the watcher has been there before it.
 */
void builder_begin(struct builder *b);

/*
 * Runs what the batch concerns, which came at that time; changes_built is called when that is through. False where
 * it concerns nothing.
 */
bool builder_build(struct builder *b, const json_t *batch, int64_t since_us);

/* The builder tells ENDED; its process has ended. */
void builder_ended(struct builder *b, const json_t *end);
void builder_lost(struct builder *b);

#endif
