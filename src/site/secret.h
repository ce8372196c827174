/*
 * What a request confides: its Authorization and its cookies. A fault is shown on pages and in the log,
 * with the values that the names of the template held; these must not be among them.
 */
#ifndef EDDY_SECRET_H
#define EDDY_SECRET_H

#include "site/view.h"

/*
 * Takes what the request confides out of the message and the values of the fault. What is shorter than four
 * bytes stays: it is a switch, not a secret, and would be found in everything.
 */
void secret_hide(struct err *e, const struct view_request *request);

#endif
