/*
 * JSON is jansson's; this adds errors that say where, and text that is not UTF-8.
 */
#ifndef EDDY_JSON_H
#define EDDY_JSON_H

#include "base/err.h"

#include <jansson.h>

/*
 * Parses a whole document, any value at its top. Returns a new reference, for json_decref; or NULL
 * with ERR_DATA set and its place: `file` as it is given, line, column and the source line.
 */
json_t *json_parse(struct str text, struct str file, struct err *e);

/* A JSON string; what is not UTF-8 in the text is U+FFFD in it. A new reference. */
json_t *json_text(struct str text);

#endif
