#include "tmpl/signature.h"

/*
 * A text such as "path ?include_host ?include_version", with a "*" before those parameters that have no position,
 * and a "!" before the name of one that can only be given by position.
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

/* Functions written in C */

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
signature_bind_c(
    const struct tmpl_call *call, const char *parameters, struct tmpl_value *values, struct err *e)
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

/* Functions written in Python */

void
signature_add_name(struct buf *names, size_t shown, size_t count, struct str name)
{
	if (shown > 0)
		buf_addf(names, shown + 1 < count ? ", " : count > 2 ? ", and " : " and ");
	buf_addf(names, "'%.*s'", STR_ARG(name));
}

/* The name of a method has a dot; its object counts as an argument. */
static size_t
count_self(const struct tmpl_call *call)
{
	return str_find_char(str_of(call->name), '.') != STR_NONE;
}

static bool
fail_python_count(const struct tmpl_call *call, const char *parameters, struct err *e)
{
	size_t self = count_self(call), given = call->count + self, most, optional = 0;
	const char *were = given == 1 ? "was" : "were";
	struct str rest = str_of(parameters);
	struct parameter parameter = {0};

	count_parameters(parameters, &most);
	while (next_parameter(&rest, &parameter))
		optional += parameter.optional;
	most += self;
	if (optional > 0)
		return err_set(e, ERR_TYPE, ERR_NOWHERE,
		    "%s() takes from %zu to %zu positional arguments but %zu %s given", call->name,
		    most - optional, most, given, were);
	return err_set(e, ERR_TYPE, ERR_NOWHERE, "%s() takes %zu positional argument%s but %zu %s given",
	    call->name, most, most == 1 ? "" : "s", given, were);
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
check_keywords(const struct tmpl_call *call, const char *parameters, struct err *e)
{
	for (size_t i = 0; i < call->keyword_count; i++) {
		struct str name = value_str(call->keyword_names[i]);
		size_t at = find_parameter(parameters, name);

		if (at == SIZE_MAX)
			return err_set(e, ERR_TYPE, ERR_NOWHERE,
			    "%s() got an unexpected keyword argument '%.*s'", call->name, STR_ARG(name));
		if (at < call->count)
			return err_set(e, ERR_TYPE, ERR_NOWHERE,
			    "%s() got multiple values for argument '%.*s'", call->name, STR_ARG(name));
	}
	return true;
}

/* Whether the `i`th parameter must be given, but isn't. */
static bool
is_missing(const struct tmpl_call *call, const struct parameter *parameter, size_t i)
{
	return i >= call->count && !parameter->optional && find_keyword(call, parameter->name) == NULL;
}

static bool
check_missing(const struct tmpl_call *call, const char *parameters, struct err *e)
{
	struct str rest = str_of(parameters);
	struct parameter parameter = {0};
	struct buf names = buf_make(call->run->arena);
	size_t missing = 0, shown = 0;

	for (size_t i = 0; next_parameter(&rest, &parameter); i++)
		missing += is_missing(call, &parameter, i);
	if (missing == 0)
		return true;
	rest = str_of(parameters);
	for (size_t i = 0; next_parameter(&rest, &parameter); i++)
		if (is_missing(call, &parameter, i))
			signature_add_name(&names, shown++, missing, parameter.name);
	return err_set(e, ERR_TYPE, ERR_NOWHERE, "%s() missing %zu required positional argument%s: %.*s",
	    call->name, missing, missing == 1 ? "" : "s", STR_ARG(buf_str(&names)));
}

bool
tmpl_call_bind(const struct tmpl_call *call, const char *parameters, struct tmpl_value *values, struct err *e)
{
	struct str rest = str_of(parameters);
	struct parameter parameter = {0};
	size_t positional;

	count_parameters(parameters, &positional);
	if (!check_keywords(call, parameters, e))
		return false;
	if (call->count > positional)
		return fail_python_count(call, parameters, e);
	for (size_t i = 0; next_parameter(&rest, &parameter); i++) {
		const struct tmpl_value *keyword = find_keyword(call, parameter.name);

		if (i < call->count)
			values[i] = call->args[i];
		else if (keyword != NULL)
			values[i] = *keyword;
	}
	return check_missing(call, parameters, e);
}
