#include "run/cause.h"

#include "base/utf8.h"

#include <stdio.h>

enum {
	COLUMNS_MAX = 60, /* of names in a line */
	SCRATCH_BYTES = 4096,
};

/* What fits, of whole characters: a part of one would make the text unfit for JSON. */
static void
copy_what_fits(char text[CAUSE_BYTES], struct str line)
{
	struct str kept = str_slice(line, 0, MIN(line.len, CAUSE_BYTES - 1));

	kept.len = MIN(kept.len, utf8_invalid(kept));
	snprintf(text, CAUSE_BYTES, "%.*s", STR_ARG(kept));
}

json_int_t
cause_unnamed(const json_t *batch)
{
	return json_integer_value(json_object_get(batch, "more"));
}

const char *
cause_describe(const json_t *batch, char text[CAUSE_BYTES])
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct buf names = buf_make(&scratch);
	const json_t *paths = json_object_get(batch, "paths");
	size_t count = json_array_size(paths), named = 0;
	long long left;

	for (; named < count; named++) {
		struct str name = str_of(json_string_value(json_array_get(paths, named)));

		if (named > 0 && utf8_count(buf_str(&names)) + utf8_count(name) > COLUMNS_MAX)
			break;
		buf_addf(&names, "%s%.*s", named > 0 ? ", " : "", STR_ARG(name));
	}
	left = (long long)(count - named) + cause_unnamed(batch);
	if (left > 0 && named > 0)
		buf_addf(&names, " … and %lld more", left);
	copy_what_fits(text, named > 0 ? buf_str(&names) : STR("files"));
	arena_free(&scratch);
	return text;
}

const char *
cause_lines(struct arena *a, const json_t *paths)
{
	struct buf lines = buf_make(a);

	for (size_t i = 0; i < json_array_size(paths); i++)
		buf_addf(&lines, "%s\n", json_string_value(json_array_get(paths, i)));
	return buf_cstr(&lines);
}
