#include "base/utf8.h"

#include <string.h>

static bool
byte_continues(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

/* Bytes of the sequence that starts with `first`, or 0 where none does. */
static size_t
sequence_size(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

/* Decodes the sequence at the start of `s`; its size, or 0 where it is not UTF-8. */
static size_t
sequence_decode(struct str s, uint32_t *point)
{
	static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = (unsigned char)s.data[0];
	size_t size = sequence_size(first);
	uint32_t value = size == 1 ? first : first & (0x7fU >> size);

	if (size == 0 || size > s.len)
		return 0;
	for (size_t i = 1; i < size; i++) {
		if (!byte_continues((unsigned char)s.data[i]))
			return 0;
		value = value << 6 | ((unsigned char)s.data[i] & 0x3f);
	}
	if (value < lowest[size] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*point = value;
	return size;
}

uint32_t
utf8_next(struct str *rest)
{
	uint32_t point = UTF8_REPLACEMENT;
	size_t size = sequence_decode(*rest, &point);

	*rest = str_from(*rest, MAX(size, 1));
	return point;
}

/* Embeddings, overrides and isolates: text behind them may be read in another order than it stands. */
static bool
point_turns_text(uint32_t point)
{
	return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

static bool
point_ends_line(uint32_t point)
{
	return point == 0x2028 || point == 0x2029;
}

static size_t
escape_write(char bytes[UTF8_SHOWN_MAX_BYTES], char kind, int digits, uint32_t value)
{
	static const char digit[] = "0123456789abcdef";

	bytes[0] = '\\';
	bytes[1] = kind;
	for (int i = digits; i > 0; i--, value >>= 4)
		bytes[1 + i] = digit[value & 0xf];
	return (size_t)digits + 2;
}

size_t
utf8_show(struct str *rest, char bytes[UTF8_SHOWN_MAX_BYTES])
{
	unsigned char first = (unsigned char)*rest->data;
	const char *start = rest->data;
	uint32_t point = utf8_next(rest);
	bool is_invalid = first >= 0x80 && rest->data == start + 1;

	if (point == '\t')
		return utf8_encode(' ', bytes);
	if (point == '\n')
		return escape_write(bytes, 'n', 0, 0);
	if (is_invalid)
		return escape_write(bytes, 'x', 2, first);
	if (point < ' ' || (point >= 0x7f && point < 0xa0))
		return escape_write(bytes, 'x', 2, point);
	if (point_turns_text(point) || point_ends_line(point))
		return escape_write(bytes, 'u', 4, point);
	return utf8_encode(point, bytes);
}

void
utf8_add_shown(struct buf *b, struct str text)
{
	while (text.len > 0)
		b->len += utf8_show(&text, buf_reserve(b, UTF8_SHOWN_MAX_BYTES));
}

uint32_t
utf8_last(struct str *rest)
{
	uint32_t point = UTF8_REPLACEMENT;
	size_t size = 1;

	while (size < UTF8_MAX_BYTES && size < rest->len &&
	       byte_continues((unsigned char)rest->data[rest->len - size]))
		size++;
	if (sequence_decode(str_from(*rest, rest->len - size), &point) != size)
		size = 1;
	rest->len -= size;
	return point;
}

size_t
utf8_encode(uint32_t point, char bytes[UTF8_MAX_BYTES])
{
	static const uint32_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

	for (size_t i = size - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (point & 0x3f));
		point >>= 6;
	}
	bytes[0] = (char)(leads[size] | point);
	return size;
}

void
utf8_add(struct buf *b, uint32_t point)
{
	char *bytes = buf_reserve(b, UTF8_MAX_BYTES);

	b->len += utf8_encode(point, bytes);
}

size_t
utf8_count(struct str s)
{
	size_t count = 0;

	while (s.len > 0) {
		utf8_next(&s);
		count++;
	}
	return count;
}

size_t
utf8_offset(struct str s, size_t index)
{
	struct str rest = s;

	while (index > 0 && rest.len > 0) {
		utf8_next(&rest);
		index--;
	}
	return s.len - rest.len;
}

size_t
utf8_invalid(struct str s)
{
	uint32_t point;

	for (size_t i = 0; i < s.len;) {
		size_t size = sequence_decode(str_from(s, i), &point);

		if (size == 0)
			return i;
		i += size;
	}
	return STR_NONE;
}

bool
utf8_is_ascii(struct str s)
{
	uint64_t seen = 0, word;
	size_t i = 0;

	for (; i + sizeof(word) <= s.len; i += sizeof(word)) {
		memcpy(&word, s.data + i, sizeof(word));
		seen |= word;
	}
	for (; i < s.len; i++)
		seen |= (unsigned char)s.data[i] & 0x80U;
	return (seen & 0x8080808080808080U) == 0;
}

bool
utf8_is_space(uint32_t point)
{
	if (point < 0x80)
		return point == ' ' || (point >= '\t' && point <= '\r') || (point >= 0x1c && point <= 0x1f);
	return point == 0x85 || point == 0xa0 || point == 0x1680 || (point >= 0x2000 && point <= 0x200a) ||
	       point == 0x2028 || point == 0x2029 || point == 0x202f || point == 0x205f || point == 0x3000;
}

struct str
utf8_trim(struct str s)
{
	for (struct str rest = s; s.len > 0 && utf8_is_space(utf8_next(&rest));)
		s = rest;
	for (struct str rest = s; s.len > 0 && utf8_is_space(utf8_last(&rest));)
		s = rest;
	return s;
}
