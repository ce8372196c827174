/*
 * What str methods ask of a code point. The C library's tables answer.
 */
#ifndef EDDY_TMPL_UNICODE_H
#define EDDY_TMPL_UNICODE_H

#include "base/base.h"

/* Python's str.isprintable of one code point: no control, format, separator or unassigned one but U+0020. */
bool unicode_is_printable(uint32_t point);

bool unicode_is_alpha(uint32_t point);
bool unicode_is_digit(uint32_t point);      /* decimal digits */
bool unicode_is_digit_like(uint32_t point); /* and superscripts, circled ones… */
bool unicode_is_numeric(uint32_t point);    /* and fractions, numerals… */
bool unicode_is_upper(uint32_t point);
bool unicode_is_lower(uint32_t point);

enum { UNICODE_CASE_MAX = 3 };

/* The code points that this one becomes, 1 to UNICODE_CASE_MAX of them; returns how many. */
size_t unicode_to_upper(uint32_t point, uint32_t upper[UNICODE_CASE_MAX]);
size_t unicode_to_title(uint32_t point, uint32_t title[UNICODE_CASE_MAX]);
uint32_t unicode_to_lower(uint32_t point);

/* The value of a decimal digit of any script, or -1. */
int unicode_digit_value(uint32_t point);

#endif
