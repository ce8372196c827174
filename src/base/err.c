#include "base/err.h"

#include "base/utf8.h"

#include <errno.h>
#include <locale.h>
#include <string.h>
#include <wchar.h>

enum {
	REPORT_VALUE_MAX = 80,      /* code points of one value */
	AROUND_LINES = 4,           /* above the place, and as many below it */
	AROUND_MAX_BYTES = 2 * KIB, /* above, and as many below */
};

#define SGR_RED "\033[1;31m"
#define SGR_DIM "\033[2m"
#define SGR_END "\033[0m"

static const struct {
	const char *name;
	int status;
	int exit;
} kinds[] = {
#define X(kind, name, status, exit) {name, status, exit},
    ERR_KINDS(X)
#undef X
};

const char *
err_kind_name(enum err_kind kind)
{
	return kinds[kind].name;
}

int
err_kind_status(enum err_kind kind)
{
	return kinds[kind].status;
}

int
err_kind_exit(enum err_kind kind)
{
	return kinds[kind].exit;
}

struct err
err_make(struct arena *a)
{
	return (struct err){.arena = a};
}

static struct err_place
place_dup(struct arena *a, struct err_place place)
{
	place.file = str_dup(a, place.file);
	place.source = str_dup(a, place.source);
	place.around = str_dup(a, place.around);
	return place;
}

/* Where the line with the byte at `offset` starts, and where it ends. */
static size_t
line_start(struct str text, size_t offset)
{
	size_t newline = str_rfind_char(str_slice(text, 0, offset), '\n');

	return newline == STR_NONE ? 0 : newline + 1;
}

static size_t
line_end(struct str text, size_t offset)
{
	size_t newline = str_find_char(str_from(text, offset), '\n');

	return newline == STR_NONE ? text.len : offset + newline;
}

/* The lines around the one from `start` to `end`; `*line`, its number, becomes that of the first of them. */
static struct str
lines_around(struct str text, size_t start, size_t end, int *line)
{
	size_t first = start, last = end;

	for (int i = 0; i < AROUND_LINES && first > 0; i++) {
		size_t above = line_start(text, first - 1);

		if (start - above > AROUND_MAX_BYTES)
			break;
		first = above;
		(*line)--;
	}
	for (int i = 0; i < AROUND_LINES && last + 1 < text.len; i++) {
		size_t below = line_end(text, last + 1);

		if (below - end > AROUND_MAX_BYTES)
			break;
		last = below;
	}
	return str_slice(text, first, last);
}

void
err_place_quote(struct err_place *place, struct str text)
{
	size_t start = 0, end;

	for (int line = 1; line < place->line && start < text.len; line++)
		start = MIN(line_end(text, start) + 1, text.len);
	end = line_end(text, start);
	place->source = str_slice(text, start, end);
	if (str_ends(place->source, STR("\r")))
		place->source.len--;
	place->around_line = place->line;
	if (end - start <= AROUND_MAX_BYTES)
		place->around = lines_around(text, start, end, &place->around_line);
}

static void
err_vset(struct err *e, enum err_kind kind, struct err_place place, const char *format, va_list args)
{
	*e = (struct err){
	    .arena = e->arena,
	    .kind = kind,
	    .message = str_vformat(e->arena, format, args),
	    .place = place_dup(e->arena, place),
	};
}

bool
err_set(struct err *e, enum err_kind kind, struct err_place place, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	err_vset(e, kind, place, format, args);
	va_end(args);
	return false;
}

bool
err_set_errno(struct err *e, const char *format, ...)
{
	int number = errno;
	va_list args;

	va_start(args, format);
	err_vset(e, ERR_OS, ERR_NOWHERE, format, args);
	va_end(args);
	e->message = str_format(e->arena, "%.*s: %s", STR_ARG(e->message), strerror(number));
	return false;
}

void
err_add_frame(struct err *e, struct str what, struct err_place place)
{
	struct err_frame **end = &e->frames;

	while (*end != NULL)
		end = &(*end)->next;
	*end = ARENA_NEW(e->arena, struct err_frame);
	(*end)->what = str_dup(e->arena, what);
	(*end)->place = place_dup(e->arena, place);
}

static bool
is_alike(const struct err_frame *a, const struct err_frame *b)
{
	return str_eq(a->what, b->what) && str_eq(a->place.file, b->place.file) &&
	       a->place.line == b->place.line && a->place.column == b->place.column;
}

const struct err_frame *
err_frame_last_alike(const struct err_frame *frame, int *repeats)
{
	for (*repeats = 0; frame->next != NULL && is_alike(frame, frame->next); frame = frame->next)
		++*repeats;
	return frame;
}

void
err_add_value(struct err *e, struct str name, struct str text, struct str size)
{
	struct err_value **end = &e->values;

	while (*end != NULL)
		end = &(*end)->next;
	*end = ARENA_NEW(e->arena, struct err_value);
	(*end)->name = str_dup(e->arena, name);
	(*end)->text = str_dup(e->arena, text);
	(*end)->size = str_dup(e->arena, size);
}

void
err_set_hint(struct err *e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	e->hint = str_vformat(e->arena, format, args);
	va_end(args);
}

struct err
err_copy(struct arena *a, const struct err *e)
{
	struct err copy = {
	    .arena = a,
	    .kind = e->kind,
	    .message = str_dup(a, e->message),
	    .hint = str_dup(a, e->hint),
	    .place = place_dup(a, e->place),
	};

	for (const struct err_frame *f = e->frames; f != NULL; f = f->next)
		err_add_frame(&copy, f->what, f->place);
	for (const struct err_value *v = e->values; v != NULL; v = v->next)
		err_add_value(&copy, v->name, v->text, v->size);
	return copy;
}

struct str
err_title(struct arena *a, const struct err *e)
{
	struct buf b = buf_make(a);

	buf_addf(&b, "%s", err_kind_name(e->kind));
	if (e->message.len > 0)
		buf_addf(&b, ": %.*s", STR_ARG(e->message));
	if (e->hint.len > 0)
		buf_addf(&b, " (%.*s)", STR_ARG(e->hint));
	return buf_str(&b);
}

static void
buf_add_place(struct buf *b, const struct err_place *place)
{
	if (place->file.len == 0)
		return;
	buf_add(b, place->file);
	if (place->line != 0)
		buf_addf(b, ":%d", MAX(place->line, 0));
	if (place->line > 0 && place->column > 0)
		buf_addf(b, ":%d", place->column);
}

/* And what parts it from what follows. */
static void
buf_add_place_before(struct buf *b, const struct err_place *place)
{
	buf_add_place(b, place);
	if (place->file.len > 0)
		buf_add_lit(b, ": ");
}

struct str
err_where(struct arena *a, const struct err *e)
{
	struct buf b = buf_make(a);

	buf_add_place(&b, &e->place);
	return buf_str(&b);
}

struct str
err_line(struct arena *a, const struct err *e)
{
	struct buf b = buf_make(a);

	buf_add_place_before(&b, &e->place);
	buf_add(&b, err_title(a, e));
	return buf_str(&b);
}

/* How many columns a terminal gives to a character: two to most of East Asia's, none to a combining mark. */
static size_t
point_width(uint32_t point)
{
	int width = wcwidth((wchar_t)point);

	return width < 0 ? 1 : (size_t)width;
}

/* How many columns the text takes once it is shown. */
static size_t
shown_width(struct str s)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = utf8 != (locale_t)0 ? uselocale(utf8) : (locale_t)0;
	char bytes[UTF8_SHOWN_MAX_BYTES];
	size_t width = 0;

	while (s.len > 0) {
		struct str shown = str_make(bytes, utf8_show(&s, bytes));

		while (shown.len > 0)
			width += point_width(utf8_next(&shown));
	}
	if (utf8 != (locale_t)0) {
		uselocale(before);
		freelocale(utf8);
	}
	return width;
}

static void
report_caret(struct buf *b, const struct err_place *place, const char *on, const char *off)
{
	size_t start = utf8_offset(place->source, (size_t)place->column - 1);
	struct str rest = str_from(place->source, start);
	struct str marked = str_slice(rest, 0, utf8_offset(rest, (size_t)MAX(place->width, 1)));

	buf_add_fill(b, ' ', strlen("    1 | ") + shown_width(str_slice(place->source, 0, start)));
	buf_addf(b, "%s", on);
	buf_add_fill(b, '^', MAX(shown_width(marked), 1));
	buf_addf(b, "%s\n", off);
}

static void
report_excerpt(struct buf *b, const struct err_place *place, const char *on, const char *off)
{
	if (place->source.len == 0)
		return;
	buf_addf(b, "%5d | ", place->line);
	utf8_add_shown(b, place->source);
	buf_add_char(b, '\n');
	if (place->column > 0)
		report_caret(b, place, on, off);
}

static void
report_frames(struct buf *b, const struct err_frame *frame)
{
	struct buf line = buf_make(b->arena);
	int repeats;

	if (frame == NULL)
		return;
	/* The outermost first, as Python's tracebacks do. */
	report_frames(b, err_frame_last_alike(frame, &repeats)->next);
	buf_add_place_before(&line, &frame->place);
	buf_add(&line, frame->what);
	buf_add_lit(b, "  ");
	utf8_add_shown(b, buf_str(&line));
	buf_add_char(b, '\n');
	if (repeats > 0)
		buf_addf(b, "  [Previous line repeated %d more time%s]\n", repeats, repeats > 1 ? "s" : "");
}

/* One line for each: of a long one the start, and how long it is. */
static void
report_value(struct buf *b, const struct err_value *v)
{
	size_t end = utf8_offset(v->text, REPORT_VALUE_MAX);

	buf_add_lit(b, "    ");
	utf8_add_shown(b, v->name);
	buf_add_lit(b, " = ");
	utf8_add_shown(b, str_slice(v->text, 0, end));
	if (v->size.len > 0)
		buf_addf(b, "%s (%.*s)", end < v->text.len ? "…" : "", STR_ARG(v->size));
}

struct str
err_report(struct arena *a, const struct err *e, bool colour)
{
	const char *red = colour ? SGR_RED : "", *dim = colour ? SGR_DIM : "";
	const char *end = colour ? SGR_END : "";
	struct buf b = buf_make(a);

	if (e->frames != NULL)
		buf_add_lit(&b, "Traceback (most recent call last):\n");
	report_frames(&b, e->frames);
	for (const struct err_value *v = e->values; v != NULL; v = v->next) {
		buf_addf(&b, "%s", dim);
		report_value(&b, v);
		buf_addf(&b, "%s\n", end);
	}
	report_excerpt(&b, &e->place, red, end);
	buf_addf(&b, "%s", red);
	utf8_add_shown(&b, err_line(a, e));
	buf_addf(&b, "%s\n", end);
	return buf_str(&b);
}
