#include "cmd.h"

#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

extern const struct cmd builder_cmd, check_cmd, complete_cmd, hash_cmd, help_cmd, keeper_cmd, manual_cmd,
    reload_cmd, render_cmd, run_cmd, serve_cmd, status_cmd, url_cmd, watcher_cmd, worker_cmd;

const struct cmd *const cmd_table[] = {
    &serve_cmd,
    &run_cmd,
    &render_cmd,
    &url_cmd,
    &hash_cmd,
    &check_cmd,
    &reload_cmd,
    &status_cmd,
    &help_cmd,
    &complete_cmd,
    &manual_cmd,
    &keeper_cmd,
    &builder_cmd,
    &watcher_cmd,
    &worker_cmd,
    NULL,
};

enum { COMMANDS = COUNT_OF(cmd_table) - 1 };

/* What other programs call it. */
static const struct {
	const char *name, *means;
} synonyms[] = {
    {"server", "serve"},
    {"start", "serve"},
    {"dev", "serve"},
    {"exec", "run"},
    {"lint", "check"},
    {"validate", "check"},
    {"test", "check"},
    {"template", "render"},
    {"static-url", "url"},
    {"digest", "hash"},
    {"ps", "status"},
    {"list", "status"},
    {"refresh", "reload"},
    {"sum", "hash"},
};

const struct cmd *
cmd_find(struct str name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (str_eq(name, str_of(cmd_table[i]->name)))
			return cmd_table[i];
	return NULL;
}

const char *
cmd_nearest(struct arena *a, struct str name)
{
	const char **names = ARENA_ARRAY(a, const char *, COMMANDS + 1);
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(synonyms); i++)
		if (str_eq(name, str_of(synonyms[i].name)) && cmd_find(str_of(synonyms[i].means)))
			return synonyms[i].means;
	for (size_t i = 0; i < COMMANDS; i++)
		if (!cmd_table[i]->hidden)
			names[count++] = cmd_table[i]->name;
	return str_nearest(name, names);
}

int
cmd_fail(const struct err *e)
{
	return err_kind_exit(e->kind);
}

void
cmd_report(const struct err *e)
{
	if (e->place.file.len > 0)
		log_text(LOG_ERROR, err_report(e->arena, e, log_has_colour()));
	else if (e->hint.len > 0)
		log_error("eddy: %.*s (%.*s)", STR_ARG(e->message), STR_ARG(e->hint));
	else
		log_error("eddy: %.*s", STR_ARG(e->message));
}

bool
cmd_print(struct str text, struct err *e)
{
	bool written = text.len == 0 || fwrite(text.data, 1, text.len, stdout) == text.len;
	if (written && fflush(stdout) == 0)
		return true;
	if (errno ==
	    EPIPE) { /* as if SIGPIPE had not been ignored: nobody wants the rest, and that is no fault */
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	return err_set_errno(e, "cannot write to standard output");
}

bool
cmd_print_json(const json_t *document, struct err *e)
{
	char *text = json_dumps(document, JSON_INDENT(2));
	bool ok = cmd_print(str_format(e->arena, "%s\n", text), e);

	free(text);
	return ok;
}
