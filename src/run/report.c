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

/* The length of what follows an introducer, up to the final byte where it has one: from `first_final` on (ECMA-48 §5.4). */
static size_t
sequence_length(struct str text, char first_final)
{
	size_t i = 0;

	while (i < text.len && text.data[i] >= ' ' && text.data[i] < first_final)
		i++;
	return i < text.len && text.data[i] >= first_final && text.data[i] <= '~' ? i + 1 : i;
}

/* That of a command to the terminal's system (ECMA-48 §8.3.89): up to BEL or ESC \, else to the end of the line. */
static size_t
command_length(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n')
			return i;
		if (text.data[i] == '\a')
			return i + 1;
		if (str_starts(str_from(text, i), STR("\x1b\\")))
			return i + 2;
	}
	return text.len;
}

/* That of what an ESC at the start begins. */
static size_t
escape_length(struct str text)
{
	if (str_starts(text, STR("\x1b[")))
		return 2 + sequence_length(str_from(text, 2), '@');
	if (str_starts(text, STR("\x1b]")))
		return 2 + command_length(str_from(text, 2));
	return 1 + sequence_length(str_from(text, 1), '0');
}

/* Colours and the like are for terminals. */
static struct str
text_without_escapes(struct arena *a, struct str text)
{
	char *copy = arena_dup(a, text.data, text.len);
	size_t len = 0;

	for (size_t i = 0; i < text.len;) {
		if (text.data[i] == '\x1b')
			i += escape_length(str_from(text, i));
		else
			copy[len++] = text.data[i++];
	}
	return str_make(copy, len);
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

static struct str
text_for_browser(struct arena *a, struct str text)
{
	return text_make_valid(a, text_without_escapes(a, text));
}

json_t *
report_to_fault(struct str report)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);
	struct str text = text_for_browser(&scratch, report);
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
	struct str text = text_for_browser(&scratch, output), rest = text;
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
