/* A batch of changes as a line for the terminal names it: "templates/a.html, static/b.css … and 12 more". */
#ifndef EDDY_CAUSE_H
#define EDDY_CAUSE_H

#include "base/arena.h"

#include <jansson.h>

enum { CAUSE_BYTES = 512 };

/* The names that fit, and how many there are besides. Returns `text`. */
const char *cause_describe(const json_t *batch, char text[CAUSE_BYTES]);

/* How many paths the watcher counted beyond those that it named. */
json_int_t cause_unnamed(const json_t *batch);

/* The paths, each with a newline behind it. */
const char *cause_lines(struct arena *a, const json_t *paths);

#endif
