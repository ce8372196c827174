/*
 * Scope: which paths the watcher watches for the settings in force, which of
 * the names beneath them count, and what a change of each asks for.
 *
 * In the app layout these are the templates, the static files and the data; in
 * the plain layout the whole directory. The running image, the config file
 * (where there is none yet, its place) and what --watch names make eddy restart. What lies beneath
 * these is ignored by name: version control, dependencies, caches, names that start with a
 * dot, the temporaries of editors, the directory that the image was built in. A path that
 * is named explicitly is never ignored.
 */
#ifndef EDDY_SCOPE_H
#define EDDY_SCOPE_H

#include "os/watch.h"
#include "run/settle.h"
#include "text/settings.h"

struct scope {
	struct str directory; /* the site's, absolute and without links */
	struct str image;     /* the running one's path, or empty */
	struct watch_plan plan;
	struct settle_rules rules;

	/* Files that eddy itself writes: they are no changes. */
	struct str own_files[2];
	size_t own_file_count;
};

/*
 * The scope of these settings, which must not move: the plan refers to it. All
 * paths live in `a`.
 */
void scope_make(struct arena *a, struct scope *scope, const struct settings *s);

/* The path as it is told: relative to the site's directory where it lies in it, else absolute. */
struct str scope_relative(const struct scope *scope, struct str path);

#endif
