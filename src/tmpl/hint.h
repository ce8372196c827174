/*
 * What was probably meant: the next step that an error names, for those who come from another language and
 * for slips of the hand.
 */
#ifndef EDDY_HINT_H
#define EDDY_HINT_H

#include "base/err.h"

/* What is written here for a directive, a name or an attribute that other languages have; NULL is unknown. */
const char *hint_of_directive(struct str name);
const char *hint_of_name(struct str name);
const char *hint_of_attribute(struct str name);

/* Of a whole tag, with its delimiters, that another tag begins in, or that is written as elsewhere; or NULL. */
const char *hint_of_tag(struct str tag);

/* Tries every name that hint_of_name knows. */
void hint_try_names(struct str_near *near);

/* Adds to the fault "did you mean 'x'?", where something was near enough. */
void hint_set_nearest(struct err *fault, const struct str_near *near);

/* Adds what helps to a SyntaxError in a tag, unless there is a hint already. `tag` has its delimiters. */
void hint_set_syntax(struct err *fault, struct str tag);

/* Adds what helps against a fault of this message, unless there is a hint already. */
void hint_complete(struct err *fault);

/*
 * The search for the file that was meant by a name which is none: one that differs by letters, in
 * its ending only, or in its folder only.
 */
struct hint_file {
	struct str name;
	struct str_near whole, stem;
	struct str with_stem; /* the file whose stem is nearest */
};

struct hint_file hint_file_make(struct str name);
void hint_file_try(struct hint_file *search, struct str candidate);

/* The name of the file that was found; empty where none was. */
struct str hint_file_found(const struct hint_file *search);

#endif
