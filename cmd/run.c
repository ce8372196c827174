#include "cmd.h"

#include "run/runner.h"

static int
run(struct settings *s, struct arena *a, struct err *e)
{
	return runner_run(s, a, e);
}

const struct cmd run_cmd = {
    .name = "run",
    .operands = "[--] CMD [ARG]...",
    .summary = "run a command, and again when files change",
    .scope = SETTINGS_RUN,
    .takes_command = true,
    .operands_least = 1,
    .operands_most = SIZE_MAX,
    .run = run,
};
