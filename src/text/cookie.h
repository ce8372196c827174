/*
 * The Cookie field of a request: RFC 6265 §4.2, read as leniently as browsers and Tornado do.
 */
#ifndef EDDY_COOKIE_H
#define EDDY_COOKIE_H

#include "base/str.h"

struct cookie {
	struct str name; /* empty where there was no '=' */
	struct str value;
};

/*
 * Takes the next cookie off the front of `*rest`; false at the end. A value in double quotes is
 * taken out of them, with \" and octal \nnn replaced; it lives in `a` then, otherwise in the field.
 */
bool cookie_next(struct arena *a, struct str *rest, struct cookie *cookie);

#endif
