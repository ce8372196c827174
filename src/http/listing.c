#include "http/listing.h"

#include "http/http.h"
#include "http/render.h"
#include "http/server.h"
#include "os/job.h"
#include "site/folder.h"
#include "site/site.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

enum { LISTING_ARENA_BYTES = 64 * 1024 };

struct listing_job {
	struct job job;
	struct req *req;
	struct str path;
	struct err error; /* of what can't be read */
	struct resp *resp;
};

/* "512 B", "1.5 KiB", "20 MiB" */
static struct str
size_text(struct arena *a, int64_t size_bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
	double size = (double)size_bytes;
	size_t unit = 0;

	while (size >= 1024 && unit + 1 < COUNT_OF(units)) {
		size /= 1024;
		unit++;
	}
	return str_format(a, unit > 0 && size < 10 ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static struct str
time_text(struct arena *a, int64_t seconds)
{
	time_t time = (time_t)seconds;
	struct tm local;
	char text[32];

	if (localtime_r(&time, &local) == NULL || strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &local) == 0)
		return STR("");
	return str_dup(a, str_of(text));
}

static struct str
entry_href(struct arena *a, const struct folder_entry *entry)
{
	struct buf href = buf_make(a);

	url_encode_segment(&href, entry->name);
	if (entry->is_directory)
		buf_add_char(&href, '/');
	return buf_str(&href);
}

static struct tmpl_value
entry_value(struct arena *a, const struct folder_entry *entry)
{
	struct tmpl_value value = tmpl_dict(a);

	tmpl_dict_set(a, value, STR("name"), tmpl_str(entry->name));
	tmpl_dict_set(a, value, STR("href"), tmpl_str(entry_href(a, entry)));
	tmpl_dict_set(a, value, STR("directory"), tmpl_bool(entry->is_directory));
	tmpl_dict_set(a, value, STR("size_text"),
	    tmpl_str(entry->is_directory ? STR("") : size_text(a, entry->size_bytes)));
	tmpl_dict_set(a, value, STR("time_text"), tmpl_str(time_text(a, entry->modified_s)));
	return value;
}

/* Each folder on the way from the root, with its URL. */
static struct tmpl_value
crumbs_value(struct arena *a, struct str url_path)
{
	struct tmpl_value crumbs = tmpl_list(a);
	struct str rest = url_path;

	while (rest.len > 0) {
		struct str name = str_cut(&rest, '/');
		struct str up_to = str_slice(url_path, 0, (size_t)(name.data + name.len - url_path.data));
		struct tmpl_value crumb = tmpl_dict(a);

		tmpl_dict_set(a, crumb, STR("name"), tmpl_str(name));
		tmpl_dict_set(a, crumb, STR("href"), tmpl_str(url_encode_path(a, up_to, true)));
		tmpl_list_add(a, crumbs, crumb);
	}
	return crumbs;
}

static struct resp *
listing_page(const struct listing_job *listing, struct arena *a, const struct folder *folder)
{
	struct req *req = listing->req;
	struct tmpl_scope scope = tmpl_scope_make(a, NULL);
	struct tmpl_value entries = tmpl_list(a);
	bool is_root = req->url.path.len == 0;

	for (size_t i = 0; i < folder->count; i++)
		tmpl_list_add(a, entries, entry_value(a, &folder->entries[i]));
	tmpl_scope_set(
	    &scope, "path", tmpl_str(str_format(a, "/%.*s%s", STR_ARG(req->url.path), is_root ? "" : "/")));
	tmpl_scope_set(&scope, "crumbs", crumbs_value(a, req->url.path));
	tmpl_scope_set(&scope, "parent", tmpl_bool(!is_root));
	tmpl_scope_set(&scope, "entries", entries);
	tmpl_scope_set(&scope, "directory", tmpl_str(str_of(req->server->site->layout.directory)));
	return render_own(req, 200, is_root && folder->count == 0 ? "_empty.html" : "_listing.html", &scope);
}

/* One entry, one line, whatever its name holds. */
static void
add_line(struct buf *b, struct str name, const char *suffix)
{
	for (size_t i = 0; i < name.len; i++)
		buf_add_char(
		    b, (unsigned char)name.data[i] < 0x20 || name.data[i] == 0x7f ? '?' : name.data[i]);
	buf_addf(b, "%s\n", suffix);
}

static struct resp *
listing_text(const struct folder *folder)
{
	struct resp *resp = resp_new(200);
	struct buf body = buf_make(&resp->arena);

	render_set_common(resp, "no-store");
	resp_set(resp, "Content-Type", "text/plain; charset=utf-8");
	for (size_t i = 0; i < folder->count; i++)
		add_line(&body, folder->entries[i].name, folder->entries[i].is_directory ? "/" : "");
	resp_add_bytes(resp, buf_str(&body));
	return resp;
}

static struct resp *
listing_json(struct arena *a, const struct folder *folder)
{
	struct resp *resp = resp_new(200);
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; i < folder->count; i++) {
		const struct folder_entry *entry = &folder->entries[i];
		struct str href = entry_href(a, entry);

		/* A name that isn't UTF-8 has no form in JSON; its URL has. */
		json_array_append_new(list,
		    json_pack("{s:s%, s:o*, s:b, s:I, s:I}", "href", href.data, href.len, "name",
			json_stringn(entry->name.data, entry->name.len), "directory", entry->is_directory,
			"size", (json_int_t)entry->size_bytes, "modified", (json_int_t)entry->modified_s));
	}
	text = json_dumps(list, JSON_INDENT(2));
	render_set_common(resp, "no-store");
	resp_set(resp, "Content-Type", "application/json; charset=utf-8");
	resp_add_bytes(resp, str_format(&resp->arena, "%s\n", text));
	free(text);
	json_decref(list);
	return resp;
}

static void
listing_run(struct job *job)
{
	struct listing_job *listing = CONTAINER_OF(job, struct listing_job, job);
	struct server *server = listing->req->server;
	struct arena a = arena_make(LISTING_ARENA_BYTES);
	struct folder folder;

	if (folder_read(&a, server->site->layout.static_root, listing->path.data,
		server->settings->follow_links, &folder, &listing->error)) {
		enum req_face face = req_face(listing->req);

		if (face == REQ_FACE_HTML)
			listing->resp = listing_page(listing, &a, &folder);
		else if (face == REQ_FACE_JSON)
			listing->resp = listing_json(&a, &folder);
		if (listing->resp == NULL)
			listing->resp = listing_text(&folder);
	}
	arena_free(&a);
}

static void
listing_done(struct job *job)
{
	struct listing_job *listing = CONTAINER_OF(job, struct listing_job, job);

	if (listing->resp == NULL) {
		if (listing->error.kind == ERR_NONE)
			err_set(&listing->error, ERR_UNAVAILABLE, ERR_NOWHERE, "the server is leaving");
		listing->resp = render_error_text(listing->req, &listing->error);
	}
	http_answer(listing->req, listing->resp);
}

struct resp *
listing_answer(struct req *req, struct str path)
{
	struct listing_job *listing = ARENA_NEW(&req->arena, struct listing_job);

	listing->job.run = listing_run;
	listing->job.done = listing_done;
	listing->req = req;
	listing->path = path;
	listing->error = err_make(&req->arena);
	job_submit(req->server->jobs, &listing->job);
	return NULL;
}
