#include "cmd.h"

#include "base/log.h"

/* The settings have been loaded, and so checked, before this runs. */
static int
check_run(struct settings *s, UNUSED struct arena *a, UNUSED struct err *e)
{
	if (s->config_file != NULL)
		log_info("%s: no fault", s->config_file);
	return CMD_YES;
}

const struct cmd check_cmd = {
    .name = "check",
    .operands = "[DIR]",
    .summary = "find faults in the config file",
    .scope = SETTINGS_CHECK,
    .takes_directory = true,
    .operands_most = 1,
    .run = check_run,
};
