/*
 * For completions/eddy.bash: what the last word of a command line could be.
 *
 * The first line says what else may stand there: "words" (nothing), "files" or
 * "directories"; each line behind it is a word.
 */
#include "cmd.h"

#include <string.h>

/* What the words before the last one make of it. */
struct context {
	const struct cmd *command;
	bool command_is_named;
	size_t operands;           /* without the command */
	const struct opt *awaited; /* the option whose value the last word is, or NULL */
	bool only_operands;
};

/* The words as they were typed: bash makes three of NAME=VALUE. */
static struct opt_list
words_joined(struct arena *a, const struct opt_list *parts)
{
	struct opt_list words = {0};
	const char *word = NULL;
	bool joins = false;

	for (size_t i = 0; i < parts->count; i++) {
		const char *part = parts->items[i];
		bool equals = strcmp(part, "=") == 0;

		if (word != NULL && !equals && !joins)
			opt_list_add(a, &words, word);
		word = word != NULL && (equals || joins) ? str_format(a, "%s%s", word, part).data : part;
		joins = equals;
	}
	if (word != NULL)
		opt_list_add(a, &words, word);
	return words;
}

/* The words before the last one; of a last one --name=VALUE, --name is before. */
static char **
words_before(struct arena *a, const struct opt_list *words)
{
	char **before = ARENA_ARRAY(a, char *, words->count + 1);
	size_t last = words->count - 1;
	struct str word = str_of(words->items[last]);

	for (size_t i = 0; i < last; i++)
		before[i] = str_cstr(a, str_of(words->items[i]));
	if (str_starts(word, STR("--")) && str_find_char(word, '=') != STR_NONE)
		before[last] = str_cstr(a, str_slice(word, 0, str_find_char(word, '=')));
	return before;
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
	}
}

static struct context
read_context(struct arena *a, const struct opt_list *words)
{
	struct opt_reader reader = {
	    .table = &settings_table, .scopes = SETTINGS_ALL, .next = words_before(a, words)};
	struct context context = {.command = cmd_table[0]};
	struct err ignored = err_make(a);
	struct opt_value value;
	enum opt_read read;

	while ((read = opt_read(&reader, &value, &ignored)) != OPT_READ_END) {
		context.only_operands = reader.only_operands;
		if (read == OPT_READ_OPERAND)
			note_operand(&context, value.text);
		if (read == OPT_READ_FAULT && *reader.next == NULL)
			context.awaited = value.option;
	}
	context.only_operands = reader.only_operands;
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

	if (context->operands >= context->command->operands_most || is_help)
		buf_add_lit(b, "words\n");
	else
		buf_addf(b, "%s\n", context->command->takes_directory ? "directories" : "files");
	if (context->operands == 0 && (is_help || !context->command_is_named) && !context->only_operands)
		add_commands(b);
}

static int
complete_run(struct settings *s, struct arena *a, struct err *e)
{
	struct opt_list words = words_joined(a, &s->operands);
	struct context context = read_context(a, &words);
	struct buf b = buf_make(a);

	if (context.awaited != NULL)
		add_value(&b, context.awaited);
	else if (words.items[words.count - 1][0] == '-' && !context.only_operands)
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
    .run = complete_run,
};
