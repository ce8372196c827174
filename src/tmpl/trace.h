/*
 * What a fault at run time tells: its place, the way there, the values that were used, and what may have been
 * meant.
 */
#ifndef EDDY_TMPL_TRACE_H
#define EDDY_TMPL_TRACE_H

#include "tmpl/vm.h"

/* The fault of the machine happened at `pc`: adds the place, or a step to the place that it has already. */
void trace_place(struct vm *vm, uint32_t pc);

/* The fault leaves the template: adds how its file came into the program, and values. */
void trace_finish(struct vm *vm, const struct vm_frame *frame, uint32_t pc);

/* A NameError or UnboundLocalError about `name`, with the nearest name that there is. Always false. */
bool trace_name_error(struct vm *vm, const struct vm_frame *frame, enum err_kind kind, struct str name);

/* Adds the steps from the fault to the try that handles it: if it goes on from there, they are known. */
void trace_leave(struct vm *vm, uint32_t from_pc, uint32_t to_pc);

#endif
