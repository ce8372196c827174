#include "site/foreign.h"

#include "os/fs.h"
#include "os/path.h"
#include "text/url.h"

#include <dirent.h>

enum {
	FILES_MAX = 32, /* that are looked into */
	DEPTH_MAX = 4,
	FILE_MAX_BYTES = 64 * 1024,
};

/* A file that lies at the top of a generator's sources, and the folder that it writes the site to. */
static const struct {
	const char *file, *generator, *output;
} generators[] = {
    {"hugo.toml", "Hugo", "public"},
    {"hugo.yaml", "Hugo", "public"},
    {"archetypes", "Hugo", "public"},
    {"_config.yml", "Jekyll", "_site"},
    {".eleventy.js", "Eleventy", "_site"},
    {"eleventy.config.js", "Eleventy", "_site"},
    {"mkdocs.yml", "MkDocs", "site"},
    {"pelicanconf.py", "Pelican", "output"},
};

/* What no template of eddy's own syntax contains. */
static const struct sign {
	struct str text;
	const char *engine;
} signs[] = {
    {{"{% endblock", 11}, "Jinja's or Django's"},
    {{"{% endif", 8}, "Jinja's or Django's"},
    {{"{% endfor", 9}, "Jinja's or Django's"},
    {{"{% load ", 8}, "Django's"},
    {{"{%- ", 4}, "Jinja's or Liquid's"},
    {{"{{ .", 4}, "Go's"},
    {{"{{- ", 4}, "Go's"},
    {{"{{ range ", 9}, "Go's"},
    {{"{{ define ", 10}, "Go's"},
    {{"{{ partial ", 11}, "Go's"},
    {{"{{#", 3}, "Handlebars'"},
    {{"{{>", 3}, "Handlebars'"},
};

struct search {
	struct arena *arena;
	size_t files; /* looked into so far */
	const struct sign *sign;
	struct str path; /* where it is */
	int line;
};

static int
line_of(struct str text, size_t offset)
{
	int line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text.data[i] == '\n';
	return line;
}

/* The first of the signs in the file. */
static void
search_file(struct search *s, struct str path)
{
	struct err ignored = err_make(s->arena);
	size_t first = STR_NONE;
	struct str text;

	s->files++;
	if (!fs_read(s->arena, path.data, FILE_MAX_BYTES, &text, &ignored))
		return;
	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		size_t at = str_find(text, signs[i].text);

		if (at >= first)
			continue;
		first = at;
		s->sign = &signs[i];
	}
	s->path = path;
	s->line = first == STR_NONE ? 0 : line_of(text, first);
}

static void
search_folder(struct search *s, struct str folder, int depth)
{
	DIR *directory = opendir(folder.data);
	struct dirent *entry;

	if (directory == NULL)
		return;
	while (s->sign == NULL && s->files < FILES_MAX && (entry = readdir(directory)) != NULL) {
		struct str path = path_join(s->arena, folder, str_of(entry->d_name));

		if (url_name_is_hidden(str_of(entry->d_name)))
			continue;
		if (!fs_is_directory(path.data))
			search_file(s, path);
		else if (depth < DEPTH_MAX)
			search_folder(s, path, depth + 1);
	}
	closedir(directory);
}

static struct str
engine_hint(struct arena *a, const struct layout *layout)
{
	struct arena scratch = arena_make(FILE_MAX_BYTES);
	struct search s = {.arena = &scratch};
	struct str hint = STR("");

	if (layout->templates != NULL)
		search_folder(&s, str_of(layout->templates), 0);
	if (s.sign != NULL)
		hint = str_format(a,
		    "%.*s:%d has '%.*s', which is %s: eddy renders Tornado's syntax; --layout plain serves "
		    "the files as they are",
		    STR_ARG(fs_path_from_here(&scratch, s.path)), s.line, STR_ARG(str_trim(s.sign->text)),
		    s.sign->engine);
	arena_free(&scratch);
	return hint;
}

struct str
foreign_hint(struct arena *a, const struct layout *layout)
{
	if (str_eq(str_of(layout->directory), STR("/")))
		return STR("this is the whole machine: a smaller folder is watched sooner, and shows less");
	for (size_t i = 0; i < COUNT_OF(generators); i++)
		if (fs_exists(str_format(a, "%s/%s", layout->directory, generators[i].file).data))
			return str_format(a,
			    "this looks like the source of a site for %s (%s): what it makes of it, in "
			    "%s/, is the site",
			    generators[i].generator, generators[i].file, generators[i].output);
	return layout->is_app ? engine_hint(a, layout) : STR("");
}
