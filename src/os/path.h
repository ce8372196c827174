/*
 * Paths as text. Nothing here asks the file system, and nothing resolves "."
 * or ".."; results are views of the argument unless an arena is given.
 */
#ifndef EDDY_PATH_H
#define EDDY_PATH_H

#include "base/str.h"

/* The last segment: "c.html" of "a/c.html", empty where the path ends with a slash. */
struct str path_name(struct str path);

/* What the last segment lies in: "/a" of "/a/b", "/" of "/a" and of "/", "." of "a". */
struct str path_parent(struct str path);

/* The name's last dot and what follows it: ".html" of "a/c.html"; empty where there is none. */
struct str path_extension(struct str path);

/* The two with one slash between them, and a NUL behind. */
struct str path_join(struct arena *a, struct str directory, struct str name);

/* Whether the path is the directory itself or beneath it. */
bool path_is_in(struct str path, struct str directory);

#endif
