#include "http/route.h"

#include "http/http.h"
#include "http/listing.h"
#include "http/origin.h"
#include "http/reload.h"
#include "http/render.h"
#include "http/server.h"
#include "http/static.h"
#include "http/status.h"
#include "os/clock.h"
#include "os/loop.h"
#include "site/page.h"
#include "site/site.h"
#include "text/field.h"
#include "text/mime.h"

enum {
	GAP_STEP_MS = 10,
	HTTPS_PORT = 443,
};

static const char *const own_files[] = {"client.js", "stream.js", "overlay.js", "site.css"};
static const char nothing_here[] = "nothing is here";

bool
route_has_method(struct str method)
{
	return str_eq(method, STR("GET")) || str_eq(method, STR("HEAD")) || str_eq(method, STR("OPTIONS"));
}

struct resp *
route_refusal(struct req *req, const struct err *e)
{
	/* Of a malformed head, not even what it accepts is to be relied on. */
	return e->kind == ERR_BAD_REQUEST ? render_error_text(e) : render_error(req, e);
}

/*
 * The stylesheet of the page that refuses a Host is asked for under that Host, and is the same everywhere. A
 * redirect to TLS is not: it leads to that Host.
 */
static bool
is_for_any_host(const struct req *req)
{
	return !req->wants_tls && !req->url.is_directory && str_eq(req->url.path, STR("_eddy/site.css"));
}

/* RFC 9110 §7.4: a Host that we don't serve may be a page of somebody else's that was rebound to us. */
static bool
check_authority(const struct server *server, struct req *req, struct err *e)
{
	const struct url_host *host = &req->authority;

	if (req->url.form == URL_ABSOLUTE) {
		req->host = req->url.authority;
		if (!url_host_parse(&req->arena, req->host, &req->authority, e))
			return false;
	}
	if (req->host.len == 0 || is_for_any_host(req))
		return true;
	if (url_host_allowed(host, server->bound_address, server->allowed_hosts, server->allowed_host_count))
		return true;
	return err_set(e, ERR_MISDIRECTED, ERR_NOWHERE,
	    "this server does not answer for '%.*s'; restart with --allow-host %.*s", STR_ARG(host->name),
	    STR_ARG(host->name));
}

static struct resp *
answer_options(const struct req *req)
{
	struct resp *resp = resp_new(204);

	render_set_common(resp, "no-store");
	resp_set(resp, "Allow", RENDER_METHODS);
	origin_answer_preflight(req, resp);
	return resp;
}

static struct resp *
answer_redirect(struct req *req)
{
	struct resp *resp = resp_new(308);
	struct str location = url_encode_path(&req->arena, req->url.path, true);

	render_set_common(resp, "no-store");
	resp_set(resp, "Location", "%.*s%s%.*s", STR_ARG(location), req->url.has_query ? "?" : "",
	    STR_ARG(req->url.query));
	return resp;
}

/* The same on the port that speaks TLS. */
static struct resp *
answer_redirect_to_tls(const struct server *server, struct req *req)
{
	bool is_v6 = req->authority.kind == URL_HOST_IPV6;
	struct str host = req->authority.name.len > 0 ? req->authority.name : STR("localhost");
	struct buf location = buf_make(&req->arena);
	struct resp *resp = resp_new(308);

	buf_addf(&location, "https://%s%.*s%s", is_v6 ? "[" : "", STR_ARG(host), is_v6 ? "]" : "");
	if (server->port != HTTPS_PORT)
		buf_addf(&location, ":%d", server->port);
	buf_add(&location, url_encode_path(&req->arena, req->url.path, req->url.is_directory));
	if (req->url.has_query)
		buf_addf(&location, "?%.*s", STR_ARG(req->url.query));
	render_set_common(resp, "no-store");
	resp_set(resp, "Location", "%.*s", STR_ARG(buf_str(&location)));
	return resp;
}

static struct resp *
answer_without(struct req *req, enum err_kind kind, const char *message)
{
	struct err e = err_make(&req->arena);

	err_set(&e, kind, ERR_NOWHERE, "%s", message);
	return render_error(req, &e);
}

/* One of eddy's own files. */
static struct resp *
answer_asset(struct server *server, struct req *req, struct str name)
{
	struct str content;

	if (!page_asset(server->settings, &req->arena, name, &content))
		return answer_without(req, ERR_NOT_FOUND, nothing_here);
	return static_answer_asset(req, content, mime_of(name));
}

static struct resp *
answer_own(struct server *server, struct req *req, struct str name)
{
	if (str_eq(name, STR("events")))
		return reload_open(server->reload, req);
	if (str_eq(name, STR("status")))
		return status_open(server->status, req);
	for (size_t i = 0; i < COUNT_OF(own_files); i++)
		if (str_eq(name, str_of(own_files[i])))
			return answer_asset(server, req, name);
	return answer_without(req, ERR_NOT_FOUND, nothing_here);
}

/* A page that the user goes to, by its URL too: what has an extension is something that a page loads. */
static bool
wants_some_page(struct req *req)
{
	size_t slash = str_rfind_char(req->url.path, '/');
	struct str name = str_from(req->url.path, slash == STR_NONE ? 0 : slash + 1);

	return !req->url.is_hidden && str_find_char(name, '.') == STR_NONE && req_is_navigation(req);
}

/* The page that stands in for what isn't there: that of --spa, or the site's 404.html. */
static struct site_match
find_instead(struct server *server, struct req *req, int *status)
{
	struct str spa = str_of(server->settings->spa);

	*status = 200;
	if (spa.len > 0 && wants_some_page(req)) {
		struct site_match match = site_find_page(server->site, &req->arena, spa);

		if (match.kind != SITE_MISSING)
			return match;
	}
	*status = 404;
	if (req_face(req) == REQ_FACE_JSON)
		return (struct site_match){.kind = SITE_MISSING};
	return site_find_page(server->site, &req->arena, STR("404.html"));
}

static struct resp *
answer_missing(struct server *server, struct req *req)
{
	int status;
	struct site_match match = find_instead(server, req, &status);
	struct err e = err_make(&req->arena);

	if (match.kind == SITE_FILE)
		return static_answer_instead(req, match.file, status);
	if (match.kind == SITE_FILE_UNHASHED)
		return static_answer_instead_later(req, match.file, match.name, status);
	err_set(&e, ERR_NOT_FOUND, ERR_NOWHERE, "%s", nothing_here);
	if (match.kind == SITE_PAGE)
		return render_page_instead(req, match.name, status, status == 404 ? &e : NULL);
	return render_error(req, &e);
}

static bool
match_is_page(const struct site_match *match, struct req *req)
{
	return match->kind == SITE_PAGE || match->kind == SITE_FOLDER ||
	       (match->file != NULL && mime_is_html(str_of(match->file->type))) || req_is_navigation(req);
}

static struct resp *
answer_match(struct server *server, struct req *req, struct site_match match)
{
	req->is_page = server->settings->debug && match_is_page(&match, req);
	switch (match.kind) {
	case SITE_FILE:
		return static_answer(req, match.file, match.name);
	case SITE_FILE_UNHASHED:
		return static_answer_later(req, match.file, match.name);
	case SITE_PAGE:
		return render_page(req, match.name);
	case SITE_FOLDER:
		return listing_answer(req, match.name);
	case SITE_REDIRECT:
		return answer_redirect(req);
	case SITE_DENIED:
		return answer_without(req, ERR_FORBIDDEN, "the file may not be read");
	case SITE_FAILED:
		return answer_without(req, ERR_UNAVAILABLE, "the file can't be opened now");
	case SITE_MISSING:
	case SITE_GONE:
		break;
	}
	return answer_missing(server, req);
}

/* A request for a file that was there a moment ago. Lives in the request's arena. */
struct gap {
	struct loop_timer timer;
	struct req *req;
	int64_t end_ms;
};

static void
on_gap_due(struct loop_timer *timer)
{
	struct gap *gap = CONTAINER_OF(timer, struct gap, timer);
	struct req *req = gap->req;
	struct server *server = req->server;
	bool is_over = clock_mono_ms() >= gap->end_ms; /* read before the last look, not behind it */
	struct site_match match = site_find(server->site, &req->arena, &req->url);
	bool is_back =
	    match.file != NULL || match.kind == SITE_PAGE; /* not the listing in place of an index */
	struct resp *resp;

	if (!is_back && !is_over) {
		loop_timer_set(server->loop, timer, GAP_STEP_MS);
		return;
	}
	resp = answer_match(server, req, match);
	if (resp != NULL)
		http_answer(req, resp);
}

/* Many editors move a file away before they put the new one in its place: it is looked for again and again. */
static struct resp *
answer_behind_gap(struct server *server, struct req *req)
{
	struct gap *gap = ARENA_NEW(&req->arena, struct gap);

	gap->timer.due = on_gap_due;
	gap->req = req;
	gap->end_ms = clock_mono_ms() + FILE_GAP_MS;
	loop_timer_set(server->loop, &gap->timer, GAP_STEP_MS);
	return NULL;
}

static struct resp *
answer_site(struct server *server, struct req *req)
{
	struct site_match match = site_find(server->site, &req->arena, &req->url);

	if (match.kind == SITE_GONE)
		return answer_behind_gap(server, req);
	return answer_match(server, req, match);
}

struct resp *
route_answer(struct server *server, struct req *req)
{
	static const struct str own = {"_eddy/", 6};
	struct err e = err_make(&req->arena);
	bool is_path = url_parse(&req->arena, req->target, &req->url, &e);

	if (!is_path && e.kind != ERR_NOT_FOUND)
		return render_error(req, &e);
	if (!check_authority(server, req, &e) || !origin_check(req, &e))
		return render_error(req, &e);
	if (str_eq(req->method, STR("OPTIONS")))
		return answer_options(req);
	if (req->url.form == URL_ASTERISK) /* RFC 9112 §3.2.4 */
		return answer_without(req, ERR_BAD_REQUEST, "'*' is for OPTIONS");
	if (!is_path)
		return answer_missing(server, req);
	if (req->wants_tls)
		return answer_redirect_to_tls(server, req);
	if (str_starts(req->url.path, own))
		return answer_own(server, req, str_from(req->url.path, own.len));
	return answer_site(server, req);
}

/* The fields of --header. */
static void
set_site_fields(const struct settings *settings, struct resp *resp)
{
	struct str name, value;

	for (size_t i = 0; i < settings->headers.count; i++)
		if (field_split(str_of(settings->headers.items[i]), &name, &value))
			resp_put(resp, name, value);
}

struct resp *
route_complete(const struct req *req, struct resp *resp)
{
	const struct settings *settings = req->server->settings;

	if (!resp->is_complete) {
		origin_set_common(settings, resp);
		set_site_fields(settings, resp);
		resp->is_complete = true;
	}
	return settings->cors.count > 0 ? origin_admit(req, resp) : resp;
}
