#include "text/json.h"

/* The line with this number, without its end. */
static struct str
line_of(struct str text, int number)
{
	struct str line = str_cut(&text, '\n');

	while (--number > 0)
		line = str_cut(&text, '\n');
	return str_ends(line, STR("\r")) ? str_slice(line, 0, line.len - 1) : line;
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
		place.source = line_of(text, fault.line);
	}
	err_set(e, ERR_DATA, place, "%s", fault.text);
	return NULL;
}
