/* The syntax of header fields: RFC 9110 §5. */
#ifndef EDDY_FIELD_H
#define EDDY_FIELD_H

#include "base/str.h"

/* Letters, digits and !#$%&'*+-.^_`|~, at least one of them: §5.6.2. */
bool field_is_token(struct str s);

/* No control character but the tab: §5.5. */
bool field_is_value(struct str s);

/* Takes "Name: value" apart, without the blanks around the value. False where there is no such name. */
bool field_split(struct str line, struct str *name, struct str *value);

/* Why a user may not add this "Name: value" to every answer, to stand behind it, or NULL where he may. */
const char *field_fault(struct str line);

#endif
