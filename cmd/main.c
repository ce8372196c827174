#include "base/log.h"
#include "help.h"
#include "load.h"

static int
show(struct str text, struct err *e)
{
	return cmd_print(text, e) ? CMD_YES : cmd_fail(e);
}

static int
run(struct arena *a, const struct load_request *request, char **argv, struct err *e)
{
	struct settings s;

	if (!load_settings(a, request, argv, &s, e))
		return cmd_fail(e);
	log_set_level(s.quiet ? LOG_WARNING : s.verbose ? LOG_DEBUG : LOG_INFO);
	return request->command->run(&s, a, e);
}

static int
answer(struct arena *a, char **argv, struct err *e)
{
	struct load_request request;

	if (!load_request(a, argv, &request, e))
		return cmd_fail(e);
	if (request.help)
		return show(help_text(a, request.command_is_named ? request.command : NULL), e);
	if (request.version)
		return show(help_version(a), e);
	return run(a, &request, argv, e);
}

int
main(UNUSED int argc, char **argv)
{
	struct arena a = arena_make(64 * KIB);
	struct err e = err_make(&a);
	int status = answer(&a, argv, &e);

	if (e.kind != ERR_NONE)
		cmd_report(&e);
	arena_free(&a);
	return status;
}
