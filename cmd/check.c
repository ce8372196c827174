#include "cmd.h"

#include "base/log.h"
#include "site/layout.h"

/* The settings in force, as flags. */
static void
say_settings(struct arena *a, const struct settings *s)
{
	struct buf line = buf_make(a);
	char **argv = settings_to_argv(a, s, "eddy", "serve", SETTINGS_SERVE);

	for (char **argument = argv; *argument != NULL; argument++)
		buf_addf(&line, "%s%s", argument == argv ? "" : " ", *argument);
	log_debug("%.*s", STR_ARG(buf_str(&line)));
}

/* The settings have been loaded, and so checked, before this runs. */
static int
check_run(struct settings *s, struct arena *a, struct err *e)
{
	struct layout layout;

	say_settings(a, s);
	if (!layout_find(a, s, &layout, e))
		return cmd_fail(e);
	log_debug("%.*s", STR_ARG(layout.description));
	if (s->config_file != NULL)
		log_info("%s: no fault", s->config_file);
	return CMD_YES;
}

const struct cmd check_cmd = {
    .name = "check",
    .operands = "[DIR]",
    .summary = "find faults in the config file",
    .scope = SETTINGS_SERVE,
    .takes_directory = true,
    .operands_most = 1,
    .run = check_run,
};
