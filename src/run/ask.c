#include "run/ask.h"

#include "base/log.h"
#include "os/fs.h"
#include "os/local.h"
#include "text/json.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	TIMEOUT_MS = 5000,
	ATTEMPTS = 3, /* a server that is just replacing its image gives no answer */
	ANSWER_MAX_BYTES = 4 * 1024 * 1024,
};

/* A connection; a socket at which nobody listens any more, because its server was killed, is removed. */
static int
reach(const char *path, struct err *e)
{
	int fd = local_connect(path, TIMEOUT_MS);
	bool is_left_behind = fd < 0 && errno == ECONNREFUSED;

	if (fd < 0)
		err_set_errno(e, "cannot reach '%s'", path);
	if (is_left_behind)
		unlink(path);
	return fd;
}

/* The whole answer or, where the server had to break off, an empty one. */
static bool
converse(int fd, enum control_question question, struct str *answer, struct err *e)
{
	struct str line = str_format(e->arena, "%s\n", control_word(question));

	if (send(fd, line.data, line.len, MSG_NOSIGNAL) == (ssize_t)line.len &&
	    fs_read_fd(e->arena, fd, ANSWER_MAX_BYTES, answer, e))
		return true;
	*answer = STR("");
	if (errno == EPIPE || errno == ECONNRESET)
		return true;
	return err_set(e, ERR_OS, ERR_NOWHERE, "a server does not answer");
}

json_t *
ask(const char *path, enum control_question question, struct err *e)
{
	struct str answer = STR("");
	bool ok = true;

	for (int attempt = 0; attempt < ATTEMPTS && ok && answer.len == 0; attempt++) {
		int fd = reach(path, e);

		ok = fd >= 0 && converse(fd, question, &answer, e);
		if (fd >= 0)
			close(fd);
	}
	return ok ? json_parse(answer, str_of(path), e) : NULL;
}

static void
add_server(struct ask_servers *servers, const char *path)
{
	struct arena scratch = arena_make(4 * KIB);
	struct err e = err_make(&scratch);
	json_t *status = ask(path, CONTROL_STATUS, &e);

	if (status != NULL)
		servers->list[servers->count++] = (struct ask_server){path, status};
	else if (fs_exists(path))
		log_warning("eddy: %.*s: '%s'", STR_ARG(e.message), path);
	arena_free(&scratch);
}

static int
compare_pids(const void *left, const void *right)
{
	const struct ask_server *a = left, *b = right;
	json_int_t x = json_integer_value(json_object_get(a->status, "pid"));
	json_int_t y = json_integer_value(json_object_get(b->status, "pid"));

	return (x > y) - (x < y);
}

static int
is_name(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

struct ask_servers
ask_all(struct arena *a)
{
	struct err ignored = err_make(a);
	const char *folder = local_folder(a, &ignored);
	struct dirent **names = NULL;
	int count = folder ? scandir(folder, &names, is_name, NULL) : 0;
	struct ask_servers servers = {.list = ARENA_ARRAY(a, struct ask_server, (size_t)MAX(count, 0))};

	for (int i = 0; i < count; i++) {
		add_server(&servers, str_format(a, "%s/%s", folder, names[i]->d_name).data);
		free(names[i]);
	}
	free(names);
	qsort(servers.list, servers.count, sizeof(*servers.list), compare_pids);
	return servers;
}

void
ask_free(struct ask_servers *servers)
{
	for (size_t i = 0; i < servers->count; i++)
		json_decref(servers->list[i].status);
	servers->count = 0;
}
