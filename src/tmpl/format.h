/*
 * Python's ways to put values into text: `%`, str.format and format().
 */
#ifndef EDDY_TMPL_FORMAT_H
#define EDDY_TMPL_FORMAT_H

#include "tmpl/value.h"

/* text % values, where `values` is a tuple, a dict or a single value. */
bool format_percent(struct run *run, struct str text, struct tmpl_value values, struct tmpl_value *result);

/* text.format(…) with the arguments of the call. */
bool format_fields(struct run *run, struct str text, const struct tmpl_call *call, struct tmpl_value *result);

/* format(value, spec), the format specification mini-language; appends to `b`. */
bool format_value(struct run *run, struct buf *b, struct tmpl_value value, struct str spec);

#endif
