/*
 * Python's ways to make text of values: format(), str.format and the % operator.
 */
#ifndef EDDY_TMPL_FORMAT_H
#define EDDY_TMPL_FORMAT_H

#include "tmpl/value.h"

/* format(value, spec): format.c */
bool format_value(struct run *run, struct buf *b, struct tmpl_value value, struct str spec);

/* text.format(…), text.format_map(mapping): format_fields.c */
bool format_fields(struct run *run, struct str text, const struct tmpl_call *call, struct tmpl_value *result);
bool format_mapped(struct run *run, struct str text, struct tmpl_value mapping, struct tmpl_value *result);

/* text % values: format_percent.c */
bool format_percent(struct run *run, struct str text, struct tmpl_value values, struct tmpl_value *result);

/* What those three share: [[fill]align][sign][z][#][0][width][grouping][.precision][type] */
struct format_spec {
	uint32_t fill;
	char align; /* '<', '>', '=', '^' */
	char sign;  /* '+', '-', ' ', or 0 */
	bool no_negative_zero, alternate;
	int64_t width, precision; /* -1: none */
	char grouping;            /* ',' or '_' or 0 */
	uint32_t type;            /* 0: none */
};

/* Text or a number between fill characters; `prefix` (a sign, "0x") stays in front where the fill goes inside. */
bool format_add_padded(
    struct run *run, struct buf *b, const struct format_spec *spec, struct str prefix, struct str body);

/* "-", what the spec wants before positive numbers, or nothing. */
const char *format_sign(const struct format_spec *spec, bool negative);

struct str format_digits(struct arena *a, uint64_t number, unsigned base, bool upper);
bool format_real(struct run *run, struct buf *b, const struct format_spec *spec, double real);

/* "0x%x" of characters that can't be shown as they are, else the character. */
struct str format_shown_type(struct arena *a, uint32_t type);

#endif
