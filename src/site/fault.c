#include "site/fault.h"

#include "base/log.h"
#include "base/utf8.h"
#include "os/fs.h"
#include "os/path.h"
#include "text/editor.h"
#include "text/json.h"

#include <fcntl.h>

enum { SHOWN_MAX = 160 }; /* code points of a long line, on each side of the fault */

static void
set_text(json_t *object, const char *key, struct str text)
{
	json_object_set_new(object, key, json_text(text));
}

/* The start of a long text, or its end, with an ellipsis for the rest. */
static void
set_start(json_t *object, const char *key, struct str text)
{
	struct arena scratch = arena_make(2 * KIB);
	size_t end = utf8_offset(text, SHOWN_MAX);

	set_text(object, key, end == text.len ? text : str_format(&scratch, "%.*s…", (int)end, text.data));
	arena_free(&scratch);
}

static void
set_end(json_t *object, const char *key, struct str text)
{
	struct arena scratch = arena_make(2 * KIB);
	size_t count = utf8_count(text);
	struct str end = str_from(text, utf8_offset(text, count - MIN(count, SHOWN_MAX)));

	set_text(object, key, end.len == text.len ? text : str_format(&scratch, "…%.*s", STR_ARG(end)));
	arena_free(&scratch);
}

static void
set_marked(json_t *object, const struct err_place *place)
{
	size_t column = place->column > 0 ? (size_t)place->column - 1 : 0;
	size_t width = place->column > 0 ? (size_t)MAX(place->width, 1) : 0;
	size_t start = utf8_offset(place->source, column);
	size_t end = utf8_offset(place->source, column + width);

	set_end(object, "before", str_slice(place->source, 0, start));
	set_start(object, "marked", str_slice(place->source, start, end));
	set_start(object, "after", str_from(place->source, end));
}

static void
excerpt_add(json_t *excerpt, int number, struct str text, bool fault)
{
	json_t *line = json_object();

	json_object_set_new(line, "number", json_integer(number));
	set_start(line, "text", text);
	json_object_set_new(line, "fault", json_boolean(fault));
	json_array_append_new(excerpt, line);
}

static json_t *
excerpt_json(const struct err_place *place)
{
	json_t *excerpt = json_array();
	struct str rest = place->around;

	for (int number = place->around_line; rest.len > 0; number++) {
		struct str line = str_cut(&rest, '\n');

		if (str_ends(line, STR("\r")))
			line.len--;
		excerpt_add(excerpt, number, line, number == place->line);
	}
	if (place->around.len == 0 && place->source.len > 0)
		excerpt_add(excerpt, place->line, place->source, true);
	return excerpt;
}

static void
set_place(json_t *object, const struct err_place *place)
{
	set_text(object, "file", place->file);
	json_object_set_new(object, "line", json_integer(MAX(place->line, 0)));
	json_object_set_new(object, "column", json_integer(place->column));
	json_object_set_new(object, "width", json_integer(place->width));
	set_text(object, "source", place->source);
	set_marked(object, place);
	json_object_set_new(object, "excerpt", excerpt_json(place));
}

static json_t *
frames_json(const struct err *e)
{
	json_t *frames = json_array();
	int repeats;

	for (const struct err_frame *f = e->frames; f != NULL; f = f->next) {
		json_t *frame = json_object();

		f = err_frame_last_alike(f, &repeats);
		set_text(frame, "what", f->what);
		set_place(frame, &f->place);
		json_object_set_new(frame, "repeats", json_integer(repeats));
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
		set_text(value, "size", v->size);
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
	json_object_set_new(fault, "frames", frames_json(e));
	json_object_set_new(fault, "values", values_json(e));
	set_text(fault, "report", err_report(&scratch, e, false));
	arena_free(&scratch);
	return fault;
}

/* A file as a fault names it: a template of the site, else a file of its folder, else as the user wrote it. */
static const char *
real_path_of_name(struct arena *a, struct str name, const struct layout *layout)
{
	const char *folders[] = {layout->templates, layout->directory, "."};
	const char *path = NULL;

	for (size_t i = 0; i < COUNT_OF(folders) && path == NULL; i++)
		if (folders[i] != NULL)
			path = fs_real_path(a, str_starts(name, STR("/"))
						   ? str_cstr(a, name)
						   : path_join(a, str_of(folders[i]), name).data);
	return path;
}

static void
add_link(json_t *place, const char *editor, const struct layout *layout)
{
	struct arena scratch = arena_make(4 * KIB);
	struct str name = str_of(json_string_value(json_object_get(place, "file")));
	const char *path = name.len > 0 ? real_path_of_name(&scratch, name, layout) : NULL;
	int line = (int)json_integer_value(json_object_get(place, "line"));
	int column = (int)json_integer_value(json_object_get(place, "column"));

	if (path != NULL)
		set_text(place, "href", editor_url(&scratch, str_of(editor), str_of(path), line, column));
	arena_free(&scratch);
}

void
fault_add_links(json_t *fault, const struct settings *settings, const struct layout *layout)
{
	json_t *frame;
	size_t i;

	if (settings->editor == NULL)
		return;
	add_link(fault, settings->editor, layout);
	json_array_foreach(json_object_get(fault, "frames"), i, frame)
	    add_link(frame, settings->editor, layout);
}

/* Where the place lies among the site's templates; what isn't there (eddy's own) keeps its name. */
static struct str
path_of_place(struct arena *a, const struct err_place *place, const struct layout *layout)
{
	struct str path = place->file;

	if (path.len > 0 && path.data[0] != '/' && layout->templates != NULL)
		path = path_join(a, str_of(layout->templates), path);
	if (!fs_exists(str_cstr(a, path)) && !fs_is_link(AT_FDCWD, str_cstr(a, path)))
		return place->file;
	return fs_path_from_here(a, path);
}

struct err
fault_with_paths(struct arena *a, const struct err *e, const struct layout *layout)
{
	struct err copy = err_copy(a, e);

	copy.place.file = path_of_place(a, &e->place, layout);
	for (struct err_frame *frame = copy.frames; frame != NULL; frame = frame->next)
		frame->place.file = path_of_place(a, &frame->place, layout);
	return copy;
}

struct str
fault_report(struct arena *a, const struct err *e, const struct layout *layout)
{
	struct err shown = fault_with_paths(a, e, layout);

	return err_report(a, &shown, log_has_colour());
}

void
fault_log(const struct err *e, const struct layout *layout)
{
	struct arena scratch = arena_make(4 * KIB);

	log_text(LOG_ERROR, fault_report(&scratch, e, layout));
	arena_free(&scratch);
}
