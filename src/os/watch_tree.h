/*
 * Trees of files as they were seen last, and what has changed in them since:
 * for backends to whom the kernel doesn't say which file it was, or says nothing at all.
 *
 * A tree holds what is wanted beneath its roots, links not followed. A scan compares stat(2) of
 * each with what was seen before, and tells the differences. A file that
 * changed within the clock's granularity of being looked at is told again by the next scan: a
 * later change of it might leave no other trace. A file that is told is told once more after a while:
 * whoever heard of it may have looked between two scans, when it was gone, or there again.
 */
#ifndef EDDY_WATCH_TREE_H
#define EDDY_WATCH_TREE_H

#include "base/map.h"
#include "os/fs.h"
#include "os/watch.h"

#define WATCH_TREE_NEVER INT64_MAX

/* A file or directory that is there. */
struct watch_node {
	struct fs_key key;
	bool is_directory;
	bool is_fresh; /* it had just changed when it was looked at */
	unsigned scan; /* that met it last */
	int fd;        /* of the backend's; -1 at first */
	struct str path;
	char path_bytes[];
};

struct watch_tree {
	struct watch *watch;
	const struct watch_plan *plan;
	struct map nodes; /* by path */
	struct map roots; /* by path */
	unsigned scan;
	struct watch_told *told; /* files that are to be told once more, the first and the last */
	struct watch_told *told_last;
	enum watch_what found_as; /* how a new file is told */
	struct arena scratch;

	/*
	 * Called, where they aren't NULL, for each node that comes, before what is in it is looked at, and
	 * that goes; `added` also for a file that has changed and has no `fd`.
	 */
	void (*added)(struct watch_tree *tree, struct watch_node *node);
	void (*removed)(struct watch_tree *tree, struct watch_node *node);
};

/* A tree without roots. Until `found_as` is set, new files are told as found at the start. */
struct watch_tree watch_tree_make(struct watch *w, const struct watch_plan *plan);

/* A file or directory, which may be missing; the path is copied. */
void watch_tree_add_root(struct watch_tree *tree, struct str path);
void watch_tree_add_targets(struct watch_tree *tree); /* all of the plan */

/* Looks at all that is wanted in the tree, and tells what has changed. */
void watch_tree_scan(struct watch_tree *tree);

/* The same for the entries of one directory; of the directories among them only new ones are entered. */
void watch_tree_scan_entries(struct watch_tree *tree, struct str directory);

/* The same for the roots themselves; of the directories among them only new ones are entered. */
void watch_tree_scan_roots(struct watch_tree *tree);

/* Tells of a file that the kernel says has changed, whatever stat(2) says. The node may be freed. */
void watch_tree_scan_file(struct watch_tree *tree, struct watch_node *node);

/*
 * Tells once more of the files that were told a while ago. When the next will be due, on
 * clock_mono_ms; WATCH_TREE_NEVER if there is none.
 */
int64_t watch_tree_tell_again(struct watch_tree *tree);

#endif
