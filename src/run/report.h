/*
 * What a program has written about its failure, as the fault that browsers get (site/fault.h): without the
 * escape sequences that are for terminals.
 */
#ifndef EDDY_REPORT_H
#define EDDY_REPORT_H

#include "base/str.h"

#include <jansson.h>

/* The report of an image of eddy, whose last line says what it is. A new reference. */
json_t *report_to_fault(struct str report);

/*
 * That of a build: the command, how it ended, and what it wrote, which is the fault's `output`. The place is the first that the
 * output names as FILE:LINE: or FILE:LINE:COLUMN: at the start of a line.
 */
json_t *report_of_build(const char *command, const char *end, struct str output);

#endif
