#include "cmd.h"

#include "run/worker.h"

static int
run(struct settings *s, struct arena *a, struct err *e)
{
	int status = worker_main(s, a, e);

	return status < 0 ? cmd_fail(e) : status;
}

const struct cmd worker_cmd = {
    .name = "worker",
    .summary = "serve requests",
    .scope = SETTINGS_SERVE,
    .hidden = true,
    .only_argv = true,
    .run = run,
};
