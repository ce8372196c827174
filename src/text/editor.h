/*
 * The address by which a browser opens a place in an editor: a template such as
 * "vscode://file/{path}:{line}:{column}", or the name of an editor whose template is known.
 */
#ifndef EDDY_EDITOR_H
#define EDDY_EDITOR_H

#include "base/str.h"

/* Why a text is neither of them, as opt.fault says it, or NULL where it is. */
const char *editor_fault(struct str text);

/*
 * The address, in `a`. `path` is absolute, and percent-encoded here; a line or column that isn't known (0) is
 * the first. A slash before {path} isn't doubled. {col} means {column}.
 */
struct str editor_url(struct arena *a, struct str editor, struct str path, int line, int column);

#endif
