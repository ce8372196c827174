/* The versioned URLs of static files, as static_url gives them to a template. */
#include "cmd.h"

#include "os/fs.h"
#include "os/path.h"
#include "site/site.h"
#include "text/json.h"

/* The path from the root of the file system on, "." and ".." resolved as text. */
static struct str
path_absolute(struct arena *a, const char *path)
{
	struct str rest =
	    *path == '/' ? str_of(path) : path_join(a, str_of(fs_real_path(a, ".")), str_of(path));
	struct buf b = buf_make(a);

	while (rest.len > 0) {
		struct str segment = str_cut(&rest, '/');

		if (str_eq(segment, STR("..")))
			b.len = b.len ? str_rfind_char(buf_str(&b), '/') : 0;
		else if (segment.len > 0 && !str_eq(segment, STR(".")))
			buf_addf(&b, "/%.*s", STR_ARG(segment));
	}
	return buf_str(&b);
}

/* The same with the links in its folder resolved; empty where there is no such folder. */
static struct str
path_real(struct arena *a, const char *path)
{
	struct str folder = path_parent(str_of(path));
	const char *real = fs_real_path(a, str_cstr(a, folder));

	return real ? path_join(a, str_of(real), path_name(str_of(path))) : STR("");
}

/* What the path is called beneath the static root: by its text, or else by where its links lead. */
static bool
name_of(struct arena *a, const struct layout *layout, const char *path, struct str *name)
{
	struct str root = str_of(layout->static_root);
	struct str ways[] = {path_absolute(a, path), path_real(a, path)};

	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		if (!path_is_in(ways[i], root) || ways[i].len <= root.len)
			continue;
		*name = str_from(ways[i], root.len + (root.len > 1));
		return true;
	}
	return false;
}

static const char *
fault_of(enum site_kind kind)
{
	if (kind == SITE_DENIED)
		return "may not be read";
	if (kind == SITE_FAILED)
		return "can't be opened now";
	return "is not served";
}

static bool
fault_outside(const struct layout *layout, const char *path, struct err *e)
{
	err_set(e, ERR_OS, ERR_NOWHERE, "'%s' is no static file of this site: those lie in '%s'", path,
	    layout->static_root);
	err_set_hint(e, "-C DIR names another site");
	return false;
}

/* Asks the site what it would answer: only what is served has a URL. */
static bool
url_find(struct site *site, struct arena *a, const char *path, struct str *result, struct err *e)
{
	const struct layout *layout = &site->layout;
	struct site_match match;
	struct str name, target;
	struct url url;

	if (!fs_exists(path))
		return err_set(e, ERR_OS, ERR_NOWHERE, "there is no file '%s'", path);
	if (fs_is_directory(path))
		return err_set(e, ERR_OS, ERR_NOWHERE, "'%s' is a folder", path);
	if (!name_of(a, layout, path, &name))
		return fault_outside(layout, path, e);
	target = url_encode_path(
	    a, str_format(a, "%.*s%.*s", STR_ARG(layout->static_prefix), STR_ARG(name)), false);
	if (!url_parse(a, target, &url, e))
		return false;
	match = site_find(site, a, &url);
	if (match.kind != SITE_FILE)
		return err_set(e, ERR_OS, ERR_NOWHERE, "'%s' %s", path, fault_of(match.kind));
	if (*match.file->version == '\0') {
		file_unref(match.file);
		return err_set(e, ERR_OS, ERR_NOWHERE, "'%s' changes all the time", path);
	}
	*result = str_format(a, "%.*s?v=%s", STR_ARG(target), match.file->version);
	file_unref(match.file);
	return true;
}

static bool
tell(const struct settings *s, const char *path, struct str url, json_t *all, struct err *e)
{
	json_t *key;

	if (!s->json)
		return url.len == 0 || cmd_print(str_format(e->arena, "%.*s\n", STR_ARG(url)), e);
	key = json_text(str_of(path));
	json_object_set_new(all, json_string_value(key), url.len ? json_text(url) : json_null());
	json_decref(key);
	return true;
}

/* One that has no URL is told, and the others are printed all the same. */
static int
print_all(const struct settings *s, struct site *site, json_t *all, struct err *e)
{
	int status = CMD_YES;
	bool ok = true;

	for (size_t i = 0; i < s->operands.count && ok; i++) {
		struct arena scratch = arena_make(4 * KIB);
		struct err fault = err_make(&scratch);
		struct str url = STR("");

		if (!url_find(site, &scratch, s->operands.items[i], &url, &fault)) {
			cmd_report(&fault);
			status = CMD_NO;
		}
		ok = tell(s, s->operands.items[i], url, all, e);
		arena_free(&scratch);
	}
	if (ok && s->json)
		ok = cmd_print_json(all, e);
	return ok ? status : cmd_fail(e);
}

static int
url_run(struct settings *s, struct arena *a, struct err *e)
{
	struct site site = {.settings = s};
	json_t *all;
	int status;

	if (!layout_find(a, s, &site.layout, e))
		return cmd_fail(e);
	site.files = file_cache_new(site.layout.static_root, FILE_CACHE_DIGESTS, s->follow_links, true);
	all = json_object();
	status = print_all(s, &site, all, e);
	json_decref(all);
	site_close(&site);
	return status;
}

const struct cmd url_cmd = {
    .name = "url",
    .operands = "FILE...",
    .summary = "the versioned URL of each static file",
    .scope = SETTINGS_URL,
    .finds_site = true,
    .operands_least = 1,
    .operands_most = SIZE_MAX,
    .run = url_run,
};
