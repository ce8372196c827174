#include "run/scope.h"

#include "os/fs.h"
#include "os/image.h"
#include "os/path.h"
#include "os/proc.h"
#include "site/layout.h"

#include <fcntl.h>

/* Paths being collected. */
struct path_list {
	struct arena *arena;
	struct str *paths;
	size_t count;
	size_t capacity;
};

enum {
	LIST_FIRST_CAPACITY = 8,
	POLL_DEFAULT_MS = 1000, /* where nobody has said how often */
};

/* The absolute path without links; what doesn't exist yet is named in the place where it will be. */
static struct str
path_resolve(struct arena *a, struct str path)
{
	const char *real;

	while (path.len > 1 && str_ends(path, STR("/")))
		path = str_slice(path, 0, path.len - 1);
	real = fs_real_path(a, str_cstr(a, path));
	if (real != NULL || path.len <= 1)
		return real != NULL ? str_of(real) : path;
	return path_join(a, path_resolve(a, path_parent(path)), path_name(path));
}

static void
list_add(struct path_list *list, struct str path)
{
	struct str *grown;

	for (size_t i = 0; i < list->count; i++)
		if (str_eq(list->paths[i], path))
			return;
	if (list->count == list->capacity) {
		list->capacity = MAX(2 * list->capacity, (size_t)LIST_FIRST_CAPACITY);
		grown = ARENA_ARRAY(list->arena, struct str, list->capacity);
		for (size_t i = 0; i < list->count; i++)
			grown[i] = list->paths[i];
		list->paths = grown;
	}
	list->paths[list->count++] = path;
}

/* Adds the path, and where it is a link to a file, the link too: either may be replaced. */
static void
list_add_named(struct path_list *list, struct str path)
{
	struct str resolved = path_resolve(list->arena, path);

	list_add(list, resolved);
	if (path_name(path).len > 0 && !fs_is_directory(str_cstr(list->arena, path)))
		list_add(list,
		    path_join(list->arena, path_resolve(list->arena, path_parent(path)), path_name(path)));
}

static void
list_add_all(struct path_list *list, const struct path_list *more)
{
	for (size_t i = 0; i < more->count; i++)
		list_add(list, more->paths[i]);
}

static void
add_restart_paths(struct path_list *list, const struct scope *scope, const struct settings *s)
{
	if (s->config != NULL)
		list_add_named(list, str_of(s->config));
	else
		list_add(list, path_join(list->arena, scope->directory, STR("eddy.conf")));
	if (scope->image.len > 0)
		list_add_named(list, scope->image);
	for (size_t i = 0; i < s->watch.count; i++)
		list_add_named(list, str_of(s->watch.items[i]));
}

/* The file in "[NAME=]FILE". */
static struct str
data_file(struct str item)
{
	return str_from(item, str_find_char(item, '=') + 1);
}

/* A layout that is broken at present may be mended anywhere in the site. */
static void
add_site_paths(struct path_list *list, struct scope *scope, const struct settings *s)
{
	struct err e = err_make(list->arena);
	struct layout layout;

	if (!layout_find(list->arena, s, &layout, &e)) {
		list_add(list, scope->directory);
	} else {
		scope->rules.templates = str_of(layout.templates);
		if (layout.is_app)
			list_add(list, str_of(layout.templates));
		list_add(list, str_of(layout.static_root));
	}
	for (size_t i = 0; i < s->data.count; i++)
		list_add_named(list, data_file(str_of(s->data.items[i])));
	if (s->assets != NULL)
		list_add(list, path_resolve(list->arena, str_of(s->assets)));
}

/* A guess that the layout is plain ends with the first file in templates/. */
static void
add_layout_path(struct path_list *list, const struct scope *scope, const struct settings *s)
{
	if (s->layout == SETTINGS_LAYOUT_AUTO && scope->rules.templates.len == 0)
		list_add(list, path_join(list->arena, scope->directory, STR("templates")));
}

/* Those in the folders further up; the ones beneath the targets are met there. */
static void
add_ignore_files(struct path_list *list, const struct scope *scope)
{
	struct str directory = scope->directory, top = ignore_top(scope->ignore);

	list_add(list, path_join(list->arena, directory, STR(IGNORE_RULES_FILE)));
	while (!str_eq(directory, top)) {
		directory = path_parent(directory);
		list_add(list, path_join(list->arena, directory, STR(IGNORE_RULES_FILE)));
	}
}

static bool
is_wanted(const void *context, struct str path, bool is_directory)
{
	const struct scope *scope = context;

	return !ignore_has(scope->ignore, path, is_directory, NULL);
}

static struct ignore *
ignore_make(struct arena *a, const struct scope *scope, const struct settings *s)
{
	const char *own[] = {s->pid_file, s->ready_file, s->access_log};
	struct ignore_options options = {
	    .directory = scope->directory,
	    .image = scope->image,
	    .globs = &s->ignore,
	};
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(own); i++)
		if (own[i] != NULL)
			options.own_files[count++] = path_resolve(a, str_of(own[i]));
	return ignore_new(&options);
}

void
scope_make(struct arena *a, struct scope *scope, const struct settings *s)
{
	bool has_builds = s->builds.count + s->builds_on.count > 0;
	struct path_list restart = {.arena = a}, site = {.arena = a}, targets = {.arena = a};

	*scope = (struct scope){
	    .directory = path_resolve(a, str_of(s->directory)),
	    .image = str_of(image_path()),
	};
	scope->ignore = ignore_make(a, scope, s);
	if (s->autoreload) {
		add_restart_paths(&restart, scope, s);
		add_ignore_files(&restart, scope);
	}
	list_add_all(&targets, &restart);
	if (s->livereload || has_builds)
		add_site_paths(&site, scope, s);
	list_add_all(&targets, &site);
	if (has_builds) {
		list_add(&targets, scope->directory);
		scope->rules.site = site.paths;
		scope->rules.site_count = site.count;
	}
	if (s->autoreload)
		add_layout_path(&restart, scope, s);
	scope->rules.restart_name = s->autoreload ? STR(IGNORE_RULES_FILE) : STR("");
	scope->rules.restart = restart.paths;
	scope->rules.restart_count = restart.count;
	scope->plan = (struct watch_plan){
	    .targets = targets.paths,
	    .target_count = targets.count,
	    .is_wanted = is_wanted,
	    .context = scope,
	    .is_polled = s->poll_ms > 0,
	    .poll_ms = s->poll_ms > 0 ? s->poll_ms : POLL_DEFAULT_MS,
	};
}

struct str
scope_relative(const struct scope *scope, struct str path)
{
	size_t prefix = scope->directory.len + !str_ends(scope->directory, STR("/"));

	return path_is_in(path, scope->directory) ? str_from(path, prefix) : path;
}

static const char *
effect_of(enum settle_kind kind)
{
	static const char *const effects[] = {
	    [SETTLE_SOURCE] = "is for builds alone",
	    [SETTLE_IMAGE] = "swaps the image in open pages",
	    [SETTLE_CSS] = "swaps the style sheet in open pages",
	    [SETTLE_PAGE] = "reloads open pages",
	    [SETTLE_RESTART] = "restarts eddy",
	};

	return effects[kind];
}

/* The innermost target that the path lies in, or nothing. */
static struct str
target_of(const struct scope *scope, struct str path)
{
	struct str found = STR("");

	for (size_t i = 0; i < scope->plan.target_count; i++)
		if (path_is_in(path, scope->plan.targets[i]) && scope->plan.targets[i].len > found.len)
			found = scope->plan.targets[i];
	return found;
}

/* The end of the path's segment that begins behind `start`. */
static size_t
segment_end(struct str path, size_t start)
{
	size_t slash = str_find_char(str_from(path, start), '/');

	return slash == STR_NONE ? path.len : start + slash;
}

/* Why the path, which lies in no target, is not watched. */
static struct str
explain_outside(struct arena *a, const struct scope *scope, const char *path)
{
	struct str place = path_join(a, path_resolve(a, path_parent(str_of(path))), path_name(str_of(path)));

	if (fs_is_link(AT_FDCWD, path) && target_of(scope, place).len > 0)
		return STR("not watched: it is a link that leads out of the site, and is not served without "
			   "--follow-links");
	if (!fs_exists(path))
		return STR("not watched: there is no such file, and --watch doesn't name it");
	return STR("not watched: it is no part of the site, and --watch doesn't name it");
}

struct str
scope_explain(struct arena *a, const struct scope *scope, const char *path)
{
	struct str full = path_resolve(a, str_of(path)), target = target_of(scope, full), part, reason;
	bool is_directory = fs_is_directory(full.data);

	if (target.len == 0)
		return explain_outside(a, scope, path);
	for (size_t end = target.len; end < full.len;) {
		end = segment_end(full, end + (end > 1));
		part = str_slice(full, 0, end);
		if (!ignore_has(scope->ignore, part, end < full.len || is_directory, &reason))
			continue;
		if (end == full.len)
			return str_format(a, "ignored: %.*s", STR_ARG(reason));
		part = scope_relative(scope, part);
		return str_format(a, "ignored with %.*s: %.*s", STR_ARG(part), STR_ARG(reason));
	}
	if (is_directory)
		return STR("watched, with what is in it");
	return str_format(a, "watched: a change %s", effect_of(settle_classify(&scope->rules, full)));
}
