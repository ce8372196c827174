/*
 * Settling: turns hints that a path may have changed into batches of changes
 * that are worth telling.
 *
 * - Whether a file has changed at all is asked of the owner (settle_look), who
 *   compares content. Nothing here touches a file or reads a clock; times are
 *   milliseconds of the owner's clock.
 * - A change is told at once, unless the time since the last batch was not quiet for
 *   SETTLE_QUIET_MS yet. Then it is gathered with what follows, until SETTLE_QUIET_MS were
 *   quiet and no file waits, for SETTLE_CEILING_MS at most. So a burst of changes is two batches: its
 *   first change, and all others.
 * - That it was quiet is known only once everything that happened until now has been noted: the
 *   owner says whether it is so. On a busy machine notes come late.
 * - A file that was emptied or deleted may be half way through being saved:
 *   it has SETTLE_BLANK_MS to get its content, and if that is the old
 *   content, nothing has happened.
 * - A file never seen before may be one that is to be renamed over another
 *   in a moment, as `sed -i` does: it waits SETTLE_NEW_MS.
 * - Files whose time is up are gathered, too, so that a directory that is
 *   copied or deleted makes one batch.
 * - A batch is a set of paths; its kind is the strongest of theirs.
 */
#ifndef EDDY_SETTLE_H
#define EDDY_SETTLE_H

#include "base/str.h"

enum {
	SETTLE_QUIET_MS = 20,
	SETTLE_BLANK_MS = 150,
	SETTLE_NEW_MS = 40,
	SETTLE_CEILING_MS = 1000,
};

/* What a change asks for, the strongest last. */
enum settle_kind {
	SETTLE_SOURCE,  /* nothing by itself: it is no part of the site, but a build may be made from it */
	SETTLE_IMAGE,   /* replace the image in the page */
	SETTLE_CSS,     /* replace the style sheet in the page */
	SETTLE_PAGE,    /* reload the page */
	SETTLE_RESTART, /* eddy itself, or what it was started with, has changed */
};

/* "source", "image", "css", "page", "restart" */
const char *settle_kind_name(enum settle_kind kind);

/* What the kind of a path is found by. All paths are absolute; nothing is owned. */
struct settle_rules {
	struct str templates; /* the templates' directory, or empty */

	/* What the site is made of; of 0 paths: of all that is watched. */
	const struct str *site;
	size_t site_count;

	/* Files, and directories with all that is in them, that make eddy restart. */
	const struct str *restart;
	size_t restart_count;
	struct str restart_name; /* of a file that does so wherever it lies; may be empty */
};

enum settle_kind settle_classify(const struct settle_rules *rules, struct str path);

/* What has become of a file since it was last told, or first seen. */
enum settle_state {
	SETTLE_SAME,
	SETTLE_CHANGED,
	SETTLE_BLANK, /* it is empty or gone, and wasn't */
	SETTLE_NEW,   /* it has content and was never seen */
};

/*
 * Looks at the file. Where the answer is SETTLE_CHANGED the file's state, as
 * it was seen, counts as told from then on. `is_final` admits of SETTLE_SAME and SETTLE_CHANGED only.
 */
typedef enum settle_state settle_look(void *context, struct str path, bool is_final);

struct settle_options {
	settle_look *look;
	void *context;
	struct settle_rules rules;
};

struct settle_batch {
	enum settle_kind kind;
	const struct str *paths; /* in the order of their changes; valid until the next settle_take */
	size_t count;
};

struct settle;

/* Lives until settle_free. */
struct settle *settle_new(const struct settle_options *options);
void settle_free(struct settle *s);

/* From now on no change is told at once: it may be half written. */
void settle_be_patient(struct settle *s);

/* The path may have changed: to be looked at now. */
void settle_note(struct settle *s, struct str path, int64_t now_ms);

/* The path has just come into being: to be looked at when it is noted, or has waited as a blank one does. */
void settle_note_created(struct settle *s, struct str path, int64_t now_ms);

/*
 * Between these two nothing is told, and no file is given time: what is noted
 * makes one batch, which is due with settle_release.
 */
void settle_hold(struct settle *s);
void settle_release(struct settle *s);

/*
 * Whether a batch is to be told now; if so, which. `is_caught_up`: whatever had changed by now has been noted. If not,
 * only what can't wait is told, and no file's time is up.
 */
bool settle_take(struct settle *s, int64_t now_ms, bool is_caught_up, struct settle_batch *batch);

/* When settle_take is to be called next, caught up (it may turn out to be too early), or SETTLE_NEVER. */
#define SETTLE_NEVER INT64_MAX
int64_t settle_due_ms(const struct settle *s);

#endif
