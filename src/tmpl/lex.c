#include "tmpl/lex.h"

#include "base/utf8.h"
#include "tmpl/unicode.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BRACKET_DEPTH_MAX = 200 }; /* as CPython's tokenizer */

struct lexer {
	struct arena *arena;
	const struct src *src;
	uint32_t at, end;
	char brackets[BRACKET_DEPTH_MAX];
	uint32_t bracket_starts[BRACKET_DEPTH_MAX];
	int depth;
	struct lex_token *tokens;
	size_t count, capacity;
	/*
	 * Faults that do not end the reading, of each kind the first one: Python's tokenizer goes on, too, and
	 * what it finds is told before them. So is a bracket that is never closed before what is only refused here.
	 */
	struct err wrong;   /* no Python, which only its parser tells */
	struct err refused; /* good Python that templates have not */
	struct err *err;
};

static const char *const keywords[] = {"False", "None", "True", "and", "as", "assert", "async", "await",
    "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
    "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield"};

/* The longest first. */
static const char *const operators[] = {"**=", "//=", "<<=", ">>=", "...", "**", "//", "<<", ">>",
    "<=", ">=", "==", "!=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=", "+", "-", "*",
    "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "="};

bool
lex_is_keyword(struct str word)
{
	for (size_t i = 0; i < COUNT_OF(keywords); i++)
		if (str_eq(word, str_of(keywords[i])))
			return true;
	return false;
}

const char *
lex_kind_name(enum lex_kind kind)
{
	static const char *const names[] = {
	    "END", "NAME", "NUMBER", "STRING", "OPERATOR", "NEWLINE", "COMMENT"};

	return names[kind];
}

static char
peek(const struct lexer *l, uint32_t ahead)
{
	return l->at + ahead < l->end ? l->src->text.data[l->at + ahead] : '\0';
}

static struct lex_token *
add_token(struct lexer *l, enum lex_kind kind, uint32_t start)
{
	if (l->count == l->capacity) {
		struct lex_token *grown = ARENA_ARRAY(l->arena, struct lex_token, MAX(16, 2 * l->capacity));

		if (l->count > 0)
			memcpy(grown, l->tokens, l->count * sizeof(*grown));
		l->tokens = grown;
		l->capacity = MAX(16, 2 * l->capacity);
	}
	l->tokens[l->count] = (struct lex_token){.kind = kind, .start = start, .end = l->at};
	return &l->tokens[l->count++];
}

#define LEX_FAIL(l, start, finish, ...) \
	err_set((l)->err, ERR_SYNTAX, src_place((l)->src, (start), (finish)), __VA_ARGS__)

/* Notes the fault, if it is the first one of its kind, and goes on. */
static void
note(struct lexer *l, struct err *noted, uint32_t start, uint32_t end, const char *message, const char *hint)
{
	if (noted->kind != ERR_NONE)
		return;
	err_set(noted, ERR_SYNTAX, src_place(l->src, start, end), "%s", message);
	if (hint != NULL)
		err_set_hint(noted, "%s", hint);
}

static bool
is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool
lex_name(struct lexer *l)
{
	uint32_t start = l->at;

	while (l->at < l->end && is_name_byte(peek(l, 0))) {
		struct str rest = src_slice(l->src, l->at, l->end);
		uint32_t point = utf8_next(&rest);
		uint32_t after = l->end - (uint32_t)rest.len;

		if (!(l->at == start ? unicode_begins_name : unicode_continues_name)(point))
			return LEX_FAIL(l, l->at, after, "invalid character '%.*s' (U+%04X)",
			    (int)(after - l->at), l->src->text.data + l->at, point);
		l->at = after;
	}
	add_token(l, LEX_NAME, start);
	return true;
}

/* Digits with single underscores between; appends the digits to `b`. */
static bool
take_digits(struct lexer *l, int (*is_digit)(int), struct buf *b)
{
	bool any = false;

	while (is_digit((unsigned char)peek(l, 0)) ||
	       (peek(l, 0) == '_' && any && is_digit((unsigned char)peek(l, 1)))) {
		if (peek(l, 0) != '_')
			buf_add_char(b, peek(l, 0));
		any = true;
		l->at++;
	}
	return any;
}

static int
is_octal_digit(int c)
{
	return c >= '0' && c <= '7';
}

static int
is_binary_digit(int c)
{
	return c == '0' || c == '1';
}

static bool
number_ends(struct lexer *l, uint32_t start, const char *what)
{
	static const char *const followers[] = {"and", "else", "for", "if", "in", "is", "or", "not"};
	uint32_t from = l->at;
	struct str word;

	if (!is_name_byte(peek(l, 0)))
		return true;
	while (is_name_byte(peek(l, from - l->at)))
		from++;
	word = src_slice(l->src, l->at, from);
	for (size_t i = 0; i < COUNT_OF(followers); i++)
		if (str_eq(word, str_of(followers[i])))
			return true;
	return LEX_FAIL(l, start, l->at + 1, "invalid %s literal", what);
}

static bool
add_integer(struct lexer *l, uint32_t start, const char *digits, int base)
{
	unsigned long long number;
	struct lex_token *token;

	errno = 0;
	number = strtoull(digits, NULL, base);
	if ((errno != 0 || number > (unsigned long long)INT64_MAX + 1) && l->refused.kind == ERR_NONE)
		err_set(&l->refused, ERR_OVERFLOW, src_place(l->src, start, l->at),
		    "an integer of a template has 64 bits: this one is too large");
	token = add_token(l, LEX_NUMBER, start);
	token->is_min_int = number == (unsigned long long)INT64_MAX + 1;
	token->value = tmpl_int(token->is_min_int ? INT64_MIN : (int64_t)number);
	return true;
}

static bool
lex_based(struct lexer *l, uint32_t start, char letter)
{
	bool hex = letter == 'x', octal = letter == 'o';
	const char *what = hex ? "hexadecimal" : octal ? "octal" : "binary";
	struct buf digits = buf_make(l->arena);

	l->at += 2;
	if (peek(l, 0) == '_')
		l->at++;
	if (!take_digits(l, hex ? isxdigit : octal ? is_octal_digit : is_binary_digit, &digits))
		return LEX_FAIL(l, start, l->at, "invalid %s literal", what);
	if (isdigit((unsigned char)peek(l, 0)))
		return LEX_FAIL(l, start, l->at + 1, "invalid digit '%c' in %s literal", peek(l, 0), what);
	return number_ends(l, start, what) && add_integer(l, start, buf_cstr(&digits),
						  hex     ? 16
						  : octal ? 8
							  : 2);
}

static bool
take_exponent(struct lexer *l, struct buf *b)
{
	uint32_t sign = peek(l, 1) == '+' || peek(l, 1) == '-';

	if ((peek(l, 0) != 'e' && peek(l, 0) != 'E') || !isdigit((unsigned char)peek(l, 1 + sign)))
		return false;
	buf_add_char(b, 'e');
	if (sign)
		buf_add_char(b, peek(l, 1));
	l->at += 1 + sign;
	return take_digits(l, isdigit, b);
}

static bool
lex_number(struct lexer *l)
{
	uint32_t start = l->at;
	struct buf b = buf_make(l->arena);
	char letter = (char)tolower((unsigned char)peek(l, 1));
	bool real = false;

	if (peek(l, 0) == '0' && (letter == 'x' || letter == 'o' || letter == 'b'))
		return lex_based(l, start, letter);
	take_digits(l, isdigit, &b);
	if (peek(l, 0) == '.') {
		buf_add_char(&b, '.');
		l->at++;
		take_digits(l, isdigit, &b);
		real = true;
	}
	real |= take_exponent(l, &b);
	if (peek(l, 0) == 'j' || peek(l, 0) == 'J') {
		note(l, &l->refused, start, ++l->at, "complex numbers are not supported in templates", NULL);
		real = true;
	}
	if (!number_ends(l, start, "decimal"))
		return false;
	if (real) {
		add_token(l, LEX_NUMBER, start)->value = tmpl_float(strtod(buf_cstr(&b), NULL));
		return true;
	}
	if (b.len > 1 && b.data[0] == '0' && strspn(buf_cstr(&b), "0") != b.len)
		return LEX_FAIL(l, start, l->at,
		    "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal "
		    "integers");
	return add_integer(l, start, buf_cstr(&b), 10);
}

/* A code point as \xHH, \uHHHH or \UHHHHHHHH: `count` digits behind the letter. */
static void
take_hex_escape(struct lexer *l, uint32_t start, uint32_t count, struct buf *b)
{
	uint32_t point = 0, read = 0;

	for (; read < count && isxdigit((unsigned char)peek(l, read)); read++) {
		char c = peek(l, read);

		point = point << 4 | (uint32_t)(isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	l->at += read;
	if (read < count)
		note(l, &l->wrong, start, l->at,
		    "(unicode error) 'unicodeescape' codec can't decode bytes: truncated escape", NULL);
	else if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
		note(l, &l->wrong, start, l->at,
		    "(unicode error) 'unicodeescape' codec can't decode bytes: illegal Unicode character",
		    NULL);
	else
		utf8_add(b, point);
}

static void
take_octal_escape(struct lexer *l, struct buf *b)
{
	uint32_t point = 0;

	for (int i = 0; i < 3 && is_octal_digit(peek(l, 0)); i++) {
		point = point * 8 + (uint32_t)(peek(l, 0) - '0');
		l->at++;
	}
	utf8_add(b, point);
}

/* The bytes of a line's end where the next one is one: Python reads \r\n and \r as \n. */
static uint32_t
newline_len(const struct lexer *l, uint32_t ahead)
{
	if (peek(l, ahead) == '\r')
		return peek(l, ahead + 1) == '\n' ? 2 : 1;
	return peek(l, ahead) == '\n';
}

/* Behind \N: a name in braces, of which the machine knows none. */
static void
skip_named_escape(struct lexer *l, uint32_t start)
{
	struct str rest = src_slice(l->src, l->at, l->end);
	size_t close = str_find_char(rest, '}');

	if (!str_starts(rest, STR("{")) || close == STR_NONE) {
		note(l, &l->wrong, start, l->at,
		    "(unicode error) 'unicodeescape' codec can't decode bytes: malformed \\N character "
		    "escape",
		    NULL);
		return;
	}
	l->at += (uint32_t)close + 1;
	note(l, &l->refused, start, l->at, "\\N{...} escapes are not supported in templates",
	    "write the character itself, or its number as \\uXXXX");
}

static void
take_escape(struct lexer *l, struct buf *b)
{
	static const char letters[] = "\\'\"abfnrtv", bytes[] = "\\'\"\a\b\f\n\r\t\v";
	uint32_t start = l->at;
	char c = peek(l, 1);
	const char *letter = c != '\0' ? strchr(letters, c) : NULL;

	if (is_octal_digit(c)) {
		l->at++;
		take_octal_escape(l, b);
		return;
	}
	if (newline_len(l, 1) > 0) {
		l->at += 1 + newline_len(l, 1);
		return;
	}
	l->at += 2;
	if (letter != NULL)
		buf_add_char(b, bytes[letter - letters]);
	else if (c == 'x')
		take_hex_escape(l, start, 2, b);
	else if (c == 'u')
		take_hex_escape(l, start, 4, b);
	else if (c == 'U')
		take_hex_escape(l, start, 8, b);
	else if (c == 'N')
		skip_named_escape(l, start);
	else {
		buf_add_char(b, '\\');
		buf_add_char(b, c);
	}
}

/* One byte of a string as it stands, or the end of a line. */
static void
take_byte(struct lexer *l, struct buf *b)
{
	uint32_t newline = newline_len(l, 0);

	buf_add_char(b, newline > 0 ? '\n' : peek(l, 0));
	l->at += MAX(newline, 1);
}

static bool
lex_string(struct lexer *l, uint32_t start, bool raw)
{
	char quote = peek(l, 0);
	uint32_t width = peek(l, 1) == quote && peek(l, 2) == quote ? 3 : 1;
	struct buf b = buf_make(l->arena);

	l->at += width;
	for (;;) {
		char c = peek(l, 0);

		if (l->at >= l->end || (width == 1 && newline_len(l, 0) > 0))
			return LEX_FAIL(l, start, l->at,
			    "unterminated %sstring literal (detected at line %d)",
			    width == 3 ? "triple-quoted " : "", src_line(l->src, l->at));
		if (c == quote && (width == 1 || (peek(l, 1) == quote && peek(l, 2) == quote)))
			break;
		if (c == '\\' && !raw && l->at + 1 < l->end) {
			take_escape(l, &b);
			continue;
		}
		take_byte(l, &b);
		if (c == '\\' && l->at < l->end)
			take_byte(l, &b);
	}
	l->at += width;
	add_token(l, LEX_STRING, start)->value = tmpl_str(buf_str(&b));
	return true;
}

/* A quote, or up to two letters and a quote. */
static bool
starts_string(const struct lexer *l, uint32_t *prefix)
{
	for (*prefix = 0; *prefix <= 2; ++*prefix) {
		char c = peek(l, *prefix);

		if (c == '\'' || c == '"')
			return *prefix < 2 || (tolower((unsigned char)peek(l, 0)) != 'u' &&
						  tolower((unsigned char)peek(l, 1)) != 'u');
		if (c == '\0' || strchr("rRuUbBfF", c) == NULL)
			return false;
	}
	return false;
}

static bool
lex_prefixed_string(struct lexer *l, uint32_t prefix)
{
	uint32_t start = l->at;
	bool raw = false;

	for (; prefix > 0; prefix--, l->at++) {
		char letter = (char)tolower((unsigned char)peek(l, 0));

		if (letter == 'f')
			note(l, &l->refused, start, start + 1,
			    "f-strings are not supported in templates: use '…'.format(…)", NULL);
		if (letter == 'b')
			note(l, &l->refused, start, start + 1, "bytes are not supported in templates", NULL);
		raw |= letter == 'r' || letter == 'b'; /* whose escapes are others */
	}
	return lex_string(l, start, raw);
}

static bool
track_bracket(struct lexer *l, char c)
{
	char open = c == ')' ? '(' : c == ']' ? '[' : '{';

	if (c == '(' || c == '[' || c == '{') {
		if (l->depth == BRACKET_DEPTH_MAX)
			return LEX_FAIL(l, l->at, l->at + 1, "too many nested parentheses");
		l->bracket_starts[l->depth] = l->at;
		l->brackets[l->depth++] = c;
		return true;
	}
	if (c != ')' && c != ']' && c != '}')
		return true;
	if (l->depth == 0)
		return LEX_FAIL(l, l->at, l->at + 1, "unmatched '%c'", c);
	if (l->brackets[l->depth - 1] != open)
		return LEX_FAIL(l, l->at, l->at + 1,
		    "closing parenthesis '%c' does not match opening parenthesis '%c'", c,
		    l->brackets[l->depth - 1]);
	l->depth--;
	return true;
}

static bool
lex_operator(struct lexer *l)
{
	uint32_t start = l->at;
	struct str rest = src_slice(l->src, l->at, l->end);

	for (size_t i = 0; i < COUNT_OF(operators); i++) {
		struct str text = str_of(operators[i]);

		if (!str_starts(rest, text))
			continue;
		if (text.len == 1 && !track_bracket(l, text.data[0]))
			return false;
		l->at += (uint32_t)text.len;
		add_token(l, LEX_OPERATOR, start);
		return true;
	}
	if (peek(l, 0) == '!' || peek(l, 0) == '$' || peek(l, 0) == '?' || peek(l, 0) == '`') {
		note(l, &l->wrong, start, ++l->at, "invalid syntax", NULL);
		return true;
	}
	if (peek(l, 0) == '\\')
		return LEX_FAIL(
		    l, start, start + 1, "unexpected character after line continuation character");
	return LEX_FAIL(
	    l, start, start + 1, "invalid non-printable character U+%04X", (unsigned char)peek(l, 0));
}

static bool
lex_token(struct lexer *l)
{
	uint32_t start = l->at, prefix;
	char c = peek(l, 0);

	if (c == ' ' || c == '\t' || c == '\f') {
		l->at++;
	} else if (c == '\\' && newline_len(l, 1) > 0) {
		l->at += 1 + newline_len(l, 1);
	} else if (newline_len(l, 0) > 0) {
		l->at += newline_len(l, 0);
		if (l->depth == 0)
			add_token(l, LEX_NEWLINE, start);
	} else if (c == '#') {
		while (l->at < l->end && newline_len(l, 0) == 0)
			l->at++;
		if (l->depth == 0)
			add_token(l, LEX_COMMENT, start);
	} else if (starts_string(l, &prefix)) {
		return lex_prefixed_string(l, prefix);
	} else if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)peek(l, 1)))) {
		return lex_number(l);
	} else if (is_name_byte(c)) {
		return lex_name(l);
	} else {
		return lex_operator(l);
	}
	return true;
}

/* At the end: what was noted on the way, and a bracket that is open. */
static bool
check_noted(struct lexer *l)
{
	const struct err *noted = l->wrong.kind != ERR_NONE ? &l->wrong : &l->refused;

	if (l->depth > 0 && l->wrong.kind == ERR_NONE)
		return LEX_FAIL(l, l->bracket_starts[l->depth - 1], l->bracket_starts[l->depth - 1] + 1,
		    "'%c' was never closed", l->brackets[l->depth - 1]);
	if (noted->kind != ERR_NONE)
		*l->err = err_copy(l->err->arena, noted);
	return noted->kind == ERR_NONE;
}

bool
lex_run(struct arena *a, const struct src *src, uint32_t start, uint32_t end, struct lex *lex, struct err *e)
{
	struct lexer l = {.arena = a, .src = src, .at = start, .end = end, .err = e};

	l.wrong = l.refused = err_make(a);
	while (l.at < l.end)
		if (!lex_token(&l))
			return false;
	if (!check_noted(&l))
		return false;
	add_token(&l, LEX_END, l.at);
	*lex = (struct lex){l.tokens, l.count};
	return true;
}
