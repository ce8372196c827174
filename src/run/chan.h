/*
 * The control channel between the master and one of its children: whole
 * messages, each of a type and a text (JSON, or empty), over a stream socket pair.
 *
 * A channel never blocks its process: what can't be written yet waits in a
 * bounded buffer. End of file means that the process at the other end is
 * gone; a child then leaves at once, so that a killed master leaves nothing behind.
 * Both ends are always the same version of eddy.
 */
#ifndef EDDY_CHAN_H
#define EDDY_CHAN_H

#include "os/loop.h"
#include "os/sock.h"

#include <jansson.h>

/*
 * type, who sends it, what its payload is
 *
 * READY    child → master    {}: it serves, or watches. Sent once.
 * VERDICT  worker → master   answer to CHECK: {"error": null or the fault as browsers get it
 *                            (site/fault.h), "had_fault": whether one was known before that is gone now,
 *                            "report": the fault as the terminal gets it}
 * TOLD     worker → master   answer to each EVENT: {"seq": N, "streams": how many streams it went to}
 * DRAINED  worker → master   the last one: {"finished": requests answered since it was told to leave, "cut":
 *                            those that took too long}
 * BATCH    watcher → master  {"kind": "restart"|"page"|"css"|"image", "paths": ["templates/a.html"...]}
 * NOTICE   watcher → master  {"text": "a line for the terminal"}
 * COUNTS   child → master    answer to COUNT. A worker's: {"requests", "in_flight", "streams"}; the watcher's:
 *                            {"files": it knows, "rescans": how often all was looked at again because events
 *                            were dropped, "digests": if asked for, of each file, null where it was too long}
 * ASK      worker → master   {}: it wants the status, which comes by STATUS
 * STARTED  keeper → master   {"pid": of the command, and of its process group}
 * ENDED    keeper → master   {"status": as a shell tells it, "text": the same for a person, "asked": it was told
 *                            to end, "interrupted": by Ctrl-C, while it had the terminal, "output": of a build}
 * STATE    master → child    first message to each: {"boot": "16 hex digits", "seq": N, "history": [EVENT...],
 *                            "fault": null or the EVENT of the one that stands, "worker": number from 0,
 *                            "generation": N, "last_exit": null or text,
 *                            "since_ns": the time, on clock_file_ns, that the watcher tells of changes since:
 *                            when its start was begun, or the trial of the image that it belongs to}
 * CHECK    master → worker   a BATCH to be compiled before browsers hear of it
 * EVENT    master → worker   {"seq": N, "name": "reload"|"css"|"image"|"error"|"ok", "data": {...}}
 * COUNT    master → child    {}, or {"digests": true}: what it has done and has to do
 * STATUS   master → worker   the document of `eddy status`
 * RUN      master → keeper   {"changed": "the paths that it is run for, each with a newline behind it",
 *                            "command": of a build, for the shell}
 * SUSPEND  master → keeper   {}: the command is to stop, as Ctrl-Z has it
 * RESUME   master → keeper   {}: and to go on
 * RETIRE   master → worker   {}: a new image takes over; the SIGTERM that follows ends a restart
 */
#define CHAN_TYPES(X) \
	X(READY)      \
	X(VERDICT)    \
	X(TOLD)       \
	X(DRAINED)    \
	X(BATCH)      \
	X(NOTICE)     \
	X(COUNTS)     \
	X(ASK)        \
	X(STARTED)    \
	X(ENDED)      \
	X(STATE)      \
	X(CHECK)      \
	X(EVENT)      \
	X(COUNT)      \
	X(STATUS)     \
	X(RUN)        \
	X(SUSPEND)    \
	X(RESUME)     \
	X(RETIRE)

enum chan_type {
#define X(type) CHAN_##type,
	CHAN_TYPES(X)
#undef X
	    CHAN_TYPE_COUNT
};

#define CHAN_MESSAGE_MAX_BYTES (4 * MIB)
#define CHAN_OUTPUT_MAX_BYTES (16 * MIB)

struct chan;

/* What the owner of an end is told. Either may call chan_close, and must leave the struct's memory alone. */
struct chan_events {
	void (*message)(struct chan *c, enum chan_type type, struct str payload); /* valid during the call */
	void (*closed)(struct chan *c); /* the other end is gone, or broken; the channel is closed */
};

/* Bytes that wait. */
struct chan_bytes {
	char *data;
	size_t len;
	size_t capacity;
};

/* All zero is a closed channel. */
struct chan {
	struct loop *loop; /* NULL: closed */
	struct loop_io io;
	const struct chan_events *events;
	struct chan_bytes input;
	struct chan_bytes output;
};

/* A pair of ends, close-on-exec. False with errno set. */
bool chan_make_pair(int ends[2]);

/* The child's end, which follows the listeners that it adopted. */
int chan_inherited_fd(const struct sock_set *adopted);

/* Takes the descriptor over and listens on it. */
void chan_open(struct chan *c, struct loop *l, int fd, const struct chan_events *events);

/* Closes it without a call of `closed`. Closing twice is harmless. */
void chan_close(struct chan *c);

/* The same once the process at the other end is gone: what it sent before is handed out first. */
void chan_finish(struct chan *c);

bool chan_is_open(const struct chan *c);

/* Sends or queues a message. False where it is too long, the queue is full or the channel is closed. */
bool chan_send(struct chan *c, enum chan_type type, struct str payload);

/* The same for a JSON value, whose reference it takes. */
bool chan_send_json(struct chan *c, enum chan_type type, json_t *payload);

const char *chan_type_name(enum chan_type type);

#endif
