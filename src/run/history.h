/*
 * The numbered changes: what browsers were told, so that one that comes back
 * hears what it missed.
 *
 * BOOT names a cold start and is new at each; SEQ counts the events since. Both
 * survive a re-exec. Of the events the last ones are kept, bounded in number
 * and in bytes (they travel through the environment); one that asks for older ones reloads.
 */
#ifndef EDDY_HISTORY_H
#define EDDY_HISTORY_H

#include "base/base.h"

#include <jansson.h>

enum { HISTORY_MAX_EVENTS = 64, HISTORY_BOOT_LEN = 16 };

/* A string in the environment holds 128 KiB on Linux; this leaves half of them to others. */
#define HISTORY_MAX_BYTES (64 * KIB)

struct history {
	char boot[HISTORY_BOOT_LEN + 1]; /* hex */
	uint64_t seq;                    /* of the last event; 0: none yet */
	json_t *events;                  /* {"seq", "name", "data"} each, the oldest first */
	size_t size_bytes;               /* of all of them, as JSON */
};

/* An empty history of a new BOOT. */
void history_begin(struct history *h);
void history_free(struct history *h);

/* Numbers an event and keeps it. Takes the reference to `data`; the result belongs to the caller. */
json_t *history_add(struct history *h, const char *name, json_t *data);

/* {"boot", "seq", "history"}, as STATE and the handover carry it; and the way back, false where it is not
 * that. */
json_t *history_to_json(const struct history *h);
bool history_from_json(struct history *h, const json_t *state);

#endif
