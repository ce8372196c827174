#include "tmpl/unicode.h"

#include "base/utf8.h"
#include "tmpl/unicode_data.h"

static const struct unicode_record *
record_of(uint32_t point)
{
	size_t block = point <= UNICODE_POINT_MAX ? unicode_blocks[point / UNICODE_BLOCK_SIZE] : 0;

	return &unicode_records[unicode_places[block * UNICODE_BLOCK_SIZE + point % UNICODE_BLOCK_SIZE]];
}

static bool
has_flag(uint32_t point, unsigned flags)
{
	return (record_of(point)->flags & flags) != 0;
}

bool
unicode_is_printable(uint32_t point)
{
	return has_flag(point, UNICODE_PRINTABLE);
}

bool
unicode_is_alpha(uint32_t point)
{
	return has_flag(point, UNICODE_ALPHA);
}

bool
unicode_is_decimal(uint32_t point)
{
	return has_flag(point, UNICODE_DECIMAL);
}

bool
unicode_is_digit(uint32_t point)
{
	return has_flag(point, UNICODE_DIGIT);
}

bool
unicode_is_numeric(uint32_t point)
{
	return has_flag(point, UNICODE_NUMERIC);
}

bool
unicode_is_upper(uint32_t point)
{
	return has_flag(point, UNICODE_UPPER);
}

bool
unicode_is_lower(uint32_t point)
{
	return has_flag(point, UNICODE_LOWER);
}

bool
unicode_is_title(uint32_t point)
{
	return has_flag(point, UNICODE_TITLE);
}

bool
unicode_is_cased(uint32_t point)
{
	return has_flag(point, UNICODE_UPPER | UNICODE_LOWER | UNICODE_TITLE);
}

bool
unicode_is_case_ignorable(uint32_t point)
{
	return has_flag(point, UNICODE_CASE_IGNORABLE);
}

bool
unicode_begins_name(uint32_t point)
{
	return has_flag(point, UNICODE_ID_START);
}

bool
unicode_continues_name(uint32_t point)
{
	return has_flag(point, UNICODE_ID_CONTINUE);
}

bool
unicode_is_name(struct str text)
{
	bool valid = text.len > 0 && unicode_begins_name(utf8_next(&text));

	while (text.len > 0 && valid)
		valid = unicode_continues_name(utf8_next(&text));
	return valid;
}

int
unicode_digit_value(uint32_t point)
{
	return unicode_is_decimal(point) ? record_of(point)->decimal : -1;
}

static const struct unicode_special *
find_special(uint32_t point)
{
	size_t low = 0, high = unicode_special_count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (unicode_specials[middle].point == point)
			return &unicode_specials[middle];
		if (unicode_specials[middle].point < point)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

size_t
unicode_map(uint32_t point, enum unicode_case to, uint32_t mapped[UNICODE_CASE_MAX])
{
	const struct unicode_record *record = record_of(point);
	const struct unicode_special *special = record->flags & UNICODE_SPECIAL ? find_special(point) : NULL;
	size_t count = 0;

	mapped[0] = (uint32_t)((int32_t)point + record->distances[to]);
	if (special == NULL)
		return 1;
	while (count < UNICODE_CASE_MAX && special->cases[to][count] != 0) {
		mapped[count] = special->cases[to][count];
		count++;
	}
	return count;
}
