#include "cmd.h"

#include "os/fs.h"
#include "text/json.h"
#include "tmpl/tmpl.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { TEMPLATE_MAX_MIB = 16, DATA_MAX_MIB = 64 };

/* A directory of templates, and the template that is asked for in it. */
struct target {
	const char *directory;
	int root;
	struct str name;
};

/* Reading templates */

static bool
read_template(void *context, struct arena *a, struct str name, struct tmpl_file *file, struct err *e)
{
	const struct target *target = context;
	int fd = fs_open_beneath(target->root, str_cstr(a, name), false);
	struct fs_stat stat;
	bool read;

	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_FILE_NOT_FOUND, ERR_NOWHERE,
		    "[Errno 2] No such file or directory: '%.*s'", STR_ARG(name));
	if (fd < 0)
		return err_set_errno(e, "cannot open '%.*s'", STR_ARG(name));
	read = fs_stat_fd(fd, &stat);
	if (read && stat.kind != FS_FILE)
		read = err_set(e, ERR_FILE_NOT_FOUND, ERR_NOWHERE, "'%.*s' is not a file", STR_ARG(name));
	else
		read = read && fs_read_fd(a, fd, TEMPLATE_MAX_MIB * MIB, &file->text, e);
	file->key = stat.key;
	close(fd);
	return read;
}

/* Nothing is kept longer than this process renders. */
static bool
is_unchanged(void *context, struct str name, const struct fs_key *key)
{
	(void)context;
	(void)name;
	(void)key;
	return true;
}

static bool
exists_beneath(int root, const char *name)
{
	int fd = fs_open_beneath(root, name, false);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* What `path` is called beneath the directory, or NULL where it lies elsewhere. */
static const char *
name_beneath(struct arena *a, const char *directory, const char *path)
{
	const char *root = fs_real_path(a, directory), *file = fs_real_path(a, path);
	size_t length = root ? strlen(root) : 0;

	if (root == NULL || file == NULL || strncmp(root, file, length) != 0 || file[length] != '/')
		return NULL;
	return file + length + 1;
}

/* A file that lies in no directory of templates: its own directory is the root. */
static bool
target_alone(struct arena *a, const char *path, struct target *target, struct err *e)
{
	const char *slash = strrchr(path, '/');

	target->directory = slash ? str_dup(a, str_make(path, (size_t)(slash - path) + 1)).data : ".";
	target->name = str_of(slash ? slash + 1 : path);
	target->root = fs_root_open(target->directory, e);
	return target->root >= 0;
}

/*
 * TEMPLATE is a name beneath --templates, or beneath templates/ of the site, or
 * else a path.
 */
static bool
target_find(
    struct arena *a, const struct settings *s, const char *template, struct target *target, struct err *e)
{
	const char *name;

	target->directory = s->templates ? s->templates : str_format(a, "%s/templates", s->directory).data;
	if (s->templates == NULL && !fs_is_directory(target->directory))
		return target_alone(a, template, target, e);
	target->root = fs_root_open(target->directory, e);
	if (target->root < 0)
		return false;
	target->name = str_of(template);
	if (exists_beneath(target->root, template))
		return true;
	name = name_beneath(a, target->directory, template);
	if (name != NULL)
		target->name = str_of(name);
	else if (s->templates == NULL && fs_exists(template)) {
		close(target->root);
		return target_alone(a, template, target, e);
	}
	return true;
}

/* Names for the template */

static bool
add_data(struct tmpl_scope *scope, const char *option, struct err *e)
{
	struct arena *a = scope->arena;
	const char *equals = strchr(option, '='), *path = equals ? equals + 1 : option;
	struct str text;
	json_t *json, *value;
	const char *key;

	if (!fs_read(a, path, DATA_MAX_MIB * MIB, &text, e))
		return false;
	json = json_parse(text, str_of(path), e);
	if (json == NULL)
		return false;
	if (equals != NULL) {
		tmpl_scope_set(scope, str_dup(a, str_make(option, (size_t)(equals - option))).data,
		    tmpl_from_json(a, json));
	} else if (json_is_object(json)) {
		json_object_foreach(json, key, value)
		{
			tmpl_scope_set(scope, str_dup(a, str_of(key)).data, tmpl_from_json(a, value));
		}
	} else {
		json_decref(json);
		return err_set(e, ERR_DATA, (struct err_place){.file = str_of(path)},
		    "is not a JSON object: name it, as in --data NAME=%s", path);
	}
	json_decref(json);
	return true;
}

static void
add_define(struct tmpl_scope *scope, const char *option)
{
	const char *equals = strchr(option, '=');

	tmpl_scope_set(scope, str_dup(scope->arena, str_make(option, (size_t)(equals - option))).data,
	    tmpl_str(str_of(equals + 1)));
}

static bool
fill_scope(struct tmpl_scope *scope, const struct settings *s, struct err *e)
{
	for (size_t i = 0; i < s->data.count; i++)
		if (!add_data(scope, s->data.items[i], e))
			return false;
	for (size_t i = 0; i < s->defines.count; i++)
		add_define(scope, s->defines.items[i]);
	return true;
}

/* The command */

static bool
render(struct arena *a, const struct settings *s, struct tmpl_store *store, struct str name,
    struct str *output, struct err *e)
{
	static const enum tmpl_dump stages[] = {
	    [SETTINGS_DUMP_TOKENS] = TMPL_DUMP_TOKENS,
	    [SETTINGS_DUMP_AST] = TMPL_DUMP_AST,
	    [SETTINGS_DUMP_CODE] = TMPL_DUMP_CODE,
	};
	struct tmpl_scope scope = tmpl_scope_make(a, NULL);
	const struct tmpl *template;

	if (s->dump != SETTINGS_DUMP_NONE)
		return tmpl_dump(store, name, stages[s->dump], a, output, e);
	if (!fill_scope(&scope, s, e))
		return false;
	template = tmpl_store_get(store, name, e);
	return template != NULL && tmpl_render(template, a, &scope, NULL, output, e);
}

static int
render_run(struct settings *s, struct arena *a, struct err *e)
{
	struct target target;
	struct tmpl_source source = {&target, read_template, is_unchanged};
	struct tmpl_store *store;
	struct str output;
	bool rendered;

	if (!target_find(a, s, s->operands.items[0], &target, e))
		return cmd_fail(e);
	store = tmpl_store_new(&source, true);
	rendered = render(a, s, store, target.name, &output, e) && cmd_print(output, e);
	tmpl_store_free(store);
	close(target.root);
	return rendered ? CMD_YES : cmd_fail(e);
}

const struct cmd render_cmd = {
    .name = "render",
    .operands = "TEMPLATE",
    .summary = "render one template to standard output",
    .scope = SETTINGS_RENDER,
    .operands_least = 1,
    .operands_most = 1,
    .run = render_run,
};
