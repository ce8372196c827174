/*
 * Which files and folders a watcher passes over, and why.
 *
 * In this order: what is never a source (version control and other names with a dot in front,
 * dependencies, caches, the temporaries of editors, the folder the running image was built in,
 * files that eddy itself writes); then the patterns, of which the last one that speaks of a path decides:
 * those of the .gitignore files from the top of the repository down, then those of --ignore, which count from the
 * site's folder. Without a repository the .gitignore files of the site count.
 *
 * A folder that is passed over is never entered, so nothing beneath it can be
 * taken back; the caller doesn't ask about what the user named. .gitignore files are read when a
 * path in their folder is first asked for. For one thread.
 */
#ifndef EDDY_IGNORE_H
#define EDDY_IGNORE_H

#include "text/opt.h"

#define IGNORE_RULES_FILE ".gitignore"

struct ignore;

struct ignore_options {
	struct str directory;         /* the site's, absolute and without links */
	struct str image;             /* the running program's path, or empty */
	struct str own_files[4];      /* that eddy itself writes, absolute; the unused ones empty */
	const struct opt_list *globs; /* of --ignore */
};

/* Lives until the process ends. All that the options point to must, too. */
struct ignore *ignore_new(const struct ignore_options *options);

/* The folder that .gitignore files count from: the repository's, else the site's. */
struct str ignore_top(const struct ignore *ignore);

/*
 * Whether the path, absolute and in a folder that isn't ignored itself, is. If
 * `reason` isn't NULL, it is set to what says so: "templates/.gitignore:3: *.tmp"; it lives as long as the rules.
 */
bool ignore_has(struct ignore *ignore, struct str path, bool is_directory, struct str *reason);

#endif
