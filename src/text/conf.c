#include "text/conf.h"

#include <string.h>

#define BYTE_ORDER_MARK STR("\xef\xbb\xbf")

struct conf_reader
conf_open(struct arena *a, struct str file, struct str content)
{
	if (str_starts(content, BYTE_ORDER_MARK))
		content = str_from(content, BYTE_ORDER_MARK.len);
	return (struct conf_reader){.arena = a, .file = file, .rest = content};
}

static int
count_code_points(const char *from, const char *to)
{
	int count = 0;

	for (; from < to; from++)
		count += ((unsigned char)*from & 0xc0) != 0x80;
	return count;
}

/* The place of `part`, which lies in `line`. */
static struct err_place
place_of(const struct conf_reader *r, struct str line, struct str part)
{
	return (struct err_place){
	    .file = r->file,
	    .line = r->line,
	    .column = count_code_points(line.data, part.data) + 1,
	    .width = count_code_points(part.data, part.data + part.len),
	    .source = line,
	};
}

static enum conf_read
fault(const struct conf_reader *r, struct str line, struct str part, struct err *e, const char *message)
{
	err_set(e, ERR_CONFIG, place_of(r, line, part), "%s", message);
	return CONF_READ_FAULT;
}

static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

/* The line without the comment that starts at its start or behind a blank. */
static struct str
without_comment(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '#' && (i == 0 || text.data[i - 1] == ' ' || text.data[i - 1] == '\t'))
			return str_slice(text, 0, i);
	return text;
}

static enum conf_read
read_quoted(struct conf_reader *r, struct str line, struct str text, struct conf_entry *entry, struct err *e)
{
	struct buf value = buf_make(r->arena);
	size_t i = 1;

	for (; i < text.len && text.data[i] != '"'; i++) {
		if (text.data[i] == '\\') {
			if (i + 1 == text.len || (text.data[i + 1] != '"' && text.data[i + 1] != '\\'))
				return fault(r, line, str_slice(text, i, i + 2), e,
				    "a backslash in quotes stands before '\"' or '\\'");
			i++;
		}
		buf_add_char(&value, text.data[i]);
	}
	if (i == text.len)
		return fault(r, line, str_slice(text, 0, 1), e, "the quote is not closed");
	entry->value = buf_cstr(&value);
	entry->value_place = place_of(r, line, str_slice(text, 0, i + 1));
	text = str_trim_blanks(without_comment(str_from(text, i + 1)));
	if (text.len > 0)
		return fault(r, line, text, e, "nothing may follow the closing quote");
	return CONF_READ_ENTRY;
}

static enum conf_read
read_value(struct conf_reader *r, struct str line, struct str text, struct conf_entry *entry, struct err *e)
{
	text = str_trim_blanks(text);
	if (str_starts(text, STR("\"")))
		return read_quoted(r, line, text, entry, e);
	text = str_trim_blanks(without_comment(text));
	entry->value = str_cstr(r->arena, text);
	entry->value_place = place_of(r, line, text);
	return CONF_READ_ENTRY;
}

/* `text` is the line without the blanks around it, and neither empty nor a comment. */
static enum conf_read
read_entry(struct conf_reader *r, struct str line, struct str text, struct conf_entry *entry, struct err *e)
{
	size_t key_len = 0, control = str_find_control(line);
	struct str rest;

	if (control != STR_NONE)
		return fault(r, line, str_slice(line, control, control + 1), e,
		    "there is a control character in the line");
	if (text.data[0] == '[')
		return fault(r, line, text, e, "there are no sections in this file: a line is KEY = VALUE");
	while (key_len < text.len && is_key_char(text.data[key_len]))
		key_len++;
	entry->key = str_slice(text, 0, key_len);
	entry->key_place = place_of(r, line, entry->key);
	rest = str_trim_blanks(str_from(text, key_len));
	if (key_len == 0)
		return fault(r, line, str_slice(text, 0, 1), e, "a key was expected: a line is KEY = VALUE");
	if (!str_starts(rest, STR("="))) {
		fault(r, line, str_slice(rest, 0, 1), e, "'=' was expected: a line is KEY = VALUE");
		return CONF_READ_FAULT;
	}
	return read_value(r, line, str_from(rest, 1), entry, e);
}

enum conf_read
conf_read(struct conf_reader *r, struct conf_entry *entry, struct err *e)
{
	while (r->rest.len > 0) {
		struct str line = str_cut(&r->rest, '\n');
		struct str text;

		r->line++;
		if (str_ends(line, STR("\r")))
			line = str_slice(line, 0, line.len - 1);
		text = str_trim_blanks(line);
		*entry = (struct conf_entry){0};
		if (text.len > 0 && text.data[0] != '#')
			return read_entry(r, line, text, entry, e);
	}
	return CONF_READ_END;
}
