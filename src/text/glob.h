/*
 * Patterns as git(1) has them: the lines of a .gitignore (gitignore(5)).
 *
 * A pattern is matched against a path relative to the directory that it was
 * written in, segment by segment: no wildcard but "**" crosses a slash. One without a
 * slash but at its end is matched against the last segment alone, so it holds at any depth.
 * Matching is by bytes; a segment is what fnmatch(3) takes, so brackets end before the next slash.
 */
#ifndef EDDY_GLOB_H
#define EDDY_GLOB_H

#include "base/str.h"

struct glob {
	struct str text; /* as it was written */
	const char *const *segments;
	size_t segment_count;
	bool is_negated;       /* "!…": what matches is not ignored after all */
	bool is_anchored;      /* it speaks of whole paths, not of names */
	bool directories_only; /* "…/" */
};

/* Takes a line apart, without its end; the result lives in `a`. False for a blank line and a comment. */
bool glob_parse(struct arena *a, struct str line, struct glob *glob);

/* Whether the pattern speaks of this path, which has no slash at either end. */
bool glob_match(const struct glob *glob, struct arena scratch, struct str path, bool is_directory);

#endif
