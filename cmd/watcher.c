#include "cmd.h"

#include "run/watcher.h"

static int
watcher_run(struct settings *s, UNUSED struct arena *a, struct err *e)
{
	return watcher_main(s, e);
}

const struct cmd watcher_cmd = {
    .name = "watcher",
    .summary = "watch for changes, as a child of eddy serve",
    .scope = SETTINGS_SERVE,
    .hidden = true,
    .only_argv = true,
    .run = watcher_run,
};
