/*
 * Stage 5: the machine that runs the bytecode. What it does for each instruction: vm_step.h.
 */
#ifndef EDDY_TMPL_VM_H
#define EDDY_TMPL_VM_H

#include "tmpl/code.h"
#include "tmpl/value.h"

/* Where an exception goes that happens under a try. */
struct vm_handler {
	uint32_t pc, stack_depth, capture_count;
};

/* One function under way. */
struct vm_frame {
	struct vm *vm;
	const struct code_function *function;
	struct vm_frame *outer; /* of the function that this one was written in */
	struct tmpl_value *locals;
	struct tmpl_value *stack;
	struct value_iterator *iterators;
	struct vm_handler *handlers;
	uint32_t handler_count, stack_depth, pc;
};

struct vm_closure {
	const struct code_function *function;
	struct vm_frame *outer;
	struct tmpl_value *defaults;
};

/* How many pieces Tornado's list of them would have, and the first that is None: its number, from 1, and where. */
struct vm_pieces {
	uint32_t count, none, none_pc;
};

struct vm_capture {
	struct buf out;
	struct vm_pieces pieces;
};

/* One template under way. The run is shared with those whose modules it renders. */
struct vm {
	struct run *run;
	const struct code *code;
	const struct tmpl_scope *scope;
	struct str name;            /* of the template */
	struct tmpl_value *globals; /* TMPL_UNBOUND until they are asked for */
	struct buf out;
	struct vm_pieces pieces;
	struct vm_capture *captures; /* outputs that wait for the one that is put aside */
	uint32_t capture_count, capture_capacity;
};

/* Runs the program; false with the fault of the run set, frames and values included. */
bool vm_run(struct vm *vm, struct str *output);

/* Calls a lambda. */
bool vm_call(
    struct run *run, struct vm_closure *closure, const struct tmpl_call *call, struct tmpl_value *result);

/* The value of a global name as the template sees it; false where there is none. */
bool vm_find_global(const struct vm *vm, struct str name, struct tmpl_value *value);

#endif
