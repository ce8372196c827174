#include "tmpl/builtin.h"

#include <string.h>

/* Calling an exception class makes an exception, which nothing can raise; its message is the argument. */
static builtin_fn make_exception;

#define EXCEPTION(kind)                                                                             \
	{                                                                                           \
		NULL, {NULL, make_exception, 0, BUILTIN_VARIADIC, NULL, 0}, VALUE_EXCEPTION, (kind) \
	}

#define CLASS(name, make, least, most, parameters, type)                         \
	{                                                                        \
		name, {name, make, least, most, parameters, 0}, (type), ERR_NONE \
	}

static const struct builtin_class classes[] = {
    CLASS("bool", builtin_make_bool, 0, 1, NULL, TMPL_BOOL),
    CLASS("int", builtin_make_int, 0, 2, "?!x ?base", TMPL_INT),
    CLASS("float", builtin_make_float, 0, 1, NULL, TMPL_FLOAT),
    CLASS("str", builtin_make_str, 0, 3, "?object ?encoding ?errors", TMPL_STR),
    CLASS("list", builtin_make_list, 0, 1, NULL, TMPL_LIST),
    CLASS("tuple", builtin_make_tuple, 0, 1, NULL, TMPL_TUPLE),
    CLASS("dict", builtin_make_dict, 0, BUILTIN_VARIADIC, "*", TMPL_DICT),
    CLASS("set", builtin_make_set, 0, 1, NULL, VALUE_SET),
    CLASS("range", builtin_make_range, 1, 3, NULL, VALUE_RANGE),
    CLASS("enumerate", builtin_make_enumerate, 1, 2, "?iterable ?start", VALUE_ITERATOR),
    CLASS("zip", builtin_make_zip, 0, BUILTIN_VARIADIC, "strict", VALUE_ITERATOR),
    CLASS("map", builtin_make_map, 0, BUILTIN_VARIADIC, NULL, VALUE_ITERATOR),
    CLASS("filter", builtin_make_filter, 2, 2, NULL, VALUE_ITERATOR),
    CLASS("reversed", builtin_make_reversed, 0, BUILTIN_VARIADIC, NULL, VALUE_ITERATOR),
    CLASS("type", builtin_make_type, 0, BUILTIN_VARIADIC, NULL, VALUE_CLASS),
    EXCEPTION(ERR_BASE_EXCEPTION),
    EXCEPTION(ERR_EXCEPTION),
    EXCEPTION(ERR_NAME),
    EXCEPTION(ERR_UNBOUND_LOCAL),
    EXCEPTION(ERR_TYPE),
    EXCEPTION(ERR_VALUE),
    EXCEPTION(ERR_KEY),
    EXCEPTION(ERR_INDEX),
    EXCEPTION(ERR_LOOKUP),
    EXCEPTION(ERR_ATTRIBUTE),
    EXCEPTION(ERR_ZERO_DIVISION),
    EXCEPTION(ERR_OVERFLOW),
    EXCEPTION(ERR_ARITHMETIC),
    EXCEPTION(ERR_RECURSION),
    EXCEPTION(ERR_RUNTIME),
    EXCEPTION(ERR_NOT_IMPLEMENTED),
    EXCEPTION(ERR_UNICODE),
    EXCEPTION(ERR_FILE_NOT_FOUND),
    EXCEPTION(ERR_IS_DIRECTORY),
    EXCEPTION(ERR_PERMISSION),
    EXCEPTION(ERR_ASSERTION),
    EXCEPTION(ERR_IMPORT),
    EXCEPTION(ERR_UNICODE_ANY),
    EXCEPTION(ERR_SYNTAX),
    EXCEPTION(ERR_INDENTATION),
    EXCEPTION(ERR_STOP_ITERATION),
    EXCEPTION(ERR_MEMORY),
    EXCEPTION(ERR_OS),
};

const char *
builtin_class_name(const struct builtin_class *class)
{
	return class->name != NULL ? class->name : err_kind_name(class->kind);
}

/* What str() of an exception is: nothing, its one argument, or all of them. */
static bool
exception_text(struct tmpl_call *call, enum err_kind kind, struct tmpl_value args, struct str *text)
{
	if (call->count > 1)
		return value_to_repr(call->run, args, text);
	if (call->count == 0)
		return true;
	return (kind == ERR_KEY ? value_to_repr : value_to_str)(call->run, call->args[0], text);
}

static BUILTIN(make_exception)
{
	struct err fault = err_make(call->run->arena);
	enum err_kind kind = ((const struct builtin_class *)call->self.as.object)->kind;
	struct tmpl_value given = value_tuple_of(call->run->arena, call->count, args);
	struct str text = STR("");

	if (!exception_text(call, kind, given, &text))
		return false;
	err_set(&fault, kind, ERR_NOWHERE, "%.*s", STR_ARG(text));
	*result = value_exception(call->run->arena, &fault, given);
	return true;
}

static const struct builtin *
table_find(const struct builtin_table *table, struct str name)
{
	for (size_t i = 0; i < table->count; i++)
		if (str_eq(str_of(table->rows[i].name), name))
			return &table->rows[i];
	return NULL;
}

bool
builtin_find(struct str name, struct tmpl_value *value)
{
	const struct builtin *found = table_find(&builtin_functions, name);

	if (found == NULL)
		found = table_find(&builtin_helpers, name);
	if (found != NULL) {
		*value = value_object(VALUE_FUNCTION, (void *)(uintptr_t)found);
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(classes); i++) {
		if (!str_eq(name, str_of(builtin_class_name(&classes[i]))))
			continue;
		*value = value_object(VALUE_CLASS, (void *)(uintptr_t)&classes[i]);
		return true;
	}
	return false;
}

static void
table_try_names(const struct builtin_table *table, struct str_near *near)
{
	for (size_t i = 0; i < table->count; i++)
		str_near_try(near, str_of(table->rows[i].name));
}

void
builtin_try_names(struct str_near *near)
{
	table_try_names(&builtin_functions, near);
	table_try_names(&builtin_helpers, near);
	for (size_t i = 0; i < COUNT_OF(classes); i++)
		str_near_try(near, str_of(builtin_class_name(&classes[i])));
}

static const struct builtin_table *
methods_of(int type)
{
	switch (type) {
	case TMPL_STR:
		return &builtin_text_methods;
	case TMPL_LIST:
		return &builtin_list_methods;
	case TMPL_TUPLE:
		return &builtin_tuple_methods;
	case TMPL_DICT:
		return &builtin_dict_methods;
	case VALUE_SET:
		return &builtin_set_methods;
	case VALUE_RANGE:
		return &builtin_range_methods;
	case VALUE_VIEW:
		return &builtin_view_methods;
	case TMPL_INT:
	case TMPL_BOOL:
		return &builtin_int_methods;
	case TMPL_FLOAT:
		return &builtin_float_methods;
	default:
		return NULL;
	}
}

const struct builtin *
builtin_method(int type, struct str name)
{
	const struct builtin_table *table = methods_of(type);

	return table ? table_find(table, name) : NULL;
}

const struct builtin *
builtin_method_of(struct tmpl_value v, struct str name)
{
	const struct builtin *method = builtin_method(v.type, name);

	if (method == NULL && v.type == TMPL_DICT && value_entries(v)->fields != NULL)
		method = table_find(&builtin_header_methods, name);
	return method;
}

void
builtin_try_methods(int type, struct str_near *near)
{
	const struct builtin_table *table = methods_of(type);

	if (table != NULL)
		table_try_names(table, near);
}

/* Classes that have no name in templates are known by that of their instances' type. */
static BUILTIN(fail_to_make)
{
	(void)args;
	(void)result;
	return VALUE_FAIL(call->run, ERR_TYPE, "cannot create '%s' instances", call->name);
}

static const struct builtin_class nameless[] = {
    CLASS("NoneType", fail_to_make, 0, BUILTIN_VARIADIC, NULL, TMPL_NONE),
    CLASS("slice", fail_to_make, 0, BUILTIN_VARIADIC, NULL, VALUE_SLICE),
    CLASS("function", fail_to_make, 0, BUILTIN_VARIADIC, NULL, VALUE_CLOSURE),
    CLASS("builtin_function_or_method", fail_to_make, 0, BUILTIN_VARIADIC, NULL, VALUE_FUNCTION),
    CLASS("dict_keys", fail_to_make, 0, BUILTIN_VARIADIC, NULL, VALUE_VIEW),
    CLASS("dict_values", fail_to_make, 0, BUILTIN_VARIADIC, NULL, VALUE_VIEW),
    CLASS("dict_items", fail_to_make, 0, BUILTIN_VARIADIC, NULL, VALUE_VIEW),
    CLASS("generator", fail_to_make, 0, BUILTIN_VARIADIC, NULL, VALUE_ITERATOR),
};

struct tmpl_value
builtin_class_of(struct arena *a, struct tmpl_value v)
{
	const char *name = value_type_name(v);
	struct builtin_class *made;
	struct tmpl_value class;

	if (builtin_find(str_of(name), &class) && class.type == VALUE_CLASS)
		return class;
	for (size_t i = 0; i < COUNT_OF(nameless); i++)
		if (strcmp(nameless[i].name, name) == 0)
			return value_object(VALUE_CLASS, (void *)(uintptr_t)&nameless[i]);
	made = ARENA_NEW(a, struct builtin_class);
	*made = (struct builtin_class)CLASS(name, fail_to_make, 0, BUILTIN_VARIADIC, NULL, v.type);
	return value_object(VALUE_CLASS, made);
}

BUILTIN(builtin_make_type)
{
	if (call->count == 3)
		return VALUE_FAIL(call->run, ERR_TYPE, "classes can't be made in templates");
	if (call->count != 1)
		return VALUE_FAIL(call->run, ERR_TYPE, "type() takes 1 or 3 arguments");
	*result = builtin_class_of(call->run->arena, args[0]);
	return true;
}

bool
builtin_is_subclass(const struct builtin_class *class, const struct builtin_class *of)
{
	if (class->type == VALUE_EXCEPTION && of->type == VALUE_EXCEPTION)
		return value_exception_is(class->kind, of->kind);
	return class == of || (class->type == TMPL_BOOL && of->type == TMPL_INT);
}

bool
builtin_is_instance(struct tmpl_value value, const struct builtin_class *class)
{
	if (class->type == VALUE_EXCEPTION)
		return value.type == VALUE_EXCEPTION &&
		       value_exception_is(((struct value_exception *)value.as.object)->kind, class->kind);
	if (class->type == VALUE_ITERATOR || class->type == VALUE_VIEW)
		return value.type == class->type &&
		       str_eq(str_of(value_type_name(value)), str_of(class->name));
	return value.type == class->type || (class->type == TMPL_INT && value.type == TMPL_BOOL);
}

bool
builtin_integer(struct run *run, struct tmpl_value v, int64_t *integer)
{
	if (!value_is_integer(v))
		return VALUE_FAIL(
		    run, ERR_TYPE, "'%s' object cannot be interpreted as an integer", value_type_name(v));
	*integer = value_integer(v);
	return true;
}
