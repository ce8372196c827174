/*
 * Which folders a site is made of.
 *
 * App layout, where the site's folder has templates/: pages are rendered from there,
 * static files come from static/ under the static prefix, nothing else is
 * reachable. Plain layout otherwise: the folder itself is served.
 */
#ifndef EDDY_LAYOUT_H
#define EDDY_LAYOUT_H

#include "text/settings.h"

struct layout {
	bool is_app;
	const char *directory;    /* absolute, as all of these */
	const char *templates;    /* NULL in plain layout */
	const char *static_root;  /* in plain layout the directory itself */
	struct str static_prefix; /* "static/" without the first slash; empty in plain layout */
	struct str description;   /* "app layout: templates/ + static/", for people */
};

/* False where a folder that was named does not exist. */
bool layout_find(struct arena *a, const struct settings *settings, struct layout *layout, struct err *e);

#endif
