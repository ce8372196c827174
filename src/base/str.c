#include "base/str.h"

#include <stdio.h>
#include <string.h>

enum {
	DISTANCE_MAX_LEN = 64, /* longer names are compared by equality only */
	NEAR_TRIES_MAX = 1000,
	BUF_FIRST_SIZE = 64,
	BUF_LONG_SIZE = 64 * 1024, /* up to that a buf grows whatever the ceiling: errors are told in such */
	INT_TEXT_SIZE = 24,
};

static char
char_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
char_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
char_is_space(char c)
{
	return char_is_blank(c) || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (char_lower(a.data[i]) != char_lower(b.data[i]))
			return false;
	return true;
}

int
str_cmp(struct str a, struct str b)
{
	size_t shared = MIN(a.len, b.len);
	int order = shared ? memcmp(a.data, b.data, shared) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

size_t
str_find(struct str s, struct str needle)
{
	const char *found;

	if (needle.len == 0)
		return 0;
	if (s.len < needle.len)
		return STR_NONE;
	found = memmem(s.data, s.len, needle.data, needle.len);
	return found ? (size_t)(found - s.data) : STR_NONE;
}

/* The search of Rabin and Karp, from the end: a hash that moves along says where it is worth comparing. */
size_t
str_rfind(struct str s, struct str needle)
{
	const uint64_t base = 0x9e3779b97f4a7c15;
	uint64_t wanted = 0, hash = 0, leaving = 1;

	if (needle.len > s.len)
		return STR_NONE;
	for (size_t i = needle.len; i-- > 0;) {
		wanted = wanted * base + (unsigned char)needle.data[i];
		hash = hash * base + (unsigned char)s.data[s.len - needle.len + i];
		leaving *= base;
	}
	for (size_t at = s.len - needle.len;; at--) {
		if (hash == wanted && (needle.len == 0 || memcmp(s.data + at, needle.data, needle.len) == 0))
			return at;
		if (at == 0)
			return STR_NONE;
		hash = hash * base + (unsigned char)s.data[at - 1] -
		       leaving * (unsigned char)s.data[at - 1 + needle.len];
	}
}

size_t
str_find_char(struct str s, char c)
{
	const char *found = s.len ? memchr(s.data, c, s.len) : NULL;

	return found ? (size_t)(found - s.data) : STR_NONE;
}

size_t
str_rfind_char(struct str s, char c)
{
	for (size_t i = s.len; i-- > 0;)
		if (s.data[i] == c)
			return i;
	return STR_NONE;
}

size_t
str_find_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.data[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return i;
	}
	return STR_NONE;
}

static struct str
str_trim_by(struct str s, bool (*is_trimmed)(char))
{
	size_t start = 0, end = s.len;

	while (start < end && is_trimmed(s.data[start]))
		start++;
	while (end > start && is_trimmed(s.data[end - 1]))
		end--;
	return str_slice(s, start, end);
}

struct str
str_trim_blanks(struct str s)
{
	return str_trim_by(s, char_is_blank);
}

struct str
str_trim(struct str s)
{
	return str_trim_by(s, char_is_space);
}

struct str
str_cut(struct str *rest, char separator)
{
	struct str s = *rest;
	size_t at = str_find_char(s, separator);

	*rest = at == STR_NONE ? str_from(s, s.len) : str_from(s, at + 1);
	return str_slice(s, 0, at);
}

static int
char_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = char_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

static bool
str_to_u64_base(struct str s, uint64_t base, uint64_t *value)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint64_t digit = (uint64_t)char_digit(s.data[i]);

		if (digit >= base || sum > (UINT64_MAX - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	*value = sum;
	return s.len > 0;
}

bool
str_to_u64(struct str s, uint64_t *value)
{
	return str_to_u64_base(s, 10, value);
}

bool
str_to_u64_hex(struct str s, uint64_t *value)
{
	return str_to_u64_base(s, 16, value);
}

struct str
str_dup(struct arena *a, struct str s)
{
	return str_make(arena_dup(a, s.data, s.len), s.len);
}

char *
str_cstr(struct arena *a, struct str s)
{
	return arena_dup(a, s.data, s.len);
}

struct str
str_vformat(struct arena *a, const char *format, va_list args)
{
	struct buf b = buf_make(a);

	buf_vaddf(&b, format, args);
	buf_cstr(&b);
	return buf_str(&b);
}

struct str
str_format(struct arena *a, const char *format, ...)
{
	va_list args;
	struct str s;

	va_start(args, format);
	s = str_vformat(a, format, args);
	va_end(args);
	return s;
}

struct str
str_lower(struct arena *a, struct str s)
{
	char *copy = arena_dup(a, s.data, s.len);

	for (size_t i = 0; i < s.len; i++)
		copy[i] = char_lower(copy[i]);
	return str_make(copy, s.len);
}

/* Optimal string alignment, three rows of the matrix at a time. */
size_t
str_distance(struct str a, struct str b)
{
	size_t rows[3][DISTANCE_MAX_LEN + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	if (a.len > DISTANCE_MAX_LEN || b.len > DISTANCE_MAX_LEN)
		return str_eq(a, b) ? 0 : MAX(a.len, b.len);
	for (size_t j = 0; j <= b.len; j++)
		above[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *spare = before;

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t cost = a.data[i - 1] != b.data[j - 1];

			row[j] = MIN(MIN(above[j], row[j - 1]) + 1, above[j - 1] + cost);
			if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
			    a.data[i - 2] == b.data[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[b.len];
}

struct str_near
str_near_make(struct str name)
{
	return (struct str_near){.name = name, .below = (name.len + 1) / 3 + 1};
}

void
str_near_try(struct str_near *near, struct str candidate)
{
	size_t distance;

	if (near->below == 0 || near->tries++ >= NEAR_TRIES_MAX)
		return;
	distance = str_distance(near->name, candidate);
	if (distance < near->below) {
		near->nearest = candidate;
		near->below = distance;
	}
}

const char *
str_nearest(struct str name, const char *const *candidates)
{
	struct str_near near = str_near_make(name);

	for (; *candidates != NULL; candidates++)
		str_near_try(&near, str_of(*candidates));
	return near.nearest.data;
}

struct buf
buf_make(struct arena *a)
{
	return (struct buf){.arena = a};
}

char *
buf_reserve(struct buf *b, size_t len)
{
	size_t capacity = MAX(b->capacity * 2, MAX(b->len + len, (size_t)BUF_FIRST_SIZE));
	char *moved;

	if (b->len + len <= b->capacity)
		return b->data + b->len;
	if (capacity > BUF_LONG_SIZE && !arena_has_room(b->arena, capacity - b->capacity) &&
	    len <= b->capacity) {
		b->len = b->capacity - len;
		return b->data + b->len;
	}
	if (b->data == NULL || !arena_extend(b->arena, b->data, b->capacity, capacity)) {
		moved = arena_alloc(b->arena, capacity, 1);
		if (b->data != NULL)
			memcpy(moved, b->data, b->len);
		b->data = moved;
	}
	b->capacity = capacity;
	return b->data + b->len;
}

void
buf_add(struct buf *b, struct str s)
{
	if (s.len == 0)
		return;
	if (s.len > b->capacity - b->len)
		buf_reserve(b, s.len);
	memcpy(b->data + b->len, s.data, s.len);
	b->len += s.len;
}

void
buf_add_char(struct buf *b, char c)
{
	*buf_reserve(b, 1) = c;
	b->len++;
}

void
buf_add_fill(struct buf *b, char c, size_t count)
{
	if (count == 0)
		return;
	memset(buf_reserve(b, count), c, count);
	b->len += count;
}

void
buf_vaddf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len > 0) {
		vsnprintf(buf_reserve(b, (size_t)len + 1), (size_t)len + 1, format, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

void
buf_add_int(struct buf *b, int64_t number)
{
	char text[INT_TEXT_SIZE], *start = text + sizeof(text);
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	do {
		*--start = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0)
		*--start = '-';
	buf_add(b, str_make(start, (size_t)(text + sizeof(text) - start)));
}

void
buf_addf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vaddf(b, format, args);
	va_end(args);
}

struct str
buf_str(const struct buf *b)
{
	return str_make(b->data, b->len);
}

char *
buf_cstr(struct buf *b)
{
	*buf_reserve(b, 1) = '\0';
	return b->data;
}
