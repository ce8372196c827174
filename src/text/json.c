#include "text/json.h"

#include "base/utf8.h"
#include "text/confidential.h"

#include <fnmatch.h>

/* What helps where a message of jansson fits a pattern of fnmatch(3). */
static const struct {
	const char *message, *hint;
} hints[] = {
    {"string or '}' expected near '}'", "no comma stands behind the last pair"},
    {"unexpected token near '\\]'", "no comma stands behind the last value"},
    {"unexpected token near end of file", "the file is empty, or ends too early"},
    {"unexpected token near *", "a value is missing before it"},
    {"string or '}' expected near *", "a key stands in \" quotes"},
    {"invalid token near '''*", "a text stands in \" quotes"},
    {"invalid token near '/*", "JSON has no comments"},
    {"invalid token near '[TFNu]*", "it is written true, false or null"},
    {"'[]}]' expected near end of file", "the file ends before what it began"},
    {"'[]}]' expected near *", "a comma is missing before it"},
    {"unable to decode byte *", "save the file as UTF-8"},
    {"unexpected newline near *", "the text lacks its closing \""},
};

static void
hint_set(struct err *e, const char *message)
{
	for (size_t i = 0; i < COUNT_OF(hints); i++)
		if (fnmatch(hints[i].message, message, 0) == 0) {
			err_set_hint(e, "%s", hints[i].hint);
			return;
		}
}

json_t *
json_parse(struct str text, struct str file, struct err *e)
{
	json_error_t fault;
	json_t *value =
	    json_loadb(text.len > 0 ? text.data : "", text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &fault);
	struct err_place place = {.file = file};

	if (value != NULL)
		return value;
	if (fault.line > 0) {
		place.line = fault.line;
		place.column = MAX(fault.column, 1);
		err_place_quote(&place, confidential_mask_json(e->arena, text));
	}
	err_set(e, ERR_DATA, place, "%s", fault.text);
	hint_set(e, fault.text);
	return NULL;
}

json_t *
json_text(struct str text)
{
	json_t *json = json_stringn(text.len ? text.data : "", text.len);
	struct arena scratch;
	struct buf valid;

	if (json != NULL)
		return json;
	scratch = arena_make(2 * KIB);
	valid = buf_make(&scratch);
	while (text.len > 0)
		utf8_add(&valid, utf8_next(&text));
	json = json_stringn(valid.data, valid.len);
	arena_free(&scratch);
	return json;
}
