#include "tmpl/builtin.h"
#include "tmpl/vm.h"

#include <string.h>

enum { PARAMETERS_MAX = 16 };

/* Parameters as a text: "path ?include_host ?include_version" */

/* Cuts the next parameter off; false at the end. */
static bool
next_parameter(struct str *rest, struct str *name, bool *optional)
{
	if (rest->len == 0)
		return false;
	*name = str_cut(rest, ' ');
	*optional = name->len > 0 && name->data[0] == '?';
	if (*optional)
		*name = str_from(*name, 1);
	return true;
}

static size_t
count_parameters(const char *parameters)
{
	struct str rest = str_of(parameters), name;
	size_t count = 0;
	bool optional;

	while (next_parameter(&rest, &name, &optional))
		count++;
	return count;
}

/* The position of a parameter, or the number of all. */
static size_t
find_parameter(const char *parameters, struct str wanted)
{
	struct str rest = str_of(parameters), name;
	bool optional;
	size_t i = 0;

	for (; next_parameter(&rest, &name, &optional); i++)
		if (str_eq(name, wanted))
			break;
	return i;
}

/* Puts the named arguments to their places. */
static bool
bind_keywords(const struct tmpl_call *call, const char *parameters, size_t count, struct tmpl_value *values,
    bool *given, struct err *e)
{
	for (size_t i = 0; i < call->keyword_count; i++) {
		struct str name = value_str(call->keyword_names[i]);
		size_t at = find_parameter(parameters, name);

		if (at == count)
			return err_set(e, ERR_TYPE, ERR_NOWHERE,
			    "'%.*s' is an invalid keyword argument for %s()", STR_ARG(name), call->name);
		if (given[at])
			return err_set(e, ERR_TYPE, ERR_NOWHERE,
			    "argument for %s() given by name ('%.*s') and position (%zu)", call->name,
			    STR_ARG(name), at + 1);
		values[at] = call->keywords[i];
		given[at] = true;
	}
	return true;
}

static bool
check_missing(const struct tmpl_call *call, const char *parameters, const bool *given, struct err *e)
{
	struct str rest = str_of(parameters), name;
	bool optional;

	for (size_t i = 0; next_parameter(&rest, &name, &optional); i++)
		if (!given[i] && !optional)
			return err_set(e, ERR_TYPE, ERR_NOWHERE,
			    "%s() missing required argument '%.*s' (pos %zu)", call->name, STR_ARG(name),
			    i + 1);
	return true;
}

bool
tmpl_call_bind(const struct tmpl_call *call, const char *parameters, struct tmpl_value *values, struct err *e)
{
	size_t count = count_parameters(parameters);
	bool given[PARAMETERS_MAX] = {false};

	if (call->count > count)
		return err_set(e, ERR_TYPE, ERR_NOWHERE, "%s() takes at most %zu argument%s (%zu given)",
		    call->name, count, count == 1 ? "" : "s", call->count + call->keyword_count);
	for (size_t i = 0; i < call->count; i++) {
		values[i] = call->args[i];
		given[i] = true;
	}
	return bind_keywords(call, parameters, count, values, given, e) &&
	       check_missing(call, parameters, given, e);
}

struct arena *
tmpl_call_arena(const struct tmpl_call *call)
{
	return call->run->arena;
}

/* Builtins */

/* How CPython words it depends on how many arguments the function takes. */
static bool
fail_count(const struct builtin *b, const struct tmpl_call *call)
{
	bool method = call->self.type != TMPL_UNBOUND;
	const char *type = method ? value_type_name(call->self) : "", *dot = method ? "." : "";
	size_t got = call->count;

	if (b->most == 0)
		return VALUE_FAIL(
		    call->run, ERR_TYPE, "%s%s%s() takes no arguments (%zu given)", type, dot, b->name, got);
	if (b->least == 1 && b->most == 1)
		return VALUE_FAIL(call->run, ERR_TYPE, "%s%s%s() takes exactly one argument (%zu given)",
		    type, dot, b->name, got);
	if (b->least == b->most)
		return VALUE_FAIL(call->run, ERR_TYPE, "%s expected %u argument%s, got %zu", b->name,
		    b->least, b->least == 1 ? "" : "s", got);
	return VALUE_FAIL(call->run, ERR_TYPE, "%s expected at %s %u argument%s, got %zu", b->name,
	    got < b->least ? "least" : "most", got < b->least ? b->least : b->most,
	    (got < b->least ? b->least : b->most) == 1 ? "" : "s", got);
}

/* Tornado's functions are written in Python, which words these faults otherwise than C functions do. */
static bool
is_python(const struct builtin *b)
{
	return b >= builtin_helpers.rows && b < builtin_helpers.rows + builtin_helpers.count;
}

/* `escape` is another name of xhtml_escape. */
static const char *
python_name(const struct builtin *b)
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
		    "%s() takes from %u to %u positional arguments but %zu %s given", python_name(b),
		    b->least, b->most, got, were);
	return VALUE_FAIL(call->run, ERR_TYPE, "%s() takes %u positional argument%s but %zu %s given",
	    python_name(b), b->most, b->most == 1 ? "" : "s", got, were);
}

static bool
check_python(const struct builtin *b, const struct tmpl_call *call)
{
	struct str rest = str_of(b->parameters ? b->parameters : ""), name;
	size_t count = count_parameters(rest.data);
	bool optional, given;

	if (call->count > b->most)
		return fail_python_count(b, call);
	for (size_t i = 0; i < call->keyword_count; i++) {
		name = value_str(call->keyword_names[i]);
		if (find_parameter(rest.data, name) == count)
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "%s() got an unexpected keyword argument '%.*s'", python_name(b), STR_ARG(name));
		if (find_parameter(rest.data, name) < call->count)
			return VALUE_FAIL(call->run, ERR_TYPE, "%s() got multiple values for argument '%.*s'",
			    python_name(b), STR_ARG(name));
	}
	for (size_t i = 0; next_parameter(&rest, &name, &optional); i++) {
		given = optional || i < call->count;
		for (size_t k = 0; k < call->keyword_count; k++)
			given = given || str_eq(value_str(call->keyword_names[k]), name);
		if (!given)
			return VALUE_FAIL(call->run, ERR_TYPE,
			    "%s() missing 1 required positional argument: '%.*s'", python_name(b),
			    STR_ARG(name));
	}
	return true;
}

bool
builtin_call(const struct builtin *b, struct tmpl_call *call, struct tmpl_value *result)
{
	struct tmpl_value args[BUILTIN_PARAMETERS_MAX] = {0};

	call->name = b->name;
	if (is_python(b) && (call->keyword_count > 0 || call->count < b->least || call->count > b->most) &&
	    !check_python(b, call))
		return false;
	if (b->most == BUILTIN_VARIADIC && (call->keyword_count == 0 || b->parameters != NULL))
		return call->count < b->least ? fail_count(b, call) : b->fn(call, call->args, result);
	if (b->parameters != NULL && (call->keyword_count > 0 || call->count < b->least)) {
		if (!tmpl_call_bind(call, b->parameters, args, call->run->fault))
			return false;
		return b->fn(call, args, result);
	}
	if (call->keyword_count > 0)
		return VALUE_FAIL(call->run, ERR_TYPE, "%s%s%s() takes no keyword arguments",
		    call->self.type != TMPL_UNBOUND ? value_type_name(call->self) : "",
		    call->self.type != TMPL_UNBOUND ? "." : "", b->name);
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

	if (call.count == 0)
		return VALUE_FAIL(run, ERR_TYPE, "unbound method %s() needs an argument", b->name);
	if (call.args[0].type != function.detail)
		return VALUE_FAIL(run, ERR_TYPE, "descriptor '%s' does not apply to a '%s' object", b->name,
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
		return builtin_call(&((const struct builtin_class *)function.as.object)->make, &call, result);
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
