/*
 * The arguments of a call as the parameters of a lambda, by Python's rules, which fail in Python's words.
 */
#ifndef EDDY_TMPL_BIND_H
#define EDDY_TMPL_BIND_H

#include "tmpl/vm.h"

/* Sets the locals that are parameters; all locals are unbound before. */
bool bind_arguments(struct run *run, const struct vm_closure *closure, const struct tmpl_call *call,
    struct tmpl_value *locals);

#endif
