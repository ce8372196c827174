#include "text/field.h"

/* What is said of fields that answers have by themselves. */
#define FRAMING "would break the framing of answers, which is eddy's own"
#define DESCRIBING "describes the very answer, which only eddy can"

static const struct {
	const char *name;
	const char *fault;
} own_fields[] = {
    {"Connection", FRAMING},
    {"Content-Length", FRAMING},
    {"Date", FRAMING},
    {"Keep-Alive", FRAMING},
    {"Proxy-Connection", FRAMING},
    {"TE", FRAMING},
    {"Trailer", FRAMING},
    {"Transfer-Encoding", FRAMING},
    {"Upgrade", FRAMING},
    {"Accept-Ranges", DESCRIBING},
    {"Allow", DESCRIBING},
    {"Content-Encoding", DESCRIBING},
    {"Content-Range", DESCRIBING},
    {"Content-Type", "is decided for each file: give --mime EXT=TYPE"},
    {"ETag", DESCRIBING},
    {"Last-Modified", DESCRIBING},
    {"Location", DESCRIBING},
};

bool
field_is_token(struct str s)
{
	/* As a set of 128 bits. */
	static const uint64_t characters[] = {0x3ff6cfa00000000, 0x57ffffffc7fffffe};

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.data[i];

		if (c >= 128 || !(characters[c / 64] >> c % 64 & 1))
			return false;
	}
	return s.len > 0;
}

bool
field_is_value(struct str s)
{
	return str_find_control(s) == STR_NONE;
}

bool
field_split(struct str line, struct str *name, struct str *value)
{
	size_t colon = str_find_char(line, ':');

	if (colon == STR_NONE)
		return false;
	*name = str_slice(line, 0, colon);
	*value = str_trim_blanks(str_from(line, colon + 1));
	return field_is_token(*name);
}

const char *
field_fault(struct str line)
{
	struct str name, value;

	if (!field_split(line, &name, &value))
		return "is not of the form 'Name: value'";
	if (!field_is_value(value))
		return "holds a control character";
	if (value.len == 0)
		return "has no value";
	for (size_t i = 0; i < COUNT_OF(own_fields); i++)
		if (str_eq_nocase(name, str_of(own_fields[i].name)))
			return own_fields[i].fault;
	if (str_eq_nocase(str_slice(name, 0, 15), STR("Access-Control-")))
		return "lets other sites in: give --cors ORIGIN";
	return NULL;
}
