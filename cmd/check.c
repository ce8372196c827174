#include "cmd.h"

#include "base/log.h"
#include "run/scope.h"
#include "site/page.h"

static size_t fault_count;

static void
count_fault(const struct err *e)
{
	cmd_report(e);
	fault_count++;
}

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

static int
check_templates(const struct settings *s, const struct layout *layout)
{
	struct pages *pages = pages_new(s, layout);
	size_t count = page_check_all(pages, count_fault);
	const char *plural = count == 1 ? "" : "s";

	pages_free(pages);
	if (fault_count > 0)
		log_info("%zu template%s, %zu with a fault", count, plural, fault_count);
	else
		log_info("%zu template%s, no fault", count, plural);
	return fault_count > 0 ? CMD_NO : CMD_YES;
}

static int
explain_all(const struct settings *s, struct arena *a, struct err *e)
{
	struct scope scope;
	bool ok = true;

	scope_make(a, &scope, s);
	for (size_t i = 0; i < s->explain.count && ok; i++)
		ok = cmd_print(str_format(a, "%s: %.*s\n", s->explain.items[i],
				   STR_ARG(scope_explain(a, &scope, s->explain.items[i]))),
		    e);
	return ok ? CMD_YES : cmd_fail(e);
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
	if (s->explain.count > 0)
		return explain_all(s, a, e);
	if (s->config_file != NULL)
		log_info("%s: no fault", s->config_file);
	return layout.is_app ? check_templates(s, &layout) : CMD_YES;
}

const struct cmd check_cmd = {
    .name = "check",
    .operands = "[DIR]",
    .summary = "find faults in the config file and the templates",
    .scope = SETTINGS_SERVE | SETTINGS_CHECK,
    .takes_directory = true,
    .operands_most = 1,
    .run = check_run,
};
