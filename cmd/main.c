/*
 * eddy: finds what is to be done, does it, and turns the outcome into an exit status.
 *
 * Two ways of starting are eddy's own, when it replaces its running image: the
 * trial, "eddy @try ARGV…", which prints the settings that ARGV makes now; and the
 * start of the image that passed, which takes its settings from what the trial printed.
 */
#include "base/log.h"
#include "help.h"
#include "http/access.h"
#include "http/certificate.h"
#include "load.h"
#include "os/proc.h"
#include "run/handover.h"
#include "run/restart.h"
#include "site/layout.h"

#include <string.h>

static int
show(struct str text, struct err *e)
{
	return cmd_print(text, e) ? CMD_YES : cmd_fail(e);
}

/* Whether what the settings name is there to be served. A certificate that is made here is not new to the start. */
static bool
may_serve(const struct settings *s, struct arena *a, struct err *e)
{
	struct certificate certificate = {0};
	struct layout layout;

	if (!layout_find(a, s, &layout, e) || !access_may_open(s->access_log, e) ||
	    (s->tls != NULL && !certificate_load(a, s->tls, &certificate, e)))
		return false;
	if (certificate.is_new)
		certificate_tell(&certificate);
	return true;
}

/* Whether the settings would do for a start; if so, prints them. A directory that was an operand is an option by now. */
static int
try(const struct cmd *command, const struct settings *s, struct arena *a, struct err *e)
{
	unsigned scopes = command->scope | SETTINGS_GENERAL;
	char **argv;

	if (!command->takes_command && !may_serve(s, a, e))
		return cmd_fail(e);
	argv = settings_to_argv(a, s, "eddy", command->name, scopes);
	if (command->takes_command)
		argv = settings_append_operands(a, argv, &s->operands);
	if (handover_print_argv(argv))
		return CMD_YES;
	err_set_errno(e, "cannot write to standard output");
	return cmd_fail(e);
}

static int
answer(struct arena *a, char **argv, struct err *e)
{
	bool is_trial = argv[0] != NULL && argv[1] != NULL && strcmp(argv[1], RESTART_TRY_COMMAND) == 0;
	char **handed = is_trial ? NULL : handover_argv(a);
	char **words = handed ? handed : argv + is_trial;
	struct load_request request;
	struct settings s;

	if (!load_request(a, words, &request, e))
		return cmd_fail(e);
	request.only_argv |= handed != NULL;
	if (request.help)
		return show(help_text(a, request.command_is_named ? request.command : NULL), e);
	if (request.version)
		return show(help_version(a), e);
	if (!load_settings(a, &request, words, &s, e))
		return cmd_fail(e);
	log_set_level((enum log_level)s.log_level);
	s.argv = (const char *const *)argv;
	return is_trial ? try(request.command, &s, a, e) : request.command->run(&s, a, e);
}

int
main(UNUSED int argc, char **argv)
{
	struct arena a = arena_make(64 * KIB);
	struct err e = err_make(&a);
	int status;

	proc_begin(argv[0]);
	status = answer(&a, argv, &e);
	if (e.kind != ERR_NONE)
		cmd_report(&e);
	arena_free(&a);
	return status;
}
