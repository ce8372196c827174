/* For `make install`: the manual page eddy(1), from the tables that everything else is made from. */
#include "help.h"

/* Text in roff: no '-' that becomes a hyphen, no '\', and nothing at the start that is a request. */
static void
add_text(struct buf *b, struct str text)
{
	if (str_starts(text, STR(".")) || str_starts(text, STR("'")))
		buf_add_lit(b, "\\&");
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\\')
			buf_add_lit(b, "\\e");
		else if (text.data[i] == '-')
			buf_add_lit(b, "\\-");
		else
			buf_add_char(b, text.data[i]);
	}
	buf_add_char(b, '\n');
}

static void
add_item(struct buf *b, struct str term, struct str text)
{
	buf_add_lit(b, ".TP\n\\fB");
	add_text(b, term);
	b->len--; /* the line goes on */
	buf_add_lit(b, "\\fR\n");
	add_text(b, text);
}

static void
add_commands(struct buf *b)
{
	buf_add_lit(b, ".SH COMMANDS\n");
	for (const struct cmd *const *c = cmd_table; *c != NULL; c++)
		if (!(*c)->hidden)
			add_item(b, help_usage(b->arena, *c), str_of((*c)->summary));
}

/* Which commands take it, where the one that is meant by default doesn't. */
static struct str
takers(struct arena *a, const struct opt *option)
{
	struct buf b = buf_make(a);

	if (option->scopes & (cmd_table[0]->scope | SETTINGS_GENERAL))
		return STR("");
	for (unsigned bit = 0; settings_table.scope_names[bit] != NULL; bit++)
		if (option->scopes & 1U << bit)
			buf_addf(&b, "%s%s", b.len ? ", " : " (", settings_table.scope_names[bit]);
	buf_add_char(&b, ')');
	return buf_str(&b);
}

static void
add_group(struct buf *b, unsigned group)
{
	bool is_first = true;

	for (size_t i = 0; i < settings_table.count; i++) {
		const struct opt *o = &settings_table.options[i];

		if (o->group != group)
			continue;
		if (is_first)
			buf_addf(b, ".SS %s\n", settings_table.group_names[group]);
		is_first = false;
		add_item(b, help_option(b->arena, o),
		    str_format(b->arena, "%.*s%.*s", STR_ARG(help_option_text(b->arena, o)),
			STR_ARG(takers(b->arena, o))));
	}
}

static void
add_options(struct buf *b)
{
	buf_add_lit(b, ".SH OPTIONS\n");
	for (unsigned group = 0; settings_table.group_names[group] != NULL; group++)
		add_group(b, group);
}

static void
add_rest(struct buf *b)
{
	static const struct {
		const char *section, *term, *text;
	} items[] = {
	    {"ENVIRONMENT", "EDDY_PORT, EDDY_STATIC_PREFIX, ...",
		"Each option that a flag sets can be set by a variable; items of a list have commas between "
		"them."},
	    {NULL, "NO_COLOR", "No colours, even on a terminal."},
	    {NULL, "BROWSER", "What --open runs."},
	    {NULL, "XDG_RUNTIME_DIR", "Where running servers are found by eddy status and eddy reload."},
	    {NULL, "XDG_STATE_HOME", "Where the certificate of --tls for localhost is kept."},
	    {NULL, "EDDY_CHANGED",
		"What eddy run tells the command, and --build: the paths that have changed, a line each."},
	    {NULL, "LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES",
		"Sockets from a service manager, as sd_listen_fds(3) has them; eddy run --socket hands its "
		"own to the command in this way, as descriptor 3."},
	    {"FILES", "DIR/eddy.conf",
		"Lines of the form port = 8000. A variable wins over it, a flag over both. What runs "
		"commands, "
		"opens the site to others or leads out of it is refused there, but not in the file that "
		"--config "
		"names."},
	    {NULL, "DIR/templates/", "Makes DIR an app: its pages, with data in templates/_data/*.json."},
	    {NULL, "DIR/static/", "The static files of an app."},
	    {"SIGNALS", "TERM, INT",
		"Finish what is under way and leave; a second one, from 250 ms later on: leave at once."},
	    {NULL, "HUP", "Start anew with config and binary as they are now, without losing a request."},
	    {NULL, "USR1", "Reload the browsers."},
	    {NULL, "USR1, USR2, WINCH", "To eddy run: passed on to the command."},
	    {"EXIT STATUS", "0", "Yes."},
	    {NULL, "1", "No: a fault was found, a file is missing, no server is running."},
	    {NULL, "2", "The command line makes no sense."},
	    {NULL, "3", "The port is in use."},
	    {NULL, "4", "The config is broken."},
	    {NULL, "that of the command",
		"Of eddy run: 128+signal where a signal ended it, 127 where it could not be started, 0 where "
		"it "
		"was the signal of --signal, sent because eddy was to leave."},
	    {"EXAMPLES", "eddy -p 8000 ~/site", "Serve a folder on a port of your choice."},
	    {NULL, "eddy --port 0 --ready-file url ~/site &", "Serve it from a script, on any free port."},
	    {NULL, "eddy run --socket 8000 -- python3 app.py",
		"Run a server of your own, again when a file changes, on a port that stays open."},
	    {NULL, "eddy hash static/* >sums", "Write digests that xxhsum -c checks."},
	};

	for (size_t i = 0; i < COUNT_OF(items); i++) {
		if (items[i].section != NULL)
			buf_addf(b, ".SH %s\n", items[i].section);
		add_item(b, str_of(items[i].term), str_of(items[i].text));
	}
}

static int
manual_run(UNUSED struct settings *s, struct arena *a, struct err *e)
{
	struct buf b = buf_make(a);

	buf_add_lit(&b, ".TH EDDY 1 \"\" \"eddy " EDDY_VERSION "\" \"User Commands\"\n"
			".SH NAME\neddy \\- " EDDY_SUMMARY "\n"
			".SH SYNOPSIS\n.B eddy\n[\\fICOMMAND\\fR] [\\fIOPTION\\fR]... [\\fIDIR\\fR]\n");
	add_commands(&b);
	add_options(&b);
	add_rest(&b);
	return cmd_print(buf_str(&b), e) ? CMD_YES : cmd_fail(e);
}

const struct cmd manual_cmd = {
    .name = "manual",
    .summary = "the manual page, in roff",
    .hidden = true,
    .only_argv = true,
    .run = manual_run,
};
