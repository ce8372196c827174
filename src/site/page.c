#include "site/page.h"

#include "base/log.h"
#include "base/map.h"
#include "os/clock.h"
#include "site/asset.h"
#include "site/data.h"
#include "site/fault.h"
#include "site/file.h"
#include "site/secret.h"
#include "site/view.h"
#include "text/digest.h"
#include "text/url.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TEMPLATE_MAX_BYTES = 16 * 1024 * 1024,
	STATUS_OK = 200,
	KNOWN_MAX = 256,     /* templates that are compiled again when something changed */
	LIST_DEPTH_MAX = 16, /* of folders: links can make circles */
};

/* A template that was asked for, and whether it was found to be good. */
struct known {
	char *name;
	bool is_good;
	char *
	    render_fault; /* the file in which rendering it failed; NULL where it didn't, or doesn't compile */
};

struct pages {
	const struct settings *settings;
	const struct layout *layout;
	struct data *data;
	struct file_cache *digests; /* for static_url */
	struct tmpl_store *site;
	struct tmpl_store *own;
	struct map known;                        /* struct known by name */
	void (*warn)(const struct err *warning); /* while all are checked; else warnings are logged */
};

/* Where templates come from */

/* A file that is too young to be told from its next version is read again at the next use. */
static void
file_distrust_fresh(struct tmpl_file *file, int64_t read_ns)
{
	if (fs_key_is_unsettled(&file->key, read_ns))
		file->key = (struct fs_key){0};
}

static bool
template_read_fd(struct arena *a, int fd, struct str name, struct tmpl_file *file, struct err *e)
{
	int64_t now_ns = clock_file_ns();
	struct fs_stat st = {.kind = FS_OTHER};

	if (!fs_stat_fd(fd, &st) || st.kind != FS_FILE)
		return st.kind == FS_DIRECTORY ? err_set(e, ERR_IS_DIRECTORY, ERR_NOWHERE,
						     "[Errno 21] Is a directory: '%.*s'", STR_ARG(name))
					       : err_set(e, ERR_FILE_NOT_FOUND, ERR_NOWHERE,
						     "'%.*s' is not a file", STR_ARG(name));
	if (!fs_read_fd(a, fd, TEMPLATE_MAX_BYTES, &file->text, e))
		return false;
	file->key = st.key;
	file_distrust_fresh(file, now_ns);
	return true;
}

static bool
site_read(void *context, struct arena *a, struct str name, struct tmpl_file *file, struct err *e)
{
	const struct pages *pages = context;
	int fd = fs_open_in(pages->layout->templates, str_cstr(a, name), pages->settings->follow_links);
	bool ok = fd >= 0;

	if (!ok && errno == EACCES)
		err_set(
		    e, ERR_PERMISSION, ERR_NOWHERE, "[Errno 13] Permission denied: '%.*s'", STR_ARG(name));
	else if (!ok)
		err_set(e, ERR_FILE_NOT_FOUND, ERR_NOWHERE, "[Errno 2] No such file or directory: '%.*s'",
		    STR_ARG(name));
	else
		ok = template_read_fd(a, fd, name, file, e);
	if (fd >= 0)
		close(fd);
	return ok;
}

static bool
site_unchanged(void *context, struct str name, const struct fs_key *key)
{
	const struct pages *pages = context;
	struct arena scratch = arena_make(512);
	struct fs_stat st;
	bool ok = fs_stat_quick(
	    AT_FDCWD, str_format(&scratch, "%s/%.*s", pages->layout->templates, STR_ARG(name)).data, &st);

	arena_free(&scratch);
	return ok && fs_key_eq(&st.key, key);
}

static int
is_no_hidden_name(const struct dirent *entry)
{
	return !url_name_is_hidden(str_of(entry->d_name));
}

/* Every regular file beneath the folder in the order of names, hidden ones and data left out. */
static void
list_folder(const struct pages *pages, struct arena *a, struct str folder, int depth, tmpl_visit_fn *visit,
    void *visitor)
{
	const char *path = str_format(a, "%s/%.*s", pages->layout->templates, STR_ARG(folder)).data;
	struct dirent **entries = NULL;
	int count = depth < 0 ? 0 : scandir(path, &entries, is_no_hidden_name, alphasort);

	for (int i = 0; i < count; i++) {
		struct str name = str_format(a, "%.*s%s", STR_ARG(folder), entries[i]->d_name);

		free(entries[i]);
		if (str_eq(name, STR("_data")))
			continue;
		if (fs_is_directory(str_format(a, "%s/%.*s", pages->layout->templates, STR_ARG(name)).data))
			list_folder(
			    pages, a, str_format(a, "%.*s/", STR_ARG(name)), depth - 1, visit, visitor);
		else
			visit(visitor, name);
	}
	free(entries);
}

static void
site_list(void *context, struct arena *a, tmpl_visit_fn *visit, void *visitor)
{
	const struct pages *pages = context;

	if (pages->layout->templates != NULL)
		list_folder(pages, a, STR(""), LIST_DEPTH_MAX, visit, visitor);
}

static void
site_warn(void *context, const struct err *warning)
{
	const struct pages *pages = context;
	struct arena scratch = arena_make(4 * KIB);
	struct err shown = fault_with_paths(&scratch, warning, pages->layout);

	if (pages->warn != NULL)
		pages->warn(&shown);
	else
		log_warning("%.*s", STR_ARG(err_line(&scratch, &shown)));
	arena_free(&scratch);
}

/* An asset of eddy's own: from --assets DIR as it is now, else as it was compiled in. */
static bool
own_content(
    const struct settings *settings, struct arena *a, const char *name, struct str *content, struct err *e)
{
	const struct asset *asset = asset_find(str_of(name));

	if (settings->assets != NULL)
		return fs_read(
		    a, str_format(a, "%s/%s", settings->assets, name).data, TEMPLATE_MAX_BYTES, content, e);
	if (asset == NULL)
		return err_set(
		    e, ERR_FILE_NOT_FOUND, ERR_NOWHERE, "[Errno 2] No such file or directory: '%s'", name);
	*content = asset->content;
	return true;
}

static bool
own_read(void *context, struct arena *a, struct str name, struct tmpl_file *file, struct err *e)
{
	const struct pages *pages = context;

	return own_content(
	    pages->settings, a, str_format(a, "templates/%.*s", STR_ARG(name)).data, &file->text, e);
}

static bool
own_unchanged(void *context, struct str name UNUSED, const struct fs_key *key UNUSED)
{
	const struct pages *pages = context;

	return pages->settings->assets == NULL;
}

struct pages *
pages_new(const struct settings *settings, const struct layout *layout)
{
	struct pages *pages = BASE_NEW(struct pages);
	struct tmpl_source site = {pages, site_read, site_unchanged, site_list, site_warn};
	struct tmpl_source own = {.context = pages, .read = own_read, .unchanged = own_unchanged};

	pages->settings = settings;
	pages->layout = layout;
	pages->data = data_new(settings, layout);
	pages->digests = file_cache_new(
	    layout->static_root, FILE_CACHE_DIGESTS, settings->follow_links, settings->hash_cache);
	pages->site = tmpl_store_new(&site, settings->template_cache);
	pages->own = tmpl_store_new(&own, true);
	return pages;
}

void
pages_free(struct pages *pages)
{
	const struct map_entry *entry;
	size_t position = 0;

	while ((entry = map_next(&pages->known, &position)) != NULL) {
		struct known *known = entry->value;

		free(known->name);
		free(known->render_fault);
		free(known);
	}
	map_free(&pages->known);
	tmpl_store_free(pages->own);
	tmpl_store_free(pages->site);
	file_cache_free(pages->digests);
	data_free(pages->data);
	free(pages);
}

static char *
name_copy(struct str name)
{
	char *copy = base_alloc(name.len + 1);

	if (name.len > 0)
		memcpy(copy, name.data, name.len);
	copy[name.len] = '\0';
	return copy;
}

/*
 * Remembers how the latest render or compilation of a template went. `render_fault` is the file in which it failed
 * though it compiles, else NULL.
 */
static void
pages_note(struct pages *pages, struct str name, bool is_good, const struct str *render_fault)
{
	struct known *known = map_get(&pages->known, name);

	if (known == NULL && pages->known.count >= KNOWN_MAX)
		return;
	if (known == NULL) {
		known = BASE_NEW(struct known);
		known->name = name_copy(name);
		map_put(&pages->known, str_make(known->name, name.len), known);
	}
	known->is_good = is_good;
	free(known->render_fault);
	known->render_fault = render_fault ? name_copy(*render_fault) : NULL;
}

static struct tmpl_limits
pages_limits(const struct settings *settings)
{
	struct tmpl_limits limits = tmpl_limits_default;

	limits.fuel = (uint64_t)settings->template_steps;
	limits.depth = settings->template_depth;
	limits.output_bytes = (size_t)settings->template_output_mib * MIB;
	limits.time_ms = settings->template_time_ms;
	return limits;
}

static struct view
pages_view(struct pages *pages, const struct view_request *request)
{
	return (struct view){.layout = pages->layout,
	    .settings = pages->settings,
	    .digests = pages->digests,
	    .request = request,
	    .status = STATUS_OK};
}

bool
page_render(struct pages *pages, struct arena *a, struct str name, const struct view_request *request,
    struct str *html, struct err *e)
{
	struct view view = pages_view(pages, request);
	struct tmpl_limits limits = pages_limits(pages->settings);
	struct tmpl_scope host = view_scope(&view, a), scope = tmpl_scope_make(a, &host);
	const struct tmpl *page = tmpl_store_get(pages->site, name, e);
	bool ok;

	ok = page != NULL && data_fill(pages->data, &scope, e) &&
	     tmpl_render(page, a, &scope, &limits, html, e);
	pages_note(pages, name, ok, page != NULL && !ok ? &e->place.file : NULL);
	if (!ok)
		secret_hide(e, request);
	return ok;
}

bool
page_dump(struct pages *pages, struct str name, enum tmpl_dump stage, struct arena *a, struct str *text,
    struct err *e)
{
	return tmpl_dump(pages->site, name, stage, a, text, e);
}

static bool
site_has_template(const struct pages *pages, struct arena scratch, const char *name)
{
	return pages->layout->templates != NULL &&
	       fs_exists(str_format(&scratch, "%s/%s", pages->layout->templates, name).data);
}

static bool
own_render(struct tmpl_store *store, struct arena *a, const char *name, const struct tmpl_scope *variables,
    struct str *html, struct err *e)
{
	const struct tmpl *page = tmpl_store_get(store, str_of(name), e);

	return page != NULL && tmpl_render(page, a, variables, NULL, html, e);
}

bool
page_render_own(struct pages *pages, struct arena *a, const char *name, const struct tmpl_scope *variables,
    struct str *html)
{
	struct view view = pages_view(pages, &view_request_default);
	struct tmpl_scope host = view_scope(&view, a), scope = *variables;
	struct tmpl_value status;
	struct err e = err_make(a);

	if (tmpl_dict_get(scope.names, STR("status"), &status) && status.type == TMPL_INT)
		view.status = (int)status.as.integer;
	scope.outer = &host;
	tmpl_scope_set(&host, "stylesheet", tmpl_str(page_asset_url(pages, a, "site.css")));
	if (site_has_template(pages, *a, name)) {
		if (own_render(pages->site, a, name, &scope, html, &e))
			return true;
		fault_log(&e, pages->layout);
	}
	if (own_render(pages->own, a, name, &scope, html, &e))
		return true;
	log_text(LOG_ERROR, err_report(a, &e, log_has_colour()));
	return false;
}

bool
page_asset(const struct settings *settings, struct arena *a, struct str name, struct str *content)
{
	struct err e = err_make(a);

	return own_content(settings, a, str_format(a, "static/%.*s", STR_ARG(name)).data, content, &e);
}

struct str
page_asset_url(struct pages *pages, struct arena *a, const char *name)
{
	struct str content = STR("");

	if (!page_asset(pages->settings, a, str_of(name), &content))
		return str_format(a, PAGE_ASSET_PREFIX "%s", name);
	return str_format(
	    a, PAGE_ASSET_PREFIX "%s?v=%.*s", name, STR_ARG(digest_version(a, digest_of(content))));
}

/* Checking */

static bool
page_compiles(struct pages *pages, struct str name, struct err *e)
{
	return tmpl_store_get(pages->site, name, e) != NULL;
}

/* What changed: paths relative to the templates folder. */
struct change {
	const struct str *paths;
	size_t count;
};

static bool
change_holds(const struct change *change, struct str path)
{
	for (size_t i = 0; i < change->count; i++)
		if (str_eq(change->paths[i], path))
			return true;
	return false;
}

/* Whether its fault is still there though it compiles: only rendering can tell, once one of its files has changed. */
static bool
is_faulty_still(const struct known *known, const struct change *change)
{
	return known->render_fault != NULL && !change_holds(change, str_of(known->render_fault)) &&
	       !change_holds(change, str_of(known->name));
}

/* A template that is gone is no fault of its own; whoever includes it will say so. */
static bool
check_one(struct pages *pages, struct str name, const struct change *change, bool *had_fault, struct err *e)
{
	const struct known *known = map_get(&pages->known, name);
	bool ok;

	if (str_starts(name, STR("_data/")) || !site_has_template(pages, *e->arena, str_cstr(e->arena, name)))
		return true;
	ok = page_compiles(pages, name, e);
	if (ok && known != NULL && is_faulty_still(known, change))
		return true;
	*had_fault = *had_fault || (known != NULL && !known->is_good);
	pages_note(pages, name, ok, NULL);
	return ok;
}

bool
page_check(struct pages *pages, const struct str *paths, size_t count, bool *had_fault, struct err *e)
{
	const struct change change = {paths, count};
	const struct map_entry *entry;
	size_t position = 0;
	bool ok = true;

	*had_fault = false;
	for (size_t i = 0; i < count && ok; i++)
		ok = check_one(pages, paths[i], &change, had_fault, e);
	while (ok && (entry = map_next(&pages->known, &position)) != NULL)
		ok = check_one(pages, entry->key, &change, had_fault, e);
	return ok;
}

/* Compiles one template after the other. */
struct checking {
	struct pages *pages;
	struct arena *arena;
	void (*report)(const struct err *e);
	size_t count;
};

static void
check_visited(void *visitor, struct str name)
{
	struct checking *checking = visitor;
	struct err e = err_make(checking->arena);

	checking->count++;
	if (page_compiles(checking->pages, name, &e))
		return;
	e = fault_with_paths(checking->arena, &e, checking->pages->layout);
	checking->report(&e);
}

size_t
page_check_all(struct pages *pages, const struct fault_listener *listener)
{
	struct arena a = arena_make(16 * KIB);
	struct checking checking = {pages, &a, listener->report, 0};

	data_check(pages->data, listener);
	pages->warn = listener->warn;
	site_list(pages, &a, check_visited, &checking);
	pages->warn = NULL;
	arena_free(&a);
	return checking.count;
}
