#include "cmd.h"

#include "os/fs.h"
#include "site/fault.h"
#include "site/page.h"

#include <string.h>

/* A folder of templates, and the template that is asked for in it. */
struct target {
	const char *templates;
	struct str name;
};

/* What `path` is called beneath the folder, or NULL where it lies elsewhere. */
static const char *
name_beneath(struct arena *a, const char *folder, const char *path)
{
	const char *file = fs_real_path(a, path);
	size_t length = strlen(folder);

	if (file == NULL || strncmp(folder, file, length) != 0 || file[length] != '/')
		return NULL;
	return file + length + 1;
}

/* A file that lies in no folder of templates: its own folder is the root. */
static struct target
target_alone(struct arena *a, const char *path)
{
	struct str folder = str_of(path);
	size_t slash = str_rfind_char(folder, '/');

	if (slash == STR_NONE)
		return (struct target){fs_real_path(a, "."), folder};
	return (struct target){
	    fs_real_path(a, str_cstr(a, str_slice(folder, 0, slash + 1))), str_from(folder, slash + 1)};
}

/* TEMPLATE is a name beneath --templates, or beneath templates/ of the site, or else a path. */
static struct target
target_find(struct arena *a, const struct settings *s, const char *template)
{
	const char *folder = s->templates ? s->templates : str_format(a, "%s/templates", s->directory).data;
	struct target target = {fs_real_path(a, folder), str_of(template)};
	const char *name;

	if (s->templates == NULL && target.templates == NULL)
		return target_alone(a, template);
	if (target.templates == NULL || fs_exists(str_format(a, "%s/%s", target.templates, template).data))
		return target;
	name = name_beneath(a, target.templates, template);
	if (name != NULL)
		target.name = str_of(name);
	else if (s->templates == NULL && fs_exists(template))
		return target_alone(a, template);
	return target;
}

static bool
render(struct pages *pages, const struct settings *s, struct str name, struct arena *a, struct str *output,
    struct err *e)
{
	static const enum tmpl_dump stages[] = {
	    [SETTINGS_DUMP_TOKENS] = TMPL_DUMP_TOKENS,
	    [SETTINGS_DUMP_AST] = TMPL_DUMP_AST,
	    [SETTINGS_DUMP_CODE] = TMPL_DUMP_CODE,
	};
	struct view_request request = view_request_default;

	if (s->dump != SETTINGS_DUMP_NONE)
		return page_dump(pages, name, stages[s->dump], a, output, e);
	request.uri = str_of(s->url);
	request.query = request.uri;
	request.path = str_cut(&request.query, '?');
	return page_render(pages, a, name, &request, output, e);
}

static int
render_run(struct settings *s, struct arena *a, struct err *e)
{
	struct target target = target_find(a, s, s->operands.items[0]);
	struct layout layout;
	struct pages *pages;
	struct str output;
	bool ok;

	if (target.templates == NULL) {
		err_set(e, ERR_OS, ERR_NOWHERE, "there is no folder for '%s'", s->operands.items[0]);
		return cmd_fail(e);
	}
	s->templates = target.templates;
	s->layout = SETTINGS_LAYOUT_APP;
	if (!layout_find(a, s, &layout, e))
		return cmd_fail(e);
	pages = pages_new(s, &layout);
	ok = render(pages, s, target.name, a, &output, e) && cmd_print(output, e);
	if (!ok && fs_exists(s->operands.items[0])) /* asked for by path, it is told by path */
		*e = fault_with_paths(a, e, &layout);
	pages_free(pages);
	return ok ? CMD_YES : cmd_fail(e);
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
