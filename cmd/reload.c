#include "base/log.h"
#include "servers.h"

static bool
reload(const struct ask_server *server, struct err *e)
{
	json_t *answer = ask(server->path, CONTROL_RELOAD, e);
	json_int_t pages = json_integer_value(json_object_get(answer, "pages"));

	if (answer == NULL)
		return false;
	log_info("%s  %lld %s reloaded", servers_text(server, "url"), (long long)pages,
	    pages == 1 ? "page" : "pages");
	json_decref(answer);
	return true;
}

/* Which one is meant can't be told: they serve several folders, and none of them is this one. */
static bool
fault_several(const struct ask_servers *servers, struct err *e)
{
	struct buf list = buf_make(e->arena);

	for (size_t i = 0; i < servers->count; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", servers_text(&servers->list[i], "directory"));
	err_set(e, ERR_OS, ERR_NOWHERE, "several servers are running: for %.*s", STR_ARG(buf_str(&list)));
	err_set_hint(e, "name one: eddy reload DIR");
	return false;
}

static int
reload_run(struct settings *s, struct arena *a, struct err *e)
{
	struct ask_servers servers;
	bool ok;

	if (!servers_choose(a, s, &servers, e))
		return cmd_fail(e);
	ok = servers_are_of_one_site(&servers) || fault_several(&servers, e);
	for (size_t i = 0; i < servers.count && ok; i++)
		ok = reload(&servers.list[i], e);
	ask_free(&servers);
	return ok ? CMD_YES : cmd_fail(e);
}

const struct cmd reload_cmd = {
    .name = "reload",
    .operands = "[DIR]",
    .summary = "reload the pages that browsers have open",
    .scope = SETTINGS_RELOAD,
    .only_argv = true,
    .takes_directory = true,
    .operands_most = 1,
    .run = reload_run,
};
