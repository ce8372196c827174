#include "tmpl/bind.h"

#include "tmpl/signature.h"

/* What Python calls one that the body of a template makes. */
#define LAMBDA_NAME "_tt_execute.<locals>.<lambda>"

static bool
is_unbound(struct tmpl_value v)
{
	return v.type == TMPL_UNBOUND;
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static bool
fail_too_many(struct run *run, const struct code_function *f, const struct tmpl_value *locals, size_t given)
{
	uint32_t least = f->parameter_count - f->default_count, most = f->parameter_count, named = 0;
	struct str takes = least < most ? str_format(run->arena, "from %u to %u", least, most)
					: str_format(run->arena, "%u", most);
	struct str were = str_format(run->arena, "%zu", given);

	for (uint32_t i = most; i < most + f->keyword_count; i++)
		named += !is_unbound(locals[i]);
	if (named > 0)
		were = str_format(run->arena, "%zu positional argument%s (and %u keyword-only argument%s)",
		    given, plural(given), named, plural(named));
	return VALUE_FAIL(run, ERR_TYPE, LAMBDA_NAME "() takes %.*s positional argument%s but %.*s %s given",
	    STR_ARG(takes), least < most ? "s" : plural(most), STR_ARG(were),
	    given + named == 1 ? "was" : "were");
}

/* Of the parameters from `first` on, `count` of them, some have no value. */
static bool
fail_missing(struct run *run, const struct code_function *f, const struct tmpl_value *locals, bool by_keyword)
{
	uint32_t first = by_keyword ? f->parameter_count : 0;
	uint32_t count = by_keyword ? f->keyword_count : f->parameter_count;
	struct buf names = buf_make(run->arena);
	uint32_t missing = 0, shown = 0;

	for (uint32_t i = first; i < first + count; i++)
		missing += is_unbound(locals[i]);
	for (uint32_t i = first; i < first + count; i++) {
		if (!is_unbound(locals[i]))
			continue;
		signature_add_name(&names, shown++, missing, f->local_names[i]);
	}
	return VALUE_FAIL(run, ERR_TYPE, LAMBDA_NAME "() missing %u required %s argument%s: %.*s", missing,
	    by_keyword ? "keyword-only" : "positional", plural(missing), STR_ARG(buf_str(&names)));
}

/* Names that only a position could give, and that nothing else takes. */
static bool
fail_unnamed(struct run *run, const struct code_function *f, const struct tmpl_call *call)
{
	struct buf names = buf_make(run->arena);

	for (uint32_t i = 0; i < f->unnamed_count; i++)
		for (size_t k = 0; k < call->keyword_count; k++)
			if (str_eq(f->local_names[i], value_str(call->keyword_names[k])))
				buf_addf(
				    &names, "%s%.*s", names.len > 0 ? ", " : "", STR_ARG(f->local_names[i]));
	if (names.len == 0)
		return true;
	return VALUE_FAIL(run, ERR_TYPE,
	    LAMBDA_NAME "() got some positional-only arguments passed as keyword arguments: '%.*s'",
	    STR_ARG(buf_str(&names)));
}

static bool
bind_keyword(struct run *run, const struct code_function *f, struct tmpl_value key, struct tmpl_value value,
    struct tmpl_value *locals, struct value_dict *rest)
{
	uint32_t i = f->unnamed_count, end = f->parameter_count + f->keyword_count;
	struct str name = value_str(key);

	while (i < end && !str_eq(f->local_names[i], name))
		i++;
	if (i == end && rest != NULL)
		return value_dict_set(run, rest, key, value);
	if (i == end)
		return VALUE_FAIL(
		    run, ERR_TYPE, LAMBDA_NAME "() got an unexpected keyword argument '%.*s'", STR_ARG(name));
	if (!is_unbound(locals[i]))
		return VALUE_FAIL(
		    run, ERR_TYPE, LAMBDA_NAME "() got multiple values for argument '%.*s'", STR_ARG(name));
	locals[i] = value;
	return true;
}

static bool
bind_keywords(
    struct run *run, const struct code_function *f, const struct tmpl_call *call, struct tmpl_value *locals)
{
	struct tmpl_value *rest = &locals[f->parameter_count + f->keyword_count + f->has_star];

	if (f->has_double_star)
		*rest = value_dict(run->arena);
	else if (!fail_unnamed(run, f, call))
		return false;
	for (size_t k = 0; k < call->keyword_count; k++)
		if (!bind_keyword(run, f, call->keyword_names[k], call->keywords[k], locals,
			f->has_double_star ? value_entries(*rest) : NULL))
			return false;
	return true;
}

static void
bind_defaults(const struct vm_closure *closure, struct tmpl_value *locals)
{
	const struct code_function *f = closure->function;
	uint32_t first = f->parameter_count - f->default_count, count = f->default_count + f->keyword_count;

	for (uint32_t i = 0; i < count; i++)
		if (is_unbound(locals[first + i]))
			locals[first + i] = closure->defaults[i];
}

static bool
check_complete(struct run *run, const struct code_function *f, const struct tmpl_value *locals)
{
	for (uint32_t i = 0; i < f->parameter_count; i++)
		if (is_unbound(locals[i]))
			return fail_missing(run, f, locals, false);
	for (uint32_t i = f->parameter_count; i < f->parameter_count + f->keyword_count; i++)
		if (is_unbound(locals[i]))
			return fail_missing(run, f, locals, true);
	return true;
}

bool
bind_arguments(struct run *run, const struct vm_closure *closure, const struct tmpl_call *call,
    struct tmpl_value *locals)
{
	const struct code_function *f = closure->function;
	size_t taken = MIN(call->count, f->parameter_count);

	for (size_t i = 0; i < taken; i++)
		locals[i] = call->args[i];
	if (f->has_star)
		locals[f->parameter_count + f->keyword_count] =
		    value_tuple_of(run->arena, call->count - taken, call->args + taken);
	if (!bind_keywords(run, f, call, locals))
		return false;
	if (call->count > taken && !f->has_star)
		return fail_too_many(run, f, locals, call->count);
	bind_defaults(closure, locals);
	return check_complete(run, f, locals);
}
