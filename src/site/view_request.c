#include "site/view_request.h"

#include "base/utf8.h"
#include "text/cookie.h"
#include "text/url.h"

#include <string.h>

/* Arguments */

enum { SHOWN_BYTES_MAX = 40 };

/* Bytes as Python's repr shows them. */
static void
add_bytes(struct buf *b, struct str bytes)
{
	static const char escaped[] = "\t\n\r\\", letters[] = "tnr\\";
	char quote =
	    str_find_char(bytes, '\'') != STR_NONE && str_find_char(bytes, '"') == STR_NONE ? '"' : '\'';

	buf_addf(b, "b%c", quote);
	for (size_t i = 0; i < bytes.len; i++) {
		char c = bytes.data[i];
		const char *escape = c != '\0' ? strchr(escaped, c) : NULL;

		if (escape != NULL)
			buf_addf(b, "\\%c", letters[escape - escaped]);
		else if (c == quote)
			buf_addf(b, "\\%c", quote);
		else if ((unsigned char)c < ' ' || (unsigned char)c >= 0x7f)
			buf_addf(b, "\\x%02x", (unsigned char)c);
		else
			buf_add_char(b, c);
	}
	buf_add_char(b, quote);
}

static bool
fail_unicode(struct arena *a, struct str name, struct str value, struct err *e)
{
	struct buf shown = buf_make(a);

	add_bytes(&shown, str_slice(value, 0, MIN(value.len, (size_t)SHOWN_BYTES_MAX)));
	return err_set(e, ERR_HTTP, ERR_NOWHERE, "HTTP 400: Bad Request (Invalid unicode in %.*s: %.*s)",
	    STR_ARG(name), STR_ARG(buf_str(&shown)));
}

/* As Tornado hands arguments out: without control characters, stripped unless that is not wanted. */
static struct str
argument_text(struct arena *a, struct str text, bool strip)
{
	struct str clean = str_dup(a, text);
	char *bytes = (char *)(uintptr_t)clean.data;

	for (size_t i = 0; i < clean.len; i++)
		if ((unsigned char)bytes[i] < 0x20 && !(bytes[i] >= '\t' && bytes[i] <= '\r'))
			bytes[i] = ' ';
	return strip ? utf8_trim(clean) : clean;
}

/* What a call asks for. */
struct argument {
	struct str name;
	struct tmpl_value fallback; /* TMPL_UNBOUND: none */
	bool strip;
};

/* All values of one name, as a list; the last one becomes the fallback. */
static bool
collect_values(const struct view_request *request, struct arena *a, struct argument *argument,
    struct tmpl_value *list, struct err *e)
{
	struct str *values;
	size_t count = url_query_all(a, request->query, argument->name, &values);

	*list = tmpl_list(a);
	for (size_t i = 0; i < count; i++) {
		if (utf8_invalid(values[i]) != STR_NONE)
			return fail_unicode(a, argument->name, values[i], e);
		argument->fallback = tmpl_str(argument_text(a, values[i], argument->strip));
		tmpl_list_add(a, *list, argument->fallback);
	}
	return true;
}

static bool
bind_argument(const struct tmpl_call *call, struct argument *argument, struct err *e)
{
	struct tmpl_value values[] = {tmpl_none(), {.type = TMPL_UNBOUND}, tmpl_bool(true)};

	if (!tmpl_call_bind(call, "name ?default ?strip", values, e))
		return false;
	*argument =
	    (struct argument){tmpl_text(tmpl_call_arena(call), values[0]), values[1], tmpl_truth(values[2])};
	return true;
}

/* The value, or the default; 400 where there is neither. */
static bool
give_argument(const struct argument *argument, struct tmpl_value *result, struct err *e)
{
	*result = argument->fallback;
	return result->type != TMPL_UNBOUND ||
	       err_set(e, ERR_MISSING_ARGUMENT, ERR_NOWHERE, "HTTP 400: Bad Request (Missing argument %.*s)",
		   STR_ARG(argument->name));
}

bool
view_request_argument(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct view *view = context;
	struct argument argument = {0};
	struct tmpl_value values;

	return bind_argument(call, &argument, e) &&
	       collect_values(view->request, tmpl_call_arena(call), &argument, &values, e) &&
	       give_argument(&argument, result, e);
}

bool
view_request_body_argument(
    void *context UNUSED, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct argument argument = {0};

	return bind_argument(call, &argument, e) && give_argument(&argument, result, e);
}

static bool
bind_arguments(const struct tmpl_call *call, struct argument *argument, struct err *e)
{
	struct tmpl_value values[] = {tmpl_none(), tmpl_bool(true)};

	if (!tmpl_call_bind(call, "name ?strip", values, e))
		return false;
	if (values[1].type != TMPL_BOOL) /* as Tornado refuses a default that is given here */
		return err_set(e, ERR_ASSERTION, ERR_NOWHERE, "%s", "");
	*argument = (struct argument){
	    .name = tmpl_text(tmpl_call_arena(call), values[0]), .strip = tmpl_truth(values[1])};
	return true;
}

bool
view_request_arguments(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct view *view = context;
	struct argument argument = {0};

	return bind_arguments(call, &argument, e) &&
	       collect_values(view->request, tmpl_call_arena(call), &argument, result, e);
}

bool
view_request_body_arguments(
    void *context UNUSED, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct argument argument = {0};

	*result = tmpl_list(tmpl_call_arena(call));
	return bind_arguments(call, &argument, e);
}

static struct tmpl_value
request_arguments(struct arena *a, const struct view_request *request)
{
	struct tmpl_value arguments = tmpl_dict(a);
	struct str rest = request->query;
	struct url_param param;

	while (url_query_next(a, &rest, &param)) {
		struct tmpl_value list = tmpl_list(a);
		struct str *values;
		size_t count = url_query_all(a, request->query, param.name, &values);

		for (size_t i = 0; i < count; i++)
			tmpl_list_add(a, list, tmpl_str(values[i]));
		tmpl_dict_set(a, arguments, param.name, list);
	}
	return arguments;
}

/* Header fields and cookies */

/* "x-forwarded-for" as "X-Forwarded-For", as Tornado's HTTPHeaders name it. */
static struct str
header_canonical(struct arena *a, struct str name)
{
	struct str canonical = str_lower(a, name);
	char *letters = (char *)(uintptr_t)canonical.data;

	for (size_t i = 0; i < canonical.len; i++)
		if ((i == 0 || letters[i - 1] == '-') && letters[i] >= 'a' && letters[i] <= 'z')
			letters[i] = (char)(letters[i] - 'a' + 'A');
	return canonical;
}

static struct tmpl_value
request_headers(struct arena *a, const struct view_request *request)
{
	struct tmpl_value headers = tmpl_headers(a);

	for (size_t i = 0; i < request->header_count; i++)
		tmpl_headers_add(
		    a, headers, header_canonical(a, request->headers[i].name), request->headers[i].value);
	return headers;
}

struct tmpl_value
view_request_cookies(struct arena *a, const struct view_request *request)
{
	struct tmpl_value cookies = tmpl_dict(a);

	for (size_t i = 0; i < request->header_count; i++) {
		struct str rest = request->headers[i].value;
		struct cookie cookie;

		if (!str_eq_nocase(request->headers[i].name, STR("Cookie")))
			continue;
		while (cookie_next(a, &rest, &cookie)) {
			struct tmpl_value morsel = tmpl_dict(a);

			tmpl_dict_set(a, morsel, STR("key"), tmpl_str(cookie.name));
			tmpl_dict_set(a, morsel, STR("value"), tmpl_str(cookie.value));
			tmpl_dict_set(a, cookies, cookie.name, morsel);
		}
	}
	return cookies;
}

bool
view_request_cookie(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct view *view = context;
	struct arena *a = tmpl_call_arena(call);
	struct tmpl_value arguments[] = {tmpl_none(), tmpl_none()}, morsel;

	if (!tmpl_call_bind(call, "name ?default", arguments, e))
		return false;
	*result = arguments[1];
	if (tmpl_dict_get(view_request_cookies(a, view->request), tmpl_text(a, arguments[0]), &morsel))
		tmpl_dict_get(morsel, STR("value"), result);
	return true;
}

/* The request */

static bool
native_full_url(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct view_request *request = context;

	if (!tmpl_call_bind(call, "", NULL, e))
		return false;
	*result = tmpl_str(str_format(tmpl_call_arena(call), "%.*s://%.*s%.*s", STR_ARG(request->protocol),
	    STR_ARG(request->host), STR_ARG(request->uri)));
	return true;
}

/* As Tornado prints it. */
static struct str
request_text(struct arena *a, const struct view_request *request)
{
	return str_format(a,
	    "HTTPServerRequest(protocol='%.*s', host='%.*s', method='%.*s', uri='%.*s', version='%.*s', "
	    "remote_ip='%.*s')",
	    STR_ARG(request->protocol), STR_ARG(request->host), STR_ARG(request->method),
	    STR_ARG(request->uri), STR_ARG(request->version), STR_ARG(request->remote_ip));
}

static struct str
host_name(struct str host)
{
	size_t colon = str_rfind_char(host, ':');

	return colon == STR_NONE || str_ends(host, STR("]")) ? host : str_slice(host, 0, colon);
}

static struct tmpl_value
list_of_names(struct arena *a, const char *const *names, size_t count)
{
	struct tmpl_value list = tmpl_list(a);

	for (size_t i = 0; i < count; i++)
		tmpl_list_add(a, list, tmpl_str(str_of(names[i])));
	return list;
}

static bool
request_attribute(void *context, struct arena *a, struct str name, struct tmpl_value *result)
{
	static const char *const names[] = {"method", "uri", "path", "query", "version", "protocol", "host",
	    "host_name", "remote_ip", "body", "headers", "arguments", "query_arguments", "body_arguments",
	    "files", "cookies", "full_url"};
	const struct view_request *request = context;
	const struct {
		struct str name;
		struct str text;
	} texts[] = {
	    {STR("method"), request->method},
	    {STR("uri"), request->uri},
	    {STR("path"), request->path},
	    {STR("query"), request->query},
	    {STR("version"), request->version},
	    {STR("protocol"), request->protocol},
	    {STR("host"), request->host},
	    {STR("host_name"), host_name(request->host)},
	    {STR("remote_ip"), request->remote_ip},
	    {STR("body"), STR("")},
	};

	for (size_t i = 0; i < COUNT_OF(texts); i++)
		if (str_eq(name, texts[i].name)) {
			*result = tmpl_str(texts[i].text);
			return true;
		}
	if (str_eq(name, STR("headers")))
		*result = request_headers(a, request);
	else if (str_eq(name, STR("arguments")) || str_eq(name, STR("query_arguments")))
		*result = request_arguments(a, request);
	else if (str_eq(name, STR("body_arguments")) || str_eq(name, STR("files")))
		*result = tmpl_dict(a);
	else if (str_eq(name, STR("cookies")))
		*result = view_request_cookies(a, request);
	else if (str_eq(name, STR("full_url")))
		*result = tmpl_native(a, "HTTPServerRequest.full_url", native_full_url, context);
	else if (str_eq(name, STR("__str__")))
		*result = tmpl_str(request_text(a, request));
	else if (str_eq(name, STR("__dir__")))
		*result = list_of_names(a, names, COUNT_OF(names));
	else
		return false;
	return true;
}

struct tmpl_value
view_request_object(struct arena *a, const struct view_request *request)
{
	return tmpl_object(a, "HTTPServerRequest", request_attribute, (void *)(uintptr_t)request);
}
