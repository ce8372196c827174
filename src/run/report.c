#include "run/report.h"

#include "site/fault.h"

#include <limits.h>

enum { SCRATCH_BYTES = 4096 };

/*
 * Takes "FILE:LINE:COL: Type: message" apart, the form in which every report
 * of eddy ends; any other line is all message.
 */
static void
line_parse(struct str line, struct err *e)
{
	size_t end = str_find(line, STR(": "));
	struct str rest = str_slice(line, 0, end == STR_NONE ? 0 : end);
	struct str file = str_cut(&rest, ':'), line_number = str_cut(&rest, ':');
	uint64_t number, column;

	e->kind = ERR_CONFIG;
	e->message = line;
	if (!str_to_u64(line_number, &number) || !str_to_u64(rest, &column))
		return;
	e->place = (struct err_place){.file = file, .line = (int)number, .column = (int)column};
	line = str_from(line, end + 2);
	end = str_find(line, STR(": "));
	e->message = str_from(line, end == STR_NONE ? 0 : end + 2);
}

/* A program may have written anything: what isn't UTF-8 is shown as question marks. */
static struct str
text_make_valid(struct arena *a, struct str text)
{
	json_t *probe = json_stringn(text.data, text.len);
	char *copy = arena_dup(a, text.data, text.len);

	for (size_t i = 0; probe == NULL && i < text.len; i++)
		if ((unsigned char)copy[i] >= 0x80)
			copy[i] = '?';
	json_decref(probe);
	return str_make(copy, text.len);
}

json_t *
report_to_fault(struct str report)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);
	struct str text = text_make_valid(&scratch, report);
	struct str lines = str_trim(text);
	json_t *fault;

	line_parse(str_from(lines, str_rfind_char(lines, '\n') + 1), &e);
	fault = fault_json(&e);
	json_object_set_new(fault, "report", json_stringn(text.data, text.len));
	arena_free(&scratch);
	return fault;
}

/* Takes the place off the line, "FILE:LINE:COLUMN: rest" or "FILE:LINE: rest". False where there is none. */
static bool
place_take(struct str *line, struct err_place *place)
{
	size_t end = str_find(*line, STR(": "));
	struct str rest = str_slice(*line, 0, end == STR_NONE ? 0 : end), file = str_cut(&rest, ':');
	struct str first = str_cut(&rest, ':');
	uint64_t number, column = 0;

	if (file.len == 0 || str_find_char(file, ' ') != STR_NONE || !str_to_u64(first, &number) ||
	    (rest.len > 0 && !str_to_u64(rest, &column)) || number > INT_MAX || column > INT_MAX)
		return false;
	*place = (struct err_place){.file = file, .line = (int)number, .column = (int)column};
	*line = str_from(*line, end + 2);
	return true;
}

json_t *
report_of_build(const char *command, const char *end, struct str output)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);
	struct str text = text_make_valid(&scratch, output), rest = text;
	json_t *fault;

	err_set(&e, ERR_BUILD, ERR_NOWHERE, "%s: %s", command, end);
	while (rest.len > 0) {
		struct str line = str_trim(str_cut(&rest, '\n'));

		if (!place_take(&line, &e.place))
			continue;
		e.message = str_format(&scratch, "%.*s (%s: %s)", STR_ARG(line), command, end);
		break;
	}
	fault = fault_json(&e);
	json_object_set_new(fault, "output", json_stringn(text.data, text.len));
	arena_free(&scratch);
	return fault;
}
