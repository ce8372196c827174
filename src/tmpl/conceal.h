/*
 * What the names and keys of a template's data call confidential is taken out of its faults (text/confidential.h):
 * by its name, and by its text where that was passed on.
 */
#ifndef EDDY_TMPL_CONCEAL_H
#define EDDY_TMPL_CONCEAL_H

#include "tmpl/vm.h"

/* Whether the value of this name must not be shown: for its name, or for a key anywhere in it. */
bool conceal_is_due(struct str name, struct tmpl_value v);

/* Takes the values that are confidential in the scopes and the locals out of the fault of the machine. */
void conceal_known(struct vm *vm, const struct vm_frame *frame);

#endif
