#include "site/view.h"

#include "base/log.h"
#include "base/utf8.h"
#include "site/site.h"
#include "text/cookie.h"
#include "text/url.h"

static const struct view_field default_headers[] = {{STR("Host"), STR("localhost")}};

const struct view_request view_request_default = {
    .method = STR("GET"),
    .uri = STR("/"),
    .path = STR("/"),
    .query = STR(""),
    .version = STR("HTTP/1.1"),
    .protocol = STR("http"),
    .host = STR("localhost"),
    .remote_ip = STR("127.0.0.1"),
    .headers = default_headers,
    .header_count = COUNT_OF(default_headers),
};

/* URLs */

static bool
native_static_url(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct view *view = context;
	struct arena *a = tmpl_call_arena(call);
	struct tmpl_value arguments[] = {tmpl_none(), tmpl_bool(false), tmpl_bool(true)};
	struct buf url = buf_make(a);
	struct str path;
	struct file *file;

	if (!tmpl_call_bind(call, "path ?include_host ?include_version", arguments, e))
		return false;
	path = str_dup(a, tmpl_text(a, arguments[0]));
	if (tmpl_truth(arguments[1]))
		buf_addf(&url, "%.*s://%.*s", STR_ARG(view->request->protocol), STR_ARG(view->request->host));
	buf_addf(&url, "/%.*s%.*s", STR_ARG(view->layout->static_prefix), STR_ARG(path));
	if (tmpl_truth(arguments[2])) {
		if (file_find(view->digests, path.data, &file) == FILE_READY) {
			buf_addf(&url, "?v=%s", file->version);
			file_unref(file);
		} else {
			log_error(
			    "Could not open static file '%s/%.*s'", view->layout->static_root, STR_ARG(path));
		}
	}
	*result = tmpl_str(buf_str(&url));
	return true;
}

/* "about" → "/about"; an index is the URL of its folder. */
static bool
native_reverse_url(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct view *view = context;
	struct arena *a = tmpl_call_arena(call);
	struct tmpl_value arguments[] = {tmpl_none()};
	struct str name, page = STR("");
	bool is_index;
	size_t slash;

	if (!tmpl_call_bind(call, "name", arguments, e))
		return false;
	name = str_dup(a, tmpl_text(a, arguments[0]));
	for (int folder = 0; folder < 2 && page.len == 0 && view->layout->templates != NULL; folder++)
		page = site_page_name(view->layout, a, name, folder != 0);
	if (page.len == 0)
		return err_set(e, ERR_KEY, ERR_NOWHERE, "'%.*s not found in named urls'", STR_ARG(name));
	slash = str_rfind_char(page, '/');
	is_index = str_eq(str_from(page, slash + 1), STR("index.html"));
	if (is_index)
		page.len = slash == STR_NONE ? 0 : slash + 1;
	else if (str_ends(page, STR(".html")))
		page.len -= STR(".html").len;
	*result = tmpl_str(url_encode_path(a, page, is_index));
	return true;
}

/* Arguments */

/* As Tornado hands an argument out: without control characters, stripped unless that is not wanted. */
static struct tmpl_value
argument_value(struct arena *a, struct str text, struct tmpl_value strip)
{
	struct str clean = str_dup(a, text);
	char *bytes = (char *)(uintptr_t)clean.data;

	for (size_t i = 0; i < clean.len; i++)
		if ((unsigned char)bytes[i] < 0x20 && !(bytes[i] >= '\t' && bytes[i] <= '\r'))
			bytes[i] = ' ';
	return tmpl_str(tmpl_truth(strip) ? utf8_trim(clean) : clean);
}

/* Tornado: the last value; 400 where it is missing and there is no default. */
static bool
native_get_argument(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct view *view = context;
	struct arena *a = tmpl_call_arena(call);
	struct tmpl_value arguments[] = {tmpl_none(), {.type = TMPL_UNBOUND}, tmpl_bool(true)};
	struct str name, value;

	if (!tmpl_call_bind(call, "name ?default ?strip", arguments, e))
		return false;
	name = tmpl_text(a, arguments[0]);
	if (url_query_last(a, view->request->query, name, &value))
		*result = argument_value(a, value, arguments[2]);
	else if (arguments[1].type != TMPL_UNBOUND)
		*result = arguments[1];
	else
		return err_set(e, ERR_MISSING_ARGUMENT, ERR_NOWHERE,
		    "HTTP 400: Bad Request (Missing argument %.*s)", STR_ARG(name));
	return true;
}

static bool
native_get_arguments(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct view *view = context;
	struct arena *a = tmpl_call_arena(call);
	struct tmpl_value arguments[] = {tmpl_none(), tmpl_bool(true)};
	struct str *values;
	size_t count;

	if (!tmpl_call_bind(call, "name ?strip", arguments, e))
		return false;
	*result = tmpl_list(a);
	count = url_query_all(a, view->request->query, tmpl_text(a, arguments[0]), &values);
	for (size_t i = 0; i < count; i++)
		tmpl_list_add(a, *result, argument_value(a, values[i], arguments[1]));
	return true;
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
	struct tmpl_value headers = tmpl_dict_caseless(a);

	for (size_t i = 0; i < request->header_count; i++)
		tmpl_dict_set(a, headers, header_canonical(a, request->headers[i].name),
		    tmpl_str(request->headers[i].value));
	return headers;
}

/* name → {"key": name, "value": value}, which stands for Python's Morsel. */
static struct tmpl_value
request_cookies(struct arena *a, const struct view_request *request)
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

static bool
native_get_cookie(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	const struct view *view = context;
	struct arena *a = tmpl_call_arena(call);
	struct tmpl_value arguments[] = {tmpl_none(), tmpl_none()}, morsel;

	if (!tmpl_call_bind(call, "name ?default", arguments, e))
		return false;
	*result = arguments[1];
	if (tmpl_dict_get(request_cookies(a, view->request), tmpl_text(a, arguments[0]), &morsel))
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
		*result = request_cookies(a, request);
	else if (str_eq(name, STR("full_url")))
		*result = tmpl_native(a, "full_url", native_full_url, context);
	else if (str_eq(name, STR("__str__")))
		*result = tmpl_str(request_text(a, request));
	else if (str_eq(name, STR("__dir__")))
		*result = list_of_names(a, names, COUNT_OF(names));
	else
		return false;
	return true;
}

/* Languages: there are no translations yet, so a text stands for itself. */

/* One or many: the plural, where there is one, unless the count is 1. */
static struct tmpl_value
choose_plural(const struct tmpl_value *values)
{
	bool is_one = values[2].type == TMPL_INT && values[2].as.integer == 1;

	return is_one || !tmpl_truth(values[1]) ? values[0] : values[1];
}

static bool
native_translate(void *context UNUSED, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct tmpl_value values[] = {tmpl_none(), tmpl_none(), tmpl_none()};

	if (!tmpl_call_bind(call, "message ?plural_message ?count", values, e))
		return false;
	*result = choose_plural(values);
	return true;
}

static bool
native_pgettext(void *context UNUSED, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	struct tmpl_value values[] = {tmpl_none(), tmpl_none(), tmpl_none(), tmpl_none()};

	if (!tmpl_call_bind(call, "context message ?plural_message ?count", values, e))
		return false;
	*result = choose_plural(values + 1);
	return true;
}

static bool
locale_attribute(void *context UNUSED, struct arena *a, struct str name, struct tmpl_value *result)
{
	if (str_eq(name, STR("code")))
		*result = tmpl_str(STR("en_US"));
	else if (str_eq(name, STR("name")))
		*result = tmpl_str(STR("English (US)"));
	else if (str_eq(name, STR("translate")))
		*result = tmpl_native(a, "translate", native_translate, NULL);
	else if (str_eq(name, STR("pgettext")))
		*result = tmpl_native(a, "pgettext", native_pgettext, NULL);
	else
		return false;
	return true;
}

/* The names */

/* eddy takes no forms, so there is nothing to protect. */
static bool
native_xsrf_form_html(void *context UNUSED, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	*result = tmpl_str(STR(""));
	return tmpl_call_bind(call, "", NULL, e);
}

static const struct {
	const char *name;
	tmpl_native_fn *fn;
} natives[] = {
    {"static_url", native_static_url},
    {"reverse_url", native_reverse_url},
    {"xsrf_form_html", native_xsrf_form_html},
    {"get_argument", native_get_argument},
    {"get_arguments", native_get_arguments},
    {"get_query_argument", native_get_argument},
    {"get_query_arguments", native_get_arguments},
    {"get_cookie", native_get_cookie},
    {"_", native_translate},
    {"pgettext", native_pgettext},
};

static const char *const plain_names[] = {"request", "locale", "current_user"};

static bool
view_attribute(struct view *view, struct arena *a, struct str name, struct tmpl_value *result)
{
	for (size_t i = 0; i < COUNT_OF(natives); i++)
		if (str_eq(name, str_of(natives[i].name))) {
			*result = tmpl_native(a, natives[i].name, natives[i].fn, view);
			return true;
		}
	if (str_eq(name, STR("request")))
		*result =
		    tmpl_object(a, "HTTPServerRequest", request_attribute, (void *)(uintptr_t)view->request);
	else if (str_eq(name, STR("locale")))
		*result = tmpl_object(a, "Locale", locale_attribute, NULL);
	else if (str_eq(name, STR("current_user")))
		*result = tmpl_none();
	else
		return false;
	return true;
}

/* The names that stand by themselves are attributes of the handler, too, but for the two of gettext. */
static bool
handler_attribute(void *context, struct arena *a, struct str name, struct tmpl_value *result)
{
	if (str_eq(name, STR("__dir__"))) {
		*result = list_of_names(a, plain_names, COUNT_OF(plain_names));
		for (size_t i = 0; i < COUNT_OF(natives); i++)
			tmpl_list_add(a, *result, tmpl_str(str_of(natives[i].name)));
		return true;
	}
	return !str_eq(name, STR("_")) && !str_eq(name, STR("pgettext")) &&
	       view_attribute(context, a, name, result);
}

struct tmpl_scope
view_scope(struct view *view, struct arena *a)
{
	struct tmpl_scope scope = tmpl_scope_make(a, NULL);
	struct tmpl_value value;

	for (size_t i = 0; i < COUNT_OF(natives); i++)
		tmpl_scope_set(&scope, natives[i].name, tmpl_native(a, natives[i].name, natives[i].fn, view));
	for (size_t i = 0; i < COUNT_OF(plain_names); i++)
		if (view_attribute(view, a, str_of(plain_names[i]), &value))
			tmpl_scope_set(&scope, plain_names[i], value);
	tmpl_scope_set(&scope, "handler", tmpl_object(a, "RequestHandler", handler_attribute, view));
	return scope;
}
