#include "site/layout.h"

#include "os/fs.h"

/* The folder that an option names, or the usual one beneath the site's; NULL where there is none. */
static const char *
layout_folder(struct arena *a, const struct layout *layout, const char *named, const char *usual)
{
	const char *path = named ? named : str_format(a, "%s/%s", layout->directory, usual).data;

	return fs_is_directory(path) ? fs_real_path(a, path) : NULL;
}

static bool
layout_check_access(const char *folder, struct err *e)
{
	return fs_may_read_folder(folder) || err_set_errno(e, "cannot open the folder '%s'", folder);
}

static bool
layout_is_app(const struct settings *settings, const struct layout *layout)
{
	if (settings->layout == SETTINGS_LAYOUT_AUTO)
		return layout->templates != NULL;
	return settings->layout == SETTINGS_LAYOUT_APP;
}

/* A usual folder that is a link out of the site's: whoever made the site must not choose what else is served. */
static bool
layout_check_links(const struct settings *settings, const struct layout *layout, const char *named,
    const char *folder, struct err *e)
{
	struct str root = str_of(layout->directory);

	if (folder == NULL || named != NULL || settings->follow_links ||
	    (str_starts(str_of(folder), root) && (root.len == 1 || folder[root.len] == '/')))
		return true;
	return err_set(e, ERR_CONFIG, ERR_NOWHERE,
	    "a folder of the site is a link to '%s', out of it; --follow-links allows that", folder);
}

/* "app layout: templates/ + static/" */
static struct str
app_description(struct arena *a, const struct settings *settings, bool has_static)
{
	const char *reason = settings->layout == SETTINGS_LAYOUT_APP ? ", as asked for" : "";
	const char *templates = settings->templates ? settings->templates : "templates";
	const char *static_dir = settings->static_dir ? settings->static_dir : "static";

	return str_format(a, has_static ? "app layout%s: %s/ + %s/" : "app layout%s: %s/, no %s/ yet", reason,
	    templates, static_dir);
}

/* A static folder that isn't there yet is no fault: nothing is found in it until it is. */
static bool
layout_find_app(struct arena *a, const struct settings *settings, struct layout *layout, struct err *e)
{
	bool has_static;

	layout->is_app = true;
	layout->static_root = layout_folder(a, layout, settings->static_dir, "static");
	if (layout->static_root == NULL && settings->static_dir != NULL)
		return err_set(
		    e, ERR_CONFIG, ERR_NOWHERE, "--static: there is no folder '%s'", settings->static_dir);
	if (!layout_check_links(settings, layout, settings->static_dir, layout->static_root, e))
		return false;
	has_static = layout->static_root != NULL;
	if (!has_static)
		layout->static_root = str_format(a, "%s/static", layout->directory).data;
	layout->static_prefix = str_from(str_of(settings->static_prefix), 1);
	layout->description = app_description(a, settings, has_static);
	return layout_check_access(layout->templates, e) &&
	       (!has_static || layout_check_access(layout->static_root, e));
}

bool
layout_find(struct arena *a, const struct settings *settings, struct layout *layout, struct err *e)
{
	*layout = (struct layout){.directory = fs_real_path(a, settings->directory)};
	if (layout->directory == NULL)
		return err_set_errno(e, "cannot open the folder '%s'", settings->directory);
	if (settings->assets != NULL && !fs_is_directory(settings->assets))
		return err_set(
		    e, ERR_CONFIG, ERR_NOWHERE, "--assets: there is no folder '%s'", settings->assets);
	layout->templates = layout_folder(a, layout, settings->templates, "templates");
	if (layout->templates == NULL && (settings->templates || settings->layout == SETTINGS_LAYOUT_APP))
		return err_set(e, ERR_CONFIG, ERR_NOWHERE, "app layout: there is no folder '%s'",
		    settings->templates ? settings->templates : "templates");
	if (!layout_check_links(settings, layout, settings->templates, layout->templates, e))
		return false;
	if (layout_is_app(settings, layout))
		return layout_find_app(a, settings, layout, e);
	layout->templates = NULL;
	layout->static_root = layout->directory;
	layout->static_prefix = STR("");
	layout->description = settings->layout == SETTINGS_LAYOUT_PLAIN
				  ? STR("plain layout, as asked for")
				  : STR("plain layout: no templates/ here");
	return layout_check_access(settings->directory, e);
}
