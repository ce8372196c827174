#include "tmpl/src.h"

#include "base/utf8.h"

static const struct {
	const char *open, *close;
	enum src_kind kind;
	const char *missing;
} delimiters[] = {
    {"{{", "}}", SRC_EXPRESSION, "Missing end expression }}"},
    {"{%", "%}", SRC_BLOCK, "Missing end block %}"},
    {"{#", "#}", SRC_COMMENT, "Missing end comment #}"},
};

struct str
src_slice(const struct src *src, uint32_t start, uint32_t end)
{
	return str_slice(src->text, start, end);
}

int
src_line(const struct src *src, uint32_t offset)
{
	int line = 1;

	for (uint32_t i = 0; i < offset; i++)
		line += src->text.data[i] == '\n';
	return line;
}

struct err_place
src_place(const struct src *src, uint32_t start, uint32_t end)
{
	struct err_place place = {.file = src->name, .line = src_line(src, start)};
	uint32_t line_start, line_end;

	err_place_quote(&place, src->text);
	line_start = (uint32_t)(place.source.data - src->text.data);
	line_end = line_start + (uint32_t)place.source.len;
	place.column = (int)utf8_count(src_slice(src, line_start, start)) + 1;
	place.width = MAX((int)utf8_count(src_slice(src, start, MIN(end, line_end))), 1);
	return place;
}

bool
src_check(const struct src *src, struct err *e)
{
	size_t at = utf8_invalid(src->text);

	if (src->text.len > SRC_MAX_BYTES)
		return err_set(e, ERR_LIMIT, (struct err_place){.file = src->name},
		    "a template can't be larger than %zu MiB", SRC_MAX_BYTES / MIB);
	if (at == STR_NONE)
		return true;
	return err_set(e, ERR_UNICODE, src_place(src, (uint32_t)at, (uint32_t)at + 1),
	    "'utf-8' codec can't decode byte 0x%02x in position %zu: invalid %s byte",
	    (unsigned char)src->text.data[at], at,
	    (unsigned char)src->text.data[at] >= 0xc2 && (unsigned char)src->text.data[at] < 0xf5
		? "continuation"
		: "start");
}

struct src_scanner
src_scan(const struct src *src)
{
	return (struct src_scanner){.src = src};
}

static char
char_at(const struct src *src, size_t offset)
{
	return offset < src->text.len ? src->text.data[offset] : '\0';
}

/* Where the next tag opens; of three or more braces the last two open it. */
static size_t
find_open(const struct src *src, size_t from)
{
	for (; from + 1 < src->text.len; from++) {
		char second = char_at(src, from + 1);

		if (src->text.data[from] != '{' || (second != '{' && second != '%' && second != '#'))
			continue;
		if (second == '{' && char_at(src, from + 2) == '{')
			continue;
		return from;
	}
	return src->text.len;
}

static bool
scan_tag(struct src_scanner *s, uint32_t start, struct src_piece *piece, struct err *e)
{
	size_t row = 0, close;
	struct str inner;

	while (delimiters[row].open[1] != char_at(s->src, start + 1))
		row++;
	close = str_find(str_from(s->src->text, start + 2), str_of(delimiters[row].close));
	if (close == STR_NONE)
		return err_set(
		    e, ERR_PARSE, src_place(s->src, start, start + 2), "%s", delimiters[row].missing);
	inner = utf8_trim(src_slice(s->src, start + 2, start + 2 + (uint32_t)close));
	*piece = (struct src_piece){
	    .kind = delimiters[row].kind,
	    .start = start,
	    .end = start + 2 + (uint32_t)close + 2,
	    .inner_start = (uint32_t)(inner.data - s->src->text.data),
	    .inner_end = (uint32_t)(inner.data - s->src->text.data + (ptrdiff_t)inner.len),
	};
	return true;
}

/* Behind "{{!" stands for "{{": text that ends before the mark. */
static struct src_piece
scan_escaped(uint32_t start)
{
	return (struct src_piece){
	    .kind = SRC_TEXT, .start = start, .end = start + 3, .inner_start = start, .inner_end = start + 2};
}

bool
src_next(struct src_scanner *s, struct src_piece *piece, struct err *e)
{
	uint32_t start = s->next;
	uint32_t open = (uint32_t)find_open(s->src, start);

	if (open > start) {
		s->next = open;
		*piece = (struct src_piece){SRC_TEXT, start, open, start, open};
		return true;
	}
	if (open == s->src->text.len) {
		*piece = (struct src_piece){SRC_END, start, start, start, start};
		return true;
	}
	if (char_at(s->src, open + 2) == '!')
		*piece = scan_escaped(open);
	else if (!scan_tag(s, open, piece, e))
		return false;
	s->next = s->after_tag = piece->end;
	return true;
}

bool
src_whitespace_named(struct str name, enum src_whitespace *mode)
{
	static const char *const names[] = {
	    [SRC_ALL] = "all", [SRC_SINGLE] = "single", [SRC_ONELINE] = "oneline"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		*mode = (enum src_whitespace)i;
		if (str_eq(name, str_of(names[i])))
			return true;
	}
	return false;
}

enum src_whitespace
src_whitespace_default(struct str file_name)
{
	return str_ends(file_name, STR(".html")) || str_ends(file_name, STR(".js")) ? SRC_SINGLE : SRC_ALL;
}

/* The run of white space at the start of `s`. */
static struct str
leading_space(struct str s)
{
	struct str rest = s, before = s;

	while (rest.len > 0 && utf8_is_space(utf8_next(&rest)))
		before = rest;
	return str_slice(s, 0, s.len - before.len);
}

/* A run with a newline in it becomes a newline; in any other, spaces and tabs become one space. */
static void
add_single(struct buf *b, struct str run)
{
	if (str_find_char(run, '\n') != STR_NONE) {
		buf_add_char(b, '\n');
		return;
	}
	for (size_t i = 0; i < run.len; i++) {
		bool blank = run.data[i] == ' ' || run.data[i] == '\t';

		if (!blank)
			buf_add_char(b, run.data[i]);
		else if (i == 0 || (run.data[i - 1] != ' ' && run.data[i - 1] != '\t'))
			buf_add_char(b, ' ');
	}
}

struct str
src_filter(struct arena *a, struct str text, enum src_whitespace mode)
{
	struct buf b = buf_make(a);

	if (mode == SRC_ALL || str_find(text, STR("<pre>")) != STR_NONE)
		return text;
	while (text.len > 0) {
		struct str run = leading_space(text);

		if (run.len == 0) {
			utf8_add(&b, utf8_next(&text));
			continue;
		}
		if (mode == SRC_ONELINE)
			buf_add_char(&b, ' ');
		else
			add_single(&b, run);
		text = str_from(text, run.len);
	}
	return buf_str(&b);
}
