#include "text/opt.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Names */

static char
name_char(char c)
{
	return c == '_' ? '-' : c;
}

static bool
name_eq(struct str written, const char *name)
{
	if (written.len != strlen(name))
		return false;
	for (size_t i = 0; i < written.len; i++)
		if (name_char(written.data[i]) != name[i])
			return false;
	return true;
}

const struct opt *
opt_find(const struct opt_table *table, struct str name)
{
	for (size_t i = 0; i < table->count; i++)
		if (name_eq(name, table->options[i].name))
			return &table->options[i];
	return NULL;
}

/* The boolean option that "no-name" switches off, or NULL. */
static const struct opt *
find_negated(const struct opt_table *table, struct str name)
{
	const struct opt *option = NULL;

	if (name.len > 3 && name_eq(str_slice(name, 0, 3), "no-"))
		option = opt_find(table, str_from(name, 3));
	return option && option->type == OPT_BOOL ? option : NULL;
}

static const struct opt *
find_letter(const struct opt_table *table, char letter)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->options[i].letter == letter)
			return &table->options[i];
	return NULL;
}

/* What a name that is a synonym means; any other is itself. */
static const char *
synonym_meaning(const struct opt_table *table, const char *name)
{
	for (const struct opt_synonym *s = table->synonyms; s->name != NULL; s++)
		if (strcmp(s->name, name) == 0)
			return s->means;
	return name;
}

const char *
opt_nearest(struct arena *a, const struct opt_table *table, unsigned scopes, struct str name)
{
	const struct opt_synonym *end = table->synonyms;
	const char **names, *nearest;
	size_t count = 0;

	while (end->name != NULL)
		end++;
	names = ARENA_ARRAY(a, const char *, 2 * table->count + (size_t)(end - table->synonyms) + 1);
	for (size_t i = 0; i < table->count; i++) {
		const struct opt *o = &table->options[i];

		if (!(o->scopes & scopes))
			continue;
		names[count++] = o->name;
		if (o->type == OPT_BOOL)
			names[count++] = str_format(a, "no-%s", o->name).data;
	}
	for (const struct opt_synonym *s = table->synonyms; s < end; s++)
		if (opt_find(table, str_of(s->means))->scopes & scopes)
			names[count++] = s->name;
	nearest = str_nearest(name, names);
	return nearest ? synonym_meaning(table, nearest) : NULL;
}

const char *
opt_variable(struct arena *a, const struct opt_table *table, const struct opt *option)
{
	struct buf b = buf_make(a);

	buf_add(&b, str_of(table->environment));
	for (const char *c = option->name; *c != '\0'; c++)
		buf_add_char(&b, *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - ('a' - 'A')) : *c);
	return buf_cstr(&b);
}

/* Values */

static void *
field_of(const struct opt *option, void *values)
{
	return (char *)values + option->offset;
}

static const void *
field_in(const struct opt *option, const void *values)
{
	return (const char *)values + option->offset;
}

static unsigned char *
origin_of(const struct opt_target *target, const struct opt *option)
{
	size_t index = (size_t)(option - target->table->options);

	return (unsigned char *)target->values + target->table->origins_offset + index;
}

enum opt_origin
opt_origin(const struct opt_table *table, const void *values, const void *field)
{
	size_t offset = (size_t)((const char *)field - (const char *)values);
	const unsigned char *origins = (const unsigned char *)values + table->origins_offset;

	for (size_t i = 0; i < table->count; i++)
		if (table->options[i].offset == offset)
			return origins[i];
	base_die("the field at offset %zu belongs to no option", offset);
}

void
opt_list_add(struct arena *a, struct opt_list *list, const char *item)
{
	/* Full whenever the count is a power of two. */
	if ((list->count & (list->count - 1)) == 0) {
		const char **items = ARENA_ARRAY(a, const char *, MAX(2 * list->count, (size_t)1));

		if (list->count > 0)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
	}
	list->items[list->count++] = item;
}

static bool
text_to_bool(struct str text, int *number)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on", "0", "1"};

	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (str_eq_nocase(text, str_of(words[i]))) {
			*number = i % 2;
			return true;
		}
	}
	return false;
}

static bool
text_to_int(struct str text, int *number)
{
	bool negative = str_starts(text, STR("-"));
	uint64_t value;

	if (!str_to_u64(str_from(text, negative), &value) || value > INT_MAX)
		return false;
	*number = negative ? -(int)value : (int)value;
	return true;
}

static bool
text_to_choice(const struct opt *option, struct str text, int *number)
{
	for (int i = 0; option->choices[i] != NULL; i++) {
		if (str_eq(text, str_of(option->choices[i]))) {
			*number = i;
			return true;
		}
	}
	return false;
}

/* The text as the number that the field holds; texts and lists have none. */
static bool
text_to_number(const struct opt *option, struct str text, int *number)
{
	switch (option->type) {
	case OPT_BOOL:
		return text_to_bool(text, number);
	case OPT_INT:
		return text_to_int(text, number);
	case OPT_CHOICE:
		return text_to_choice(option, text, number);
	case OPT_TEXT:
	case OPT_LIST:
		break;
	}
	*number = 0;
	return true;
}

static int
number_get(const struct opt *option, const void *values)
{
	if (option->type == OPT_BOOL)
		return *(const bool *)field_in(option, values);
	return *(const int *)field_in(option, values);
}

static void
number_set(const struct opt *option, void *values, int number)
{
	if (option->type == OPT_BOOL)
		*(bool *)field_of(option, values) = number != 0;
	else
		*(int *)field_of(option, values) = number;
}

/* The number that a boolean, an integer or a choice has where nobody gave one. */
static int
number_default(const struct opt_table *table, const void *values, const struct opt *option)
{
	int number;

	if (option->follows != NULL)
		return number_get(opt_find(table, str_of(option->follows)), values);
	if (!text_to_number(option, str_of(option->fallback), &number))
		base_die("the default of --%s is wrong", option->name);
	return number;
}

static bool
holds_number(const struct opt *option)
{
	return option->type != OPT_TEXT && option->type != OPT_LIST;
}

void
opt_set_defaults(const struct opt_target *target)
{
	for (size_t i = 0; i < target->table->count; i++) {
		const struct opt *o = &target->table->options[i];

		*origin_of(target, o) = OPT_FROM_DEFAULT;
		if (o->type == OPT_LIST)
			*(struct opt_list *)field_of(o, target->values) = (struct opt_list){0};
		else if (o->type == OPT_TEXT)
			*(const char **)field_of(o, target->values) = o->fallback;
		else if (o->follows == NULL)
			number_set(o, target->values, number_default(target->table, target->values, o));
	}
	opt_follow(target);
}

void
opt_follow(const struct opt_target *target)
{
	for (size_t i = 0; i < target->table->count; i++) {
		const struct opt *o = &target->table->options[i];

		if (o->follows != NULL && *origin_of(target, o) == OPT_FROM_DEFAULT)
			number_set(o, target->values, number_default(target->table, target->values, o));
	}
}

/* Assignment */

static bool
value_fault(const struct opt_value *value, struct err *e, const char *why)
{
	enum err_kind kind = value->origin == OPT_FROM_CONFIG || value->origin == OPT_FROM_FOUND_CONFIG
				 ? ERR_CONFIG
				 : ERR_USAGE;

	return err_set(e, kind, value->place, "%.*s: '%s' %s", STR_ARG(value->written), value->text, why);
}

static const char *
choices_listed(struct arena *a, const struct opt *option)
{
	struct buf b = buf_make(a);

	for (const char *const *c = option->choices; *c != NULL; c++)
		buf_addf(&b, "%s%s", c == option->choices ? "" : c[1] ? ", " : " or ", *c);
	return buf_cstr(&b);
}

static bool
fault_of_type(const struct opt_value *value, struct err *e)
{
	const struct opt *o = value->option;
	const char *nearest;

	switch (o->type) {
	case OPT_BOOL:
		return value_fault(value, e, "is neither true nor false");
	case OPT_INT:
		return value_fault(value, e,
		    str_format(e->arena, "is not a number from %d to %d", o->lowest, o->highest).data);
	case OPT_CHOICE:
		value_fault(value, e, str_format(e->arena, "is not %s", choices_listed(e->arena, o)).data);
		nearest = str_nearest(str_of(value->text), o->choices);
		if (nearest != NULL)
			err_set_hint(e, "did you mean '%s'?", nearest);
		return false;
	case OPT_TEXT:
	case OPT_LIST:
		break;
	}
	return value_fault(value, e, "is not a value");
}

static bool
value_check(const struct opt_value *value, int *number, struct err *e)
{
	const struct opt *o = value->option;
	struct str text = str_of(value->text);
	const char *why;

	if (text.len == 0)
		return value_fault(value, e, "is empty: it needs a value");
	if (!text_to_number(o, text, number))
		return fault_of_type(value, e);
	if (o->type == OPT_INT && (*number < o->lowest || *number > o->highest))
		return fault_of_type(value, e);
	why = o->fault ? o->fault(text) : NULL;
	return why == NULL || value_fault(value, e, why);
}

bool
opt_assign(const struct opt_target *target, const struct opt_value *value, struct err *e)
{
	const struct opt *o = value->option;
	unsigned char *origin = origin_of(target, o);
	struct opt_list *list;
	int number = 0;

	if (!value_check(value, &number, e))
		return false;
	if (value->origin < *origin)
		return true;
	if (holds_number(o)) {
		number_set(o, target->values, number);
	} else if (o->type == OPT_TEXT) {
		*(const char **)field_of(o, target->values) =
		    str_dup(target->arena, str_of(value->text)).data;
	} else {
		list = field_of(o, target->values);
		if (value->origin > *origin)
			list->count = 0;
		opt_list_add(target->arena, list, str_dup(target->arena, str_of(value->text)).data);
	}
	*origin = (unsigned char)value->origin;
	return true;
}

/* Assigns the text of a variable, each of its parts where it is a list. */
static bool
take_variable(const struct opt_target *target, struct opt_value *value, struct err *e)
{
	struct str rest = str_of(value->text);

	if (value->option->type != OPT_LIST)
		return opt_assign(target, value, e);
	while (rest.len > 0) {
		value->text = str_cstr(target->arena, str_cut(&rest, ','));
		if (!opt_assign(target, value, e))
			return false;
	}
	return true;
}

bool
opt_take_environment(const struct opt_target *target, struct err *e)
{
	for (size_t i = 0; i < target->table->count; i++) {
		const struct opt *o = &target->table->options[i];
		const char *name = opt_variable(target->arena, target->table, o);
		struct opt_value value = {.option = o,
		    .text = getenv(name),
		    .origin = OPT_FROM_ENVIRONMENT,
		    .written = str_of(name)};

		if ((o->refuses & OPT_NOT_ENVIRONMENT) || value.text == NULL || *value.text == '\0')
			continue;
		if (!take_variable(target, &value, e))
			return false;
	}
	return true;
}

/* The way back */

struct opt_list
opt_texts(struct arena *a, const struct opt *option, const void *values)
{
	struct opt_list texts = {0};
	const char *text;

	if (option->type == OPT_LIST)
		return *(const struct opt_list *)field_in(option, values);
	text = option->type == OPT_TEXT ? *(const char *const *)field_in(option, values) : NULL;
	if (text != NULL)
		opt_list_add(a, &texts, text);
	return texts;
}

static bool
differs_from_default(const struct opt_table *table, const void *values, const struct opt *option)
{
	const char *text;

	if (holds_number(option))
		return number_get(option, values) != number_default(table, values, option);
	if (option->type == OPT_LIST)
		return ((const struct opt_list *)field_in(option, values))->count > 0;
	text = *(const char *const *)field_in(option, values);
	return text != NULL && !(option->fallback && strcmp(text, option->fallback) == 0);
}

static void
add_flag(struct arena *a, const struct opt *o, const char *text, struct opt_list *arguments)
{
	opt_list_add(a, arguments, str_format(a, "--%s=%s", o->name, text).data);
}

static void
add_flags(struct arena *a, const struct opt *o, const void *values, struct opt_list *arguments)
{
	struct opt_list texts = opt_texts(a, o, values);

	switch (o->type) {
	case OPT_BOOL:
		opt_list_add(
		    a, arguments, str_format(a, "--%s%s", number_get(o, values) ? "" : "no-", o->name).data);
		break;
	case OPT_INT:
		add_flag(a, o, str_format(a, "%d", number_get(o, values)).data, arguments);
		break;
	case OPT_CHOICE:
		add_flag(a, o, o->choices[number_get(o, values)], arguments);
		break;
	case OPT_TEXT:
	case OPT_LIST:
		for (size_t i = 0; i < texts.count; i++)
			add_flag(a, o, texts.items[i], arguments);
		break;
	}
}

void
opt_to_argv(struct arena *a, const struct opt_table *table, const void *values, unsigned scopes,
    struct opt_list *arguments)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct opt *o = &table->options[i];
		bool given = opt_origin(table, values, field_in(o, values)) != OPT_FROM_DEFAULT;

		if ((o->scopes & scopes) && (given || differs_from_default(table, values, o)))
			add_flags(a, o, values, arguments);
	}
}

/* The command line */

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
	const struct opt *negated = find_negated(r->table, name);

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
 */
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

	return name.len > 1 && (opt_find(r->table, name) || find_negated(r->table, name));
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
