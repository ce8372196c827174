#include "text/html.h"

#include <string.h>

/* A run without anything to escape is copied at once. */
void
html_escape(struct buf *b, struct str text)
{
	static const struct str entities[256] = {
	    ['&'] = STR("&amp;"),
	    ['<'] = STR("&lt;"),
	    ['>'] = STR("&gt;"),
	    ['"'] = STR("&quot;"),
	    ['\''] = STR("&#39;"),
	};
	size_t start = 0;

	for (size_t i = 0; i < text.len; i++) {
		const struct str *entity = &entities[(unsigned char)text.data[i]];

		if (entity->len == 0)
			continue;
		buf_add(b, str_slice(text, start, i));
		buf_add(b, *entity);
		start = i + 1;
	}
	buf_add(b, str_from(text, start));
}

/* An element whose content is text up to its own end tag. */
struct html_raw {
	const char *name;
	bool is_foreign_too; /* SVG has one of this name, which may close itself */
	bool never_ends;
};

static const struct html_raw raw_elements[] = {
    {"iframe", false, false},
    {"noembed", false, false},
    {"noframes", false, false},
    {"noscript", false, false},
    {"plaintext", false, true},
    {"script", true, false},
    {"style", true, false},
    {"textarea", false, false},
    {"title", true, false},
    {"xmp", false, false},
};

/* A script in which "<!--" was seen ends at the next </script>; behind a further "<script" it doesn't. */
enum script_escape { ESCAPE_NONE, ESCAPE_SINGLE, ESCAPE_DOUBLE };

enum state {
	STATE_DATA,
	STATE_LESS,               /* < */
	STATE_SLASH,              /* </ */
	STATE_TAG_NAME,           /* <a */
	STATE_BEFORE_NAME,        /* <a_ or <a b="c" */
	STATE_NAME,               /* <a b */
	STATE_AFTER_NAME,         /* <a b_ */
	STATE_BEFORE_VALUE,       /* <a b= */
	STATE_DOUBLE_QUOTED,      /* <a b=" */
	STATE_SINGLE_QUOTED,      /* <a b=' */
	STATE_UNQUOTED,           /* <a b=c */
	STATE_SELF_CLOSING,       /* <a / */
	STATE_BANG,               /* <! */
	STATE_BANG_DASH,          /* <!- */
	STATE_BANG_DOCTYPE,       /* <!do */
	STATE_BANG_CDATA,         /* <![CD */
	STATE_COMMENT_START,      /* <!-- */
	STATE_COMMENT_START_DASH, /* <!--- */
	STATE_COMMENT,
	STATE_COMMENT_DASH,  /* <!-- - */
	STATE_COMMENT_END,   /* <!-- -- */
	STATE_COMMENT_BANG,  /* <!-- --! */
	STATE_BOGUS_COMMENT, /* <? or <!x */
	STATE_DOCTYPE,
	STATE_CDATA,
	STATE_RAW,       /* in the text of a raw element */
	STATE_RAW_LESS,  /* < */
	STATE_RAW_BANG,  /* <!- */
	STATE_RAW_SLASH, /* </ */
	STATE_RAW_NAME,  /* </scr, or <scr in an escaped script */
	STATE_COUNT,
};

/* A step looks at one byte: it goes on to the next one in another state, or leaves this one to that state. */
static bool
go_on(struct html_scan *s, enum state state)
{
	s->state = (unsigned char)state;
	return true;
}

static bool
leave_to(struct html_scan *s, enum state state)
{
	s->state = (unsigned char)state;
	return false;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void
name_start(struct html_scan *s, bool is_end_tag)
{
	s->name_len = 0;
	s->is_end_tag = is_end_tag;
	s->is_self_closing = false;
}

static void
name_add(struct html_scan *s, char c)
{
	if (s->name_len < HTML_NAME_MAX)
		s->name[s->name_len] = lower(c);
	if (s->name_len <= HTML_NAME_MAX)
		s->name_len++;
}

static bool
name_is(const struct html_scan *s, const char *name)
{
	return s->name_len <= HTML_NAME_MAX && s->name[0] == name[0] && strlen(name) == s->name_len &&
	       memcmp(s->name, name, s->name_len) == 0;
}

/* ---- What a tag means, once it is whole ---- */

/* Foreign content: the rules of XML, more or less, and no HTML element. */
static bool
is_foreign(const struct html_scan *s)
{
	return s->svg_depth > 0 || s->math_depth > 0;
}

static bool
is_inert(const struct html_scan *s)
{
	return s->template_depth > 0 || is_foreign(s);
}

static void
inert_enter(struct html_scan *s, unsigned *depth)
{
	if (!is_inert(s))
		s->inert_start = s->token_start;
	++*depth;
}

static const struct html_raw *
raw_find(const struct html_scan *s)
{
	for (size_t i = 0; i < COUNT_OF(raw_elements); i++)
		if (name_is(s, raw_elements[i].name))
			return &raw_elements[i];
	return NULL;
}

static bool
start_tag_end(struct html_scan *s)
{
	bool is_empty = s->is_self_closing && is_foreign(s);
	const struct html_raw *raw = raw_find(s);

	if (raw != NULL && !(is_empty && raw->is_foreign_too)) {
		s->raw = raw;
		s->raw_start = s->token_start;
		s->escape = ESCAPE_NONE;
		s->matched = 0;
		return go_on(s, STATE_RAW);
	}
	if (name_is(s, "template") && !is_empty)
		inert_enter(s, &s->template_depth);
	else if (name_is(s, "svg") && !s->is_self_closing)
		inert_enter(s, &s->svg_depth);
	else if (name_is(s, "math") && !s->is_self_closing)
		inert_enter(s, &s->math_depth);
	else if (name_is(s, "head") && !is_inert(s))
		s->head_end = s->offset + 1;
	return go_on(s, STATE_DATA);
}

static bool
end_tag_end(struct html_scan *s)
{
	if (s->raw != NULL) {
		s->raw = NULL;
	} else if (name_is(s, "template") && s->template_depth > 0) {
		s->template_depth--;
		s->svg_depth = s->math_depth = 0; /* what was open inside is closed with it */
	} else if (name_is(s, "svg") && s->svg_depth > 0) {
		s->svg_depth--;
	} else if (name_is(s, "math") && s->math_depth > 0) {
		s->math_depth--;
	} else if (name_is(s, "body") && !is_inert(s)) {
		s->body_end = s->token_start;
	}
	return go_on(s, STATE_DATA);
}

static bool
tag_end(struct html_scan *s)
{
	return s->is_end_tag ? end_tag_end(s) : start_tag_end(s);
}

/* ---- Tags ---- */

static bool
step_data(struct html_scan *s, char c)
{
	if (c != '<')
		return true;
	s->token_start = s->offset;
	return go_on(s, STATE_LESS);
}

static bool
step_less(struct html_scan *s, char c)
{
	if (c == '!')
		return go_on(s, STATE_BANG);
	if (c == '/')
		return go_on(s, STATE_SLASH);
	if (c == '?')
		return go_on(s, STATE_BOGUS_COMMENT);
	name_start(s, false);
	return leave_to(s, is_letter(c) ? STATE_TAG_NAME : STATE_DATA);
}

static bool
step_slash(struct html_scan *s, char c)
{
	if (c == '>')
		return go_on(s, STATE_DATA);
	name_start(s, true);
	return leave_to(s, is_letter(c) ? STATE_TAG_NAME : STATE_BOGUS_COMMENT);
}

static bool
step_tag_name(struct html_scan *s, char c)
{
	if (is_space(c))
		return go_on(s, STATE_BEFORE_NAME);
	if (c == '/')
		return go_on(s, STATE_SELF_CLOSING);
	if (c == '>')
		return tag_end(s);
	name_add(s, c);
	return true;
}

/* Here a '=' is the first character of a name. */
static bool
step_before_name(struct html_scan *s, char c)
{
	if (is_space(c))
		return true;
	if (c == '/')
		return go_on(s, STATE_SELF_CLOSING);
	return c == '>' ? tag_end(s) : go_on(s, STATE_NAME);
}

static bool
step_name(struct html_scan *s, char c)
{
	if (c == '=')
		return go_on(s, STATE_BEFORE_VALUE);
	return is_space(c) || c == '/' || c == '>' ? leave_to(s, STATE_AFTER_NAME) : true;
}

static bool
step_after_name(struct html_scan *s, char c)
{
	if (is_space(c))
		return true;
	return c == '=' ? go_on(s, STATE_BEFORE_VALUE) : leave_to(s, STATE_BEFORE_NAME);
}

static bool
step_before_value(struct html_scan *s, char c)
{
	if (is_space(c))
		return true;
	if (c == '"')
		return go_on(s, STATE_DOUBLE_QUOTED);
	if (c == '\'')
		return go_on(s, STATE_SINGLE_QUOTED);
	return leave_to(s, STATE_UNQUOTED);
}

static bool
step_double_quoted(struct html_scan *s, char c)
{
	return c == '"' ? go_on(s, STATE_BEFORE_NAME) : true;
}

static bool
step_single_quoted(struct html_scan *s, char c)
{
	return c == '\'' ? go_on(s, STATE_BEFORE_NAME) : true;
}

static bool
step_unquoted(struct html_scan *s, char c)
{
	if (c == '>')
		return tag_end(s);
	return is_space(c) ? go_on(s, STATE_BEFORE_NAME) : true;
}

static bool
step_self_closing(struct html_scan *s, char c)
{
	if (c != '>')
		return leave_to(s, STATE_BEFORE_NAME);
	s->is_self_closing = true;
	return tag_end(s);
}

/* ---- Comments, doctypes, CDATA ---- */

static bool
step_bang(struct html_scan *s, char c)
{
	s->matched = 0;
	if (c == '-')
		return go_on(s, STATE_BANG_DASH);
	if (lower(c) == 'd')
		return leave_to(s, STATE_BANG_DOCTYPE);
	return leave_to(s, c == '[' && is_foreign(s) ? STATE_BANG_CDATA : STATE_BOGUS_COMMENT);
}

static bool
step_bang_dash(struct html_scan *s, char c)
{
	return c == '-' ? go_on(s, STATE_COMMENT_START) : leave_to(s, STATE_BOGUS_COMMENT);
}

/* Waits for the rest of the word, which the first byte began. */
static bool
bang_word(struct html_scan *s, char c, const char *word, enum state found)
{
	if (c != word[s->matched])
		return leave_to(s, STATE_BOGUS_COMMENT);
	s->matched++;
	if (word[s->matched] != '\0')
		return true;
	s->matched = 0;
	return go_on(s, found);
}

static bool
step_bang_doctype(struct html_scan *s, char c)
{
	return bang_word(s, lower(c), "doctype", STATE_DOCTYPE);
}

static bool
step_bang_cdata(struct html_scan *s, char c)
{
	return bang_word(s, c, "[CDATA[", STATE_CDATA);
}

/* "<!-->" and "<!--->" are whole comments. */
static bool
step_comment_start(struct html_scan *s, char c)
{
	if (c == '>')
		return go_on(s, STATE_DATA);
	return c == '-' ? go_on(s, STATE_COMMENT_START_DASH) : leave_to(s, STATE_COMMENT);
}

static bool
step_comment_start_dash(struct html_scan *s, char c)
{
	return c == '>' ? go_on(s, STATE_DATA) : leave_to(s, STATE_COMMENT_DASH);
}

static bool
step_comment(struct html_scan *s, char c)
{
	return c == '-' ? go_on(s, STATE_COMMENT_DASH) : true;
}

static bool
step_comment_dash(struct html_scan *s, char c)
{
	return c == '-' ? go_on(s, STATE_COMMENT_END) : leave_to(s, STATE_COMMENT);
}

static bool
step_comment_end(struct html_scan *s, char c)
{
	if (c == '>')
		return go_on(s, STATE_DATA);
	if (c == '!')
		return go_on(s, STATE_COMMENT_BANG);
	return c == '-' ? true : leave_to(s, STATE_COMMENT);
}

static bool
step_comment_bang(struct html_scan *s, char c)
{
	return c == '>' ? go_on(s, STATE_DATA) : leave_to(s, STATE_COMMENT);
}

/* Quotes in a doctype don't protect a '>' either. */
static bool
step_until_greater(struct html_scan *s, char c)
{
	return c == '>' ? go_on(s, STATE_DATA) : true;
}

static bool
step_cdata(struct html_scan *s, char c)
{
	if (c == '>' && s->matched == 2)
		return go_on(s, STATE_DATA);
	s->matched = c == ']' ? (unsigned char)MIN(s->matched + 1, 2) : 0;
	return true;
}

/* ---- Raw text ---- */

/* An escaped script is plain again behind "-->". */
static bool
step_raw(struct html_scan *s, char c)
{
	if (c == '>' && s->matched == 2)
		s->escape = ESCAPE_NONE;
	s->matched = c == '-' && s->escape != ESCAPE_NONE ? (unsigned char)MIN(s->matched + 1, 2) : 0;
	return c == '<' ? go_on(s, STATE_RAW_LESS) : true;
}

static bool
step_raw_less(struct html_scan *s, char c)
{
	if (c == '/')
		return go_on(s, STATE_RAW_SLASH);
	if (c == '!' && s->escape == ESCAPE_NONE && strcmp(s->raw->name, "script") == 0)
		return go_on(s, STATE_RAW_BANG);
	name_start(s, false);
	return leave_to(s, s->escape == ESCAPE_SINGLE && is_letter(c) ? STATE_RAW_NAME : STATE_RAW);
}

static bool
step_raw_bang(struct html_scan *s, char c)
{
	if (c != '-') {
		s->matched = 0;
		return leave_to(s, STATE_RAW);
	}
	if (++s->matched < 2)
		return true;
	s->escape = ESCAPE_SINGLE;
	return go_on(s, STATE_RAW);
}

static bool
step_raw_slash(struct html_scan *s, char c)
{
	name_start(s, true);
	return leave_to(s, is_letter(c) ? STATE_RAW_NAME : STATE_RAW);
}

/* A whole name in raw text: it may end the element, or begin or end a script's double escape. */
static bool
step_raw_name(struct html_scan *s, char c)
{
	if (is_letter(c)) {
		name_add(s, c);
		return true;
	}
	if (!(is_space(c) || c == '/' || c == '>') || !name_is(s, s->raw->name))
		return leave_to(s, STATE_RAW);
	if (s->escape == ESCAPE_DOUBLE || !s->is_end_tag) {
		s->escape = s->is_end_tag ? ESCAPE_SINGLE : ESCAPE_DOUBLE;
		return leave_to(s, STATE_RAW);
	}
	return leave_to(s, s->raw->never_ends ? STATE_RAW : STATE_TAG_NAME);
}

/* ---- The scan ---- */

/* Where only one byte matters, `awaited` is that byte. */
static const struct {
	bool (*step)(struct html_scan *s, char c);
	char awaited;
} states[STATE_COUNT] = {
    [STATE_DATA] = {step_data, '<'},
    [STATE_LESS] = {step_less, 0},
    [STATE_SLASH] = {step_slash, 0},
    [STATE_TAG_NAME] = {step_tag_name, 0},
    [STATE_BEFORE_NAME] = {step_before_name, 0},
    [STATE_NAME] = {step_name, 0},
    [STATE_AFTER_NAME] = {step_after_name, 0},
    [STATE_BEFORE_VALUE] = {step_before_value, 0},
    [STATE_DOUBLE_QUOTED] = {step_double_quoted, '"'},
    [STATE_SINGLE_QUOTED] = {step_single_quoted, '\''},
    [STATE_UNQUOTED] = {step_unquoted, 0},
    [STATE_SELF_CLOSING] = {step_self_closing, 0},
    [STATE_BANG] = {step_bang, 0},
    [STATE_BANG_DASH] = {step_bang_dash, 0},
    [STATE_BANG_DOCTYPE] = {step_bang_doctype, 0},
    [STATE_BANG_CDATA] = {step_bang_cdata, 0},
    [STATE_COMMENT_START] = {step_comment_start, 0},
    [STATE_COMMENT_START_DASH] = {step_comment_start_dash, 0},
    [STATE_COMMENT] = {step_comment, '-'},
    [STATE_COMMENT_DASH] = {step_comment_dash, 0},
    [STATE_COMMENT_END] = {step_comment_end, 0},
    [STATE_COMMENT_BANG] = {step_comment_bang, 0},
    [STATE_BOGUS_COMMENT] = {step_until_greater, '>'},
    [STATE_DOCTYPE] = {step_until_greater, '>'},
    [STATE_CDATA] = {step_cdata, 0},
    [STATE_RAW] = {step_raw, 0},
    [STATE_RAW_LESS] = {step_raw_less, 0},
    [STATE_RAW_BANG] = {step_raw_bang, 0},
    [STATE_RAW_SLASH] = {step_raw_slash, 0},
    [STATE_RAW_NAME] = {step_raw_name, 0},
};

struct html_scan
html_scan_make(void)
{
	return (struct html_scan){.state = STATE_DATA, .head_end = HTML_NOWHERE, .body_end = HTML_NOWHERE};
}

/* How many bytes at the start of the piece the present state passes over. */
static size_t
skippable(const struct html_scan *s, struct str piece)
{
	char awaited = states[s->state].awaited;

	if (s->state == STATE_RAW && s->escape == ESCAPE_NONE)
		awaited = '<';
	return awaited == 0 ? 0 : MIN(str_find_char(piece, awaited), piece.len);
}

bool
html_scan_feed(struct html_scan *s, struct str piece)
{
	for (size_t i = 0; i < piece.len && s->offset + i < COUNT_OF(s->first_bytes); i++)
		s->first_bytes[s->offset + i] = (unsigned char)piece.data[i];
	while (piece.len > 0 && s->head_end == HTML_NOWHERE) {
		size_t skipped = skippable(s, piece);

		s->offset += skipped;
		piece = str_from(piece, skipped);
		if (piece.len == 0)
			break;
		while (!states[s->state].step(s, piece.data[0]))
			continue;
		s->offset++;
		piece = str_from(piece, 1);
	}
	return s->head_end != HTML_NOWHERE;
}

static bool
is_utf16(const struct html_scan *s)
{
	const unsigned char *b = s->first_bytes;

	return (b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff);
}

uint64_t
html_scan_end(const struct html_scan *s)
{
	if (is_utf16(s))
		return HTML_NOWHERE;
	if (s->head_end != HTML_NOWHERE)
		return s->head_end;
	if (s->body_end != HTML_NOWHERE)
		return s->body_end;
	if (is_inert(s))
		return s->inert_start;
	if (s->raw != NULL)
		return s->raw_start;
	if (s->state == STATE_DOCTYPE)
		return HTML_NOWHERE;
	return s->state == STATE_DATA ? s->offset : s->token_start;
}

uint64_t
html_injection_point(struct str document)
{
	struct html_scan s = html_scan_make();

	html_scan_feed(&s, document);
	return html_scan_end(&s);
}
