#include "cmd.h"

#include "base/log.h"
#include "http/access.h"
#include "http/certificate.h"
#include "run/master.h"
#include "site/absent.h"
#include "site/layout.h"

/* Whether --tls has what it needs, of which a person is told here, and not by each worker. */
static bool
prepare_tls(const struct settings *s, struct arena *a, struct err *e)
{
	struct certificate certificate = {0};

	if (s->tls != NULL && !certificate_load(a, s->tls, &certificate, e))
		return false;
	certificate_tell(&certificate);
	return true;
}

static void
warn(const struct err *fault)
{
	log_warning("eddy: %.*s", STR_ARG(fault->message));
}

static int
run(struct settings *s, struct arena *a, struct err *e)
{
	static const struct fault_listener listener = {warn, warn};
	struct layout layout;
	struct master_start start = {.settings = s, .argv = s->argv, .layout = &layout};

	if (!layout_find(a, s, &layout, e) || !access_may_open(s->access_log, e) || !prepare_tls(s, a, e))
		return cmd_fail(e);
	absent_tell(s, &layout, &listener);
	return master_run(&start, a, e);
}

const struct cmd serve_cmd = {
    .name = "serve",
    .operands = "[DIR]",
    .summary = "serve a folder (default: .) until Ctrl-C",
    .scope = SETTINGS_SERVE,
    .takes_directory = true,
    .operands_most = 1,
    .run = run,
};
