/*
 * What a request confides: its Authorization and its cookies, and whatever else has a name that says so. A fault is
 * shown on pages and in the log, with the values that the names of the template held; these must not be among them.
 */
#ifndef EDDY_SECRET_H
#define EDDY_SECRET_H

#include "site/view.h"

/* Takes what the request confides out of the message and the values of the fault (text/confidential.h). */
void secret_hide(struct err *e, const struct view_request *request);

#endif
