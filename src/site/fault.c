#include "site/fault.h"

#include "text/json.h"

static void
set_text(json_t *object, const char *key, struct str text)
{
	json_object_set_new(object, key, json_text(text));
}

static void
set_place(json_t *object, const struct err_place *place)
{
	set_text(object, "file", place->file);
	json_object_set_new(object, "line", json_integer(place->line));
	json_object_set_new(object, "column", json_integer(place->column));
	json_object_set_new(object, "width", json_integer(place->width));
	set_text(object, "source", place->source);
}

/* The byte where the code point number `count` (from 0) begins, or the end. */
static size_t
utf8_offset(struct str text, size_t count)
{
	size_t at = 0;

	while (count-- > 0 && at < text.len)
		do
			at++;
		while (at < text.len && ((unsigned char)text.data[at] & 0xc0) == 0x80);
	return at;
}

static void
set_marked(json_t *object, const struct err_place *place)
{
	size_t column = place->column > 0 ? (size_t)place->column - 1 : 0;
	size_t width = place->column > 0 ? (size_t)MAX(place->width, 1) : 0;
	size_t start = utf8_offset(place->source, column);
	size_t end = utf8_offset(place->source, column + width);

	set_text(object, "before", str_slice(place->source, 0, start));
	set_text(object, "marked", str_slice(place->source, start, end));
	set_text(object, "after", str_from(place->source, end));
}

static json_t *
frames_json(const struct err *e)
{
	json_t *frames = json_array();

	for (const struct err_frame *f = e->frames; f != NULL; f = f->next) {
		json_t *frame = json_object();

		set_text(frame, "what", f->what);
		set_place(frame, &f->place);
		json_array_append_new(frames, frame);
	}
	return frames;
}

static json_t *
values_json(const struct err *e)
{
	json_t *values = json_array();

	for (const struct err_value *v = e->values; v != NULL; v = v->next) {
		json_t *value = json_object();

		set_text(value, "name", v->name);
		set_text(value, "text", v->text);
		json_array_append_new(values, value);
	}
	return values;
}

json_t *
fault_json(const struct err *e)
{
	struct arena scratch = arena_make(4 * KIB);
	json_t *fault = json_object();

	set_text(fault, "type", str_of(err_kind_name(e->kind)));
	set_text(fault, "message", e->message);
	set_text(fault, "hint", e->hint);
	set_place(fault, &e->place);
	set_marked(fault, &e->place);
	json_object_set_new(fault, "frames", frames_json(e));
	json_object_set_new(fault, "values", values_json(e));
	set_text(fault, "report", err_report(&scratch, e, false));
	arena_free(&scratch);
	return fault;
}
