/*
 * The control socket of a running master, by which the same user's commands reach it:
 * one question a connection, a word and a line end, answered by one JSON document and the end of file.
 *
 * Its name is the BOOT of the server (run/history.h), which no other one ever has: so a socket at
 * which nobody listens belongs to a server that is gone, and may be removed. It stays open over a
 * re-exec; a question that was under way then ends without an answer and is asked again.
 */
#ifndef EDDY_CONTROL_H
#define EDDY_CONTROL_H

#include "base/err.h"
#include "os/loop.h"

#include <jansson.h>

/* What can be asked. */
#define CONTROL_QUESTIONS(X)                                                 \
	X(STATUS, "status") /* how the server and each of its workers are */ \
	X(RELOAD, "reload") /* reload all pages; {"pages": how many there were} */

enum control_question {
#define X(question, word) CONTROL_##question,
	CONTROL_QUESTIONS(X)
#undef X
	    CONTROL_QUESTION_COUNT
};

const char *control_word(enum control_question question);

enum { CONTROL_ASKERS_MAX = 16, CONTROL_PATH_BYTES = 128 };

struct control;

struct control_asker {
	struct control *control;
	struct loop_io io; /* events are 0 while the answer is being made */
	struct loop_timer limit;
	bool is_open;
	bool is_waiting;
	enum control_question question; /* while it is waiting */
	char word[16];                  /* what has come of it */
	size_t len;
	char *answer; /* while it is being sent */
	size_t sent_bytes;
};

/* All zero is a control that nobody can reach. */
struct control {
	struct loop *loop;

	/* To be answered by control_answer, at once or later, for all who have asked it until then. */
	void (*asked)(struct control *c, enum control_question question);

	struct loop_io listener;
	struct loop_timer pause;
	char path[CONTROL_PATH_BYTES]; /* empty: there is no socket */
	struct control_asker askers[CONTROL_ASKERS_MAX];
};

/* Makes the socket; the owner has filled in `loop` and `asked`. */
bool control_listen(struct control *c, const char *boot, struct err *e);

/* Takes over what the image before this one made. */
void control_adopt(struct control *c, int fd, const char *path);

void control_answer(struct control *c, enum control_question question, const json_t *answer);

/* Ends it, and removes the socket. */
void control_close(struct control *c);

#endif
