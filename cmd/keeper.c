#include "cmd.h"

#include "run/keeper.h"

static int
keeper_run(struct settings *s, struct arena *a, struct err *e)
{
	return keeper_main(s, a, e);
}

const struct cmd keeper_cmd = {
    .name = "keeper",
    .operands = "-- CMD [ARG]...",
    .summary = "run a command for eddy, as its child",
    .scope = SETTINGS_RUN,
    .takes_command = true,
    .operands_least = 1,
    .operands_most = SIZE_MAX,
    .hidden = true,
    .only_argv = true,
    .run = keeper_run,
};
