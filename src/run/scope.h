/*
 * Scope: which paths the watcher watches for the settings in force, which of
 * the names beneath them count, and what a change of each asks for.
 *
 * In the app layout these are the templates, the static files and the data; in
 * the plain layout the whole directory. The running image, the config file
 * (where there is none yet, its place) and what --watch names make eddy restart. What lies beneath
 * these may be ignored (run/ignore.h); a path that is named explicitly never is, and a changed .gitignore makes eddy restart too.
 */
#ifndef EDDY_SCOPE_H
#define EDDY_SCOPE_H

#include "os/watch.h"
#include "run/ignore.h"
#include "run/settle.h"
#include "text/settings.h"

struct scope {
	struct str directory; /* the site's, absolute and without links */
	struct str image;     /* the running one's path, or empty */
	struct ignore *ignore;
	struct watch_plan plan;
	struct settle_rules rules;
};

/*
 * The scope of these settings, which must not move: the plan refers to it. All
 * paths live in `a`.
 */
void scope_make(struct arena *a, struct scope *scope, const struct settings *s);

/*
 * Why changes of the path, which need not exist, are told or not, for a person: "watched: a change reloads pages", "ignored by
 * .gitignore:3: *.tmp". In `a`.
 */
struct str scope_explain(struct arena *a, const struct scope *scope, const char *path);

/* The path as it is told: relative to the site's directory where it lies in it, else absolute. */
struct str scope_relative(const struct scope *scope, struct str path);

#endif
