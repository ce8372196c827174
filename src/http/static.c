#include "http/static.h"

#include "http/http.h"
#include "http/render.h"
#include "http/server.h"
#include "os/clock.h"
#include "os/job.h"
#include "os/random.h"
#include "site/site.h"
#include "text/digest.h"
#include "text/html.h"
#include "text/mime.h"
#include "text/range.h"
#include "text/validator.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define CACHE_IMMUTABLE "public, max-age=31536000, immutable"
#define CACHE_REVALIDATE "no-cache"
#define CONTENT_RANGE "bytes %" PRIu64 "-%" PRIu64 "/%" PRId64

enum { BOUNDARY_BYTES = 16 };

/* The forms of a file that are kept with it, ready to be sent: indexes of file->slots. */
enum form {
	FORM_PLAIN,     /* asked for without a version, or with another one */
	FORM_VERSIONED, /* ?v= names the bytes that are served */
	FORM_INJECTED,  /* a page with the reload client in it */
};

static enum form
form_of(struct req *req, const struct file *file)
{
	struct arena scratch = req->arena;
	struct str version;

	if (req->server->settings->livereload && mime_is_html(str_of(file->type)) && req_is_navigation(req))
		return FORM_INJECTED;
	if (req->url.has_query && *file->version &&
	    url_query_first(&scratch, req->url.query, STR("v"), &version) &&
	    str_eq(version, str_of(file->version)))
		return FORM_VERSIONED;
	return FORM_PLAIN;
}

/* "\"abc\"" as "\"abc-def\"" with the client's version: another representation has another tag (RFC 9110
 * §8.8.3). */
static struct str
etag_of_form(struct arena *a, const struct server *server, const struct file *file, enum form form)
{
	struct str etag = str_of(file->etag);

	if (form != FORM_INJECTED || etag.len == 0)
		return etag;
	return str_format(
	    a, "%.*s-%.*s\"", STR_ARG(str_slice(etag, 0, etag.len - 1)), STR_ARG(server->client_version));
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

static struct resp *
resp_for_file(const struct server *server, const struct file *file, enum form form, int status)
{
	struct resp *resp = resp_new(status);
	int64_t date_s = file_date_s(file);

	render_set_common(resp, form == FORM_VERSIONED ? CACHE_IMMUTABLE : CACHE_REVALIDATE);
	resp_set(resp, "ETag", "%.*s", STR_ARG(etag_of_form(&resp->arena, server, file, form)));
	if (date_s != VALIDATOR_NO_DATE)
		resp_set(resp, "Last-Modified", "%.*s", STR_ARG(validator_date(&resp->arena, date_s)));
	resp_set(resp, "Accept-Ranges", form == FORM_INJECTED ? "none" : "bytes");
	if (mime_is_html(str_of(file->type)))
		resp_set(resp, "Vary", "Accept, Sec-Fetch-Dest");
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
add_body(struct resp *resp, const struct server *server, const struct file *file, enum form form)
{
	int64_t point = (int64_t)file->script_point;

	if (form != FORM_INJECTED || file->script_point == HTML_NOWHERE) {
		add_stretch(resp, file, 0, file->key.size_bytes);
		return;
	}
	add_stretch(resp, file, 0, point);
	resp_add_bytes(resp, server->client_tag);
	add_stretch(resp, file, point, file->key.size_bytes);
}

/*
 * A response to be sent again has its body in memory, because libmicrohttpd takes a short read of
 * one download for the end of all, and is complete with its date.
 */
static bool
may_keep(const struct file *file)
{
	return file->is_kept && file->content.data != NULL && file_date_s(file) != VALIDATOR_NO_DATE;
}

/*
 * The whole file with 200; kept with the file where that is kept, so that the next request only sends it. The
 * two hold each other until the cache drops the file.
 */
static struct resp *
whole(const struct server *server, struct file *file, enum form form)
{
	struct resp *resp = file->slots[form];

	if (resp != NULL)
		return resp_ref(resp);
	resp = resp_for_file(server, file, form, 200);
	resp_set(resp, "Content-Type", "%s", file->type);
	add_body(resp, server, file, form);
	resp_hold_file(resp, file);
	if (may_keep(file)) {
		resp->is_kept = true;
		file->slots[form] = resp_ref(resp);
		file->slot_free = http_forget;
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
part(const struct server *server, struct file *file, enum form form, struct range range)
{
	struct resp *resp = resp_for_file(server, file, form, 206);

	resp_set(resp, "Content-Type", "%s", file->type);
	resp_set(resp, "Content-Range", CONTENT_RANGE, range.first, range.last, file->key.size_bytes);
	add_stretch(resp, file, (int64_t)range.first, (int64_t)range.last + 1);
	resp_hold_file(resp, file);
	return resp;
}

/*
 * Several ranges, RFC 9110 §14.6. Nobody can have written the boundary into the
 * file, because it is made up for this one answer.
 */
static struct resp *
parts(const struct server *server, struct file *file, enum form form, const struct range_set *set)
{
	struct resp *resp = resp_for_file(server, file, form, 206);
	struct str boundary = random_hex(&resp->arena, BOUNDARY_BYTES);

	resp_set(resp, "Content-Type", "multipart/byteranges; boundary=%.*s", STR_ARG(boundary));
	for (size_t i = 0; i < set->count; i++) {
		struct range range = set->ranges[i];

		resp_add_bytes(
		    resp, str_format(&resp->arena,
			      "%s--%.*s\r\nContent-Type: %s\r\nContent-Range: " CONTENT_RANGE "\r\n\r\n",
			      i > 0 ? "\r\n" : "", STR_ARG(boundary), file->type, range.first, range.last,
			      file->key.size_bytes));
		add_stretch(resp, file, (int64_t)range.first, (int64_t)range.last + 1);
	}
	resp_add_bytes(resp, str_format(&resp->arena, "\r\n--%.*s--\r\n", STR_ARG(boundary)));
	resp_hold_file(resp, file);
	return resp;
}

/* The answer to a Range field that may be heeded. */
static struct resp *
partial(const struct req *req, struct file *file, enum form form)
{
	struct range_set set;

	switch (range_parse(req_header(req, STR("Range")), (uint64_t)file->key.size_bytes, &set)) {
	case RANGE_UNSATISFIABLE:
		return unsatisfiable(file);
	case RANGE_OK:
		return set.count == 1 ? part(req->server, file, form, set.ranges[0])
				      : parts(req->server, file, form, &set);
	case RANGE_NONE:
		break;
	}
	return whole(req->server, file, form);
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

static struct resp *
answer_file(struct req *req, struct file *file)
{
	enum form form = form_of(req, file);
	struct validator_request conditions = conditions_of(req);
	struct validator current = {etag_of_form(&req->arena, req->server, file, form), file_date_s(file)};

	switch (validator_evaluate(&conditions, current)) {
	case VALIDATOR_NOT_MODIFIED:
		req->status = 304;
		return whole(req->server, file, form);
	case VALIDATOR_FAILED:
		return precondition_failed(req);
	case VALIDATOR_PROCEED:
		break;
	}
	if (form != FORM_INJECTED && req_has_header(req, STR("Range")) &&
	    validator_range_allowed(&conditions, current))
		return partial(req, file, form);
	return whole(req->server, file, form);
}

struct resp *
static_answer(struct req *req, struct file *file)
{
	struct resp *resp = answer_file(req, file);

	file_unref(file);
	return resp;
}

/* A request that waits for a digest, perhaps with others. */
struct waiter {
	struct waiter *next;
	struct req *req;
};

struct digest_job {
	struct job job;
	struct digest_job *next; /* of the server's */
	struct server *server;
	struct file *file;
	char *path;
	struct waiter *waiters;
};

static void
digest_run(struct job *job)
{
	file_hash(CONTAINER_OF(job, struct digest_job, job)->file);
}

static void
digest_answer(const struct digest_job *digest, struct req *req)
{
	struct err e = err_make(&req->arena);
	struct resp *resp;

	if (digest->job.has_run) {
		resp = static_answer(req, file_ref(digest->file));
	} else {
		err_set(&e, ERR_UNAVAILABLE, ERR_NOWHERE, "the server is leaving");
		resp = render_error_text(req, &e);
	}
	if (resp != NULL)
		http_answer(req, resp);
}

static void
digest_done(struct job *job)
{
	struct digest_job *digest = CONTAINER_OF(job, struct digest_job, job);
	struct digest_job **link = &digest->server->digests;
	struct waiter *waiter, *next;

	while (*link != digest)
		link = &(*link)->next;
	*link = digest->next;
	if (job->has_run)
		file_cache_put(digest->server->site->files, digest->path, digest->file);
	for (waiter = digest->waiters; waiter != NULL; waiter = next) {
		next = waiter->next; /* it lives in its request */
		digest_answer(digest, waiter->req);
	}
	file_unref(digest->file);
	free(digest->path);
	free(digest);
}

/* The job that digests this very file, or a new one. Takes the reference. */
static struct digest_job *
digest_join(struct server *server, struct file *file, struct str path)
{
	struct digest_job *digest = server->digests;

	while (digest != NULL &&
	       !(fs_key_eq(&digest->file->key, &file->key) && str_eq(str_of(digest->path), path)))
		digest = digest->next;
	if (digest != NULL) {
		file_unref(file);
		return digest;
	}
	digest = BASE_NEW(struct digest_job);
	digest->job.run = digest_run;
	digest->job.done = digest_done;
	digest->next = server->digests;
	digest->server = server;
	digest->file = file;
	digest->path = base_strdup(path.data);
	server->digests = digest;
	job_submit(server->jobs, &digest->job);
	return digest;
}

struct resp *
static_answer_later(struct req *req, struct file *file, struct str path)
{
	struct waiter *waiter = ARENA_NEW(&req->arena, struct waiter);
	struct digest_job *digest = digest_join(req->server, file, path);

	waiter->req = req;
	waiter->next = digest->waiters;
	digest->waiters = waiter;
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
