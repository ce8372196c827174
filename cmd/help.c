#include "help.h"

#include "http/http.h"

#include <jansson.h>
#include <xxhash.h>

enum { HELP_COLUMN = 30 };

static void
add_columns(struct buf *b, struct str left, struct str right)
{
	buf_add(b, left);
	buf_add_fill(b, ' ', left.len < HELP_COLUMN ? HELP_COLUMN - left.len : 2);
	buf_addf(b, "%.*s\n", STR_ARG(right));
}

struct str
help_option(struct arena *a, const struct opt *o)
{
	struct buf b = buf_make(a);
	bool negatable = o->type == OPT_BOOL && str_eq(str_of(o->fallback), STR("true"));

	if (o->letter)
		buf_addf(&b, "-%c, ", o->letter);
	buf_addf(&b, "--%s%s", negatable ? "[no-]" : "", o->name);
	if (o->argument != NULL)
		buf_addf(&b, o->implied ? "[=%s]" : " %s", o->argument);
	return buf_str(&b);
}

struct str
help_option_text(struct arena *a, const struct opt *o)
{
	bool has_default =
	    (o->type == OPT_INT && o->fallback[0] != '-') || (o->type == OPT_TEXT && o->fallback);

	return has_default ? str_format(a, "%s [%s]", o->help, o->fallback) : str_of(o->help);
}

struct str
help_usage(struct arena *a, const struct cmd *command)
{
	bool is_default = command == cmd_table[0];

	return str_format(a, "eddy %s%s%s%s%s", is_default ? "[" : "", command->name, is_default ? "]" : "",
	    command->operands ? " " : "", command->operands ? command->operands : "");
}

/* Lines that have no letter leave its place empty: "      --layout KIND". */
static void
add_option(struct arena *a, struct buf *b, const struct opt *o)
{
	add_columns(b, str_format(a, "  %s%.*s", o->letter ? "" : "    ", STR_ARG(help_option(a, o))),
	    help_option_text(a, o));
}

/* The options that are typed daily: those with a letter. */
static void
add_daily_options(struct arena *a, struct buf *b, unsigned scopes)
{
	for (size_t i = 0; i < settings_table.count; i++) {
		const struct opt *o = &settings_table.options[i];

		if ((o->scopes & scopes) && o->letter)
			add_option(a, b, o);
	}
}

static void
add_group(struct arena *a, struct buf *b, unsigned scopes, unsigned group)
{
	bool is_first = true;

	for (size_t i = 0; i < settings_table.count; i++) {
		const struct opt *o = &settings_table.options[i];

		if (!(o->scopes & scopes) || o->group != group)
			continue;
		if (is_first)
			buf_addf(b, "\n%s:\n", settings_table.group_names[group]);
		is_first = false;
		add_option(a, b, o);
	}
}

static void
add_groups(struct arena *a, struct buf *b, unsigned scopes)
{
	for (unsigned group = 0; settings_table.group_names[group] != NULL; group++)
		add_group(a, b, scopes, group);
}

static struct str
help_of_eddy(struct arena *a)
{
	struct buf b = buf_make(a);

	buf_add_lit(&b, "eddy " EDDY_VERSION ": " EDDY_SUMMARY ".\n\n");
	for (const struct cmd *const *c = cmd_table; *c != NULL; c++)
		if (!(*c)->hidden)
			add_columns(
			    &b, str_format(a, "  %.*s", STR_ARG(help_usage(a, *c))), str_of((*c)->summary));
	buf_add_char(&b, '\n');
	add_daily_options(a, &b, cmd_table[0]->scope | SETTINGS_GENERAL);
	buf_addf(&b,
	    "\nAll options: eddy help %s. Each can also be set as EDDY_PORT=8000 in the\n"
	    "environment and as 'port = 8000' in DIR/eddy.conf; a flag wins over both.\n",
	    cmd_table[0]->name);
	return buf_str(&b);
}

struct str
help_text(struct arena *a, const struct cmd *command)
{
	struct buf b = buf_make(a);

	if (command == NULL)
		return help_of_eddy(a);
	add_columns(&b, help_usage(a, command), str_of(command->summary));
	add_groups(a, &b, command->scope | SETTINGS_GENERAL);
	return buf_str(&b);
}

struct str
help_version(struct arena *a)
{
	unsigned xxhash = XXH_versionNumber();

	return str_format(a, "eddy " EDDY_VERSION "\nlibmicrohttpd %s%s\njansson %s\nxxHash %u.%u.%u\n",
	    http_library_version(), http_library_guard(), jansson_version_str(), xxhash / 10000,
	    xxhash / 100 % 100, xxhash % 100);
}

static int
help_run(struct settings *s, struct arena *a, struct err *e)
{
	const char *name = s->operands.count > 0 ? s->operands.items[0] : NULL;
	const struct cmd *command = name ? cmd_find(str_of(name)) : NULL;
	const char *nearest;

	if (name != NULL && command == NULL) {
		err_set(e, ERR_USAGE, ERR_NOWHERE, "there is no command '%s'", name);
		nearest = cmd_nearest(a, str_of(name));
		if (nearest != NULL)
			err_set_hint(e, "did you mean 'eddy help %s'?", nearest);
		return cmd_fail(e);
	}
	return cmd_print(help_text(a, command), e) ? CMD_YES : cmd_fail(e);
}

const struct cmd help_cmd = {
    .name = "help",
    .operands = "[COMMAND]",
    .summary = "what a command does, and its options",
    .only_argv = true,
    .operands_most = 1,
    .run = help_run,
};
