#include "run/ignore.h"

#include "base/map.h"
#include "os/fs.h"
#include "os/path.h"
#include "text/glob.h"

enum {
	ARENA_BYTES = 4096,
	RULES_FILE_MAX_BYTES = 1024 * 1024,
};

struct pattern {
	struct pattern *earlier; /* the later one decides */
	struct glob glob;
	struct str reason;
};

/* The patterns that were written in, or for, one folder. */
struct rules {
	const struct rules *outer; /* of the folder above, or NULL */
	struct str directory;
	struct pattern *last;
};

struct ignore {
	struct arena arena;
	struct arena scratch;
	struct ignore_options options;
	struct str top;      /* of the repository, or the site's folder */
	struct map rules;    /* by folder */
	struct rules chosen; /* of --ignore */
};

/* Names */

static const char *const ignored_directories[] = {"node_modules", "__pycache__"};

/* What the kernel shows as files, and devices: they have no end and no events. */
static const char *const system_directories[] = {"/proc", "/sys", "/dev"};

/* The temporaries of editors: vim's, Emacs', JetBrains', and those of anybody. */
static const char *const temporary_ends[] = {
    "~", ".swp", ".swo", ".swx", ".tmp", ".part", ".crdownload", "___jb_tmp___", "___jb_old___"};

static bool
name_is_dotted(struct str name, bool is_directory)
{
	if (!str_starts(name, STR(".")))
		return false;
	return is_directory ? !str_eq(name, STR(".well-known")) : !str_eq(name, STR(IGNORE_RULES_FILE));
}

static bool
is_among(struct str text, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(text, str_of(texts[i])))
			return true;
	return false;
}

/* GNU sed -i writes to "sed" and six more characters, then renames. */
static bool
name_is_of_sed(struct str name)
{
	return name.len == 9 && str_starts(name, STR("sed")) && str_find_char(name, '.') == STR_NONE;
}

static bool
name_is_temporary(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(temporary_ends); i++)
		if (str_ends(name, str_of(temporary_ends[i])))
			return true;
	return str_eq(name, STR("4913")) || (str_starts(name, STR("#")) && str_ends(name, STR("#"))) ||
	       name_is_of_sed(name);
}

/* Where the image was built: the folder that it lies in, and a build/ further up. */
static bool
is_build_output(struct str image, struct str path)
{
	return path_is_in(image, path) &&
	       (str_eq(path_parent(image), path) || str_eq(path_name(path), STR("build")));
}

static bool
is_own_file(const struct ignore_options *options, struct str path)
{
	for (size_t i = 0; i < COUNT_OF(options->own_files); i++)
		if (str_eq(path, options->own_files[i]))
			return true;
	return false;
}

/* Why a path is never a source, or NULL. */
static const char *
built_in_reason(const struct ignore *ignore, struct str path, bool is_directory)
{
	struct str name = path_name(path);

	if (name_is_dotted(name, is_directory))
		return "a name that starts with a dot";
	if (is_directory && is_among(name, ignored_directories, COUNT_OF(ignored_directories)))
		return "dependencies and caches";
	if (is_directory && is_among(path, system_directories, COUNT_OF(system_directories)))
		return "a file system of the kernel";
	if (is_directory && is_build_output(ignore->options.image, path))
		return "the folder that eddy was built in";
	if (!is_directory && name_is_temporary(name))
		return "a temporary file of an editor";
	if (!is_directory && is_own_file(&ignore->options, path))
		return "a file that eddy itself writes";
	return NULL;
}

/* Patterns */

/* `source` is where the line stands, for its reason. */
static void
rules_add(struct ignore *ignore, struct rules *rules, struct str line, struct str source)
{
	struct pattern *pattern = ARENA_NEW(&ignore->arena, struct pattern);

	if (!glob_parse(&ignore->arena, line, &pattern->glob))
		return;
	pattern->reason =
	    str_format(&ignore->arena, "%.*s %.*s", STR_ARG(source), STR_ARG(pattern->glob.text));
	pattern->earlier = rules->last;
	rules->last = pattern;
}

/* The file as it is told: relative to the site's folder where it lies in it. */
static struct str
path_shorten(const struct ignore *ignore, struct str path)
{
	struct str directory = ignore->options.directory;

	if (!path_is_in(path, directory))
		return path;
	return str_from(path, directory.len + !str_ends(directory, STR("/")));
}

/* A file that is missing or can't be read says nothing. */
static void
rules_read(struct ignore *ignore, struct rules *rules)
{
	struct str path = path_join(&ignore->arena, rules->directory, STR(IGNORE_RULES_FILE)), content;
	struct arena scratch = ignore->scratch;
	struct err e = err_make(&scratch);
	int number = 0;

	if (!fs_read(&ignore->arena, path.data, RULES_FILE_MAX_BYTES, &content, &e))
		return;
	if (str_starts(content, STR("\xef\xbb\xbf")))
		content = str_from(content, 3);
	while (content.len > 0) {
		rules_add(ignore, rules, str_cut(&content, '\n'),
		    str_format(&ignore->arena, "%.*s:%d:", STR_ARG(path_shorten(ignore, path)), ++number));
	}
}

/* The rules of a folder, with those further up behind them; NULL above the top. */
static const struct rules *
rules_of(struct ignore *ignore, struct str directory)
{
	struct rules *rules;

	if (!path_is_in(directory, ignore->top))
		return NULL;
	rules = map_get(&ignore->rules, directory);
	if (rules != NULL)
		return rules;
	rules = ARENA_NEW(&ignore->arena, struct rules);
	rules->directory = str_dup(&ignore->arena, directory);
	if (!str_eq(directory, ignore->top))
		rules->outer = rules_of(ignore, path_parent(rules->directory));
	rules_read(ignore, rules);
	map_put(&ignore->rules, rules->directory, rules);
	return rules;
}

/* The last pattern of these that speaks of the path, or NULL. */
static const struct pattern *
rules_match(const struct ignore *ignore, const struct rules *rules, struct str path, bool is_directory)
{
	struct str relative;

	if (!path_is_in(path, rules->directory) || path.len == rules->directory.len)
		return NULL;
	relative = str_from(path, rules->directory.len + !str_ends(rules->directory, STR("/")));
	for (const struct pattern *p = rules->last; p != NULL; p = p->earlier)
		if (glob_match(&p->glob, ignore->scratch, relative, is_directory))
			return p;
	return NULL;
}

static const struct pattern *
pattern_find(struct ignore *ignore, struct str path, bool is_directory)
{
	const struct pattern *found = rules_match(ignore, &ignore->chosen, path, is_directory);
	const struct rules *rules = rules_of(ignore, path_parent(path));

	for (; found == NULL && rules != NULL; rules = rules->outer)
		found = rules_match(ignore, rules, path, is_directory);
	return found;
}

/* The folder, at or above the site's, that holds .git; the site's where there is none. */
static struct str
top_find(struct ignore *ignore)
{
	struct str directory = ignore->options.directory, top = directory;

	while (!fs_exists(path_join(&ignore->arena, directory, STR(".git")).data)) {
		if (directory.len <= 1)
			return top;
		directory = path_parent(directory);
	}
	return directory;
}

struct ignore *
ignore_new(const struct ignore_options *options)
{
	struct ignore *ignore = BASE_NEW(struct ignore);

	ignore->arena = arena_make(ARENA_BYTES);
	ignore->scratch = arena_make(ARENA_BYTES);
	ignore->options = *options;
	ignore->top = top_find(ignore);
	ignore->chosen.directory = options->directory;
	for (size_t i = 0; i < options->globs->count; i++)
		rules_add(ignore, &ignore->chosen, str_of(options->globs->items[i]), STR("--ignore"));
	return ignore;
}

struct str
ignore_top(const struct ignore *ignore)
{
	return ignore->top;
}

bool
ignore_has(struct ignore *ignore, struct str path, bool is_directory, struct str *reason)
{
	const char *built_in = built_in_reason(ignore, path, is_directory);
	const struct pattern *pattern = NULL;

	if (built_in == NULL)
		pattern = pattern_find(ignore, path, is_directory);
	if (reason != NULL)
		*reason = built_in ? str_of(built_in) : pattern ? pattern->reason : STR("");
	return built_in != NULL || (pattern != NULL && !pattern->glob.is_negated);
}
