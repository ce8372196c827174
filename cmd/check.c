#include "cmd.h"

#include "base/log.h"
#include "run/scope.h"
#include "site/absent.h"
#include "site/fault.h"
#include "site/page.h"

/* All that were found, as fault_json makes them. */
static json_t *faults;
static json_t *warnings;

static void
note_fault(const struct err *e)
{
	json_array_append_new(faults, fault_json(e));
}

/* The same, told at once to a person. */
static void
tell_fault(const struct err *e)
{
	cmd_report(e);
	note_fault(e);
}

/* False for one that is noted already. */
static bool
note_new_warning(const struct err *warning)
{
	json_t *made = fault_json(warning), *noted;
	size_t i;

	json_array_foreach(warnings, i, noted)
	{
		if (!json_equal(noted, made))
			continue;
		json_decref(made);
		return false;
	}
	json_array_append_new(warnings, made);
	return true;
}

static void
note_warning(const struct err *warning)
{
	note_new_warning(warning);
}

static void
tell_warning(const struct err *warning)
{
	struct arena scratch = arena_make(4 * KIB);

	if (note_new_warning(warning))
		log_warning("%.*s", STR_ARG(err_line(&scratch, warning)));
	arena_free(&scratch);
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

/* Returns how many templates there are. */
static size_t
check_all(const struct settings *s, const struct layout *layout)
{
	static const struct fault_listener noting = {note_fault, note_warning};
	static const struct fault_listener telling = {tell_fault, tell_warning};
	const struct fault_listener *listener = s->json ? &noting : &telling;
	struct pages *pages;
	size_t count;

	absent_tell(s, layout, listener);
	if (!layout->is_app)
		return 0;
	pages = pages_new(s, layout);
	count = page_check_all(pages, listener);
	pages_free(pages);
	return count;
}

/* "no template", "1 template", "2 templates" */
static struct str
counted(struct arena *a, size_t count, const char *noun)
{
	return count == 0 ? str_format(a, "no %s", noun)
			  : str_format(a, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

static void
say_result(const struct settings *s, size_t count)
{
	struct arena scratch = arena_make(KIB);

	if (s->config_file != NULL)
		log_info("%s: no fault", s->config_file);
	log_info("%.*s, %.*s", STR_ARG(counted(&scratch, count, "template")),
	    STR_ARG(counted(&scratch, json_array_size(faults), "fault")));
	arena_free(&scratch);
}

/* Leaves the outcome in `faults` and `warnings`. */
static bool
check_site(const struct settings *s, const struct layout *layout, struct err *e)
{
	size_t count = check_all(s, layout);
	json_t *result;
	bool ok;

	if (!s->json) {
		say_result(s, count);
		return true;
	}
	result = json_pack(
	    "{s:I, s:O, s:O}", "templates", (json_int_t)count, "faults", faults, "warnings", warnings);
	ok = cmd_print_json(result, e);
	json_decref(result);
	return ok;
}

static int
explain_all(const struct settings *s, struct arena *a, struct err *e)
{
	static struct scope scope; /* what it refers to lives until the process ends */
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
	int status;

	say_settings(a, s);
	if (!layout_find(a, s, &layout, e))
		return cmd_fail(e);
	log_debug("%.*s", STR_ARG(layout.description));
	if (s->explain.count > 0)
		return explain_all(s, a, e);
	faults = json_array();
	warnings = json_array();
	status = !check_site(s, &layout, e) ? cmd_fail(e) : json_array_size(faults) > 0 ? CMD_NO : CMD_YES;
	json_decref(faults);
	json_decref(warnings);
	return status;
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
