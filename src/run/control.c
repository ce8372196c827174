#include "run/control.h"

#include "base/str.h"
#include "os/local.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ASKER_LIMIT_MS = 5000, ACCEPT_PAUSE_MS = 1000 };

static const char *const words[] = {
#define X(question, word) word,
    CONTROL_QUESTIONS(X)
#undef X
};

const char *
control_word(enum control_question question)
{
	return words[question];
}

/* One who asks */

static void
accept_while_there_is_room(struct control *c)
{
	bool has_room = false;

	for (size_t i = 0; i < CONTROL_ASKERS_MAX; i++)
		has_room |= !c->askers[i].is_open;
	loop_change(c->loop, &c->listener, has_room ? POLLIN : 0);
}

static void
asker_close(struct control_asker *asker)
{
	struct control *c = asker->control;

	loop_timer_clear(c->loop, &asker->limit);
	loop_remove(c->loop, &asker->io);
	close(asker->io.fd);
	free(asker->answer);
	*asker = (struct control_asker){0};
	accept_while_there_is_room(c);
}

static void
asker_late(struct loop_timer *timer)
{
	asker_close(CONTAINER_OF(timer, struct control_asker, limit));
}

static void
asker_write(struct control_asker *asker)
{
	size_t left = strlen(asker->answer) - asker->sent_bytes;
	ssize_t written = write(asker->io.fd, asker->answer + asker->sent_bytes, left);

	if (written < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	asker->sent_bytes += written > 0 ? (size_t)written : 0;
	if (written < 0 || (size_t)written == left)
		asker_close(asker);
}

static void
asker_answer(struct control_asker *asker, const json_t *answer)
{
	asker->is_waiting = false;
	asker->answer = json_dumps(answer, JSON_COMPACT);
	if (asker->answer == NULL)
		asker_close(asker);
	else
		loop_change(asker->control->loop, &asker->io, POLLOUT);
}

static void
asker_ask(struct control_asker *asker, struct str word)
{
	struct control *c = asker->control;

	for (size_t i = 0; i < CONTROL_QUESTION_COUNT; i++) {
		if (!str_eq(word, str_of(words[i])))
			continue;
		asker->is_waiting = true;
		asker->question = (enum control_question)i;
		loop_change(c->loop, &asker->io, 0);
		c->asked(c, asker->question);
		return;
	}
	asker_close(asker);
}

static void
asker_read(struct control_asker *asker)
{
	size_t room = sizeof(asker->word) - asker->len;
	ssize_t got = read(asker->io.fd, asker->word + asker->len, room);
	struct str text;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	asker->len += got > 0 ? (size_t)got : 0;
	text = str_make(asker->word, asker->len);
	if (str_find_char(text, '\n') != STR_NONE)
		asker_ask(asker, str_cut(&text, '\n'));
	else if (got <= 0 || (size_t)got == room)
		asker_close(asker);
}

static void
asker_ready(struct loop_io *io, short revents)
{
	struct control_asker *asker = CONTAINER_OF(io, struct control_asker, io);

	if (asker->answer != NULL)
		asker_write(asker);
	else if (!asker->is_waiting && (revents & POLLIN))
		asker_read(asker);
	else
		asker_close(asker); /* it has gone */
}

/* The socket */

static void
accept_again(struct loop_timer *timer)
{
	accept_while_there_is_room(CONTAINER_OF(timer, struct control, pause));
}

/* Out of descriptors, it may be: whoever asks waits a little. */
static void
accept_pause(struct control *c)
{
	loop_change(c->loop, &c->listener, 0);
	c->pause.due = accept_again;
	loop_timer_set(c->loop, &c->pause, ACCEPT_PAUSE_MS);
}

static void
listener_ready(struct loop_io *io, short revents UNUSED)
{
	struct control *c = CONTAINER_OF(io, struct control, listener);
	struct control_asker *asker = c->askers;
	int fd = local_accept(io->fd);

	if (fd < 0) {
		accept_pause(c);
		return;
	}
	while (asker->is_open)
		asker++;
	*asker = (struct control_asker){
	    .control = c,
	    .io = {.fd = fd, .events = POLLIN, .ready = asker_ready},
	    .limit = {.due = asker_late},
	    .is_open = true,
	};
	loop_add(c->loop, &asker->io);
	loop_timer_set(c->loop, &asker->limit, ASKER_LIMIT_MS);
	accept_while_there_is_room(c);
}

void
control_adopt(struct control *c, int fd, const char *path)
{
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	snprintf(c->path, sizeof(c->path), "%s", path);
	c->listener = (struct loop_io){.fd = fd, .events = POLLIN, .ready = listener_ready};
	loop_add(c->loop, &c->listener);
}

bool
control_listen(struct control *c, const char *boot, struct err *e)
{
	const char *folder = local_folder(e->arena, e);
	const char *path;
	int fd;

	if (folder == NULL)
		return false;
	path = str_format(e->arena, "%s/%s", folder, boot).data;
	fd = local_listen(path, e);
	if (fd < 0)
		return false;
	control_adopt(c, fd, path);
	return true;
}

void
control_answer(struct control *c, enum control_question question, const json_t *answer)
{
	for (size_t i = 0; i < CONTROL_ASKERS_MAX; i++)
		if (c->askers[i].is_waiting && c->askers[i].question == question)
			asker_answer(&c->askers[i], answer);
}

void
control_close(struct control *c)
{
	if (*c->path == '\0')
		return;
	for (size_t i = 0; i < CONTROL_ASKERS_MAX; i++)
		if (c->askers[i].is_open)
			asker_close(&c->askers[i]);
	loop_timer_clear(c->loop, &c->pause);
	loop_remove(c->loop, &c->listener);
	close(c->listener.fd);
	unlink(c->path);
	*c->path = '\0';
}
