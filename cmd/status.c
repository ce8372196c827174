#include "base/log.h"
#include "base/utf8.h"
#include "servers.h"

/* The columns of a worker's line: the name in the JSON document, and what stands over it. */
static const struct column {
	const char *name, *title;
	bool is_duration;
} columns[] = {
    {"id", "worker", false},
    {"pid", "pid", false},
    {"state", "state", false},
    {"generation", "generation", false},
    {"uptime_s", "up", true},
    {"requests", "requests", false},
    {"in_flight", "in flight", false},
    {"streams", "streams", false},
    {"last_exit", "last exit", false},
};

enum { COLUMNS = COUNT_OF(columns), MINUTE_S = 60, HOUR_S = 60 * MINUTE_S, DAY_S = 24 * HOUR_S };

/* "5 s", "3 min", "7 h", "2 d" */
static struct str
duration(struct arena *a, int64_t seconds)
{
	if (seconds < MINUTE_S)
		return str_format(a, "%lld s", (long long)seconds);
	if (seconds < HOUR_S)
		return str_format(a, "%lld min", (long long)(seconds / MINUTE_S));
	if (seconds < DAY_S)
		return str_format(a, "%lld h", (long long)(seconds / HOUR_S));
	return str_format(a, "%lld d", (long long)(seconds / DAY_S));
}

static struct str
cell(struct arena *a, const json_t *worker, const struct column *column)
{
	const json_t *value = json_object_get(worker, column->name);

	if (json_is_string(value))
		return str_of(json_string_value(value));
	if (!json_is_integer(value))
		return STR("-");
	if (column->is_duration)
		return duration(a, json_integer_value(value));
	return str_format(a, "%lld", (long long)json_integer_value(value));
}

static void
add_line(struct buf *b, const struct str *cells, const size_t *widths)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		size_t filling = i + 1 < COLUMNS ? widths[i] - utf8_count(cells[i]) : 0;

		buf_addf(b, "  %.*s", STR_ARG(cells[i]));
		buf_add_fill(b, ' ', filling);
	}
	buf_add_char(b, '\n');
}

static void
add_table(struct buf *b, const json_t *workers)
{
	size_t lines = json_array_size(workers) + 1, widths[COLUMNS] = {0};
	struct str *cells = ARENA_ARRAY(b->arena, struct str, lines * COLUMNS);

	for (size_t i = 0; i < lines * COLUMNS; i++) {
		const struct column *column = &columns[i % COLUMNS];

		cells[i] = i < COLUMNS ? str_of(column->title)
				       : cell(b->arena, json_array_get(workers, i / COLUMNS - 1), column);
		widths[i % COLUMNS] = MAX(widths[i % COLUMNS], utf8_count(cells[i]));
	}
	for (size_t line = 0; line < lines; line++)
		add_line(b, &cells[line * COLUMNS], widths);
}

static struct str
report(struct arena *a, const struct ask_servers *servers)
{
	struct buf b = buf_make(a);

	for (size_t i = 0; i < servers->count; i++) {
		const struct ask_server *server = &servers->list[i];

		buf_addf(&b, "%s%s  ", i ? "\n" : "", servers_text(server, "url"));
		utf8_add_shown(&b, str_of(servers_text(server, "directory")));
		buf_addf(&b, "  pid %lld, up %.*s\n", (long long)servers_number(server, "pid"),
		    STR_ARG(duration(a, servers_number(server, "uptime_s"))));
		add_table(&b, json_object_get(server->status, "workers"));
	}
	return buf_str(&b);
}

static bool
print_json(const struct ask_servers *servers, struct err *e)
{
	json_t *all = json_array();
	bool ok;

	for (size_t i = 0; i < servers->count; i++)
		json_array_append(all, servers->list[i].status);
	ok = cmd_print_json(all, e);
	json_decref(all);
	return ok;
}

static int
status_run(struct settings *s, struct arena *a, struct err *e)
{
	struct ask_servers servers;
	bool ok;

	if (!servers_choose(a, s, &servers, e))
		return cmd_fail(e);
	ok = s->json ? print_json(&servers, e) : cmd_print(report(a, &servers), e);
	ask_free(&servers);
	return ok ? CMD_YES : cmd_fail(e);
}

const struct cmd status_cmd = {
    .name = "status",
    .operands = "[DIR]",
    .summary = "what the workers of a running server are doing",
    .scope = SETTINGS_STATUS,
    .only_argv = true,
    .takes_directory = true,
    .operands_most = 1,
    .run = status_run,
};
