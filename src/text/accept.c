#include "text/accept.h"

enum { NOT_MENTIONED = -1, QUALITY_DIGITS_MAX = 3 };

/* One element of the list: "text/html;level=1;q=0.5" without its parameters. */
struct element {
	struct str name;
	int quality;
};

/*
 * Takes what is before the first `separator` outside a quoted string off the front of `*rest`, and the
 * separator; blanks at both ends are dropped.
 */
static struct str
part_cut(struct str *rest, char separator)
{
	bool is_quoted = false;
	struct str part;
	size_t end;

	for (end = 0; end < rest->len && (is_quoted || rest->data[end] != separator); end++) {
		if (rest->data[end] == '"')
			is_quoted = !is_quoted;
		else if (is_quoted && rest->data[end] == '\\')
			end++;
	}
	part = str_trim_blanks(str_slice(*rest, 0, end));
	*rest = str_from(*rest, end + 1);
	return part;
}

/* RFC 9110 §12.4.2: "0", "0.5", "1.000". False for anything else. */
static bool
quality_parse(struct str s, int *quality)
{
	int scale = ACCEPT_QUALITY_MAX / 10;

	if (s.len == 0 || s.len > 2 + QUALITY_DIGITS_MAX || (s.data[0] != '0' && s.data[0] != '1') ||
	    (s.len > 1 && s.data[1] != '.'))
		return false;
	*quality = (s.data[0] - '0') * ACCEPT_QUALITY_MAX;
	for (size_t i = 2; i < s.len; i++, scale /= 10) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
		*quality += (s.data[i] - '0') * scale;
	}
	return *quality <= ACCEPT_QUALITY_MAX;
}

/* The next well-formed element; false at the end of the list. */
static bool
element_next(struct str *list, struct element *element)
{
	while (list->len > 0) {
		struct str rest = part_cut(list, ',');
		bool is_valid = rest.len > 0;

		*element = (struct element){part_cut(&rest, ';'), ACCEPT_QUALITY_MAX};
		while (rest.len > 0) {
			struct str parameter = part_cut(&rest, ';');

			if (str_eq_nocase(str_slice(parameter, 0, 2), STR("q=")))
				is_valid &= quality_parse(str_from(parameter, 2), &element->quality);
		}
		if (is_valid)
			return true;
	}
	return false;
}

/* How closely a media range fits a type: 3 is the type itself, 1 is "*" "/" "*", 0 not at all. */
static int
media_specificity(struct str range, struct str type)
{
	size_t slash = str_find_char(type, '/');
	struct str main_type = str_slice(type, 0, slash == STR_NONE ? STR_NONE : slash + 1);

	if (str_eq_nocase(range, type))
		return 3;
	if (range.len == main_type.len + 1 && str_ends(range, STR("/*")) &&
	    str_eq_nocase(str_slice(range, 0, main_type.len), main_type))
		return 2;
	return str_eq(range, STR("*/*")) ? 1 : 0;
}

int
accept_quality(struct str field, struct str type)
{
	struct element element;
	int best = 0, quality = 0;

	if (str_trim_blanks(field).len == 0)
		return ACCEPT_QUALITY_MAX;
	while (element_next(&field, &element)) {
		int specificity = media_specificity(element.name, type);

		if (specificity > best)
			quality = element.quality;
		else if (specificity == best && specificity > 0)
			quality = MAX(quality, element.quality);
		best = MAX(best, specificity);
	}
	return quality;
}

bool
accept_names(struct str field, struct str type)
{
	struct element element;

	while (element_next(&field, &element))
		if (str_eq_nocase(element.name, type) && element.quality > 0)
			return true;
	return false;
}

/* The quality that the list gives to a coding, by its name or its old alias or by "*"; or NOT_MENTIONED. */
static int
coding_quality(struct str field, struct str name, struct str alias)
{
	struct element element;
	int wildcard = NOT_MENTIONED;

	while (element_next(&field, &element)) {
		if (str_eq_nocase(element.name, name) || str_eq_nocase(element.name, alias))
			return element.quality;
		if (str_eq(element.name, STR("*")))
			wildcard = element.quality;
	}
	return wildcard;
}

enum accept_encoding
accept_choose_encoding(struct str field, unsigned available)
{
	int brotli = available & ACCEPT_BROTLI ? coding_quality(field, STR("br"), STR("br")) : 0;
	int gzip = available & ACCEPT_GZIP ? coding_quality(field, STR("gzip"), STR("x-gzip")) : 0;
	int identity = coding_quality(field, STR("identity"), STR("identity"));

	if (brotli > 0 && brotli >= gzip && brotli >= identity)
		return ACCEPT_BROTLI;
	if (gzip > 0 && gzip >= identity)
		return ACCEPT_GZIP;
	return ACCEPT_IDENTITY;
}

const char *
accept_encoding_name(enum accept_encoding encoding)
{
	return encoding == ACCEPT_BROTLI ? "br" : encoding == ACCEPT_GZIP ? "gzip" : NULL;
}
