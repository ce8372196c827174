#include "tmpl/unicode.h"

#include <locale.h>
#include <pthread.h>
#include <stdlib.h>
#include <wctype.h>

static locale_t locale;
static pthread_once_t locale_once = PTHREAD_ONCE_INIT;

static void
locale_open(void)
{
	locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (locale == (locale_t)0)
		locale = newlocale(LC_CTYPE_MASK, "C", (locale_t)0);
}

static locale_t
unicode_locale(void)
{
	pthread_once(&locale_once, locale_open);
	return locale;
}

struct range {
	uint32_t first, last;
};

static bool
range_has(const struct range *ranges, size_t count, uint32_t point)
{
	for (size_t i = 0; i < count && ranges[i].first <= point; i++)
		if (point <= ranges[i].last)
			return true;
	return false;
}

/* Separators (Z*), format characters (Cf) and private use (Co): what C libraries call printable. */
static const struct range unprintable[] = {
    {0xa0, 0xa0},
    {0xad, 0xad},
    {0x600, 0x605},
    {0x61c, 0x61c},
    {0x6dd, 0x6dd},
    {0x70f, 0x70f},
    {0x890, 0x891},
    {0x8e2, 0x8e2},
    {0x1680, 0x1680},
    {0x180e, 0x180e},
    {0x2000, 0x200f},
    {0x2028, 0x202f},
    {0x205f, 0x206f},
    {0x3000, 0x3000},
    {0xd800, 0xf8ff},
    {0xfeff, 0xfeff},
    {0xfff0, 0xfffb},
    {0xfffe, 0xffff},
    {0x110bd, 0x110bd},
    {0x110cd, 0x110cd},
    {0x13430, 0x1343f},
    {0x1bca0, 0x1bca3},
    {0x1d173, 0x1d17a},
    {0xe0000, 0xe00ff},
    {0xe01f0, 0x10ffff},
};

bool
unicode_is_printable(uint32_t point)
{
	if (point < 0x7f)
		return point >= 0x20;
	return point >= 0xa0 && !range_has(unprintable, COUNT_OF(unprintable), point) &&
	       iswprint_l((wint_t)point, unicode_locale());
}

/* Where each run of the ten decimal digits starts (Nd). */
static const uint32_t digit_zeros[] = {'0', 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6,
    0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80,
    0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10};

int
unicode_digit_value(uint32_t point)
{
	for (size_t i = 0; i < COUNT_OF(digit_zeros); i++)
		if (point >= digit_zeros[i] && point < digit_zeros[i] + 10)
			return (int)(point - digit_zeros[i]);
	return -1;
}

bool
unicode_is_digit(uint32_t point)
{
	return unicode_digit_value(point) >= 0;
}

bool
unicode_is_alpha(uint32_t point)
{
	return iswalpha_l((wint_t)point, unicode_locale()) && !unicode_is_digit(point);
}

bool
unicode_is_upper(uint32_t point)
{
	return iswupper_l((wint_t)point, unicode_locale());
}

bool
unicode_is_lower(uint32_t point)
{
	return iswlower_l((wint_t)point, unicode_locale()) || point == 0xdf || point == 0xaa || point == 0xba;
}

/* Unicode's SpecialCasing that depends on nothing: those that people write. */
static const struct {
	uint32_t point, upper[UNICODE_CASE_MAX], title[UNICODE_CASE_MAX];
} special_cases[] = {
    {0xdf, {'S', 'S'}, {'S', 's'}},
    {0x149, {0x2bc, 'N'}, {0x2bc, 'N'}},
    {0x1f0, {'J', 0x30c}, {'J', 0x30c}},
    {0xfb00, {'F', 'F'}, {'F', 'f'}},
    {0xfb01, {'F', 'I'}, {'F', 'i'}},
    {0xfb02, {'F', 'L'}, {'F', 'l'}},
    {0xfb03, {'F', 'F', 'I'}, {'F', 'f', 'i'}},
    {0xfb04, {'F', 'F', 'L'}, {'F', 'f', 'l'}},
    {0xfb05, {'S', 'T'}, {'S', 't'}},
    {0xfb06, {'S', 'T'}, {'S', 't'}},
};

static size_t
special_case(uint32_t point, bool title, uint32_t result[UNICODE_CASE_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(special_cases); i++) {
		const uint32_t *points = title ? special_cases[i].title : special_cases[i].upper;

		if (special_cases[i].point != point)
			continue;
		for (; count < UNICODE_CASE_MAX && points[count] != 0; count++)
			result[count] = points[count];
	}
	return count;
}

size_t
unicode_to_upper(uint32_t point, uint32_t upper[UNICODE_CASE_MAX])
{
	size_t count = point < 0x80 ? 0 : special_case(point, false, upper);

	if (count > 0)
		return count;
	upper[0] = (uint32_t)towupper_l((wint_t)point, unicode_locale());
	return 1;
}

size_t
unicode_to_title(uint32_t point, uint32_t title[UNICODE_CASE_MAX])
{
	size_t count = point < 0x80 ? 0 : special_case(point, true, title);

	if (count > 0)
		return count;
	title[0] = (uint32_t)towupper_l((wint_t)point, unicode_locale());
	return 1;
}

uint32_t
unicode_to_lower(uint32_t point)
{
	return (uint32_t)towlower_l((wint_t)point, unicode_locale());
}
