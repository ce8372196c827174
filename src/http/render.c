#include "http/render.h"

#include "http/http.h"
#include "http/proxy.h"
#include "http/reload.h"
#include "http/server.h"
#include "os/clock.h"
#include "os/job.h"
#include "site/coded.h"
#include "site/fault.h"
#include "site/foreign.h"
#include "site/near.h"
#include "site/page.h"
#include "site/site.h"
#include "text/accept.h"
#include "text/digest.h"
#include "text/html.h"
#include "text/json.h"
#include "text/mime.h"
#include "text/validator.h"

#include <stdlib.h>

enum { RENDER_ARENA_BYTES = 32 * 1024 };

void
render_set_common(struct resp *resp, const char *cache_control)
{
	resp_set(resp, "Server", "eddy");
	resp_set(resp, "Cache-Control", "%s", cache_control);
	resp_set(resp, "X-Content-Type-Options", "nosniff");
	resp_set(resp, "Cross-Origin-Resource-Policy", "same-site");
}

enum document { DOCUMENT_OTHER, DOCUMENT_PAGE, DOCUMENT_OWN_PAGE };

/* Adds the document, with the reload client in it where it is a page that somebody looks at. */
static void
add_document(struct req *req, struct resp *resp, struct str document, enum document kind)
{
	uint64_t point = HTML_NOWHERE;

	if (kind != DOCUMENT_OTHER && req->server->settings->livereload && req_is_navigation(req))
		point = html_injection_point(document);
	document = str_dup(&resp->arena, document);
	if (point == HTML_NOWHERE) {
		resp_add_bytes(resp, document);
		return;
	}
	resp_add_bytes(resp, str_slice(document, 0, (size_t)point));
	resp_add_bytes(resp, reload_client_tag(&resp->arena, req, kind == DOCUMENT_OWN_PAGE));
	resp_add_bytes(resp, str_from(document, (size_t)point));
}

static struct str
digest_of_parts(struct resp *resp)
{
	struct digest_stream *stream = digest_stream_new(&resp->arena);

	for (const struct resp_part *part = resp->parts; part != NULL; part = part->next)
		digest_stream_add(stream, part->bytes);
	return digest_hex(&resp->arena, digest_stream_end(stream));
}

/*
 * What there is to say beyond the status, of an error that is the client's; nothing of any other. To a
 * template, the fault of get_argument reads "HTTP 400: Bad Request (why)": here that is "why".
 */
static struct str
error_said(const struct err *e)
{
	int status = err_kind_status(e->kind);
	struct arena scratch = arena_make(256);
	struct str prefix = str_format(&scratch, "HTTP %d: %s (", status, resp_reason(status));
	struct str said = status < 500 ? e->message : STR("");

	if (str_starts(said, prefix) && str_ends(said, STR(")")))
		said = str_slice(said, prefix.len, said.len - 1);
	arena_free(&scratch);
	return said;
}

/* Of a page that isn't there: what may have been meant, and what would answer. While a site is made only. */
struct near {
	struct str urls[NEAR_MAX], files[NEAR_MAX];
	size_t url_count, file_count;
};

static const struct near nothing_near;

static bool
has_near(const struct req *req, const struct err *e)
{
	return e->kind == ERR_NOT_FOUND && req->server->settings->debug;
}

/* Reads folders: on the job thread. */
static struct near
near_of(struct arena *a, const struct req *req, const struct err *e)
{
	const struct layout *layout = &req->server->site->layout;
	struct near near = {0};

	if (!has_near(req, e))
		return near;
	near.url_count = near_urls(a, layout, &req->url, !req->server->settings->listing, near.urls);
	near.file_count = near_files(a, layout, &req->url, near.files);
	return near;
}

static void
buf_add_near(struct buf *b, const struct near *near)
{
	for (size_t i = 0; i < near->url_count; i++)
		buf_addf(b, "%s%.*s%s", i == 0 ? "Did you mean " : " or ", STR_ARG(near->urls[i]),
		    i + 1 == near->url_count ? "?\n" : "");
}

static json_t *
list_json(const struct str *texts, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_text(texts[i]));
	return list;
}

static struct resp *
error_text(const struct err *e, bool with_report, const struct near *near)
{
	int status = err_kind_status(e->kind);
	struct resp *resp = resp_new(status);
	struct buf body = buf_make(&resp->arena);
	struct str said = error_said(e);

	render_set_common(resp, "no-store");
	resp_set(resp, "Content-Type", "text/plain; charset=utf-8");
	resp_set(resp, "Vary", "Accept");
	if (with_report)
		buf_add(&body, err_report(&resp->arena, e, false));
	else
		buf_addf(&body, "%d %s%s%.*s\n", status, resp_reason(status), said.len > 0 ? ": " : "",
		    STR_ARG(said));
	buf_add_near(&body, near);
	resp_add_bytes(resp, buf_str(&body));
	return resp;
}

/* The fault as data, with the addresses that open its places in an editor. */
static json_t *
fault_for(const struct req *req, const struct err *e)
{
	json_t *fault = fault_json(e);

	fault_add_links(fault, req->server->settings, &req->server->site->layout);
	return fault;
}

static struct resp *
error_json(const struct req *req, const struct err *e, bool with_report, const struct near *near)
{
	int status = err_kind_status(e->kind);
	struct resp *resp = resp_new(status);
	struct str said = error_said(e);
	json_t *json = json_pack("{s:i, s:s}", "status", status, "reason", resp_reason(status));
	char *text;

	if (with_report)
		json_object_set_new(json, "error", fault_for(req, e));
	else if (said.len > 0)
		json_object_set_new(json, "message", json_text(said));
	if (near->url_count > 0)
		json_object_set_new(json, "near", list_json(near->urls, near->url_count));
	if (near->file_count > 0)
		json_object_set_new(json, "files", list_json(near->files, near->file_count));
	text = json_dumps(json, JSON_INDENT(2));
	render_set_common(resp, "no-store");
	resp_set(resp, "Content-Type", "application/json; charset=utf-8");
	resp_set(resp, "Vary", "Accept");
	resp_add_bytes(resp, str_format(&resp->arena, "%s\n", text));
	free(text);
	json_decref(json);
	return resp;
}

/* RFC 9110 §10.2.1 */
static struct resp *
with_allow(struct resp *resp, const struct err *e)
{
	if (e->kind == ERR_METHOD)
		resp_set(resp, "Allow", RENDER_METHODS);
	return resp;
}

struct resp *
render_error_text(const struct err *e)
{
	return error_text(e, false, &nothing_near);
}

struct resp *
render_leaving(void)
{
	struct arena scratch = arena_make(512);
	struct err e = err_make(&scratch);
	struct resp *resp;

	err_set(&e, ERR_UNAVAILABLE, ERR_NOWHERE, "the server is leaving");
	resp = error_text(&e, false, &nothing_near);
	arena_free(&scratch);
	return resp;
}

/* Tracebacks show source: only in debug mode, and only to somebody on this machine. */
static bool
may_see_traceback(const struct req *req)
{
	return req->server->settings->traceback && proxy_asker_is_local(req);
}

/* On the job thread from here on */

struct resp *
render_own(struct req *req, int status, const char *template, const struct tmpl_scope *variables)
{
	struct arena scratch = arena_make(RENDER_ARENA_BYTES);
	struct resp *resp = NULL;
	struct str html;

	if (page_render_own(req->server->pages, &scratch, template, variables, &html)) {
		resp = resp_new(status);
		render_set_common(resp, "no-store");
		resp_set(resp, "Content-Type", "text/html; charset=utf-8");
		resp_set(resp, "Content-Security-Policy", "default-src 'self'");
		resp_set(resp, "Vary", "Accept");
		/* The client couldn't reach the server that refuses it. */
		add_document(req, resp, html, status == 421 ? DOCUMENT_OTHER : DOCUMENT_OWN_PAGE);
	}
	arena_free(&scratch);
	return resp;
}

static void
scope_set_fault(struct tmpl_scope *scope, const struct req *req, const struct err *e)
{
	json_t *fault = fault_for(req, e);

	tmpl_scope_set(scope, "error", tmpl_from_json(scope->arena, fault));
	json_decref(fault);
}

/* What doesn't compile may have been written for another program. */
static void
scope_set_advice(struct tmpl_scope *scope, const struct req *req, const struct err *e)
{
	bool is_syntax = e->kind == ERR_PARSE || e->kind == ERR_SYNTAX;
	struct str advice = is_syntax ? foreign_hint(scope->arena, &req->server->site->layout) : STR("");

	tmpl_scope_set(scope, "advice", tmpl_str(advice));
}

static struct tmpl_value
list_value(struct arena *a, const struct str *texts, size_t count)
{
	struct tmpl_value list = tmpl_list(a);

	for (size_t i = 0; i < count; i++)
		tmpl_list_add(a, list, tmpl_str(texts[i]));
	return list;
}

static struct resp *
error_page(struct req *req, const struct err *e, bool with_report, const struct near *near)
{
	struct arena a = arena_make(RENDER_ARENA_BYTES);
	struct tmpl_scope scope = tmpl_scope_make(&a, NULL);
	int status = err_kind_status(e->kind);
	struct resp *resp;

	tmpl_scope_set(&scope, "status", tmpl_int(status));
	tmpl_scope_set(&scope, "reason", tmpl_str(str_of(resp_reason(status))));
	tmpl_scope_set(&scope, "message", tmpl_str(error_said(e)));
	tmpl_scope_set(&scope, "path", tmpl_str(req->target));
	tmpl_scope_set(&scope, "debug", tmpl_bool(req->server->settings->debug));
	tmpl_scope_set(&scope, "near", list_value(&a, near->urls, near->url_count));
	tmpl_scope_set(&scope, "files", list_value(&a, near->files, near->file_count));
	tmpl_scope_set(&scope, "place", tmpl_str(may_see_traceback(req) ? err_where(&a, e) : STR("")));
	if (with_report) {
		scope_set_fault(&scope, req, e);
		scope_set_advice(&scope, req, e);
	}
	resp = render_own(req, status, with_report ? "_traceback.html" : "_error.html", &scope);
	arena_free(&a);
	return resp ? resp : error_text(e, with_report, near);
}

static struct resp *
error_face(struct req *req, const struct err *e, bool with_report, const struct near *near)
{
	switch (req_face(req)) {
	case REQ_FACE_HTML:
		return error_page(req, e, with_report, near);
	case REQ_FACE_JSON:
		return error_json(req, e, with_report, near);
	case REQ_FACE_TEXT:
		break;
	}
	return error_text(e, with_report, near);
}

struct resp *
render_error_now(struct req *req, const struct err *e)
{
	bool with_report = err_kind_status(e->kind) >= 500 && may_see_traceback(req);
	struct arena a = arena_make(RENDER_ARENA_BYTES);
	struct near near = near_of(&a, req, e);
	struct resp *resp = with_allow(error_face(req, e, with_report, &near), e);

	arena_free(&a);
	return resp;
}

struct render_job {
	struct job job;
	struct req *req;
	struct str template; /* of a page; empty for an error */
	int status;          /* of a page that stands in for another; 0: it is the one that was asked for */
	struct err error;
	struct resp *resp;
	bool is_unmodified;
};

static struct view_request
page_request_of(struct arena *a, const struct req *req)
{
	struct view_field *headers = ARENA_ARRAY(a, struct view_field, req->header_count);
	struct str path = req->target;

	for (size_t i = 0; i < req->header_count; i++)
		headers[i] = (struct view_field){req->headers[i].name, req->headers[i].value};
	return (struct view_request){
	    .method = req->method,
	    .uri = req->target,
	    .path = str_cut(&path, '?'),
	    .query = req->url.query,
	    .version = req->version,
	    .protocol = req->protocol,
	    .host = req->host,
	    .remote_ip = req->peer,
	    .headers = headers,
	    .header_count = req->header_count,
	};
}

/* Compresses what the client takes compressed; a page with the reload client in it comes as it is. */
static enum accept_encoding
page_compress(struct req *req, struct resp *resp, struct str type)
{
	bool is_injected = mime_is_html(type) && req->server->settings->livereload && req_is_navigation(req);
	enum accept_encoding coding;

	if (!req->server->settings->compress || !mime_is_compressible(type))
		return ACCEPT_IDENTITY;
	resp_set(resp, "Vary", "Accept-Encoding");
	coding =
	    accept_choose_encoding(req_header_list(req, STR("Accept-Encoding")), ACCEPT_GZIP | ACCEPT_BROTLI);
	if (is_injected || resp->size_bytes < CODED_MIN_BYTES || !resp_compress(resp, coding))
		return ACCEPT_IDENTITY;
	resp_set(resp, "Content-Encoding", "%s", accept_encoding_name(coding));
	return coding;
}

/* The validator of a page, and what follows from it. */
static void
page_validate(struct render_job *render, struct str digest, enum accept_encoding coding)
{
	struct req *req = render->req;
	struct validator_request conditions = {
	    .method = req->method,
	    .if_none_match = req_header_list(req, STR("If-None-Match")),
	    .now = clock_unix_s(),
	};
	const char *name = accept_encoding_name(coding);
	struct str etag = str_format(
	    &render->resp->arena, "\"%.*s%s%s\"", STR_ARG(digest), name ? "-" : "", name ? name : "");

	resp_set(render->resp, "ETag", "%.*s", STR_ARG(etag));
	render->is_unmodified = validator_evaluate(&conditions,
				    (struct validator){etag, VALIDATOR_NO_DATE}) == VALIDATOR_NOT_MODIFIED;
}

static void
page_respond(struct render_job *render, struct str document)
{
	struct req *req = render->req;
	const char *type = mime_type_of(&req->server->site->types, render->template);
	struct resp *resp = resp_new(render->status ? render->status : 200);
	struct str digest;

	render->resp = resp;
	render_set_common(resp, render->status ? "no-store" : "no-cache");
	resp_set(resp, "Content-Type", "%s", type);
	if (mime_is_html(str_of(type)))
		resp_set(resp, "Vary", "Accept, Sec-Fetch-Dest");
	add_document(req, resp, document, mime_is_html(str_of(type)) ? DOCUMENT_PAGE : DOCUMENT_OTHER);
	if (render->status)
		return;
	digest = digest_of_parts(resp);
	page_validate(render, digest, page_compress(req, resp, str_of(type)));
}

static void
page_run(struct job *job)
{
	struct render_job *render = CONTAINER_OF(job, struct render_job, job);
	struct arena a = arena_make(RENDER_ARENA_BYTES);
	struct view_request request = page_request_of(&a, render->req);
	struct err e = err_make(&a);
	struct str document;

	if (page_render(render->req->server->pages, &a, render->template, &request, &document, &e)) {
		page_respond(render, document);
	} else {
		if (err_kind_status(e.kind) >= 500)
			fault_log(&e, &render->req->server->site->layout);
		render->resp = render_error_now(render->req, render->error.kind ? &render->error : &e);
	}
	arena_free(&a);
}

static void
error_run(struct job *job)
{
	struct render_job *render = CONTAINER_OF(job, struct render_job, job);

	render->resp = render_error_now(render->req, &render->error);
}

/* On the loop's thread again */

static void
render_done(struct job *job)
{
	struct render_job *render = CONTAINER_OF(job, struct render_job, job);

	if (render->is_unmodified)
		render->req->status = 304;
	http_answer(render->req, render->resp ? render->resp : render_leaving());
}

static struct resp *
render_submit(
    struct req *req, void (*run)(struct job *), struct str template, int status, const struct err *e)
{
	struct render_job *render = ARENA_NEW(&req->arena, struct render_job);

	render->job.run = run;
	render->job.done = render_done;
	render->req = req;
	render->template = template;
	render->status = status;
	if (e != NULL)
		render->error = *e;
	job_submit(req->server->jobs, &render->job);
	return NULL;
}

struct resp *
render_page(struct req *req, struct str template)
{
	return render_submit(req, page_run, template, 0, NULL);
}

struct resp *
render_page_instead(struct req *req, struct str template, int status, const struct err *e)
{
	return render_submit(req, page_run, template, status, e);
}

struct resp *
render_error(struct req *req, const struct err *e)
{
	enum req_face face = req_face(req);

	if (face == REQ_FACE_HTML || has_near(req, e))
		return render_submit(req, error_run, STR(""), 0, e);
	return with_allow(face == REQ_FACE_JSON ? error_json(req, e, false, &nothing_near)
						: error_text(e, false, &nothing_near),
	    e);
}
