#include "site/near.h"

#include "os/fs.h"
#include "site/folder.h"
#include "site/site.h"

/* Where a URL is looked for. */
struct place {
	const char *root;   /* a folder, absolute */
	struct str prefix;  /* of its URLs, with a slash at its end where it isn't empty */
	struct str parent;  /* beneath the root, likewise */
	struct str segment; /* the last one; empty for the root */
	bool is_pages;
};

static struct place
place_beneath(const char *root, struct str prefix, struct str path)
{
	size_t slash = str_rfind_char(path, '/');
	struct place place = {.root = root, .prefix = prefix};

	place.parent = str_slice(path, 0, slash == STR_NONE ? 0 : slash + 1);
	place.segment = str_from(path, place.parent.len);
	return place;
}

static bool
place_of(const struct layout *layout, const struct url *url, struct place *place)
{
	struct str path = url->path, prefix = layout->static_prefix;

	if (url->is_hidden || site_path_is_own(layout, path))
		return false;
	if (str_starts(path, prefix)) {
		*place = place_beneath(layout->static_root, prefix, str_from(path, prefix.len));
		return true;
	}
	*place = place_beneath(layout->templates, STR(""), path);
	place->is_pages = true;
	return site_is_page_name(path);
}

static struct str
without_html(struct str name)
{
	return str_ends(name, STR(".html")) ? str_slice(name, 0, name.len - 5) : name;
}

/* A folder of templates has no listing: it answers where it has a start page. */
static bool
page_answers(const struct place *place, struct arena scratch, const struct folder_entry *entry)
{
	struct str index = str_format(
	    &scratch, "%s/%.*s%.*s/index.html", place->root, STR_ARG(place->parent), STR_ARG(entry->name));

	return entry->name.data[0] != '_' && (!entry->is_directory || fs_exists(index.data));
}

static bool
answers(const struct place *place, const struct layout *layout, struct arena scratch,
    const struct folder_entry *entry)
{
	if (str_eq(entry->name, STR("index.html")))
		return false;
	if (place->is_pages)
		return page_answers(place, scratch, entry);
	return place->prefix.len + place->parent.len > 0 || !site_path_is_own(layout, entry->name);
}

/* Leaves of a folder what the last segment could have been, named as URLs name it. */
static void
keep_candidates(
    const struct place *place, const struct layout *layout, struct arena scratch, struct folder *folder)
{
	bool is_plain = str_find_char(place->segment, '.') == STR_NONE;
	size_t kept = 0;

	for (size_t i = 0; i < folder->count; i++) {
		struct folder_entry entry = folder->entries[i];

		if (!answers(place, layout, scratch, &entry))
			continue;
		if (is_plain && !entry.is_directory)
			entry.name = without_html(entry.name);
		folder->entries[kept++] = entry;
	}
	folder->count = kept;
}

/* Takes the nearest one out; its URL, or an empty string where none is near. */
static struct str
take_nearest(struct arena *a, const struct place *place, struct folder *folder)
{
	struct str_near near = str_near_make(place->segment);
	struct folder_entry *entry = folder->entries;
	struct str path;

	for (size_t i = 0; i < folder->count; i++)
		str_near_try(&near, folder->entries[i].name);
	if (near.nearest.data == NULL)
		return STR("");
	while (entry->name.data != near.nearest.data)
		entry++;
	path = str_format(
	    a, "%.*s%.*s%.*s", STR_ARG(place->prefix), STR_ARG(place->parent), STR_ARG(entry->name));
	path = url_encode_path(a, path, entry->is_directory);
	*entry = folder->entries[--folder->count];
	return path;
}

/* Adds to `urls` what is near in one folder; returns how many there are then. */
static size_t
add_near(struct arena *a, const struct place *place, const struct layout *layout, struct str urls[NEAR_MAX],
    size_t count)
{
	const char *parent =
	    str_cstr(a, str_slice(place->parent, 0, place->parent.len - (place->parent.len > 0)));
	struct err e = err_make(a);
	struct folder folder;

	if (place->segment.len == 0 || !folder_read(a, place->root, parent, false, &folder, &e))
		return count;
	keep_candidates(place, layout, *a, &folder);
	folder_sort(&folder, FOLDER_NAME, false);
	while (count < NEAR_MAX && (urls[count] = take_nearest(a, place, &folder)).len > 0)
		count++;
	return count;
}

size_t
near_urls(struct arena *a, const struct layout *layout, const struct url *url, bool of_pages_only,
    struct str urls[NEAR_MAX])
{
	struct place place;
	size_t count = 0;

	if (!place_of(layout, url, &place))
		return 0;
	if (place.is_pages)
		count = add_near(a, &place, layout, urls, 0);
	if (!of_pages_only) {
		place = place_beneath(layout->static_root, layout->static_prefix,
		    place.is_pages ? url->path : str_from(url->path, layout->static_prefix.len));
		count = add_near(a, &place, layout, urls, count);
	}
	return count;
}

/* "templates/" of "/home/me/site/templates" in "/home/me/site"; nothing of the site's folder itself. */
static struct str
folder_in_site(struct arena *a, const struct layout *layout, const char *folder)
{
	struct str site = str_of(layout->directory), path = str_of(folder);

	if (str_eq(site, path))
		return STR("");
	if (str_starts(path, site) && path.data[site.len] == '/')
		path = str_from(path, site.len + 1);
	return str_format(a, "%.*s/", STR_ARG(path));
}

size_t
near_files(struct arena *a, const struct layout *layout, const struct url *url, struct str files[NEAR_MAX])
{
	static const char *const as_file[] = {"", NULL}, *const as_page[] = {".html", "/index.html", NULL};
	static const char *const as_folder[] = {"/index.html", NULL};
	const char *const *endings = as_page;
	struct place place;
	struct str folder;
	size_t count = 0;

	if (!place_of(layout, url, &place))
		return 0;
	if (url->is_directory)
		endings = as_folder;
	else if (str_find_char(place.segment, '.') != STR_NONE)
		endings = as_file;
	folder = folder_in_site(a, layout, place.root);
	for (; endings[count] != NULL; count++)
		files[count] = str_format(a, "%.*s%.*s%.*s%s", STR_ARG(folder), STR_ARG(place.parent),
		    STR_ARG(place.segment), endings[count] + (place.segment.len == 0));
	return count;
}
