/*
 * Stage 5, the steps of the machine: what takes more than a few lines for an instruction, in a file for each
 * group of them.
 *
 * A step gets the top of the stack, which is the first free place, and gives the new one; NULL with the fault of
 * the run set. What is on the stack before and after it, op.h shows.
 */
#ifndef EDDY_TMPL_VM_STEP_H
#define EDDY_TMPL_VM_STEP_H

#include "tmpl/vm.h"

typedef struct tmpl_value *vm_step(struct vm *vm, const struct code_op *op, struct tmpl_value *top);

/*
 * vm_name.c: LOCAL, OUTER, GLOBAL
 */

/* The value of a global, which is looked up once in a render; false with a NameError. */
bool vm_load_global(struct vm *vm, const struct vm_frame *frame, uint32_t index, struct tmpl_value *value);
struct tmpl_value *vm_load_outer(
    struct vm *vm, const struct vm_frame *frame, const struct code_op *op, struct tmpl_value *top);

/* The local has no value: false. */
bool vm_fail_unbound(struct vm *vm, const struct vm_frame *frame, const struct code_op *op);

/*
 * vm_container.c: BUILD_…, ADD_…, …ITEM, UNPACK
 */
vm_step vm_build_sequence, vm_build_set, vm_build_slice;
vm_step vm_add_item, vm_add_all, vm_add_entry, vm_add_entries;
vm_step vm_get_item, vm_set_item, vm_delete_item, vm_unpack;

/*
 * vm_call.c: CALL…, METHOD
 */
vm_step vm_call_values, vm_call_named, vm_call_spread, vm_load_method, vm_call_method;

/*
 * vm_function.c: CLOSURE, GENERATOR, and the frames of functions
 */
struct vm_frame *vm_frame_new(struct vm *vm, const struct code_function *f, struct vm_frame *outer);
struct tmpl_value *vm_make_closure(
    struct vm_frame *frame, const struct code_function *f, struct tmpl_value *top);
struct tmpl_value *vm_make_generator(
    struct vm_frame *frame, const struct code_function *f, struct tmpl_value *top);

/*
 * vm_fault.c: TRY, MATCH, RAISE
 */
void vm_try(struct vm *vm, struct vm_frame *frame, uint32_t target, const struct tmpl_value *top);
vm_step vm_match;

/* The exception on the stack is the fault of the run again. */
void vm_raise(struct vm *vm, const struct tmpl_value *top);

/* The fault of the instruction at `pc`: the frame goes on at its innermost try. False where there is none, or
 * none may have it. */
bool vm_handle(struct vm *vm, struct vm_frame *frame, uint32_t pc);

/*
 * vm_output.c: ECHO…, TO_TEXT, CAPTURE, CAPTURED
 */
struct tmpl_value *vm_echo(
    struct vm *vm, const struct code_op *op, struct tmpl_value function, struct tmpl_value *top);
vm_step vm_echo_raw, vm_echo_text, vm_to_text;
void vm_capture_begin(struct vm *vm);
struct tmpl_value vm_capture_end(struct vm *vm);

/* Where an output ends, at `pc`: false where a piece of it was None. Of the whole page, Tornado counts that as line 0. */
bool vm_join(struct vm *vm, uint32_t pc);

/* The output is larger than it may be: false. */
bool vm_fail_output(struct vm *vm);

/* Asked after each turn of a loop: what one turn writes is bounded by the memory. */
static inline bool
vm_output_fits(struct vm *vm)
{
	return (vm->out.len <= vm->run->limits.output_bytes || vm_fail_output(vm)) &&
	       value_memory_suffices(vm->run);
}

/*
 * vm.c
 */

/* Runs the frame from where it is, until it ends (`*ended`) or yields a value. */
bool vm_execute(struct vm *vm, struct vm_frame *frame, struct tmpl_value *result, bool *ended);

#endif
