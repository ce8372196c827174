#include "text/json.h"

#include "base/utf8.h"

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
		err_place_quote(&place, text);
	}
	err_set(e, ERR_DATA, place, "%s", fault.text);
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
