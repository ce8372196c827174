#include "http/static.h"

#include "http/http.h"
#include "http/prepare.h"
#include "http/reload.h"
#include "http/render.h"
#include "http/server.h"
#include "os/clock.h"
#include "os/random.h"
#include "site/coded.h"
#include "site/site.h"
#include "text/digest.h"
#include "text/html.h"
#include "text/mime.h"
#include "text/range.h"
#include "text/validator.h"

#include <inttypes.h>

#define CACHE_IMMUTABLE "public, max-age=31536000, immutable"
#define CACHE_REVALIDATE "no-cache"
#define CONTENT_RANGE "bytes %" PRIu64 "-%" PRIu64 "/%" PRId64

enum { BOUNDARY_BYTES = 16 };

/* The forms of a file: indexes of file->slots, where they are kept, ready to be sent. */
enum form {
	FORM_PLAIN,           /* asked for without a version, or with another one */
	FORM_VERSIONED,       /* ?v= names the bytes that are served */
	FORM_INJECTED,        /* a page with the reload client in it: made for one request, not kept */
	FORM_CODED,           /* as FORM_PLAIN, of a file that holds the coded form of another */
	FORM_CODED_VERSIONED, /* as FORM_VERSIONED */
};

/* What is sent of a file: RFC 9110 §3.2. */
struct representation {
	const struct server *server;
	struct str client_tag; /* where it is FORM_INJECTED */
	struct file *file;     /* that was asked for */
	struct file *body;     /* whose bytes are sent: the same, or a coded form of it */
	enum accept_encoding coding;
	enum form form;
};

static enum form
form_of(struct req *req, const struct file *file)
{
	struct arena scratch = req->arena;
	struct str version;

	if (req->server->settings->livereload && mime_is_html(str_of(file->type)) && req_is_navigation(req))
		return FORM_INJECTED;
	if (req->url.has_query && *file->version && (file->content.data != NULL || file->is_settled) &&
	    url_query_first(&scratch, req->url.query, STR("v"), &version) &&
	    str_eq(version, str_of(file->version)))
		return FORM_VERSIONED;
	return FORM_PLAIN;
}

static struct representation
representation_of(struct req *req, struct file *file)
{
	struct representation r = {
	    .server = req->server, .file = file, .body = file, .form = form_of(req, file)};

	if (r.form == FORM_INJECTED)
		r.client_tag = reload_client_tag(&req->arena, req, false);
	return r;
}

/* The same in a coding. */
static struct representation
representation_coded(struct representation r, struct file *body, enum accept_encoding coding)
{
	r.body = body;
	r.coding = coding;
	r.form = r.form == FORM_VERSIONED ? FORM_CODED_VERSIONED : FORM_CODED;
	return r;
}

static bool
is_versioned(const struct representation *r)
{
	return r->form == FORM_VERSIONED || r->form == FORM_CODED_VERSIONED;
}

static bool
is_whole_in_itself(const struct representation *r)
{
	return r->form == FORM_PLAIN || r->form == FORM_VERSIONED;
}

/* "\"abc\"" as "\"abc-def\"" with the digest of what is injected, or the coding: another representation has another tag
 * (RFC 9110 §8.8.3). */
static struct str
representation_etag(struct arena *a, const struct representation *r)
{
	struct str etag = str_of(r->body->etag);
	struct str suffix = r->form == FORM_INJECTED ? digest_version(a, digest_of(r->client_tag))
						     : str_of(accept_encoding_name(r->coding));

	if (suffix.len == 0 || etag.len == 0)
		return etag;
	return str_format(a, "%.*s-%.*s\"", STR_ARG(str_slice(etag, 0, etag.len - 1)), STR_ARG(suffix));
}

/*
 * Last-Modified, as long as no second version can come with the same date: not
 * before its second is over, and never from the future (RFC 9110 §8.8.2.1).
 */
static int64_t
file_date_s(const struct file *file)
{
	int64_t modified_s = file->key.mtime_ns / 1000000000;

	return modified_s < clock_unix_s() ? modified_s : VALIDATOR_NO_DATE;
}

/* Whether the client may choose among codings of the file: RFC 9110 §12.5.5. */
static bool
is_negotiated(const struct representation *r)
{
	return r->file->is_compressible && r->server->settings->compress;
}

static void
set_vary(struct resp *resp, const struct representation *r)
{
	bool is_page = mime_is_html(str_of(r->file->type)) && r->server->settings->livereload;

	if (is_page || is_negotiated(r))
		resp_set(resp, "Vary", "%s%s%s", is_page ? "Accept, Sec-Fetch-Dest" : "",
		    is_page && is_negotiated(r) ? ", " : "", is_negotiated(r) ? "Accept-Encoding" : "");
}

static struct resp *
resp_for(const struct representation *r, int status)
{
	struct resp *resp = resp_new(status);
	int64_t date_s = file_date_s(r->body);

	resp->is_immutable = is_versioned(r);
	render_set_common(resp, is_versioned(r) ? CACHE_IMMUTABLE : CACHE_REVALIDATE);
	resp_set(resp, "ETag", "%.*s", STR_ARG(representation_etag(&resp->arena, r)));
	if (date_s != VALIDATOR_NO_DATE)
		resp_set(resp, "Last-Modified", "%.*s", STR_ARG(validator_date(&resp->arena, date_s)));
	resp_set(resp, "Accept-Ranges", is_whole_in_itself(r) ? "bytes" : "none");
	set_vary(resp, r);
	if (r->coding != ACCEPT_IDENTITY)
		resp_set(resp, "Content-Encoding", "%s", accept_encoding_name(r->coding));
	return resp;
}

static void
add_stretch(struct resp *resp, const struct file *file, int64_t start, int64_t end)
{
	if (file->content.data != NULL)
		resp_add_bytes(resp, str_slice(file->content, (size_t)start, (size_t)end));
	else
		resp_add_file(resp, file->fd, start, end - start);
}

static void
add_body(struct resp *resp, const struct representation *r)
{
	const struct file *body = r->body;
	int64_t point = (int64_t)body->script_point;

	if (r->form != FORM_INJECTED || body->script_point == HTML_NOWHERE) {
		add_stretch(resp, body, 0, body->key.size_bytes);
		return;
	}
	add_stretch(resp, body, 0, point);
	resp_add_bytes(resp, str_dup(&resp->arena, r->client_tag));
	add_stretch(resp, body, point, body->key.size_bytes);
}

/*
 * A response to be sent again has its body in memory, because libmicrohttpd takes a short read of
 * one download for the end of all, and is complete with its date.
 */
static bool
may_keep(const struct representation *r)
{
	const struct file *body = r->body;

	return r->form != FORM_INJECTED && body->is_kept && body->content.data != NULL &&
	       file_date_s(body) != VALIDATOR_NO_DATE;
}

/*
 * The whole of it with 200; kept with the file where that is kept, so that the next request only sends it. The
 * two hold each other until the cache drops the file.
 */
static struct resp *
whole(const struct representation *r)
{
	struct resp *resp = r->body->slots[r->form];

	if (resp != NULL)
		return resp_ref(resp);
	resp = resp_for(r, 200);
	resp_set(resp, "Content-Type", "%s", r->file->type);
	add_body(resp, r);
	resp_hold_file(resp, r->body);
	if (may_keep(r)) {
		resp->is_kept = true;
		r->body->slots[r->form] = resp_ref(resp);
		r->body->slot_free = http_forget;
	}
	return resp;
}

static struct resp *
unsatisfiable(const struct file *file)
{
	struct resp *resp = resp_new(416);

	render_set_common(resp, "no-store");
	resp_set(resp, "Content-Range", "bytes */%" PRId64, file->key.size_bytes);
	return resp;
}

static struct resp *
part(const struct representation *r, struct range range)
{
	struct resp *resp = resp_for(r, 206);

	resp_set(resp, "Content-Type", "%s", r->file->type);
	resp_set(resp, "Content-Range", CONTENT_RANGE, range.first, range.last, r->file->key.size_bytes);
	add_stretch(resp, r->file, (int64_t)range.first, (int64_t)range.last + 1);
	resp_hold_file(resp, r->file);
	return resp;
}

/*
 * Several ranges, RFC 9110 §14.6. Nobody can have written the boundary into the
 * file, because it is made up for this one answer.
 */
static struct resp *
parts(const struct representation *r, const struct range_set *set)
{
	struct resp *resp = resp_for(r, 206);
	struct str boundary = random_hex(&resp->arena, BOUNDARY_BYTES);

	resp_set(resp, "Content-Type", "multipart/byteranges; boundary=%.*s", STR_ARG(boundary));
	for (size_t i = 0; i < set->count; i++) {
		struct range range = set->ranges[i];

		resp_add_bytes(
		    resp, str_format(&resp->arena,
			      "%s--%.*s\r\nContent-Type: %s\r\nContent-Range: " CONTENT_RANGE "\r\n\r\n",
			      i > 0 ? "\r\n" : "", STR_ARG(boundary), r->file->type, range.first, range.last,
			      r->file->key.size_bytes));
		add_stretch(resp, r->file, (int64_t)range.first, (int64_t)range.last + 1);
	}
	resp_add_bytes(resp, str_format(&resp->arena, "\r\n--%.*s--\r\n", STR_ARG(boundary)));
	resp_hold_file(resp, r->file);
	return resp;
}

/* The answer to a Range field that may be heeded. */
static struct resp *
partial(const struct req *req, const struct representation *r)
{
	struct range_set set;

	switch (range_parse(req_header(req, STR("Range")), (uint64_t)r->file->key.size_bytes, &set)) {
	case RANGE_UNSATISFIABLE:
		return unsatisfiable(r->file);
	case RANGE_OK:
		return set.count == 1 ? part(r, set.ranges[0]) : parts(r, &set);
	case RANGE_NONE:
		break;
	}
	return whole(r);
}

static struct validator_request
conditions_of(struct req *req)
{
	return (struct validator_request){
	    .method = req->method,
	    .if_match = req_header_list(req, STR("If-Match")),
	    .if_none_match = req_header_list(req, STR("If-None-Match")),
	    .if_modified_since = req_header(req, STR("If-Modified-Since")),
	    .if_unmodified_since = req_header(req, STR("If-Unmodified-Since")),
	    .if_range = req_header(req, STR("If-Range")),
	    .now = clock_unix_s(),
	};
}

static struct resp *
precondition_failed(struct req *req)
{
	struct err e = err_make(&req->arena);

	err_set(&e, ERR_PRECONDITION, ERR_NOWHERE, "the file is not the one that was expected");
	return render_error(req, &e);
}

/* RFC 9110 §13.2.2, and what it comes to. */
static struct resp *
answer_representation(struct req *req, const struct representation *r)
{
	struct validator_request conditions = conditions_of(req);
	struct validator current = {representation_etag(&req->arena, r), file_date_s(r->body)};

	switch (validator_evaluate(&conditions, current)) {
	case VALIDATOR_NOT_MODIFIED:
		req->status = 304;
		return whole(r);
	case VALIDATOR_FAILED:
		return precondition_failed(req);
	case VALIDATOR_PROCEED:
		break;
	}
	if (is_whole_in_itself(r) && req_has_header(req, STR("Range")) &&
	    validator_range_allowed(&conditions, current))
		return partial(req, r);
	return whole(r);
}

/* The answer in a coded form of the file, or without one where there is none. */
static struct resp *
answer_coded(const struct prepare *prepare, struct file *coded)
{
	struct representation r = representation_of(prepare->req, prepare->file);

	if (coded != NULL)
		r = representation_coded(r, coded, prepare->coding);
	return answer_representation(prepare->req, &r);
}

/* In a form that lies beside the file. False where there is none. */
static bool
answer_beside(const struct prepare *prepare, struct str accept, struct resp **resp)
{
	struct req *req = prepare->req;
	struct prepare *later;
	struct prepare now = *prepare;
	struct file *coded;
	enum file_status status = coded_find_beside(
	    req->server->site->files, req->arena, now.file, now.path, accept, &coded, &now.coding);

	if (status == FILE_READY) {
		*resp = answer_coded(&now, coded);
		file_unref(coded);
		return true;
	}
	if (status != FILE_UNHASHED)
		return false;
	later = ARENA_NEW(&req->arena, struct prepare);
	*later = now;
	*resp = prepare_digest(later, coded, coded_path_beside(&req->arena, now.path, now.coding));
	file_unref(coded);
	return true;
}

/* In a form that is made of the file. */
static struct resp *
answer_on_the_fly(struct prepare *prepare, struct str accept)
{
	struct prepare *later;
	struct file *coded;

	prepare->coding = coded_choose(prepare->file, accept);
	if (prepare->coding == ACCEPT_IDENTITY)
		return answer_coded(prepare, NULL);
	coded = coded_kept(prepare->file, prepare->coding);
	if (coded != NULL)
		return answer_coded(prepare, coded);
	later = ARENA_NEW(&prepare->req->arena, struct prepare);
	*later = *prepare;
	return prepare_coded(later);
}

/* Ranges are of the file itself, so whoever asks for some gets no coding. */
static struct resp *
answer_file(struct req *req, struct file *file, struct str path)
{
	struct representation r = representation_of(req, file);
	struct prepare prepare = {.req = req, .file = file, .path = path, .answer = answer_coded};
	struct str accept;
	struct resp *resp;

	if (!is_negotiated(&r) || r.form == FORM_INJECTED || req_has_header(req, STR("Range")))
		return answer_representation(req, &r);
	accept = req_header_list(req, STR("Accept-Encoding"));
	if (accept.len == 0)
		return answer_representation(req, &r);
	if (answer_beside(&prepare, accept, &resp))
		return resp;
	return answer_on_the_fly(&prepare, accept);
}

struct resp *
static_answer(struct req *req, struct file *file, struct str path)
{
	struct resp *resp = answer_file(req, file, path);

	file_unref(file);
	return resp;
}

static struct resp *
answer_digested(const struct prepare *prepare, struct file *file)
{
	return answer_file(prepare->req, file, prepare->path);
}

struct resp *
static_answer_later(struct req *req, struct file *file, struct str path)
{
	struct prepare *prepare = ARENA_NEW(&req->arena, struct prepare);

	*prepare = (struct prepare){.req = req, .file = file, .path = path, .answer = answer_digested};
	prepare_digest(prepare, file, path);
	file_unref(file);
	return NULL;
}

struct resp *
static_answer_instead(struct req *req, struct file *file, int status)
{
	struct representation r = representation_of(req, file);
	struct resp *resp = resp_new(status);

	render_set_common(resp, "no-store");
	resp_set(resp, "Content-Type", "%s", file->type);
	resp_set(resp, "Vary", "Accept, Sec-Fetch-Dest");
	add_body(resp, &r);
	resp_hold_file(resp, file);
	file_unref(file);
	return resp;
}

/* Lives in the request's arena. */
struct instead {
	struct prepare prepare;
	int status;
};

static struct resp *
answer_instead_digested(const struct prepare *prepare, struct file *file)
{
	const struct instead *instead = CONTAINER_OF(prepare, const struct instead, prepare);

	return static_answer_instead(prepare->req, file_ref(file), instead->status);
}

struct resp *
static_answer_instead_later(struct req *req, struct file *file, struct str path, int status)
{
	struct instead *instead = ARENA_NEW(&req->arena, struct instead);

	instead->prepare =
	    (struct prepare){.req = req, .file = file, .path = path, .answer = answer_instead_digested};
	instead->status = status;
	prepare_digest(&instead->prepare, file, path);
	file_unref(file);
	return NULL;
}

struct resp *
static_answer_asset(struct req *req, struct str content, const char *type)
{
	struct digest digest = digest_of(content);
	struct str version, expected = digest_version(&req->arena, digest);
	bool is_versioned =
	    url_query_first(&req->arena, req->url.query, STR("v"), &version) && str_eq(version, expected);
	struct resp *resp = resp_new(200);
	struct str etag = str_format(&req->arena, "\"%.*s\"", STR_ARG(digest_hex(&req->arena, digest)));
	struct validator_request conditions = conditions_of(req);

	render_set_common(resp, is_versioned ? CACHE_IMMUTABLE : CACHE_REVALIDATE);
	resp_set(resp, "Content-Type", "%s", type);
	resp_set(resp, "ETag", "%.*s", STR_ARG(etag));
	resp_add_bytes(resp, str_dup(&resp->arena, content));
	if (validator_evaluate(&conditions, (struct validator){etag, VALIDATOR_NO_DATE}) ==
	    VALIDATOR_NOT_MODIFIED)
		req->status = 304;
	return resp;
}
