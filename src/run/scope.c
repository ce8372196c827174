#include "run/scope.h"

#include "os/fs.h"
#include "os/path.h"
#include "os/proc.h"
#include "site/layout.h"

/* Paths being collected. */
struct path_list {
	struct arena *arena;
	struct str *paths;
	size_t count;
	size_t capacity;
};

enum { LIST_FIRST_CAPACITY = 8 };

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

static bool
name_is_ignored_directory(struct str name)
{
	static const char *const names[] = {"node_modules", "__pycache__"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

/* Where the image was built: the directory that it lies in, and a build/ further up. */
static bool
is_build_output(const struct scope *scope, struct str path)
{
	return path_is_in(scope->image, path) &&
	       (str_eq(path_parent(scope->image), path) || str_eq(path_name(path), STR("build")));
}

/* GNU sed -i writes to "sed" and six more characters, then renames. */
static bool
name_is_of_sed(struct str name)
{
	return name.len == 9 && str_starts(name, STR("sed")) && str_find_char(name, '.') == STR_NONE;
}

/* A temporary of an editor: vim's, Emacs', JetBrains', or one of anybody's. */
static bool
name_is_temporary(struct str name)
{
	static const char *const ends[] = {
	    "~", ".swp", ".swo", ".swx", ".tmp", ".part", ".crdownload", "___jb_tmp___", "___jb_old___"};

	for (size_t i = 0; i < COUNT_OF(ends); i++)
		if (str_ends(name, str_of(ends[i])))
			return true;
	return str_eq(name, STR("4913")) || (str_starts(name, STR("#")) && str_ends(name, STR("#"))) ||
	       name_is_of_sed(name);
}

static bool
is_own_file(const struct scope *scope, struct str path)
{
	for (size_t i = 0; i < scope->own_file_count; i++)
		if (str_eq(path, scope->own_files[i]))
			return true;
	return false;
}

static bool
is_wanted(const void *context, struct str path, bool is_directory)
{
	const struct scope *scope = context;
	struct str name = path_name(path);

	if (str_starts(name, STR(".")))
		return is_directory && str_eq(name, STR(".well-known"));
	if (is_directory)
		return !name_is_ignored_directory(name) && !is_build_output(scope, path);
	return !name_is_temporary(name) && !is_own_file(scope, path);
}

static void
add_own_file(struct arena *a, struct scope *scope, const char *path)
{
	if (path != NULL)
		scope->own_files[scope->own_file_count++] = path_resolve(a, str_of(path));
}

void
scope_make(struct arena *a, struct scope *scope, const struct settings *s)
{
	struct path_list restart = {.arena = a}, targets = {.arena = a};

	*scope = (struct scope){
	    .directory = path_resolve(a, str_of(s->directory)),
	    .image = str_of(proc_image_path()),
	};
	add_own_file(a, scope, s->pid_file);
	add_own_file(a, scope, s->ready_file);
	if (s->autoreload)
		add_restart_paths(&restart, scope, s);
	list_add_all(&targets, &restart);
	if (s->livereload)
		add_site_paths(&targets, scope, s);
	if (s->autoreload)
		add_layout_path(&restart, scope, s);
	scope->rules.restart = restart.paths;
	scope->rules.restart_count = restart.count;
	scope->plan = (struct watch_plan){
	    .targets = targets.paths,
	    .target_count = targets.count,
	    .is_wanted = is_wanted,
	    .context = scope,
	};
}

struct str
scope_relative(const struct scope *scope, struct str path)
{
	size_t prefix = scope->directory.len + !str_ends(scope->directory, STR("/"));

	return path_is_in(path, scope->directory) ? str_from(path, prefix) : path;
}
