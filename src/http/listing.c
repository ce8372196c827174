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

enum {
	LISTING_ARENA_BYTES = 64 * 1024,
	LISTING_PAGE_MAX = 100000, /* entries of a page; as text and as JSON all are told */
};

struct listing_order {
	enum folder_key key;
	bool is_descending;
};

struct listing_job {
	struct job job;
	struct req *req;
	struct str path;
	struct listing_order order;
	struct resp *resp;
};

static const struct column {
	const char *name; /* in the query and in the page */
	const char *title;
	bool is_descending_first; /* the largest and the latest are what one looks for */
} columns[] = {
    [FOLDER_NAME] = {"name", "Name", false},
    [FOLDER_SIZE] = {"size", "Size", true},
    [FOLDER_TIME] = {"time", "Changed", true},
};

/* "sort=size&order=desc"; what it doesn't say, or says wrongly, is by name and ascending. */
static struct listing_order
order_of_query(struct arena *a, struct str query)
{
	struct listing_order order = {FOLDER_NAME, false};
	struct str value;

	url_query_last(a, query, STR("sort"), &value);
	for (size_t i = 0; i < COUNT_OF(columns); i++)
		if (str_eq(value, str_of(columns[i].name)))
			order.key = (enum folder_key)i;
	url_query_last(a, query, STR("order"), &value);
	order.is_descending = str_eq(value, STR("desc"));
	return order;
}

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

/* Made when the page asks for it: of a large folder, a dict for each entry would take ten times the memory. */
static bool
entry_attribute(void *context, struct arena *a, struct str name, struct tmpl_value *result)
{
	const struct folder_entry *entry = context;

	if (str_eq(name, STR("name")))
		*result = tmpl_str(entry->name);
	else if (str_eq(name, STR("href")))
		*result = tmpl_str(entry_href(a, entry));
	else if (str_eq(name, STR("directory")))
		*result = tmpl_bool(entry->is_directory);
	else if (str_eq(name, STR("size")))
		*result = tmpl_int(entry->size_bytes);
	else if (str_eq(name, STR("size_text")))
		*result = tmpl_str(entry->is_directory ? STR("") : size_text(a, entry->size_bytes));
	else if (str_eq(name, STR("modified")))
		*result = tmpl_int(entry->modified_s);
	else if (str_eq(name, STR("time_text")))
		*result = tmpl_str(time_text(a, entry->modified_s));
	else
		return false;
	return true;
}

static struct tmpl_value
entries_value(struct arena *a, const struct folder *folder)
{
	struct tmpl_value entries = tmpl_list(a);

	for (size_t i = 0; i < MIN(folder->count, LISTING_PAGE_MAX); i++)
		tmpl_list_add(a, entries, tmpl_object(a, "entry", entry_attribute, &folder->entries[i]));
	return entries;
}

/* The head of each column: how it is sorted, as aria-sort says it, and the link that sorts it anew. */
static struct tmpl_value
columns_value(struct arena *a, struct listing_order order)
{
	struct tmpl_value list = tmpl_list(a);

	for (size_t i = 0; i < COUNT_OF(columns); i++) {
		const struct column *column = &columns[i];
		bool is_sorted = order.key == (enum folder_key)i;
		bool descends = is_sorted ? !order.is_descending : column->is_descending_first;
		const char *sorted = order.is_descending ? "descending" : "ascending";
		struct tmpl_value value = tmpl_dict(a);

		tmpl_dict_set(a, value, STR("name"), tmpl_str(str_of(column->name)));
		tmpl_dict_set(a, value, STR("title"), tmpl_str(str_of(column->title)));
		tmpl_dict_set(a, value, STR("sorted"), tmpl_str(str_of(is_sorted ? sorted : "")));
		tmpl_dict_set(a, value, STR("href"),
		    tmpl_str(str_format(a, "?sort=%s&order=%s", column->name, descends ? "desc" : "asc")));
		tmpl_list_add(a, list, value);
	}
	return list;
}

/* How many folders and files there are, and the size of the files. */
static void
scope_set_sums(struct tmpl_scope *scope, const struct folder *folder)
{
	int64_t folders = 0, size_bytes = 0, count = (int64_t)folder->count;

	for (size_t i = 0; i < folder->count; i++) {
		folders += folder->entries[i].is_directory;
		/* Sparse files can be longer than any disk. */
		size_bytes += MIN(folder->entries[i].size_bytes, INT64_MAX - size_bytes);
	}
	tmpl_scope_set(scope, "folders", tmpl_int(folders));
	tmpl_scope_set(scope, "files", tmpl_int(count - folders));
	tmpl_scope_set(scope, "size_text", tmpl_str(size_text(scope->arena, size_bytes)));
	tmpl_scope_set(scope, "left_out", tmpl_int(MAX(count - LISTING_PAGE_MAX, 0)));
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
	bool is_root = req->url.path.len == 0;

	tmpl_scope_set(
	    &scope, "path", tmpl_str(str_format(a, "/%.*s%s", STR_ARG(req->url.path), is_root ? "" : "/")));
	tmpl_scope_set(&scope, "crumbs", crumbs_value(a, req->url.path));
	tmpl_scope_set(&scope, "parent", tmpl_bool(!is_root));
	tmpl_scope_set(&scope, "columns", columns_value(a, listing->order));
	tmpl_scope_set(&scope, "entries", entries_value(a, folder));
	scope_set_sums(&scope, folder);
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
listing_resp(struct str type, struct str body)
{
	struct resp *resp = resp_new(200);

	render_set_common(resp, "no-store");
	resp_set(resp, "Content-Type", "%.*s; charset=utf-8", STR_ARG(type));
	resp_set(resp, "Vary", "Accept");
	resp_add_bytes(resp, str_dup(&resp->arena, body));
	return resp;
}

static struct resp *
listing_text(struct arena *a, const struct folder *folder)
{
	struct buf body = buf_make(a);

	for (size_t i = 0; i < folder->count; i++)
		add_line(&body, folder->entries[i].name, folder->entries[i].is_directory ? "/" : "");
	return listing_resp(STR("text/plain"), buf_str(&body));
}

/* A name that isn't UTF-8 has no form in JSON; its URL has. */
static void
add_row(struct arena scratch, struct buf *b, const struct folder_entry *entry)
{
	struct str href = entry_href(&scratch, entry);
	json_t *row = json_pack("{s:s%, s:o*, s:b, s:I, s:I}", "href", href.data, href.len, "name",
	    json_stringn(entry->name.data, entry->name.len), "directory", entry->is_directory, "size",
	    (json_int_t)entry->size_bytes, "modified", (json_int_t)entry->modified_s);
	char *text = json_dumps(row, 0);

	buf_add(b, str_of(text));
	free(text);
	json_decref(row);
}

/* Row by row: a tree of a large folder would take ten times the memory. */
static struct resp *
listing_json(struct arena *a, const struct folder *folder)
{
	struct arena scratch = arena_make(LISTING_ARENA_BYTES);
	struct buf body = buf_make(a);
	struct resp *resp;

	buf_add_char(&body, '[');
	for (size_t i = 0; i < folder->count; i++) {
		buf_addf(&body, "%s\n  ", i > 0 ? "," : "");
		add_row(scratch, &body, &folder->entries[i]);
	}
	buf_add(&body, folder->count > 0 ? STR("\n]\n") : STR("]\n"));
	resp = listing_resp(STR("application/json"), buf_str(&body));
	arena_free(&scratch);
	return resp;
}

/* Takes out what is eddy's own and would be 404. */
static void
leave_out_own(const struct layout *layout, struct folder *folder)
{
	size_t kept = 0;

	for (size_t i = 0; i < folder->count; i++)
		if (!site_path_is_own(layout, folder->entries[i].name))
			folder->entries[kept++] = folder->entries[i];
	folder->count = kept;
}

static void
listing_run(struct job *job)
{
	struct listing_job *listing = CONTAINER_OF(job, struct listing_job, job);
	struct server *server = listing->req->server;
	struct arena a = arena_make(LISTING_ARENA_BYTES);
	struct err e = err_make(&a);
	enum req_face face = req_face(listing->req);
	struct folder folder;

	if (!folder_read(&a, server->site->layout.static_root, listing->path.data,
		server->settings->follow_links, &folder, &e)) {
		listing->resp = render_error_now(listing->req, &e);
	} else {
		if (listing->req->url.path.len == 0)
			leave_out_own(&server->site->layout, &folder);
		folder_sort(&folder, listing->order.key, listing->order.is_descending);
		if (face == REQ_FACE_HTML)
			listing->resp = listing_page(listing, &a, &folder);
		else if (face == REQ_FACE_JSON)
			listing->resp = listing_json(&a, &folder);
		if (listing->resp == NULL)
			listing->resp = listing_text(&a, &folder);
	}
	arena_free(&a);
}

static void
listing_done(struct job *job)
{
	struct listing_job *listing = CONTAINER_OF(job, struct listing_job, job);

	http_answer(listing->req, listing->resp ? listing->resp : render_leaving());
}

struct resp *
listing_answer(struct req *req, struct str path)
{
	struct listing_job *listing = ARENA_NEW(&req->arena, struct listing_job);

	listing->job.run = listing_run;
	listing->job.done = listing_done;
	listing->req = req;
	listing->path = path;
	listing->order = order_of_query(&req->arena, req->url.query);
	job_submit(req->server->jobs, &listing->job);
	return NULL;
}
