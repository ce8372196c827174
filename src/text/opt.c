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

const struct opt *
opt_find_negated(const struct opt_table *table, struct str name)
{
	const struct opt *option = NULL;

	if (name.len > 3 && name_eq(str_slice(name, 0, 3), "no-"))
		option = opt_find(table, str_from(name, 3));
	return option && option->type == OPT_BOOL ? option : NULL;
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
