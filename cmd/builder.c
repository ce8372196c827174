#include "cmd.h"

#include "run/keeper.h"

static int
builder_run(struct settings *s, UNUSED struct arena *a, struct err *e)
{
	return keeper_main_of_builds(s, e);
}

const struct cmd builder_cmd = {
    .name = "builder",
    .summary = "run the builds of eddy serve, as its child",
    .scope = SETTINGS_SERVE,
    .hidden = true,
    .only_argv = true,
    .run = builder_run,
};
