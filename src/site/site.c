#include "site/site.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

/* What is served from the static root at the root of the URL space too. */
static const char *const root_files[] = {
    "favicon.ico",
    "robots.txt",
    "apple-touch-icon*.png",
    "sitemap.xml",
    "site.webmanifest",
    ".well-known/*",
};

bool
site_open(struct arena *a, const struct settings *settings, struct site *site, struct err *e)
{
	site->settings = settings;
	if (!layout_find(a, settings, &site->layout, e))
		return false;
	site->files = file_cache_new(
	    site->layout.static_root, FILE_CACHE_SERVE, settings->follow_links, settings->hash_cache);
	site->types = mime_types_make(a, settings->mime.items, settings->mime.count);
	file_cache_set_types(site->files, &site->types);
	return true;
}

void
site_close(struct site *site)
{
	const struct map_entry *entry;
	size_t position = 0;

	file_cache_free(site->files);
	while ((entry = map_next(&site->pages_seen, &position)) != NULL)
		free(entry->value);
	map_free(&site->pages_seen);
}

bool
site_is_page_name(struct str name)
{
	while (name.len > 0) {
		struct str segment = str_cut(&name, '/');

		if (segment.len == 0 || segment.data[0] == '_' || segment.data[0] == '.')
			return false;
	}
	return true;
}

static enum fs_kind
template_kind(const struct layout *layout, struct arena scratch, struct str name)
{
	struct fs_stat st;

	if (!fs_stat_quick(
		AT_FDCWD, str_format(&scratch, "%s/%.*s", layout->templates, STR_ARG(name)).data, &st))
		return FS_OTHER;
	return st.kind;
}

static struct str
page_candidate(const struct layout *layout, struct arena *a, struct str name)
{
	return site_is_page_name(name) && template_kind(layout, *a, name) == FS_FILE ? name : STR("");
}

struct str
site_page_name(const struct layout *layout, struct arena *a, struct str path, bool is_directory)
{
	struct str name;

	if (is_directory)
		return page_candidate(
		    layout, a, str_format(a, "%.*s%sindex.html", STR_ARG(path), path.len ? "/" : ""));
	name = page_candidate(layout, a, path);
	return name.len ? name : page_candidate(layout, a, str_format(a, "%.*s.html", STR_ARG(path)));
}

static struct site_match
match_of(enum site_kind kind, struct str name)
{
	return (struct site_match){.kind = kind, .name = name};
}

static struct site_match
match_file(struct site *site, struct str path)
{
	struct site_match match = match_of(SITE_MISSING, path);

	switch (file_find(site->files, path.data, &match.file)) {
	case FILE_READY:
		match.kind = SITE_FILE;
		break;
	case FILE_UNHASHED:
		match.kind = SITE_FILE_UNHASHED;
		break;
	case FILE_DIRECTORY:
		match.kind = SITE_FOLDER;
		break;
	case FILE_GONE:
		match.kind = SITE_GONE;
		break;
	case FILE_DENIED:
		match.kind = SITE_DENIED;
		break;
	case FILE_FAILED:
		match.kind = SITE_FAILED;
		break;
	case FILE_MISSING:
		break;
	}
	return match;
}

/* "a/b/" is a/b/index.html, else a listing where those are wanted; without the slash it redirects. */
static struct site_match
match_folder(struct site *site, struct arena *a, struct str path, bool has_slash)
{
	const char *between = path.len ? "/" : "";
	struct site_match match;

	if (!has_slash)
		return match_of(SITE_REDIRECT, STR(""));
	match = match_file(site, str_format(a, "%.*s%sindex.html", STR_ARG(path), between));
	if (match.kind != SITE_MISSING && match.kind != SITE_FOLDER)
		return match;
	return match_of(site->settings->listing ? SITE_FOLDER : SITE_MISSING, path);
}

/* A path beneath the static root, as the URL asked for it. */
static struct site_match
match_static(struct site *site, struct arena *a, struct str path, bool has_slash)
{
	struct site_match match = match_file(site, path);

	if (match.kind == SITE_FOLDER)
		return match_folder(site, a, path, has_slash);
	if (match.kind == SITE_MISSING && !has_slash)
		return match_file(site, str_format(a, "%.*s.html", STR_ARG(path)));
	if (match.file != NULL && has_slash) {
		file_unref(match.file);
		return match_of(SITE_MISSING, path);
	}
	return match;
}

static void
page_remember(struct site *site, struct str name)
{
	char *kept;

	if (map_get(&site->pages_seen, name) != NULL)
		return;
	kept = base_strdup(name.data);
	map_put(&site->pages_seen, str_of(kept), kept);
}

static bool
page_forget(struct site *site, struct str name)
{
	char *kept = map_remove(&site->pages_seen, name);

	free(kept);
	return kept != NULL;
}

/* Whether the template that was the page of this URL has just gone. */
static bool
page_is_gone(struct site *site, struct arena *a, const struct url *url)
{
	const char *between = url->path.len ? "/" : "";

	if (url->is_directory)
		return page_forget(site, str_format(a, "%.*s%sindex.html", STR_ARG(url->path), between));
	return page_forget(site, url->path) ||
	       page_forget(site, str_format(a, "%.*s.html", STR_ARG(url->path)));
}

static bool
is_root_file(const struct site *site, struct str path)
{
	for (size_t i = 0; i < COUNT_OF(root_files); i++)
		if (fnmatch(root_files[i], path.data, 0) == 0)
			return true;
	for (size_t i = 0; i < site->settings->root_files.count; i++)
		if (str_eq(path, str_of(site->settings->root_files.items[i])))
			return true;
	return false;
}

static struct site_match
match_app(struct site *site, struct arena *a, const struct url *url)
{
	const struct layout *layout = &site->layout;
	struct str prefix_name = str_slice(layout->static_prefix, 0, layout->static_prefix.len - 1);
	struct str page;

	if (str_starts(url->path, layout->static_prefix) || str_eq(url->path, prefix_name))
		return match_static(
		    site, a, str_from(url->path, layout->static_prefix.len), url->is_directory);
	page = site_page_name(layout, a, url->path, url->is_directory);
	if (page.len > 0) {
		page_remember(site, page);
		return match_of(SITE_PAGE, page);
	}
	if (page_is_gone(site, a, url))
		return match_of(SITE_GONE, url->path);
	if (!url->is_directory && site_page_name(layout, a, url->path, true).len > 0)
		return match_of(SITE_REDIRECT, STR(""));
	if (is_root_file(site, url->path))
		return match_static(site, a, url->path, url->is_directory);
	return match_of(SITE_MISSING, url->path);
}

bool
site_path_is_own(const struct layout *layout, struct str path)
{
	return str_eq(path, STR("_eddy")) || str_starts(path, STR("_eddy/")) ||
	       (!layout->is_app && str_eq(path, STR("eddy.conf")));
}

struct site_match
site_find(struct site *site, struct arena *a, const struct url *url)
{
	if (url->is_hidden || site_path_is_own(&site->layout, url->path))
		return match_of(SITE_MISSING, url->path);
	if (site->layout.is_app)
		return match_app(site, a, url);
	return match_static(site, a, url->path, url->is_directory);
}

struct site_match
site_find_page(struct site *site, struct arena *a, struct str name)
{
	struct site_match match;

	if (site->layout.is_app && page_candidate(&site->layout, a, name).len > 0)
		return match_of(SITE_PAGE, name);
	match = match_file(site, name);
	return match.file != NULL ? match : match_of(SITE_MISSING, name);
}
