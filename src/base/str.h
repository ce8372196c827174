/*
 * Text with a length, and a buffer to build it in.
 *
 * A `struct str` owns nothing: it is a view of bytes that live elsewhere, and
 * it may hold NULs. `data` is never read where `len` is 0. A NUL follows the
 * bytes only where a function here says so. What every request and every
 * template does a hundred times stands in this header, to be inlined.
 */
#ifndef EDDY_STR_H
#define EDDY_STR_H

#include "base/arena.h"

#include <stdarg.h>
#include <string.h>

struct str {
	const char *data;
	size_t len;
};

/* A literal, and the arguments of a "%.*s". */
#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_ARG(s) (int)(s).len, (s).data

static inline struct str
str_make(const char *data, size_t len)
{
	return (struct str){data, len};
}

/* A NUL-terminated string, without its NUL; NULL is empty. */
static inline struct str
str_of(const char *text)
{
	return str_make(text, text ? strlen(text) : 0);
}

/* The part from `start` up to, not including, `end`; both are clamped to the length. */
static inline struct str
str_slice(struct str s, size_t start, size_t end)
{
	end = MIN(end, s.len);
	start = MIN(start, end);
	return str_make(start ? s.data + start : s.data, end - start);
}

static inline struct str
str_from(struct str s, size_t start)
{
	return str_slice(s, start, s.len);
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_slice(s, 0, prefix.len), prefix);
}

static inline bool
str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_from(s, s.len - suffix.len), suffix);
}

bool str_eq_nocase(struct str a, struct str b); /* ASCII letters only */
int str_cmp(struct str a, struct str b);        /* by bytes, like memcmp */

/* Index of the first (last) one, or STR_NONE. */
#define STR_NONE SIZE_MAX
size_t str_find(struct str s, struct str needle);
size_t str_rfind(struct str s, struct str needle);
size_t str_find_char(struct str s, char c);
size_t str_rfind_char(struct str s, char c);
size_t str_find_control(struct str s); /* an ASCII control character other than the tab */

/* Without the ASCII spaces and tabs (str_trim: and line ends) at both ends. */
struct str str_trim_blanks(struct str s);
struct str str_trim(struct str s);

/*
 * Cuts `*rest` at the first `separator`: returns what is before it and leaves
 * in `*rest` what follows, or nothing if there is no separator. So a loop
 * `while (rest.len > 0)` sees every part but an empty last one.
 */
struct str str_cut(struct str *rest, char separator);

/* A whole decimal (hexadecimal) number without sign or spaces. False where it isn't one or overflows. */
bool str_to_u64(struct str s, uint64_t *value);
bool str_to_u64_hex(struct str s, uint64_t *value);

/* Copies with a NUL behind, in `a`. */
struct str str_dup(struct arena *a, struct str s);
char *str_cstr(struct arena *a, struct str s);
struct str str_format(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);
struct str str_vformat(struct arena *a, const char *format, va_list args);
struct str str_lower(struct arena *a, struct str s); /* ASCII */

/* Edits (insertions, removals, replacements, swaps of neighbours) from one to the other: for "did you mean".
 */
size_t str_distance(struct str a, struct str b);

/*
 * The candidate nearest to `name`, or NULL where none is near enough to be
 * what was meant. `candidates` ends with NULL.
 */
const char *str_nearest(struct str name, const char *const *candidates);

/* The same for candidates that come one by one; of many only the first thousand are looked at. */
struct str_near {
	struct str name;
	struct str nearest; /* its data are NULL where none is near enough */
	size_t below;       /* the distance that the next one must stay below */
	size_t tries;
};

struct str_near str_near_make(struct str name);
void str_near_try(struct str_near *near, struct str candidate);

/*
 * Text being built in an arena. `data` has no NUL behind it until buf_cstr. One that is long and would grow past the
 * arena's ceiling loses its end instead, as whoever set the ceiling must find by that.
 */
struct buf {
	struct arena *arena;
	char *data;
	size_t len;
	size_t capacity;
};

struct buf buf_make(struct arena *a);
void buf_add(struct buf *b, struct str s);
void buf_add_char(struct buf *b, char c);
void buf_add_fill(struct buf *b, char c, size_t count);
void buf_add_int(struct buf *b, int64_t number); /* in decimal: much faster than buf_addf */
void buf_addf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vaddf(struct buf *b, const char *format, va_list args);
struct str buf_str(const struct buf *b);
char *buf_cstr(struct buf *b);

/* Room for `len` more bytes at the end, which the caller fills and adds to `len` himself. */
char *buf_reserve(struct buf *b, size_t len);

#define buf_add_lit(b, literal) buf_add((b), STR(literal))

#endif
