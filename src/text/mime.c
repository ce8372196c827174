#include "text/mime.h"

#include "text/field.h"

#include <stdlib.h>

#define UTF8 "; charset=utf-8"

/* The longest extension in the table. */
enum { EXTENSION_MAX = 11 };

/* Sorted by extension. What says UTF8 is text that browsers would otherwise read in a legacy encoding. */
static const struct entry {
	const char *extension;
	const char *type;
} entries[] = {
    {"3gp", "video/3gpp"},
    {"7z", "application/x-7z-compressed"},
    {"aac", "audio/aac"},
    {"ai", "application/postscript"},
    {"apk", "application/vnd.android.package-archive"},
    {"apng", "image/apng"},
    {"appcache", "text/cache-manifest" UTF8},
    {"atom", "application/atom+xml" UTF8},
    {"avi", "video/x-msvideo"},
    {"avif", "image/avif"},
    {"bin", "application/octet-stream"},
    {"bmp", "image/bmp"},
    {"c", "text/plain" UTF8},
    {"cjs", "text/javascript" UTF8},
    {"conf", "text/plain" UTF8},
    {"cpp", "text/plain" UTF8},
    {"css", "text/css" UTF8},
    {"csv", "text/csv" UTF8},
    {"cur", "image/vnd.microsoft.icon"},
    {"deb", "application/vnd.debian.binary-package"},
    {"diff", "text/plain" UTF8},
    {"dmg", "application/x-apple-diskimage"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"dtd", "application/xml-dtd" UTF8},
    {"eot", "application/vnd.ms-fontobject"},
    {"eps", "application/postscript"},
    {"epub", "application/epub+zip"},
    {"flac", "audio/flac"},
    {"geojson", "application/geo+json" UTF8},
    {"gif", "image/gif"},
    {"glb", "model/gltf-binary"},
    {"gltf", "model/gltf+json" UTF8},
    {"gpx", "application/gpx+xml" UTF8},
    {"gz", "application/gzip"},
    {"h", "text/plain" UTF8},
    {"heic", "image/heic"},
    {"heif", "image/heif"},
    {"htm", "text/html" UTF8},
    {"html", "text/html" UTF8},
    {"ico", "image/vnd.microsoft.icon"},
    {"ics", "text/calendar" UTF8},
    {"ini", "text/plain" UTF8},
    {"iso", "application/vnd.efi.iso"},
    {"jar", "application/java-archive"},
    {"jpe", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript" UTF8},
    {"json", "application/json" UTF8},
    {"jsonld", "application/ld+json" UTF8},
    {"jxl", "image/jxl"},
    {"kml", "application/vnd.google-earth.kml+xml" UTF8},
    {"kmz", "application/vnd.google-earth.kmz"},
    {"log", "text/plain" UTF8},
    {"m3u8", "application/vnd.apple.mpegurl"},
    {"m4a", "audio/mp4"},
    {"m4s", "video/iso.segment"},
    {"m4v", "video/mp4"},
    {"map", "application/json" UTF8},
    {"markdown", "text/markdown" UTF8},
    {"md", "text/markdown" UTF8},
    {"mid", "audio/midi"},
    {"midi", "audio/midi"},
    {"mjs", "text/javascript" UTF8},
    {"mkv", "video/matroska"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"mpd", "application/dash+xml" UTF8},
    {"mpeg", "video/mpeg"},
    {"mpg", "video/mpeg"},
    {"odg", "application/vnd.oasis.opendocument.graphics"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"oga", "audio/ogg"},
    {"ogg", "audio/ogg"},
    {"ogv", "video/ogg"},
    {"opus", "audio/ogg"},
    {"otf", "font/otf"},
    {"patch", "text/plain" UTF8},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"ps", "application/postscript"},
    {"psd", "image/vnd.adobe.photoshop"},
    {"py", "text/x-python" UTF8},
    {"rar", "application/vnd.rar"},
    {"rdf", "application/rdf+xml" UTF8},
    {"rss", "application/rss+xml" UTF8},
    {"rst", "text/x-rst" UTF8},
    {"rtf", "application/rtf"},
    {"sh", "text/x-sh" UTF8},
    {"sql", "application/sql" UTF8},
    {"srt", "text/plain" UTF8},
    {"stl", "model/stl"},
    {"svg", "image/svg+xml" UTF8},
    {"svgz", "application/gzip"},
    {"swf", "application/vnd.adobe.flash.movie"},
    {"tar", "application/x-tar"},
    {"tgz", "application/gzip"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"toml", "application/toml" UTF8},
    {"ts", "video/mp2t"},
    {"tsv", "text/tab-separated-values" UTF8},
    {"ttc", "font/collection"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain" UTF8},
    {"vcf", "text/vcard" UTF8},
    {"vtt", "text/vtt" UTF8},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"weba", "audio/webm"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json" UTF8},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xht", "application/xhtml+xml" UTF8},
    {"xhtml", "application/xhtml+xml" UTF8},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xml", "application/xml" UTF8},
    {"xsd", "application/xml" UTF8},
    {"xsl", "application/xml" UTF8},
    {"xslt", "application/xslt+xml" UTF8},
    {"yaml", "application/yaml" UTF8},
    {"yml", "application/yaml" UTF8},
    {"zip", "application/zip"},
    {"zst", "application/zstd"},
};

/* Besides text/… and all that ends in +json or +xml. The fonts here are the ones that aren't compressed
 * inside. */
static const char *const compressible[] = {
    "application/json",
    "application/javascript",
    "application/xml",
    "application/xml-dtd",
    "application/yaml",
    "application/toml",
    "application/sql",
    "application/rtf",
    "application/wasm",
    "application/postscript",
    "application/vnd.apple.mpegurl",
    "application/vnd.ms-fontobject",
    "font/otf",
    "font/ttf",
    "font/collection",
    "image/bmp",
    "image/vnd.microsoft.icon",
    "model/stl",
};

struct str
mime_extension(struct str path)
{
	size_t slash = str_rfind_char(path, '/');
	struct str name = slash == STR_NONE ? path : str_from(path, slash + 1);
	size_t dot = str_rfind_char(name, '.');

	return dot == STR_NONE || dot == 0 ? STR("") : str_from(name, dot + 1);
}

static int
entry_compare(const void *key, const void *element)
{
	return str_cmp(*(const struct str *)key, str_of(((const struct entry *)element)->extension));
}

const char *
mime_of(struct str path)
{
	struct str extension = mime_extension(path);
	char lower[EXTENSION_MAX];
	struct str key = {lower, extension.len};
	const struct entry *found;

	if (extension.len > sizeof(lower))
		return MIME_UNKNOWN;
	for (size_t i = 0; i < extension.len; i++) {
		char c = extension.data[i];

		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
	}
	found = bsearch(&key, entries, COUNT_OF(entries), sizeof(entries[0]), entry_compare);
	return found ? found->type : MIME_UNKNOWN;
}

struct mime_type {
	struct str extension;
	const char *type;
};

/* Takes "EXT=TYPE" apart; the dot before the extension may be left out. */
static bool
type_split(struct str text, struct str *extension, struct str *type)
{
	size_t equals = str_find_char(text, '=');

	if (equals == STR_NONE)
		return false;
	*extension = str_slice(text, str_starts(text, STR(".")), equals);
	*type = str_trim_blanks(str_from(text, equals + 1));
	return true;
}

/* RFC 9110 §8.3.1 */
static bool
is_media_type(struct str type)
{
	struct str main_type = str_cut(&type, '/');
	struct str subtype = str_trim_blanks(str_cut(&type, ';'));

	return field_is_token(main_type) && field_is_token(subtype) && field_is_value(type);
}

const char *
mime_fault(struct str text)
{
	struct str extension, type;

	if (!type_split(text, &extension, &type))
		return "is not of the form EXT=TYPE";
	if (!field_is_token(extension) || str_find_char(extension, '.') != STR_NONE)
		return "does not start with an extension, as html=…";
	return is_media_type(type) ? NULL : "names no media type, as …=text/html";
}

/* Text that says nothing of its charset is UTF-8, as it is without the user's word. */
static const char *
type_with_charset(struct arena *a, struct str type)
{
	bool is_silent =
	    str_eq_nocase(str_slice(type, 0, 5), STR("text/")) && str_find_char(type, ';') == STR_NONE;

	return str_format(a, "%.*s%s", STR_ARG(type), is_silent ? UTF8 : "").data;
}

struct mime_types
mime_types_make(struct arena *a, const char *const *texts, size_t count)
{
	struct mime_types types = {ARENA_ARRAY(a, struct mime_type, count), 0};
	struct str extension, type;

	for (size_t i = count; i-- > 0;) /* the last one comes first */
		if (type_split(str_of(texts[i]), &extension, &type))
			types.items[types.count++] =
			    (struct mime_type){str_dup(a, extension), type_with_charset(a, type)};
	return types;
}

const char *
mime_type_of(const struct mime_types *types, struct str path)
{
	struct str extension = mime_extension(path);

	for (size_t i = 0; i < types->count; i++)
		if (str_eq_nocase(types->items[i].extension, extension))
			return types->items[i].type;
	return mime_of(path);
}

/* The type without its parameters. */
static struct str
bare_type(struct str type)
{
	return str_trim_blanks(str_cut(&type, ';'));
}

static bool
ends_nocase(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq_nocase(str_from(s, s.len - suffix.len), suffix);
}

bool
mime_is_html(struct str type)
{
	return str_eq_nocase(bare_type(type), STR("text/html"));
}

bool
mime_is_compressible(struct str type)
{
	struct str bare = bare_type(type);

	if (str_eq_nocase(str_slice(bare, 0, 5), STR("text/")) || ends_nocase(bare, STR("+json")) ||
	    ends_nocase(bare, STR("+xml")))
		return true;
	for (size_t i = 0; i < COUNT_OF(compressible); i++)
		if (str_eq_nocase(bare, str_of(compressible[i])))
			return true;
	return false;
}
