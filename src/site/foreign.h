/*
 * Folders that were made for another program: the sources of a site generator, whose output is what
 * should be served, templates in another engine's syntax, the root of the file system. They are served as
 * any other; this finds a word of advice.
 */
#ifndef EDDY_FOREIGN_H
#define EDDY_FOREIGN_H

#include "site/layout.h"

/* A sentence for the person who serves such a folder; empty where there is nothing to say. Reads a few templates. */
struct str foreign_hint(struct arena *a, const struct layout *layout);

#endif
