/* Points in time: now() and strftime(). A moment is local and whole seconds, as a page shows it. */
#include "os/clock.h"
#include "tmpl/builtin.h"

#include <math.h>
#include <time.h>

enum { TIME_TEXT_SIZE = 1024 };

#define SECONDS_MAX 1e15 /* of a float; the years of `struct tm` end sooner than that of an integer */

#define ISO_DATE "%Y-%m-%d"
#define ISO_TIME "%H:%M:%S"

struct moment {
	int64_t seconds; /* since the epoch */
	struct tm parts;
};

static bool
moment_make(struct run *run, int64_t seconds, struct moment *moment)
{
	time_t time = (time_t)seconds;

	moment->seconds = seconds;
	return localtime_r(&time, &moment->parts) != NULL ||
	       VALUE_FAIL(run, ERR_VALUE, "the time is out of range");
}

/* The format with %f, which C lacks, replaced: a moment has no microseconds. */
static char *
format_for_c(struct arena *a, struct str format)
{
	struct buf b = buf_make(a);

	for (size_t i = 0; i < format.len; i++) {
		struct str directive = str_slice(format, i, i + 2);

		if (str_eq(directive, STR("%f")))
			buf_add_lit(&b, "000000");
		else if (directive.data[0] == '%')
			buf_add(&b, directive);
		else
			buf_add_char(&b, directive.data[0]);
		i += directive.data[0] == '%';
	}
	return buf_cstr(&b);
}

static struct tmpl_value
moment_text(struct arena *a, const struct moment *moment, struct str format)
{
	char text[TIME_TEXT_SIZE];
	size_t len;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	len = strftime(text, sizeof(text), format_for_c(a, format), &moment->parts);
#pragma GCC diagnostic pop
	return tmpl_str(str_dup(a, str_make(text, len)));
}

/* Methods */

static bool
method_strftime(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct tmpl_value format = tmpl_none();

	if (!tmpl_call_bind(call, "format", &format, e))
		return false;
	if (format.type != TMPL_STR)
		return err_set(e, ERR_TYPE, ERR_NOWHERE, "strftime() argument 1 must be str, not %s",
		    value_type_name(format));
	*result = moment_text(tmpl_call_arena(call), context, value_str(format));
	return true;
}

static bool
method_isoformat(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct arena *a = tmpl_call_arena(call);
	struct tmpl_value separator = tmpl_str(STR("T"));
	struct buf b = buf_make(a);

	if (!tmpl_call_bind(call, "?sep", &separator, e))
		return false;
	*result = moment_text(a, context, STR(ISO_DATE));
	buf_add(&b, value_str(*result));
	buf_add(&b, tmpl_text(a, separator));
	*result = moment_text(a, context, STR(ISO_TIME));
	buf_add(&b, value_str(*result));
	*result = tmpl_str(buf_str(&b));
	return true;
}

static bool
method_ctime(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	*result = moment_text(tmpl_call_arena(call), context, STR("%a %b %e %H:%M:%S %Y"));
	return tmpl_call_bind(call, "", NULL, e);
}

static bool
method_timestamp(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	*result = tmpl_float((double)((const struct moment *)context)->seconds);
	return tmpl_call_bind(call, "", NULL, e);
}

/* Monday is 0. */
static bool
method_weekday(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	*result = tmpl_int((((const struct moment *)context)->parts.tm_wday + 6) % 7);
	return tmpl_call_bind(call, "", NULL, e);
}

/* Monday is 1. */
static bool
method_isoweekday(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	*result = tmpl_int((((const struct moment *)context)->parts.tm_wday + 6) % 7 + 1);
	return tmpl_call_bind(call, "", NULL, e);
}

static const struct {
	const char *name;
	tmpl_native_fn *fn;
} methods[] = {
    {"strftime", method_strftime},
    {"isoformat", method_isoformat},
    {"ctime", method_ctime},
    {"timestamp", method_timestamp},
    {"weekday", method_weekday},
    {"isoweekday", method_isoweekday},
    {"__format__", method_strftime},
};

static const char *const number_names[] = {"year", "month", "day", "hour", "minute", "second", "microsecond"};

static struct tmpl_value
moment_names(struct arena *a)
{
	struct tmpl_value names = tmpl_list(a);

	for (size_t i = 0; i < COUNT_OF(number_names); i++)
		tmpl_list_add(a, names, tmpl_str(str_of(number_names[i])));
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		tmpl_list_add(a, names, tmpl_str(str_of(methods[i].name)));
	return names;
}

static bool
moment_attribute(void *context, struct arena *a, struct str name, struct tmpl_value *result)
{
	const struct moment *moment = context;
	const struct tm *parts = &moment->parts;
	const int numbers[] = {parts->tm_year + 1900, parts->tm_mon + 1, parts->tm_mday, parts->tm_hour,
	    parts->tm_min, parts->tm_sec, 0};

	for (size_t i = 0; i < COUNT_OF(numbers); i++)
		if (str_eq(name, str_of(number_names[i]))) {
			*result = tmpl_int(numbers[i]);
			return true;
		}
	for (size_t i = 0; i < COUNT_OF(methods); i++)
		if (str_eq(name, str_of(methods[i].name))) {
			*result = tmpl_native(a, methods[i].name, methods[i].fn, context);
			return true;
		}
	if (str_eq(name, STR("__str__")))
		*result = moment_text(a, moment, STR(ISO_DATE " " ISO_TIME));
	else if (str_eq(name, STR("__dir__")))
		*result = moment_names(a);
	else
		return false;
	return true;
}

BUILTIN(builtin_now)
{
	struct moment *moment = ARENA_NEW(call->run->arena, struct moment);

	(void)args;
	if (!moment_make(call->run, clock_unix_s(), moment))
		return false;
	*result = tmpl_object(call->run->arena, "datetime", moment_attribute, moment);
	return true;
}

/* strftime(format) of now, or strftime(format, seconds since the epoch), in local time. */
BUILTIN(builtin_strftime)
{
	int64_t seconds = clock_unix_s();
	struct moment moment;

	if (args[0].type != TMPL_STR)
		return VALUE_FAIL(call->run, ERR_TYPE, "strftime() argument 1 must be str, not %s",
		    value_type_name(args[0]));
	if (args[1].type == TMPL_FLOAT)
		seconds = fabs(args[1].as.real) < SECONDS_MAX ? (int64_t)floor(args[1].as.real) : INT64_MAX;
	else if (builtin_given(args[1]) && !builtin_integer(call->run, args[1], &seconds))
		return false;
	if (!moment_make(call->run, seconds, &moment))
		return false;
	*result = moment_text(call->run->arena, &moment, value_str(args[0]));
	return true;
}
