/*
 * The functions, classes and methods that templates find in place: Python's, and Tornado's helpers.
 */
#ifndef EDDY_TMPL_BUILTIN_H
#define EDDY_TMPL_BUILTIN_H

#include "tmpl/value.h"

/* The most parameters of a builtin that can be given by name. */
enum { BUILTIN_PARAMETERS_MAX = 6, BUILTIN_VARIADIC = 255 };

/* `args` has as many values as the builtin has parameters; those that were not given are TMPL_UNBOUND. */
typedef bool builtin_fn(struct tmpl_call *call, const struct tmpl_value *args, struct tmpl_value *result);

/* The head of a builtin_fn. */
#define BUILTIN(name) \
	bool name(struct tmpl_call *call, const struct tmpl_value *args, struct tmpl_value *result)

/* Whether an argument is there. */
static inline bool
builtin_given(struct tmpl_value v)
{
	return v.type != TMPL_UNBOUND;
}

enum builtin_flag {
	BUILTIN_TAKES = 1,    /* "f() takes at most 3 arguments (4 given)", not "f expected at most 3…" */
	BUILTIN_ON_CLASS = 2, /* a method that needs no object: str.maketrans */
};

struct builtin {
	const char *name;
	builtin_fn *fn;
	uint8_t least,
	    most; /* positional arguments; BUILTIN_VARIADIC: no limit, and fn reads the call itself */
	const char *parameters; /* as tmpl_call_bind takes them; NULL: none can be given by name */
	uint8_t flags;          /* enum builtin_flag */
};

struct builtin_class {
	const char *name;
	struct builtin make;
	int type;           /* of its instances, or VALUE_EXCEPTION */
	enum err_kind kind; /* of an exception class */
};

/* A name of the built-in namespace. */
bool builtin_find(struct str name, struct tmpl_value *value);

/* Header fields as they are printed: "Name: value", one a line. */
void builtin_add_headers(struct buf *b, const struct value_dict *headers);

/* Tries every name of it. */
void builtin_try_names(struct str_near *near);

/* The method of values of this type, or NULL. */
const struct builtin *builtin_method(int type, struct str name);

/* That of this value: header fields have some that other dicts don't have. */
const struct builtin *builtin_method_of(struct tmpl_value v, struct str name);
void builtin_try_methods(int type, struct str_near *near);

const char *builtin_class_name(const struct builtin_class *class);

/* Python's type(v). */
struct tmpl_value builtin_class_of(struct arena *a, struct tmpl_value v);

/* Whether each instance of the one is one of the other. */
bool builtin_is_subclass(const struct builtin_class *class, const struct builtin_class *of);

/* Tornado's functions are written in Python, and have their names there. */
bool builtin_is_python(const struct builtin *b);
const char *builtin_python_name(const struct builtin *b);

/* Whether the value is an instance of the class. */
bool builtin_is_instance(struct tmpl_value value, const struct builtin_class *class);

/* Checks the arguments against the table and calls. */
bool builtin_call(const struct builtin *builtin, struct tmpl_call *call, struct tmpl_value *result);

/* An argument that must be text. `number` counts from 1, and is 0 for the only argument. */
bool builtin_text_argument(struct tmpl_call *call, struct tmpl_value v, size_t number, struct str *text);

/* An argument that must be an integer, with Python's error where it isn't. */
bool builtin_integer(struct run *run, struct tmpl_value v, int64_t *integer);

/* Sorts the items in place, stably, by the keywords of the call (key, reverse). */
bool builtin_sort_as(struct tmpl_call *call, struct value_list *list);

/* A float without its fraction, as an integer. */
bool builtin_truncate(struct run *run, double real, struct tmpl_value *result);

/* Methods of text: method_case.c */
builtin_fn builtin_text_upper, builtin_text_lower, builtin_text_casefold, builtin_text_capitalize,
    builtin_text_title, builtin_text_swapcase, builtin_text_isalpha, builtin_text_isalnum,
    builtin_text_isdecimal, builtin_text_isdigit, builtin_text_isnumeric, builtin_text_isspace,
    builtin_text_isprintable, builtin_text_isascii, builtin_text_isupper, builtin_text_islower,
    builtin_text_istitle, builtin_text_isidentifier;

/* method_find.c */
builtin_fn builtin_text_find, builtin_text_rfind, builtin_text_index, builtin_text_rindex, builtin_text_count,
    builtin_text_startswith, builtin_text_endswith;

/* method_translate.c */
builtin_fn builtin_text_maketrans, builtin_text_translate;

/* sort.c */
builtin_fn builtin_sorted, builtin_min, builtin_max;

/* Makers of the classes: class.c */
builtin_fn builtin_make_bool, builtin_make_int, builtin_make_float, builtin_make_str, builtin_make_list,
    builtin_make_tuple, builtin_make_dict, builtin_make_set, builtin_make_range, builtin_make_enumerate,
    builtin_make_zip, builtin_make_map, builtin_make_filter, builtin_make_reversed, builtin_make_type;

/* Puts the entries of a dict, or pairs, into a dict; and the named arguments of a call. */
bool builtin_fill_dict(struct run *run, struct value_dict *dict, struct tmpl_value from);
bool builtin_fill_named(struct value_dict *dict, const struct tmpl_call *call);

/* Tables that other files hold. */
struct builtin_table {
	const struct builtin *rows;
	size_t count;
};

extern const struct builtin_table builtin_functions;
extern const struct builtin_table builtin_text_methods;
extern const struct builtin_table builtin_list_methods;
extern const struct builtin_table builtin_tuple_methods;
extern const struct builtin_table builtin_dict_methods;
extern const struct builtin_table builtin_header_methods; /* besides those of a dict */
extern const struct builtin_table builtin_set_methods;
extern const struct builtin_table builtin_range_methods;
extern const struct builtin_table builtin_view_methods;
extern const struct builtin_table builtin_int_methods;
extern const struct builtin_table builtin_float_methods;
extern const struct builtin_table builtin_helpers; /* Tornado's functions */

/* xhtml_escape, which the machine has a way of its own for. */
bool builtin_xhtml_escape(struct tmpl_call *call, const struct tmpl_value *args, struct tmpl_value *result);

builtin_fn builtin_linkify;

/* moment.c */
builtin_fn builtin_now, builtin_strftime;

#endif
