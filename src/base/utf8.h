/*
 * UTF-8 and the few facts about code points that text handling needs.
 *
 * Reading never fails: what is not UTF-8 (RFC 3629) is read as U+FFFD, one byte at a time.
 */
#ifndef EDDY_UTF8_H
#define EDDY_UTF8_H

#include "base/str.h"

#define UTF8_MAX_BYTES 4
#define UTF8_REPLACEMENT 0xfffdU

/* The code point at `*rest`, which moves behind it; `*rest` must not be empty. */
uint32_t utf8_next(struct str *rest);

/* The last code point of `*rest`, which ends before it afterwards; `*rest` must not be empty. */
uint32_t utf8_last(struct str *rest);

/* Writes the code point, which must be below 0x110000; returns the bytes written. */
size_t utf8_encode(uint32_t point, char bytes[UTF8_MAX_BYTES]);

void utf8_add(struct buf *b, uint32_t point);

/*
 * Writes the code point at `*rest`, which moves behind it, as it may be shown on one line of a terminal: a
 * tab is a blank, and what a terminal would obey, what would turn the order of the text around, line ends and
 * bytes that are not UTF-8 are escapes, as "\x1b", "\u202e", "\n". Returns the bytes written.
 */
enum { UTF8_SHOWN_MAX_BYTES = 6 };
size_t utf8_show(struct str *rest, char bytes[UTF8_SHOWN_MAX_BYTES]);

/* All of the text so. */
void utf8_add_shown(struct buf *b, struct str text);

/* Number of code points. */
size_t utf8_count(struct str s);

/* Byte offset of the code point with this index, or the length where the text is shorter. */
size_t utf8_offset(struct str s, size_t index);

/* Offset of the first byte that is not UTF-8, or STR_NONE. */
size_t utf8_invalid(struct str s);

bool utf8_is_ascii(struct str s);

/* Unicode's White_Space and the separators U+001C to U+001F: Python's str.isspace. */
bool utf8_is_space(uint32_t point);

/* Without white space at both ends. */
struct str utf8_trim(struct str s);

#endif
