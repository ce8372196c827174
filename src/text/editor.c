#include "text/editor.h"

static const struct {
	const char *name;
	const char *address;
} editors[] = {
    {"vscode", "vscode://file/{path}:{line}:{column}"},
    {"vscodium", "vscodium://file/{path}:{line}:{column}"},
    {"cursor", "cursor://file/{path}:{line}:{column}"},
    {"zed", "zed://file/{path}:{line}:{column}"},
    {"idea", "idea://open?file={path}&line={line}&column={column}"},
    {"phpstorm", "phpstorm://open?file={path}&line={line}&column={column}"},
    {"subl", "subl://open?url=file://{path}&line={line}&column={column}"},
    {"textmate", "txmt://open?url=file://{path}&line={line}&column={column}"},
    {"emacs", "emacs://open?url=file://{path}&line={line}&column={column}"},
};

/* What a page would run, or show in the place of the fault. */
static const char *const refused_schemes[] = {
    "javascript", "data", "vbscript", "blob", "about", "view-source"};

/* The template of a known editor, or the text itself. */
static struct str
editor_address(struct str text)
{
	for (size_t i = 0; i < COUNT_OF(editors); i++)
		if (str_eq_nocase(text, str_of(editors[i].name)))
			return str_of(editors[i].address);
	return text;
}

/* RFC 3986 §3.1. */
static bool
is_scheme(struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!is_letter && (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
			return false;
	}
	return text.len > 0;
}

static bool
is_printable(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7f)
			return false;
	return true;
}

const char *
editor_fault(struct str text)
{
	struct str address = editor_address(text);
	struct str scheme = str_slice(address, 0, MIN(str_find_char(address, ':'), address.len));

	if (scheme.len == address.len || !is_scheme(scheme) || !is_printable(address))
		return "is no editor that is known (vscode, vscodium, cursor, zed, idea, phpstorm, subl, "
		       "textmate, emacs), and no address such as vscode://file/{path}:{line}:{column}";
	for (size_t i = 0; i < COUNT_OF(refused_schemes); i++)
		if (str_eq_nocase(scheme, str_of(refused_schemes[i])))
			return "opens no editor";
	return str_find(address, STR("{path}")) == STR_NONE ? "has no {path} in it" : NULL;
}

/* Everything but what stands for itself in any part of an address (RFC 3986 §2.3), and slashes. */
static void
add_path(struct buf *b, struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.data[i];
		bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
				c == '-' || c == '.' || c == '_' || c == '~' || c == '/';

		buf_addf(b, is_plain ? "%c" : "%%%02X", c);
	}
}

static bool
skip(struct str *rest, struct str prefix)
{
	if (!str_starts(*rest, prefix))
		return false;
	*rest = str_from(*rest, prefix.len);
	return true;
}

static bool
ends_with_separator(struct str url)
{
	return str_ends(url, STR("/")) && !str_ends(url, STR("://"));
}

struct str
editor_url(struct arena *a, struct str editor, struct str path, int line, int column)
{
	struct str rest = editor_address(editor);
	struct buf url = buf_make(a);

	while (rest.len > 0) {
		if (skip(&rest, STR("{path}"))) {
			add_path(&url, str_from(path, ends_with_separator(buf_str(&url))));
		} else if (skip(&rest, STR("{line}"))) {
			buf_addf(&url, "%d", MAX(line, 1));
		} else if (skip(&rest, STR("{column}")) || skip(&rest, STR("{col}"))) {
			buf_addf(&url, "%d", MAX(column, 1));
		} else {
			buf_add_char(&url, rest.data[0]);
			rest = str_from(rest, 1);
		}
	}
	return buf_str(&url);
}
