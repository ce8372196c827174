/*
 * JSON is jansson's; this adds errors that say where.
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

#endif
