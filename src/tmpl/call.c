#include "tmpl/builtin.h"
#include "tmpl/signature.h"
#include "tmpl/vm.h"

#include <string.h>

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

bool
builtin_call(const struct builtin *b, struct tmpl_call *call, struct tmpl_value *result)
{
	struct tmpl_value args[BUILTIN_PARAMETERS_MAX] = {0};
	bool is_plain = call->keyword_count == 0 && call->count >= b->least && call->count <= b->most;
	const char *parameters = b->parameters ? b->parameters : "";

	call->name = builtin_python_name(b);
	if (builtin_is_python(b) && !is_plain)
		return tmpl_call_bind(call, parameters, args, call->run->fault) && b->fn(call, args, result);
	if (b->most == BUILTIN_VARIADIC && (call->keyword_count == 0 || b->parameters != NULL))
		return call->count < b->least ? fail_count(b, call) : b->fn(call, call->args, result);
	if (b->parameters != NULL && !is_plain)
		return signature_bind_c(call, parameters, args, call->run->fault) &&
		       b->fn(call, args, result);
	if (call->keyword_count > 0)
		return VALUE_FAIL(call->run, ERR_TYPE, "%.*s%s() takes no keyword arguments",
		    STR_ARG(owner_of(call)), b->name);
	if (!is_plain)
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
	const char *owner = value_type_plain_name(function.detail);

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
