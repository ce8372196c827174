/* An error as data, for pages, for JSON answers and for browsers that listen: one shape for all. */
#ifndef EDDY_FAULT_H
#define EDDY_FAULT_H

#include "base/err.h"

#include <jansson.h>

/*
 * {type, message, hint, PLACE, frames: [{what, PLACE}], values: [{name, text}], report}, where PLACE is
 * file, line, column, width, source, before, marked, after, excerpt: [{number, text, fault}].
 * `before`, `marked` and `after` are the source line around the fault, `excerpt` is that line
 * among its neighbours, all cut where they are very long; `report` is the text of err_report. A new reference.
 */
json_t *fault_json(const struct err *e);

#endif
