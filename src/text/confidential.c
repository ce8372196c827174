#include "text/confidential.h"

#include "base/utf8.h"

#include <ctype.h>

enum {
	WHOLE_MIN_BYTES = 4, /* of a text that is looked for without its quotes */
	PART_MIN_BYTES = 8,
};

/* Names, and parts of names, in small letters. */
static const char *const names[] = {
    "auth", "environ", "environment", "pass", "pin", "pwd", "session", "session_id", "sessionid", "sid"};
static const char *const parts[] = {"access_key", "accesskey", "api_key", "apikey", "authorization", "cookie",
    "credential", "passphrase", "passw", "private_key", "secret", "token"};

bool
confidential_is_name(struct str name)
{
	struct arena scratch = arena_make(256);
	struct str lower = str_lower(&scratch, name);
	char *letters = (char *)(uintptr_t)lower.data;
	bool found = false;

	for (size_t i = 0; i < lower.len; i++)
		if (letters[i] == '-')
			letters[i] = '_';
	for (size_t i = 0; i < COUNT_OF(names); i++)
		found |= str_eq(lower, str_of(names[i]));
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		found |= str_find(lower, str_of(parts[i])) != STR_NONE;
	arena_free(&scratch);
	return found;
}

/* Faults */

/* The first run of bytes of the secret in the text that is long enough to tell of it; an empty one for none. */
static struct str
find_run(struct str text, struct str secret)
{
	size_t size = MIN(secret.len, (size_t)PART_MIN_BYTES);

	for (size_t from = 0; from + size <= secret.len; from++) {
		size_t at = str_find(text, str_slice(secret, from, from + size)), len = size;

		if (at == STR_NONE)
			continue;
		while (from + len < secret.len && at + len < text.len &&
		       text.data[at + len] == secret.data[from + len])
			len++;
		return str_slice(text, at, at + len);
	}
	return STR("");
}

/* Whether a text that was cut short ends within the secret. */
static bool
is_cut_within(struct str text, struct str secret)
{
	struct str cut = STR("…");

	if (!str_ends(text, cut))
		return false;
	text.len -= cut.len;
	for (size_t len = secret.len; len >= WHOLE_MIN_BYTES; len--)
		if (str_ends(text, str_slice(secret, 0, len)))
			return true;
	return false;
}

static struct str
without(struct arena *a, struct str text, struct str secret)
{
	struct buf b = buf_make(a);
	struct str run;

	while ((run = find_run(text, secret)).len > 0) {
		size_t at = (size_t)(run.data - text.data);

		buf_add(&b, str_slice(text, 0, at));
		buf_add(&b, CONFIDENTIAL_SHOWN);
		text = str_from(text, at + run.len);
	}
	buf_add(&b, text);
	return buf_str(&b);
}

static void
hide(struct err *e, struct str secret)
{
	for (struct err_value *v = e->values; v != NULL; v = v->next)
		if (find_run(v->text, secret).len > 0 || is_cut_within(v->text, secret)) {
			v->text = CONFIDENTIAL_SHOWN;
			v->size = STR("");
		}
	e->message = without(e->arena, e->message, secret);
}

/* As Python's repr writes it between two apostrophes. */
static struct str
escape(struct arena *a, struct str text)
{
	struct buf b = buf_make(a);

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\\' || text.data[i] == '\'')
			buf_add_char(&b, '\\');
		buf_add_char(&b, text.data[i]);
	}
	return buf_str(&b);
}

void
confidential_hide(struct err *e, struct str text)
{
	struct arena scratch = arena_make(512);
	struct str escaped = escape(&scratch, text);

	if (text.len >= WHOLE_MIN_BYTES) {
		hide(e, text);
		if (escaped.len > text.len)
			hide(e, escaped);
	} else if (text.len > 0) {
		hide(e, str_format(&scratch, "'%.*s'", STR_ARG(escaped)));
	}
	arena_free(&scratch);
}

/* JSON */

static size_t
skip_space(struct str json, size_t at)
{
	while (at < json.len && isspace((unsigned char)json.data[at]))
		at++;
	return at;
}

/* Behind the string that begins at `at`; one that is not closed ends with its line. */
static size_t
skip_string(struct str json, size_t at)
{
	for (at++; at < json.len && json.data[at] != '"' && json.data[at] != '\n'; at++)
		at += json.data[at] == '\\' && at + 1 < json.len;
	return MIN(at + 1, json.len);
}

/* Behind the value that begins at `at`. */
static size_t
skip_value(struct str json, size_t at)
{
	int depth = 0;

	while (at < json.len) {
		char c = json.data[at];

		if (depth == 0 && (c == ',' || c == '}' || c == ']' || c == '\n'))
			break;
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		at = c == '"' ? skip_string(json, at) : at + 1;
	}
	return at;
}

static void
add_masked(struct buf *b, struct str text)
{
	while (text.len > 0) {
		uint32_t point = utf8_next(&text);

		utf8_add(b, isspace((int)MIN(point, 127)) ? point : '*');
	}
}

struct str
confidential_mask_json(struct arena *a, struct str json)
{
	struct buf b = buf_make(a);
	size_t at = 0;

	while (at < json.len) {
		size_t end = json.data[at] == '"' ? skip_string(json, at) : at + 1;
		size_t colon = skip_space(json, end);
		bool is_key = end > at + 2 && colon < json.len && json.data[colon] == ':';

		if (!is_key || !confidential_is_name(str_slice(json, at + 1, end - 1))) {
			buf_add(&b, str_slice(json, at, end));
			at = end;
			continue;
		}
		colon = skip_space(json, colon + 1);
		buf_add(&b, str_slice(json, at, colon));
		at = skip_value(json, colon);
		add_masked(&b, str_slice(json, colon, at));
	}
	return buf_str(&b);
}
