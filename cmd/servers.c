#include "servers.h"

#include "os/fs.h"
#include "os/path.h"
#include "text/json.h"

#include <string.h>

enum { PID_FILE_MAX_BYTES = 64 };

const char *
servers_text(const struct ask_server *server, const char *name)
{
	const char *text = json_string_value(json_object_get(server->status, name));

	return text ? text : "";
}

int64_t
servers_number(const struct ask_server *server, const char *name)
{
	return json_integer_value(json_object_get(server->status, name));
}

/* Keeps the servers that have this value in their status. Takes the reference to it. */
static void
keep(struct ask_servers *servers, const char *name, json_t *value)
{
	size_t kept = 0;

	for (size_t i = 0; i < servers->count; i++) {
		struct ask_server server = servers->list[i];

		if (json_equal(json_object_get(server.status, name), value))
			servers->list[kept++] = server;
		else
			json_decref(server.status);
	}
	servers->count = kept;
	json_decref(value);
}

/* The folder of a server that is the nearest one to here; NULL where none is here or above. */
static const char *
nearest_directory(struct arena *a, const struct ask_servers *servers)
{
	struct str here = str_of(fs_real_path(a, "."));
	const char *nearest = NULL;

	for (size_t i = 0; i < servers->count; i++) {
		const char *directory = servers_text(&servers->list[i], "directory");

		if (path_is_in(here, str_of(directory)) &&
		    (nearest == NULL || strlen(directory) > strlen(nearest)))
			nearest = directory;
	}
	return nearest ? str_cstr(a, str_of(nearest)) : NULL;
}

/* The process id that a file holds, or 0 with the error set. */
static int64_t
read_pid(struct arena *a, const char *path, struct err *e)
{
	uint64_t number = 0;
	struct str text;

	if (!fs_read(a, path, PID_FILE_MAX_BYTES, &text, e))
		return 0;
	if (!str_to_u64(str_trim(text), &number) || number == 0 || number > INT64_MAX)
		return err_set(e, ERR_OS, ERR_NOWHERE, "'%s' holds no process id", path);
	return (int64_t)number;
}

/* Keeps what the options name. `*is_named` tells whether they name anything. */
static bool
keep_named(
    struct arena *a, const struct settings *s, struct ask_servers *servers, bool *is_named, struct err *e)
{
	bool has_directory = settings_given(s, &s->directory), has_port = settings_given(s, &s->port);
	int64_t pid = s->pid_file != NULL ? read_pid(a, s->pid_file, e) : 0;

	*is_named = has_directory || has_port || s->pid_file != NULL;
	if (e->kind != ERR_NONE)
		return false;
	if (pid > 0)
		keep(servers, "pid", json_integer(pid));
	if (has_port)
		keep(servers, "port", json_integer(s->port));
	if (has_directory)
		keep(servers, "directory", json_text(str_of(fs_real_path(a, s->directory))));
	return true;
}

bool
servers_choose(struct arena *a, const struct settings *s, struct ask_servers *servers, struct err *e)
{
	const char *nearest;
	bool is_named;

	*servers = ask_all(a);
	if (!keep_named(a, s, servers, &is_named, e)) {
		ask_free(servers);
		return false;
	}
	nearest = is_named ? NULL : nearest_directory(a, servers);
	if (nearest != NULL)
		keep(servers, "directory", json_string(nearest));
	if (servers->count == 0)
		return err_set(e, ERR_OS, ERR_NOWHERE,
		    is_named ? "no such server of yours is running" : "no server of yours is running");
	return true;
}

bool
servers_are_of_one_site(const struct ask_servers *servers)
{
	for (size_t i = 1; i < servers->count; i++)
		if (strcmp(servers_text(&servers->list[i], "directory"),
			servers_text(&servers->list[0], "directory")) != 0)
			return false;
	return true;
}
