#include "text/glob.h"

#include <fnmatch.h>
#include <string.h>

/* The parts between slashes, each with a NUL behind it; none for an empty text. */
struct segments {
	const char **items;
	size_t count;
};

static struct segments
segments_make(struct arena *a, struct str text)
{
	struct segments segments = {0};

	segments.items = ARENA_ARRAY(a, const char *, text.len + 1);
	while (text.len > 0)
		segments.items[segments.count++] = str_cstr(a, str_cut(&text, '/'));
	return segments;
}

/* Spaces at the end don't count, but for one behind a backslash. */
static struct str
end_trim(struct str line)
{
	if (str_ends(line, STR("\r")))
		line = str_slice(line, 0, line.len - 1);
	while (str_ends(line, STR(" ")) && !str_ends(line, STR("\\ ")))
		line = str_slice(line, 0, line.len - 1);
	return line;
}

bool
glob_parse(struct arena *a, struct str line, struct glob *glob)
{
	struct segments segments;

	line = end_trim(line);
	*glob = (struct glob){.text = line};
	if (str_starts(line, STR("#")))
		return false;
	if (str_starts(line, STR("!"))) {
		glob->is_negated = true;
		line = str_from(line, 1);
	}
	if (str_ends(line, STR("/"))) {
		glob->directories_only = true;
		line = str_slice(line, 0, line.len - 1);
	}
	glob->is_anchored = str_find_char(line, '/') != STR_NONE;
	if (str_starts(line, STR("/")))
		line = str_from(line, 1);
	segments = segments_make(a, line);
	glob->segments = segments.items;
	glob->segment_count = segments.count;
	return segments.count > 0;
}

/* "**"; more stars are the same. */
static bool
is_any_depth(const char *segment)
{
	size_t stars = strspn(segment, "*");

	return stars >= 2 && segment[stars] == '\0';
}

/*
 * Whether the pattern's segments match all of the path's. As in any wildcard
 * match it is enough to come back to the last "**", which takes one segment more each time;
 * one at the end takes one at least: "a/" followed by "**" is what is in a, not a.
 */
static bool
segments_match(struct segments pattern, struct segments path)
{
	size_t at = 0, in = 0, star = SIZE_MAX, star_in = 0;

	while (in < path.count) {
		if (at < pattern.count && is_any_depth(pattern.items[at])) {
			if (++at == pattern.count)
				return true;
			star = at;
			star_in = in;
		} else if (at < pattern.count && fnmatch(pattern.items[at], path.items[in], 0) == 0) {
			at++;
			in++;
		} else if (star != SIZE_MAX) {
			at = star;
			in = ++star_in;
		} else {
			return false;
		}
	}
	return at == pattern.count;
}

bool
glob_match(const struct glob *glob, struct arena scratch, struct str path, bool is_directory)
{
	struct segments pattern = {(const char **)(uintptr_t)glob->segments, glob->segment_count};
	struct segments whole;

	if (glob->directories_only && !is_directory)
		return false;
	whole = segments_make(&scratch, path);
	if (glob->is_anchored || whole.count == 0)
		return segments_match(pattern, whole);
	return fnmatch(pattern.items[0], whole.items[whole.count - 1], 0) == 0;
}
