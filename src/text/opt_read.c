#include "text/opt_read.h"

#include <string.h>

static const struct opt *
find_letter(const struct opt_table *table, char letter)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->options[i].letter == letter)
			return &table->options[i];
	return NULL;
}

static enum opt_read
read_fault_unknown(const struct opt_reader *r, struct str name, struct str written, struct err *e)
{
	const char *nearest = opt_nearest(e->arena, r->table, r->scopes, name);

	err_set(e, ERR_USAGE, ERR_NOWHERE, "there is no option %.*s", STR_ARG(written));
	if (nearest != NULL)
		err_set_hint(e, "did you mean --%s?", nearest);
	return OPT_READ_FAULT;
}

static enum opt_read
read_fault_scope(const struct opt_reader *r, const struct opt_value *value, struct err *e)
{
	struct buf takers = buf_make(e->arena);

	err_set(e, ERR_USAGE, ERR_NOWHERE, "%.*s is no option of this command", STR_ARG(value->written));
	for (size_t bit = 0; r->table->scope_names[bit] != NULL; bit++)
		if (value->option->scopes & 1U << bit)
			buf_addf(&takers, "%s%s", takers.len ? ", " : "", r->table->scope_names[bit]);
	err_set_hint(e, "it belongs to: %.*s", STR_ARG(buf_str(&takers)));
	return OPT_READ_FAULT;
}

static bool
looks_like_option(const char *argument)
{
	return argument[0] == '-' && argument[1] != '\0' && !(argument[1] >= '0' && argument[1] <= '9');
}

/* Takes the argument behind the option as its value. */
static enum opt_read
read_next_as_value(struct opt_reader *r, struct opt_value *value, struct err *e)
{
	const char *argument = *r->next;

	if (argument == NULL || looks_like_option(argument)) {
		err_set(e, ERR_USAGE, ERR_NOWHERE, "%.*s needs a value: %.*s %s", STR_ARG(value->written),
		    STR_ARG(value->written), value->option->argument);
		if (argument != NULL)
			err_set_hint(
			    e, "one that starts with '-' is written --%s=%s", value->option->name, argument);
		return OPT_READ_FAULT;
	}
	r->next++;
	value->text = argument;
	return OPT_READ_OPTION;
}

/* Whether the argument behind an option that needs none is the value of a text, and no operand. */
static bool
is_value_of(const struct opt *option, const char *argument)
{
	return option->type == OPT_TEXT && option->fault != NULL && argument != NULL &&
	       !looks_like_option(argument) && option->fault(str_of(argument)) == NULL;
}

/* --name, --no-name, --name=VALUE, --name VALUE */
static enum opt_read
read_long(struct opt_reader *r, const char *argument, struct opt_value *value, struct err *e)
{
	struct str body = str_of(argument + 2);
	size_t equals = str_find_char(body, '=');
	struct str name = str_slice(body, 0, equals);
	const struct opt *negated = opt_find_negated(r->table, name);

	value->option = negated ? negated : opt_find(r->table, name);
	value->written = str_slice(str_of(argument), 0, 2 + name.len);
	if (value->option == NULL)
		return read_fault_unknown(r, name, value->written, e);
	if (!(value->option->scopes & r->scopes))
		return read_fault_scope(r, value, e);
	if (negated != NULL && equals != STR_NONE) {
		err_set(e, ERR_USAGE, ERR_NOWHERE, "%.*s takes no value", STR_ARG(value->written));
		return OPT_READ_FAULT;
	}
	if (equals != STR_NONE)
		value->text = body.data + equals + 1;
	else if (value->option->type == OPT_BOOL)
		value->text = negated ? "false" : "true";
	else if (value->option->implied != NULL && !is_value_of(value->option, *r->next))
		value->text = value->option->implied;
	else
		return read_next_as_value(r, value, e);
	return OPT_READ_OPTION;
}

/* "-port=8000": a long name behind one dash, which would else be read as a letter with the value "ort=8000".
 *//* "-port=8000" is a long name behind one dash; as letters it would be -p with the value "ort=8000". */
static enum opt_read
read_fault_single_dash(const struct opt_reader *r, struct err *e)
{
	err_set(e, ERR_USAGE, ERR_NOWHERE, "there is no option -%s", r->cluster);
	err_set_hint(e, "did you mean --%s?", r->cluster);
	return OPT_READ_FAULT;
}

static bool
is_long_name(const struct opt_reader *r, const char *cluster)
{
	struct str name = str_slice(str_of(cluster), 0, str_find_char(str_of(cluster), '='));

	return name.len > 1 && (opt_find(r->table, name) || opt_find_negated(r->table, name));
}

/* -q, -qv, -p 8000, -p8000, -p=8000 */
static enum opt_read
read_letter(struct opt_reader *r, struct opt_value *value, struct err *e)
{
	const char *letter = r->cluster;

	value->option = find_letter(r->table, *letter);
	value->written = str_format(e->arena, "-%c", *letter);
	r->cluster = NULL;
	if (value->option == NULL)
		return read_fault_unknown(r, str_of(letter), str_format(e->arena, "-%s", letter), e);
	if (!(value->option->scopes & r->scopes))
		return read_fault_scope(r, value, e);
	if (value->option->type == OPT_BOOL) {
		value->text = "true";
		r->cluster = letter[1] ? letter + 1 : NULL;
		return OPT_READ_OPTION;
	}
	if (letter[1] == '\0' && value->option->implied != NULL) {
		value->text = value->option->implied;
		return OPT_READ_OPTION;
	}
	if (letter[1] == '\0')
		return read_next_as_value(r, value, e);
	value->text = letter[1] == '=' ? letter + 2 : letter + 1;
	return OPT_READ_OPTION;
}

enum opt_read
opt_read(struct opt_reader *r, struct opt_value *value, struct err *e)
{
	const char *argument;

	*value = (struct opt_value){.origin = OPT_FROM_FLAG};
	if (r->cluster != NULL)
		return read_letter(r, value, e);
	argument = *r->next;
	if (argument == NULL)
		return OPT_READ_END;
	r->next++;
	if (!r->only_operands && strcmp(argument, "--") == 0) {
		r->only_operands = true;
		return opt_read(r, value, e);
	}
	if (r->only_operands || argument[0] != '-' || argument[1] == '\0') {
		value->text = argument;
		return OPT_READ_OPERAND;
	}
	if (argument[1] == '-')
		return read_long(r, argument, value, e);
	r->cluster = argument + 1;
	if (is_long_name(r, r->cluster)) {
		enum opt_read fault = read_fault_single_dash(r, e);

		r->cluster = NULL;
		return fault;
	}
	return read_letter(r, value, e);
}
