/*
 * eddy's own templates and static files, compiled in from templates/ and
 * static/ of its source (build/assets.c, made by tests/tools/embed).
 */
#ifndef EDDY_ASSET_H
#define EDDY_ASSET_H

#include "base/str.h"

struct asset {
	const char *name; /* "templates/_error.html" */
	struct str content;
};

extern const struct asset asset_table[];
extern const size_t asset_count;

/* The asset of that name, or NULL. */
const struct asset *asset_find(struct str name);

#endif
