#include "http/origin.h"

#include "http/server.h"
#include "text/field.h"

#include <string.h>

static bool
is_for_all(const struct settings *settings)
{
	for (size_t i = 0; i < settings->cors.count; i++)
		if (strcmp(settings->cors.items[i], "*") == 0)
			return true;
	return false;
}

/* Whether --cors names the origin of the request, by itself. */
static bool
is_named(const struct req *req)
{
	const struct opt_list *cors = &req->server->settings->cors;
	struct str origin = cors->count > 0 ? req_header(req, STR("Origin")) : STR("");

	for (size_t i = 0; i < cors->count; i++)
		if (str_eq(origin, str_of(cors->items[i])))
			return true;
	return false;
}

/* By Sec-Fetch-Mode, else by Sec-Fetch-Dest; what is put into a page as a plugin is no navigation. */
static bool
is_navigation(const struct req *req)
{
	struct str mode = req_header(req, STR("Sec-Fetch-Mode"));
	struct str destination = req_header(req, STR("Sec-Fetch-Dest"));

	if (str_eq(destination, STR("object")) || str_eq(destination, STR("embed")))
		return false;
	if (mode.len > 0)
		return str_eq(mode, STR("navigate"));
	return str_eq(destination, STR("document")) || str_eq(destination, STR("iframe")) ||
	       str_eq(destination, STR("frame"));
}

bool
origin_check(const struct req *req, struct err *e)
{
	if (!str_eq(req_header(req, STR("Sec-Fetch-Site")), STR("cross-site")) || is_navigation(req) ||
	    is_for_all(req->server->settings) || is_named(req))
		return true;
	return err_set(e, ERR_FORBIDDEN, ERR_NOWHERE,
	    "a page of another site may not have this; restart with --cors and its origin");
}

static bool
is_token_list(struct str list)
{
	while (list.len > 0)
		if (!field_is_token(str_trim_blanks(str_cut(&list, ','))))
			return false;
	return true;
}

void
origin_answer_preflight(const struct req *req, struct resp *resp)
{
	struct str headers = req_header(req, STR("Access-Control-Request-Headers"));

	if (!req_has_header(req, STR("Access-Control-Request-Method")) ||
	    !(is_for_all(req->server->settings) || is_named(req)))
		return;
	resp_set(resp, "Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
	if (headers.len > 0 && is_token_list(headers))
		resp_set(resp, "Access-Control-Allow-Headers", "%.*s", STR_ARG(headers));
}

void
origin_set_common(const struct settings *settings, struct resp *resp)
{
	if (settings->cors.count == 0)
		return;
	if (is_for_all(settings)) {
		resp_put(resp, STR("Access-Control-Allow-Origin"), STR("*"));
		resp_put(resp, STR("Cross-Origin-Resource-Policy"), STR("cross-origin"));
	} else {
		resp_put(resp, STR("Vary"), STR("Origin"));
	}
}

struct resp *
origin_admit(const struct req *req, struct resp *resp)
{
	struct resp *copy;

	if (!is_named(req) || is_for_all(req->server->settings))
		return resp;
	copy = resp_copy(resp);
	resp_put(copy, STR("Access-Control-Allow-Origin"), req_header(req, STR("Origin")));
	resp_put(copy, STR("Access-Control-Allow-Credentials"), STR("true"));
	resp_unref(resp);
	return copy;
}
