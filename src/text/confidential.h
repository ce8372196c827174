/*
 * What is confided to a site, and must not come back in what it tells of a fault: passwords, tokens, cookies.
 * It is known by its name; its text is then taken out of the fault, wherever it has got to.
 */
#ifndef EDDY_CONFIDENTIAL_H
#define EDDY_CONFIDENTIAL_H

#include "base/err.h"

/* Whether what has this name, in any case, is confidential: "password", "X-Api-Key", "csrf_token". */
bool confidential_is_name(struct str name);

/* What stands for a confidential value. */
#define CONFIDENTIAL_SHOWN STR("(not shown)")

/*
 * Takes the text, and parts of it of some length, out of the message of the fault, and the values that have
 * it in them. A text of less than four bytes, which would be found in everything, is taken for it only where
 * it is a whole string in quotes.
 */
void confidential_hide(struct err *e, struct str text);

/* JSON text, valid or not, with an asterisk for each character of the values whose keys are confidential. */
struct str confidential_mask_json(struct arena *a, struct str json);

#endif
