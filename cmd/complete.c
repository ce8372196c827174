/*
 * For completions/eddy.bash: what the last word of a command line could be.
 *
 * The first line says what else may stand there: "words" (nothing), "files", "directories" or
 * "programs"; each line behind it is a word.
 */
#include "cmd.h"
#include "text/opt_read.h"

#include <string.h>

/* What the words before the last one make of it. */
struct context {
	const struct cmd *command;
	bool command_is_named;
	size_t operands;           /* without the command */
	const struct opt *awaited; /* the option whose value the last word is, or NULL */
	bool only_operands;
};

/* A command line as far as it was typed. */
struct line {
	char **before; /* the words before the last one; ends with NULL */
	const char *last;
};

/* Reads the words, of which bash makes three where NAME=VALUE was typed. Of a last --name=VALUE, --name is
 * before. */
static struct line
line_read(struct arena *a, const struct opt_list *parts)
{
	char **before = ARENA_ARRAY(a, char *, parts->count + 2);
	size_t count = 0, equals_at;
	struct str word = STR("");
	bool joins = true;

	for (size_t i = 0; i < parts->count; i++) {
		bool equals = strcmp(parts->items[i], "=") == 0;

		if (!equals && !joins) {
			before[count++] = str_cstr(a, word);
			word = STR("");
		}
		word = str_format(a, "%.*s%s", STR_ARG(word), parts->items[i]);
		joins = equals;
	}
	equals_at = str_find_char(word, '=');
	if (str_starts(word, STR("--")) && equals_at != STR_NONE)
		before[count] = str_cstr(a, str_slice(word, 0, equals_at));
	return (struct line){before, str_cstr(a, word)};
}

static void
note_operand(struct context *context, const char *text)
{
	const struct cmd *command = cmd_find(str_of(text));

	if (context->operands == 0 && !context->command_is_named && !context->only_operands &&
	    command != NULL) {
		context->command = command;
		context->command_is_named = true;
	} else {
		context->operands++;
		context->only_operands |= context->command->takes_command;
	}
}

static struct context
read_context(struct arena *a, const struct line *line)
{
	struct opt_reader reader = {.table = &settings_table, .scopes = SETTINGS_ALL, .next = line->before};
	struct context context = {.command = cmd_table[0]};
	struct err ignored = err_make(a);
	struct opt_value value;
	enum opt_read read;

	while ((read = opt_read(&reader, &value, &ignored)) != OPT_READ_END) {
		context.only_operands |= reader.only_operands;
		if (read == OPT_READ_OPERAND)
			note_operand(&context, value.text);
		reader.only_operands = context.only_operands;
		if (read == OPT_READ_FAULT && *reader.next == NULL)
			context.awaited = value.option;
	}
	context.only_operands |= reader.only_operands;
	return context;
}

static void
add_value(struct buf *b, const struct opt *option)
{
	switch (option->content) {
	case OPT_ANYTHING:
		buf_add_lit(b, "words\n");
		break;
	case OPT_DIRECTORY:
		buf_add_lit(b, "directories\n");
		break;
	case OPT_FILE:
	case OPT_PATH:
	case OPT_NAMED_FILE:
	case OPT_TWO_FILES:
		buf_add_lit(b, "files\n");
		break;
	}
	for (size_t i = 0; option->choices != NULL && option->choices[i] != NULL; i++)
		buf_addf(b, "%s\n", option->choices[i]);
}

static void
add_options(struct buf *b, unsigned scopes)
{
	buf_add_lit(b, "words\n");
	for (size_t i = 0; i < settings_table.count; i++) {
		const struct opt *o = &settings_table.options[i];

		if (!(o->scopes & scopes))
			continue;
		buf_addf(b, "--%s\n", o->name);
		if (o->type == OPT_BOOL && str_eq(str_of(o->fallback), STR("true")))
			buf_addf(b, "--no-%s\n", o->name);
	}
}

static void
add_commands(struct buf *b)
{
	for (const struct cmd *const *c = cmd_table; *c != NULL; c++)
		if (!(*c)->hidden)
			buf_addf(b, "%s\n", (*c)->name);
}

static void
add_operand(struct buf *b, const struct context *context)
{
	bool is_help = str_eq(str_of(context->command->name), STR("help"));

	if (context->command->takes_command && context->operands == 0)
		buf_add_lit(b, "programs\n");
	else if (context->operands >= context->command->operands_most || is_help)
		buf_add_lit(b, "words\n");
	else
		buf_addf(b, "%s\n", context->command->takes_directory ? "directories" : "files");
	if (context->operands == 0 && (is_help || !context->command_is_named) && !context->only_operands)
		add_commands(b);
}

static int
complete_run(struct settings *s, struct arena *a, struct err *e)
{
	struct line line = line_read(a, &s->operands);
	struct context context = read_context(a, &line);
	struct buf b = buf_make(a);

	if (context.awaited != NULL)
		add_value(&b, context.awaited);
	else if (line.last[0] == '-' && !context.only_operands)
		add_options(&b, context.command->scope | SETTINGS_GENERAL);
	else
		add_operand(&b, &context);
	return cmd_print(buf_str(&b), e) ? CMD_YES : cmd_fail(e);
}

const struct cmd complete_cmd = {
    .name = "complete",
    .operands = "-- WORD...",
    .summary = "what the last word of a command line could be",
    .operands_least = 1,
    .operands_most = SIZE_MAX,
    .hidden = true,
    .only_argv = true,
    .run = complete_run,
};
