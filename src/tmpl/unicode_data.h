/* The tables behind unicode.h. */
#ifndef EDDY_TMPL_UNICODE_DATA_H
#define EDDY_TMPL_UNICODE_DATA_H

#include "tmpl/unicode.h"

enum { UNICODE_BLOCK_SIZE = 128, UNICODE_POINT_MAX = 0x10ffff };

enum unicode_flag {
	UNICODE_ALPHA = 1 << 0,
	UNICODE_DECIMAL = 1 << 1,
	UNICODE_DIGIT = 1 << 2,
	UNICODE_NUMERIC = 1 << 3,
	UNICODE_UPPER = 1 << 4,
	UNICODE_LOWER = 1 << 5,
	UNICODE_TITLE = 1 << 6,
	UNICODE_PRINTABLE = 1 << 7,
	UNICODE_CASE_IGNORABLE = 1 << 8,
	UNICODE_ID_START = 1 << 9,
	UNICODE_ID_CONTINUE = 1 << 10,
	UNICODE_SPECIAL = 1 << 11, /* some case of it has several code points: see the specials */
};

struct unicode_record {
	uint16_t flags;
	uint8_t decimal;                       /* the value of the digit */
	int32_t distances[UNICODE_CASE_COUNT]; /* from the code point to its other cases */
};

struct unicode_special {
	uint32_t point;
	uint32_t cases[UNICODE_CASE_COUNT][UNICODE_CASE_MAX]; /* 0 behind the last one */
};

extern const struct unicode_record unicode_records[];
extern const uint16_t unicode_blocks[]; /* by the code point / UNICODE_BLOCK_SIZE: the number of the block */
extern const uint16_t unicode_places[]; /* by the block and the place in it: the number of the record */
extern const struct unicode_special unicode_specials[]; /* in the order of the code points */
extern const size_t unicode_special_count;

#endif
