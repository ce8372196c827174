/*
 * Templates in Tornado's syntax: the one header of this layer that others include.
 *
 *	struct tmpl_store *store = tmpl_store_new(&source, true);
 *	const struct tmpl *page = tmpl_store_get(store, STR("index.html"), &e);
 *	struct tmpl_scope scope = tmpl_scope_make(a, NULL);
 *
 *	tmpl_scope_set(&scope, "title", tmpl_str(STR("Hello")));
 *	if (page == NULL || !tmpl_render(page, a, &scope, NULL, &output, &e))
 *		… err_report(a, &e, colour) …
 *
 * The layer is a compiler: src (lines and tags) → lex (tokens) → parse (a tree of ast nodes) → code
 * (bytecode, with the extends chain and the includes linked in) → vm. It does no
 * input of its own: a `struct tmpl_source` reads the files.
 *
 * Expressions are a subset of Python's, with Python's results and Python's
 * error messages. An error carries the place of the sub-expression that
 * failed, the chain of blocks and includes that led there, and the values that it used.
 *
 * Values live in an arena, or for ever. What a template is given, it can't change: it
 * works on a copy as soon as it could change anything.
 */
#ifndef EDDY_TMPL_H
#define EDDY_TMPL_H

#include "base/err.h"
#include "os/fs.h"

#include <jansson.h>

/* Values */

enum tmpl_type {
	TMPL_UNBOUND, /* no value at all: a local before its assignment, an argument that was not given */
	TMPL_NONE,
	TMPL_BOOL,
	TMPL_INT,
	TMPL_FLOAT,
	TMPL_STR,
	TMPL_LIST,
	TMPL_TUPLE,
	TMPL_DICT,
	TMPL_OTHER, /* the first of the types that only the layer itself looks into */
};

/* Sixteen bytes, passed by value. Text is UTF-8 and is not copied. */
struct tmpl_value {
	uint8_t type;   /* enum tmpl_type */
	uint8_t detail; /* what the layer knows of it besides */
	uint32_t len;   /* of text, in bytes */
	union {
		bool boolean;
		int64_t integer;
		double real;
		const char *text;
		void *object;
	} as;
};

struct tmpl_value tmpl_none(void);
struct tmpl_value tmpl_bool(bool value);
struct tmpl_value tmpl_int(int64_t value);
struct tmpl_value tmpl_float(double value);

/* The bytes must live as long as the value; what is not UTF-8 in them is taken for U+FFFD. */
struct tmpl_value tmpl_str(struct str text);

/* Containers grow in the arena that they were made in. */
struct tmpl_value tmpl_list(struct arena *a);
void tmpl_list_add(struct arena *a, struct tmpl_value list, struct tmpl_value item);
struct tmpl_value tmpl_dict(struct arena *a);
void tmpl_dict_set(struct arena *a, struct tmpl_value dict, struct str key, struct tmpl_value value);
bool tmpl_dict_get(struct tmpl_value dict, struct str key, struct tmpl_value *value);

/* Header fields: a dict whose keys are found in any case. A name that is added again has all its values, with commas. */
struct tmpl_value tmpl_headers(struct arena *a);
void tmpl_headers_add(struct arena *a, struct tmpl_value headers, struct str name, struct str value);

/* Everything is copied into `a`; the order of keys is kept. */
struct tmpl_value tmpl_from_json(struct arena *a, const json_t *json);

/* The text that `{{ value }}` would print, before it is escaped; in `a` or in the value. */
struct str tmpl_text(struct arena *a, struct tmpl_value value);

/* Python's bool(value), and type(value).__name__. */
bool tmpl_truth(struct tmpl_value value);
const char *tmpl_type_name(struct tmpl_value value);

/* Functions and objects of the host */

/* One call: where its result should live, and its arguments. */
struct tmpl_call;

/* Sets `*result`, or an error whose place may be nowhere: the caller's is filled in. */
typedef bool tmpl_native_fn(void *context, struct tmpl_call *call, struct tmpl_value *result, struct err *e);

/* A function that templates may call. `name` is shown in errors and, like `context`, must live as long. */
struct tmpl_value tmpl_native(struct arena *a, const char *name, tmpl_native_fn *fn, void *context);

struct arena *tmpl_call_arena(const struct tmpl_call *call);

/*
 * Puts the arguments, positional ones first, in the order of `parameters`:
 * names with a space between, those that may be left out with a '?' before
 * ("path ?include_host ?include_version"). One that is not given keeps the value that
 * `values` had. False with Python's TypeError where they don't fit; a name of the function with a dot in it
 * ("RequestHandler.get_argument") is a method's, whose object counts in there.
 */
bool tmpl_call_bind(
    const struct tmpl_call *call, const char *parameters, struct tmpl_value *values, struct err *e);

/*
 * Attribute `name` of an object; false where there is none. "__str__" is asked for where it is
 * printed: text, or nothing, which prints its type; "__format__", a function of the text behind the
 * colon, where it is formatted; "__dir__", the list of its attributes, where one is asked for that it hasn't.
 */
typedef bool tmpl_object_fn(void *context, struct arena *a, struct str name, struct tmpl_value *result);

/* An object whose attributes are asked for when a template uses them. `type_name` as for tmpl_native's name.
 */
struct tmpl_value tmpl_object(struct arena *a, const char *type_name, tmpl_object_fn *get, void *context);

/* The language of a page: an object with the attributes of Tornado's locale. There are no translations. */
struct tmpl_value tmpl_locale(struct arena *a);

/* Its translate and pgettext, which templates have as `_` and `pgettext`, too. They need no context. */
tmpl_native_fn tmpl_locale_translate, tmpl_locale_pgettext;

/* What a template can name */

/*
 * The names of one render. A scope hides those of `outer` that it sets itself;
 * behind the last one is the built-in namespace (escape, url_escape, len, …).
 */
struct tmpl_scope {
	struct arena *arena;
	struct tmpl_value names;
	const struct tmpl_scope *outer;
};

/* `outer` may be NULL; it must live as long as the scope. */
struct tmpl_scope tmpl_scope_make(struct arena *a, const struct tmpl_scope *outer);

/* The name's bytes must live as long as the scope. */
void tmpl_scope_set(struct tmpl_scope *scope, const char *name, struct tmpl_value value);

/* Whether a template can name it: an identifier that is no keyword. */
bool tmpl_is_name(struct str text);

/* Files and compiled templates */

struct tmpl_file {
	struct str text;
	struct fs_key key;
};

typedef void tmpl_visit_fn(void *visitor, struct str name);

/* Where templates come from. Names are relative to a root, without "." and ".." segments. */
struct tmpl_source {
	void *context;

	/* The file, its text in `a`. ERR_FILE_NOT_FOUND where there is none. */
	bool (*read)(void *context, struct arena *a, struct str name, struct tmpl_file *file, struct err *e);

	/* Whether the file is still the one that was read: one stat. */
	bool (*unchanged)(void *context, struct str name, const struct fs_key *key);

	/* Tells the name of every file, made in `a`, to `visit`: for hints. NULL: they are not known. */
	void (*list)(void *context, struct arena *a, tmpl_visit_fn *visit, void *visitor);

	/* Is told of what is allowed but hardly meant, once for each time that it is compiled. May be NULL. */
	void (*warn)(void *context, const struct err *warning);
};

/* A compiled template with all that it extends and includes. It never changes. */
struct tmpl;

/* Compiled templates by name. For one thread. */
struct tmpl_store;

/* `source` is copied. With `cache` false each get compiles anew. */
struct tmpl_store *tmpl_store_new(const struct tmpl_source *source, bool cache);
void tmpl_store_free(struct tmpl_store *store);

/*
 * The template, compiled from what its files hold now, or NULL with the error. With a cache it is compiled
 * once, and again when the bytes of one of its files have changed.
 * It belongs to the store, and is valid until the next tmpl_store_get: renders
 * must have ended by then.
 */
const struct tmpl *tmpl_store_get(struct tmpl_store *store, struct str name, struct err *e);

/* Rendering */

/* What ends a render that would not end. */
struct tmpl_limits {
	uint64_t fuel;       /* turns of loops, calls and elements built */
	int depth;           /* calls within calls, values within values */
	size_t memory_bytes; /* of the arena, beyond what it held before */
	size_t output_bytes;
	int64_t time_ms;
};

extern const struct tmpl_limits tmpl_limits_default;

/*
 * Renders into `*output`, which lives in `a` as all that the render needs.
 * `limits` NULL means tmpl_limits_default. False with the error set and no
 * output where anything fails.
 */
bool tmpl_render(const struct tmpl *t, struct arena *a, const struct tmpl_scope *scope,
    const struct tmpl_limits *limits, struct str *output, struct err *e);

/* The stages of the compiler, to look at. */
enum tmpl_dump { TMPL_DUMP_TOKENS, TMPL_DUMP_AST, TMPL_DUMP_CODE };

/* What the stage made of the template, as text in `a`; false where the template can't be read or compiled. */
bool tmpl_dump(struct tmpl_store *store, struct str name, enum tmpl_dump stage, struct arena *a,
    struct str *text, struct err *e);

#endif
