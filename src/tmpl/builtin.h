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

struct builtin {
	const char *name;
	builtin_fn *fn;
	uint8_t least,
	    most; /* positional arguments; BUILTIN_VARIADIC: no limit, and fn reads the call itself */
	const char *parameters; /* as tmpl_call_bind takes them; NULL: none can be given by name */
};

struct builtin_class {
	const char *name;
	struct builtin make;
	int type;           /* of its instances, or VALUE_EXCEPTION */
	enum err_kind kind; /* of an exception class */
};

/* A name of the built-in namespace. */
bool builtin_find(struct str name, struct tmpl_value *value);

/* Adds every name to a list that ends with NULL and has room for `capacity`; for hints. */
size_t builtin_names(const char **names, size_t capacity);

/* The method of values of this type, or NULL. */
const struct builtin *builtin_method(int type, struct str name);
size_t builtin_method_names(int type, const char **names, size_t capacity);

const char *builtin_class_name(const struct builtin_class *class);

/* Whether the value is an instance of the class. */
bool builtin_is_instance(struct tmpl_value value, const struct builtin_class *class);

/* Checks the arguments against the table and calls. */
bool builtin_call(const struct builtin *builtin, struct tmpl_call *call, struct tmpl_value *result);

/* An argument that must be an integer, with Python's error where it isn't. */
bool builtin_integer(struct run *run, struct tmpl_value v, int64_t *integer);

/* Sorts the items in place, stably; `key` may be TMPL_UNBOUND or None. */
bool builtin_sort(struct run *run, struct value_list *list, struct tmpl_value key, bool reverse);

/* Makers of the classes: function.c */
builtin_fn builtin_make_bool, builtin_make_int, builtin_make_float, builtin_make_str, builtin_make_list,
    builtin_make_tuple, builtin_make_dict, builtin_make_set, builtin_make_range, builtin_make_enumerate,
    builtin_make_zip, builtin_make_map, builtin_make_filter, builtin_make_reversed;

/* Puts what dict(…) and dict.update(…) take into a dict. */
bool builtin_fill_dict(
    struct run *run, struct value_dict *dict, struct tmpl_value from, const struct tmpl_call *call);

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
extern const struct builtin_table builtin_set_methods;
extern const struct builtin_table builtin_range_methods;
extern const struct builtin_table builtin_number_methods;
extern const struct builtin_table builtin_helpers; /* Tornado's functions */

/* xhtml_escape, which the machine has a way of its own for. */
bool builtin_xhtml_escape(struct tmpl_call *call, const struct tmpl_value *args, struct tmpl_value *result);

builtin_fn builtin_linkify;

/* Appends `text` with & < > " ' replaced. */
void builtin_add_escaped(struct buf *b, struct str text);

#endif
