#include "run/builder.h"

#include "run/cause.h"
#include "run/report.h"

enum { SCRATCH_BYTES = 16 * 1024 };

/* The child, or NULL where it isn't ready. */
static struct child *
builder_child(const struct builder *b)
{
	struct child *child = children_find(b->children, CHILD_BUILDER, 0);

	return child != NULL && child->super.state == SUPER_READY ? child : NULL;
}

static bool
builds_run(struct builds *builds, const char *command, const json_t *paths)
{
	struct child *child = builder_child(CONTAINER_OF(builds, struct builder, builds));
	struct arena scratch = arena_make(SCRATCH_BYTES);
	bool is_sent = child != NULL && chan_send_json(&child->chan, CHAN_RUN,
					    json_pack("{s:s, s:s}", "command", command, "changed",
						cause_lines(&scratch, paths)));

	arena_free(&scratch);
	return is_sent;
}

static void
builds_done(struct builds *builds, const char *command, const json_t *fault)
{
	struct builder *b = CONTAINER_OF(builds, struct builder, builds);
	struct arena scratch = arena_make(SCRATCH_BYTES);
	const char *end = json_string_value(json_object_get(fault, "text"));
	struct str output = str_of(json_string_value(json_object_get(fault, "output")));
	struct changes_build result = {.is_mended = !builds_are_failed(builds)};

	if (fault != NULL) {
		end = end ? end : "the builder was killed";
		result.fault = report_of_build(command, end, output);
		result.report = str_format(&scratch, "%.*s%seddy: %s: %s\n", STR_ARG(output),
		    output.len == 0 || str_ends(output, STR("\n")) ? "" : "\n", command, end);
	}
	changes_built(b->changes, result);
	arena_free(&scratch);
}

static const struct builds_owner builds_owner = {.run = builds_run, .done = builds_done};

void
builder_make(struct builder *b, struct arena *a, const struct settings *s)
{
	b->builds.owner = &builds_owner;
	builds_make(&b->builds, a, s);
}

void
builder_free(struct builder *b)
{
	builds_free(&b->builds);
}

bool
builder_is_needed(const struct builder *b)
{
	return b->builds.count > 0;
}

void
builder_begin(struct builder *b)
{
	if (b->has_begun || builder_child(b) == NULL || children_are_starting(b->children, true))
		return;
	b->has_begun = true;
	changes_batch(b->changes, json_pack("{s:s, s:[]}", "kind", "source", "paths"));
}

bool
builder_build(struct builder *b, const json_t *batch, int64_t since_us)
{
	enum builds_begun begun = builds_start(&b->builds, batch, since_us);

	if (begun == BUILDS_LATER)
		changes_batch(b->changes,
		    json_pack("{s:s, s:O}", "kind", "source", "paths", json_object_get(batch, "paths")));
	return begun == BUILDS_STARTED;
}

void
builder_ended(struct builder *b, const json_t *end)
{
	builds_ended(&b->builds, end);
}

/* The next one builds all anew. */
void
builder_lost(struct builder *b)
{
	b->has_begun = false;
	builds_ended(&b->builds, NULL);
}
