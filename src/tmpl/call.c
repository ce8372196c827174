#include "tmpl/builtin.h"
#include "tmpl/vm.h"

#include <string.h>

/*
 * Parameters as a text: "path ?include_host ?include_version", with a "*" before those that have no position, and a
 * "!" before the name of one that can only be given by position.
 */

struct parameter {
	struct str name;
	bool optional, unnamed, named_only;
};

/* Cuts the next parameter off; false at the end. `*parameter` is that before it. */
static bool
next_parameter(struct str *rest, struct parameter *parameter)
{
	parameter->name = str_cut(rest, ' ');
	if (str_eq(parameter->name, STR("*"))) {
		parameter->named_only = true;
		parameter->name = str_cut(rest, ' ');
	}
	parameter->optional = str_starts(parameter->name, STR("?"));
	if (parameter->optional)
		parameter->name = str_from(parameter->name, 1);
	parameter->unnamed = str_starts(parameter->name, STR("!"));
	if (parameter->unnamed)
		parameter->name = str_from(parameter->name, 1);
	return parameter->name.len > 0;
}

/* How many parameters there are, and how many of them have a position. */
static size_t
count_parameters(const char *parameters, size_t *positional)
{
	struct str rest = str_of(parameters);
	struct parameter parameter = {0};
	size_t count = 0;

	*positional = 0;
	while (next_parameter(&rest, &parameter)) {
		count++;
		*positional += !parameter.named_only;
	}
	return count;
}

static bool
check_counts(const struct tmpl_call *call, const char *parameters, struct err *e)
{
	size_t positional, count = count_parameters(parameters, &positional);
	size_t given = call->count + call->keyword_count;

	if (given > count)
		return err_set(e, ERR_TYPE, ERR_NOWHERE, "%s() takes at most %zu %sargument%s (%zu given)",
		    call->name, count, call->count == 0 ? "keyword " : "", count == 1 ? "" : "s", given);
	if (call->count > 0 && positional == 0)
		return err_set(e, ERR_TYPE, ERR_NOWHERE, "%s() takes no positional arguments", call->name);
	if (call->count > positional)
		return err_set(e, ERR_TYPE, ERR_NOWHERE,
		    "%s() takes at most %zu positional argument%s (%zu given)", call->name, positional,
		    positional == 1 ? "" : "s", call->count);
	return true;
}

static const struct tmpl_value *
find_keyword(const struct tmpl_call *call, struct str name)
{
	for (size_t i = 0; i < call->keyword_count; i++)
		if (str_eq(value_str(call->keyword_names[i]), name))
			return &call->keywords[i];
	return NULL;
}

/* A named argument that no parameter has taken. */
static bool
fail_keyword(const struct tmpl_call *call, const char *parameters, struct err *e)
{
	struct str rest = str_of(parameters);
	struct parameter parameter = {0};

	for (size_t i = 0; i < call->count && next_parameter(&rest, &parameter); i++)
		if (!parameter.unnamed && find_keyword(call, parameter.name) != NULL)
			return err_set(e, ERR_TYPE, ERR_NOWHERE,
			    "argument for %s() given by name ('%.*s') and position (%zu)", call->name,
			    STR_ARG(parameter.name), i + 1);
	for (size_t i = 0; i < call->keyword_count; i++) {
		struct str name = value_str(call->keyword_names[i]);
		bool known = false;

		parameter = (struct parameter){0};
		for (rest = str_of(parameters); next_parameter(&rest, &parameter);)
			known |= !parameter.unnamed && str_eq(parameter.name, name);
		if (!known)
			return err_set(e, ERR_TYPE, ERR_NOWHERE,
			    "'%.*s' is an invalid keyword argument for %s()", STR_ARG(name), call->name);
	}
	return true;
}

/* A parameter without a name for the caller is missing. */
static bool
fail_too_few(const struct tmpl_call *call, const char *parameters, struct err *e)
{
	size_t positional, unnamed = 0, count = count_parameters(parameters, &positional);
	struct str rest = str_of(parameters);
	struct parameter parameter = {0};

	while (next_parameter(&rest, &parameter))
		unnamed += parameter.unnamed && !parameter.optional;
	return err_set(e, ERR_TYPE, ERR_NOWHERE, "%s() takes %s %zu positional argument%s (%zu given)",
	    call->name, unnamed < count ? "at least" : "exactly", unnamed, unnamed == 1 ? "" : "s",
	    call->count);
}

bool
tmpl_call_bind(const struct tmpl_call *call, const char *parameters, struct tmpl_value *values, struct err *e)
{
	struct str rest = str_of(parameters);
	struct parameter parameter = {0};
	size_t taken = 0;

	if (!check_counts(call, parameters, e))
		return false;
	for (size_t i = 0; next_parameter(&rest, &parameter); i++) {
		const struct tmpl_value *keyword =
		    i < call->count || parameter.unnamed ? NULL : find_keyword(call, parameter.name);

		taken += keyword != NULL;
		if (i < call->count)
			values[i] = call->args[i];
		else if (keyword != NULL)
			values[i] = *keyword;
		else if (!parameter.optional && parameter.unnamed)
			return fail_too_few(call, parameters, e);
		else if (!parameter.optional)
			return err_set(e, ERR_TYPE, ERR_NOWHERE,
			    "%s() missing required argument '%.*s' (pos %zu)", call->name,
			    STR_ARG(parameter.name), i + 1);
	}
	return taken == call->keyword_count || fail_keyword(call, parameters, e);
}

struct arena *
tmpl_call_arena(const struct tmpl_call *call)
{
	return call->run->arena;
}

/* Builtins */

/* The type that a method is of, with a dot behind, or nothing for a function. */
static struct str
owner_of(const struct tmpl_call *call)
{
	if (call->self.type == TMPL_UNBOUND)
		return STR("");
	return str_format(
	    call->run->arena, "%s.", call->self.type == TMPL_BOOL ? "int" : value_type_name(call->self));
}

/* How CPython words it depends on how many arguments the function takes, and on how it reads them. */
static bool
fail_count(const struct builtin *b, const struct tmpl_call *call)
{
	struct str owner = owner_of(call);
	size_t got = call->count, bound = got < b->least ? b->least : b->most;
	const char *limit = got < b->least ? "least" : "most", *plural = bound == 1 ? "" : "s";

	if (b->most == 0)
		return VALUE_FAIL(call->run, ERR_TYPE, "%.*s%s() takes no arguments (%zu given)",
		    STR_ARG(owner), b->name, got);
	if (b->flags & BUILTIN_TAKES)
		return VALUE_FAIL(call->run, ERR_TYPE, "%s() takes at %s %zu argument%s (%zu given)", b->name,
		    limit, bound, plural, got);
	if (b->least == 1 && b->most == 1)
		return VALUE_FAIL(call->run, ERR_TYPE, "%.*s%s() takes exactly one argument (%zu given)",
		    STR_ARG(owner), b->name, got);
	if (b->least == b->most)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "%s expected %zu argument%s, got %zu", b->name, bound, plural, got);
	return VALUE_FAIL(call->run, ERR_TYPE, "%s expected at %s %zu argument%s, got %zu", b->name, limit,
	    bound, plural, got);
}

/* Tornado's functions are written in Python, which words these faults otherwise than C functions do. */
bool
builtin_is_python(const struct builtin *b)
{
	return b >= builtin_helpers.rows && b < builtin_helpers.rows + builtin_helpers.count;
}

/* `escape` is another name of xhtml_escape. */
const char *
builtin_python_name(const struct builtin *b)
{
	return b->fn == builtin_xhtml_escape ? "xhtml_escape" : b->name;
}

static bool
fail_python_count(const struct builtin *b, const struct tmpl_call *call)
{
	size_t got = call->count;
	const char *were = got == 1 ? "was" : "were";

	if (b->least < b->most)
		return VALUE_FAIL(call->run, ERR_TYPE,
		    "%s() takes from %u to %u positional arguments but %zu %s given", builtin_python_name(b),
		    b->least, b->most, got, were);
	return VALUE_FAIL(call->run, ERR_TYPE, "%s() takes %u positional argument%s but %zu %s given",
	    builtin_python_name(b), b->most, b->most == 1 ? "" : "s", got, were);
}

/* The position of a parameter, or SIZE_MAX. */
static size_t
find_parameter(const char *parameters, struct str wanted)
{
	struct str rest = str_of(parameters);
	struct parameter parameter = {0};

	for (size_t i = 0; next_parameter(&rest, &parameter); i++)
		if (str_eq(parameter.name, wanted))
			return i;
	return SIZE_MAX;
}

static bool
check_python(const struct builtin *b, const struct tmpl_call *call)
{
	const char *parameters = b->parameters ? b->parameters : "";
	struct str rest = str_of(parameters);
	struct parameter parameter = {0};

	for (size_t i = 0; i < call->keyword_count; i++) {
		struct str name = value_str(call->keyword_names[i]);
		size_t at = find_parameter(parameters, name);

		if (at == SIZE_MAX)
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "%s() got an unexpected keyword argument '%.*s'", builtin_python_name(b),
			    STR_ARG(name));
		if (at < call->count)
			return VALUE_FAIL(call->run, ERR_TYPE, "%s() got multiple values for argument '%.*s'",
			    builtin_python_name(b), STR_ARG(name));
	}
	if (call->count > b->most)
		return fail_python_count(b, call);
	for (size_t i = 0; next_parameter(&rest, &parameter); i++)
		if (i >= call->count && !parameter.optional && find_keyword(call, parameter.name) == NULL)
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "%s() missing 1 required positional argument: '%.*s'", builtin_python_name(b),
			    STR_ARG(parameter.name));
	return true;
}

bool
builtin_call(const struct builtin *b, struct tmpl_call *call, struct tmpl_value *result)
{
	struct tmpl_value args[BUILTIN_PARAMETERS_MAX] = {0};

	call->name = b->name;
	if (builtin_is_python(b) &&
	    (call->keyword_count > 0 || call->count < b->least || call->count > b->most) &&
	    !check_python(b, call))
		return false;
	if (b->most == BUILTIN_VARIADIC && (call->keyword_count == 0 || b->parameters != NULL))
		return call->count < b->least ? fail_count(b, call) : b->fn(call, call->args, result);
	if (b->parameters != NULL &&
	    (call->keyword_count > 0 || call->count < b->least || call->count > b->most)) {
		if (!tmpl_call_bind(call, b->parameters, args, call->run->fault))
			return false;
		return b->fn(call, args, result);
	}
	if (call->keyword_count > 0)
		return VALUE_FAIL(call->run, ERR_TYPE, "%.*s%s() takes no keyword arguments",
		    STR_ARG(owner_of(call)), b->name);
	if (call->count < b->least || call->count > b->most)
		return fail_count(b, call);
	if (call->count > 0)
		memcpy(args, call->args, call->count * sizeof(*args));
	return b->fn(call, args, result);
}

/* A method of a class: its first argument is the object. */
static bool
call_unbound(struct run *run, struct tmpl_value function, struct tmpl_call call, struct tmpl_value *result)
{
	const struct builtin *b = function.as.object;
	const char *owner = value_type_name((struct tmpl_value){.type = function.detail});

	if (b->flags & BUILTIN_ON_CLASS)
		return builtin_call(b, &call, result);
	if (call.count == 0)
		return VALUE_FAIL(run, ERR_TYPE, "unbound method %s.%s() needs an argument", owner, b->name);
	if (call.args[0].type != function.detail &&
	    !(function.detail == TMPL_INT && call.args[0].type == TMPL_BOOL))
		return VALUE_FAIL(run, ERR_TYPE,
		    "descriptor '%s' for '%s' objects doesn't apply to a '%s' object", b->name, owner,
		    value_type_name(call.args[0]));
	call.self = call.args[0];
	call.args++;
	call.count--;
	return builtin_call(b, &call, result);
}

static bool
call_native(struct run *run, struct value_native *native, struct tmpl_call *call, struct tmpl_value *result)
{
	struct tmpl_value given = tmpl_none();

	call->name = native->name;
	if (!native->fn(native->context, call, &given, run->fault))
		return false;
	*result = given;
	return !run->copies_data || value_copy_deep(run, given, result);
}

bool
value_call(
    struct run *run, struct tmpl_value function, const struct tmpl_call *given, struct tmpl_value *result)
{
	struct tmpl_call call = *given;
	struct value_method *method;
	struct builtin make;

	switch (function.type) {
	case VALUE_FUNCTION:
		if (function.detail != 0)
			return call_unbound(run, function, call, result);
		return builtin_call(function.as.object, &call, result);
	case VALUE_METHOD:
		method = function.as.object;
		call.self = method->self;
		return builtin_call(method->builtin, &call, result);
	case VALUE_CLASS:
		call.self = function;
		call.self.type = TMPL_UNBOUND;
		make = ((const struct builtin_class *)function.as.object)->make;
		make.name = builtin_class_name(function.as.object);
		return builtin_call(&make, &call, result);
	case VALUE_NATIVE:
		return call_native(run, function.as.object, &call, result);
	case VALUE_CLOSURE:
		return vm_call(run, function.as.object, &call, result);
	default:
		return VALUE_FAIL(run, ERR_TYPE, "'%s' object is not callable", value_type_name(function));
	}
}

bool
value_call_with(struct run *run, struct tmpl_value function, size_t count, const struct tmpl_value *args,
    struct tmpl_value *result)
{
	struct tmpl_call call = {.run = run, .args = args, .count = count};

	return value_spend(run, 1) && value_call(run, function, &call, result);
}

bool
value_is_callable(struct tmpl_value v)
{
	return v.type == VALUE_FUNCTION || v.type == VALUE_METHOD || v.type == VALUE_CLASS ||
	       v.type == VALUE_NATIVE || v.type == VALUE_CLOSURE;
}
