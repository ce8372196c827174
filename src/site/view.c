#include "site/view.h"

#include "base/log.h"
#include "site/near.h"
#include "site/site.h"
#include "site/view_request.h"
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
	if (arguments[0].type != TMPL_STR)
		return err_set(e, ERR_TYPE, ERR_NOWHERE, "can only concatenate str (not \"%s\") to str",
		    tmpl_type_name(arguments[0]));
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

static bool
fail_reverse(struct arena *a, const struct layout *layout, struct str name, struct err *e)
{
	struct url url = {.path = name};
	struct str urls[NEAR_MAX];

	err_set(e, ERR_KEY, ERR_NOWHERE, "'%.*s not found in named urls'", STR_ARG(name));
	if (layout->templates != NULL && near_urls(a, layout, &url, true, urls) > 0)
		err_set_hint(e, "did you mean '%.*s'?", STR_ARG(str_from(urls[0], 1)));
	else
		err_set_hint(e, "reverse_url('about') is the URL of templates/about.html");
	return false;
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
		return fail_reverse(a, view->layout, name, e);
	slash = str_rfind_char(page, '/');
	is_index = str_eq(str_from(page, slash + 1), STR("index.html"));
	if (is_index)
		page.len = slash == STR_NONE ? 0 : slash + 1;
	else if (str_ends(page, STR(".html")))
		page.len -= STR(".html").len;
	*result = tmpl_str(url_encode_path(a, page, is_index));
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

/* Those settings of eddy's that Tornado has too, under Tornado's names. */
static struct tmpl_value
view_settings(const struct view *view, struct arena *a)
{
	const struct settings *settings = view->settings;
	const struct layout *layout = view->layout;
	const struct {
		const char *name;
		struct tmpl_value value;
	} rows[] = {
	    {"debug", tmpl_bool(settings->debug)},
	    {"autoreload", tmpl_bool(settings->autoreload)},
	    {"compiled_template_cache", tmpl_bool(settings->template_cache)},
	    {"static_hash_cache", tmpl_bool(settings->hash_cache)},
	    {"serve_traceback", tmpl_bool(settings->traceback)},
	    {"template_path", layout->templates ? tmpl_str(str_of(layout->templates)) : tmpl_none()},
	    {"static_path", tmpl_str(str_of(layout->static_root))},
	    {"static_url_prefix", tmpl_str(str_format(a, "/%.*s", STR_ARG(layout->static_prefix)))},
	};
	struct tmpl_value dict = tmpl_dict(a);

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		tmpl_dict_set(a, dict, str_of(rows[i].name), rows[i].value);
	return dict;
}

static bool
native_get_status(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e)
{
	*result = tmpl_int(((const struct view *)context)->status);
	return tmpl_call_bind(call, "", NULL, e);
}

/* Functions that are methods of the handler, or stand by themselves, or both. */
static const struct native {
	const char *name, *full_name;
	tmpl_native_fn *fn;
	bool is_free, is_method;
} natives[] = {
    {"static_url", "RequestHandler.static_url", native_static_url, true, true},
    {"reverse_url", "RequestHandler.reverse_url", native_reverse_url, true, true},
    {"xsrf_form_html", "RequestHandler.xsrf_form_html", native_xsrf_form_html, true, true},
    {"get_argument", "RequestHandler.get_argument", view_request_argument, true, true},
    {"get_arguments", "RequestHandler.get_arguments", view_request_arguments, true, true},
    {"get_query_argument", "RequestHandler.get_query_argument", view_request_argument, true, true},
    {"get_query_arguments", "RequestHandler.get_query_arguments", view_request_arguments, true, true},
    {"get_body_argument", "RequestHandler.get_body_argument", view_request_body_argument, false, true},
    {"get_body_arguments", "RequestHandler.get_body_arguments", view_request_body_arguments, false, true},
    {"get_cookie", "RequestHandler.get_cookie", view_request_cookie, true, true},
    {"get_status", "RequestHandler.get_status", native_get_status, false, true},
    {"_", "CSVLocale.translate", tmpl_locale_translate, true, false},
    {"pgettext", "CSVLocale.pgettext", tmpl_locale_pgettext, true, false},
};

static struct tmpl_value
native_value(struct view *view, struct arena *a, const struct native *native)
{
	return tmpl_native(a, native->full_name, native->fn, view);
}

/* What isn't a function; the first ones stand by themselves, too. */
enum { FREE_PLAIN_NAMES = 3 };

static const char *const plain_names[] = {"request", "locale", "current_user", "settings", "cookies"};

static bool
plain_value(struct view *view, struct arena *a, struct str name, struct tmpl_value *result)
{
	if (str_eq(name, STR("request")))
		*result = view_request_object(a, view->request);
	else if (str_eq(name, STR("locale")))
		*result = tmpl_locale(a);
	else if (str_eq(name, STR("current_user")))
		*result = tmpl_none();
	else if (str_eq(name, STR("settings")))
		*result = view_settings(view, a);
	else if (str_eq(name, STR("cookies")))
		*result = view_request_cookies(a, view->request);
	else
		return false;
	return true;
}

static struct tmpl_value
handler_names(struct arena *a)
{
	struct tmpl_value names = tmpl_list(a);

	for (size_t i = 0; i < COUNT_OF(plain_names); i++)
		tmpl_list_add(a, names, tmpl_str(str_of(plain_names[i])));
	for (size_t i = 0; i < COUNT_OF(natives); i++)
		if (natives[i].is_method)
			tmpl_list_add(a, names, tmpl_str(str_of(natives[i].name)));
	return names;
}

static bool
handler_attribute(void *context, struct arena *a, struct str name, struct tmpl_value *result)
{
	if (str_eq(name, STR("__dir__"))) {
		*result = handler_names(a);
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(natives); i++)
		if (natives[i].is_method && str_eq(name, str_of(natives[i].name))) {
			*result = native_value(context, a, &natives[i]);
			return true;
		}
	return plain_value(context, a, name, result);
}

struct tmpl_scope
view_scope(struct view *view, struct arena *a)
{
	struct tmpl_scope scope = tmpl_scope_make(a, NULL);
	struct tmpl_value value;

	for (size_t i = 0; i < COUNT_OF(natives); i++)
		if (natives[i].is_free)
			tmpl_scope_set(&scope, natives[i].name, native_value(view, a, &natives[i]));
	for (size_t i = 0; i < FREE_PLAIN_NAMES; i++)
		if (plain_value(view, a, str_of(plain_names[i]), &value))
			tmpl_scope_set(&scope, plain_names[i], value);
	tmpl_scope_set(&scope, "handler", tmpl_object(a, "RequestHandler", handler_attribute, view));
	return scope;
}
