/*
 * The arguments of a call as the parameters that a text lists (tmpl_call_bind), and Python's errors where they don't
 * fit: it words them in one way for its functions written in Python, in another for those in C.
 */
#ifndef EDDY_TMPL_SIGNATURE_H
#define EDDY_TMPL_SIGNATURE_H

#include "tmpl/value.h"

/*
 * As tmpl_call_bind, for a function that is written in C in Python. A "*" stands before the parameters that
 * have no position, a "!" before the name of one that can only be given by position.
 */
bool signature_bind_c(
    const struct tmpl_call *call, const char *parameters, struct tmpl_value *values, struct err *e);

/* Appends the next of `count` quoted names, of which `shown` are there: "'a', 'b', and 'c'". */
void signature_add_name(struct buf *names, size_t shown, size_t count, struct str name);

#endif
