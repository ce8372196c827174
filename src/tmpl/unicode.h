/*
 * What Python's str methods ask of a code point: CPython's answers, whatever the C library knows.
 */
#ifndef EDDY_TMPL_UNICODE_H
#define EDDY_TMPL_UNICODE_H

#include "base/str.h"

/* No control, format, separator or unassigned one but U+0020. */
bool unicode_is_printable(uint32_t point);

bool unicode_is_alpha(uint32_t point);
bool unicode_is_decimal(uint32_t point);
bool unicode_is_digit(uint32_t point);   /* and superscripts, circled ones… */
bool unicode_is_numeric(uint32_t point); /* and fractions, numerals… */
bool unicode_is_upper(uint32_t point);
bool unicode_is_lower(uint32_t point);
bool unicode_is_title(uint32_t point);
bool unicode_is_cased(uint32_t point);

/* Neither ends a word nor has a case: apostrophes, accents… */
bool unicode_is_case_ignorable(uint32_t point);

/* May begin a name, or go on with it. */
bool unicode_begins_name(uint32_t point);
bool unicode_continues_name(uint32_t point);

/* Whether it is an identifier of Python, which a keyword is too. */
bool unicode_is_name(struct str text);

/* The value of a decimal digit of any script, or -1. */
int unicode_digit_value(uint32_t point);

enum unicode_case {
	UNICODE_TO_UPPER,
	UNICODE_TO_LOWER,
	UNICODE_TO_TITLE,
	UNICODE_TO_FOLDED,
	UNICODE_CASE_COUNT
};

enum { UNICODE_CASE_MAX = 3 };

/* The code points that this one becomes, 1 to UNICODE_CASE_MAX of them; returns how many. */
size_t unicode_map(uint32_t point, enum unicode_case to, uint32_t mapped[UNICODE_CASE_MAX]);

#endif
