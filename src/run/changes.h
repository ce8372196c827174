/*
 * What becomes of a change: a batch from the watcher is compiled by one worker,
 * then told to the browsers through all of them, and reported in the terminal.
 *
 * What is to be built because of it is built first; while that fails browsers aren't told.
 *
 * One batch is on its way at a time; those that come meanwhile are joined into
 * the next. A batch with a fault reloads nothing: browsers get "error", and what was faulty is checked
 * again with every later batch until it is mended. Style sheets and images can't be faulty and aren't
 * checked.
 *
 * A fault that no page shows by itself, of a build or of what the server should restart to, stands until it is
 * mended: its data have "stands", and whoever listens later is told of it too.
 */
#ifndef EDDY_CHANGES_H
#define EDDY_CHANGES_H

#include "base/str.h"
#include "os/loop.h"
#include "run/history.h"

struct changes;

struct changes_owner {
	/*
	 * Runs the builds that the batch concerns; the owner answers by changes_built, and must not do so before it has
	 * returned. False where there are none.
	 */
	bool (*build)(struct changes *c, const json_t *batch, int64_t since_us);

	/*
	 * Sends CHECK to a worker that is ready, which answers by changes_verdict. Returns a
	 * name for it (for changes_lost), or NULL where none is ready.
	 */
	const void *(*check)(struct changes *c, json_t *batch);

	/* Sends EVENT to each worker that is ready, and returns how many these are; each answers by
	 * changes_told. */
	size_t (*tell)(struct changes *c, json_t *event);

	/* All pages have been reloaded because somebody asked for it: so many were open. */
	void (*reloaded)(struct changes *c, size_t pages);

	/* A source of the server itself has changed. */
	void (*restart)(struct changes *c, const char *cause);
};

enum changes_fault { CHANGES_FAULT_BUILD, CHANGES_FAULT_RESTART, CHANGES_FAULT_COUNT };

enum changes_stage { CHANGES_IDLE, CHANGES_BUILDING, CHANGES_CHECKING, CHANGES_TELLING };

struct changes {
	struct loop *loop;
	const struct changes_owner *owner;
	struct history history;

	enum changes_stage stage;
	json_t *batch;   /* the one on its way */
	json_t *waiting; /* what came meanwhile, or NULL */
	const void *checker;
	struct loop_timer limit; /* on the answers of workers */
	int64_t since_us;        /* when the batch came; the waiting one likewise */
	int64_t waiting_since_us;

	json_t *unbuilt;                     /* what browsers weren't told because a build failed, or NULL */
	json_t *faulty;                      /* paths of the batches whose check failed */
	json_t *faults[CHANGES_FAULT_COUNT]; /* the EVENT that told of the one that stands, or NULL */
	bool is_mended;                      /* by the batch on its way */

	uint64_t told_seq; /* the event whose TOLDs are counted */
	size_t awaited;    /* how many are still to come */
	size_t streams;    /* what those that came add up to */

	/* The same of a reload that was asked for, beside the batches. */
	uint64_t asked_seq;
	size_t asked_awaited;
	size_t asked_streams;
	struct loop_timer asked_limit;
};

/* The owner has filled in `loop`, `owner` and the history. */
void changes_begin(struct changes *c);
void changes_free(struct changes *c);

/* Takes the reference to a BATCH. */
void changes_batch(struct changes *c, json_t *batch);

/*
 * The builds of the batch on its way are through. `fault` is NULL or a new reference to why browsers must not be told of
 * it, `report` the same for the terminal; `is_mended` says that a build which had failed did not, and that none is failed now.
 */
struct changes_build {
	json_t *fault;
	struct str report;
	bool is_mended;
};
void changes_built(struct changes *c, struct changes_build result);

void changes_verdict(struct changes *c, const json_t *verdict);
void changes_told(struct changes *c, const json_t *told);

/* The worker that `check` named, or one that was told, has ended. */
void changes_lost(struct changes *c, const void *worker);

/* Reloads every page, because somebody asked for it; the owner is told when that is done. */
void changes_reload_all(struct changes *c);

/* The server can't restart: `report` says why, whole lines. */
void changes_restart_fault(struct changes *c, const char *cause, struct str report);

/* There are no builds any more, nor what was wrong with them. */
void changes_builds_gone(struct changes *c);

/* The EVENT that tells of the fault that stands, the latest of them, or NULL. */
json_t *changes_fault(const struct changes *c);

/*
 * The server has restarted, because of a change: for browsers that come
 * back. Returns whether that mended a fault.
 */
bool changes_restarted(struct changes *c);

/* Whether some change has come that browsers weren't told yet. */
bool changes_are_pending(const struct changes *c);

/* What has to survive a re-exec, and back. */
json_t *changes_to_json(const struct changes *c);
bool changes_from_json(struct changes *c, const json_t *state);

#endif
