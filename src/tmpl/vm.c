#include "tmpl/vm_step.h"

#include "tmpl/trace.h"

#include <string.h>

/* Steps that are small and frequent */

static inline struct tmpl_value *
load_local(struct vm *vm, const struct vm_frame *frame, const struct code_op *op, struct tmpl_value *top)
{
	*top = frame->locals[op->index];
	return top->type != TMPL_UNBOUND || vm_fail_unbound(vm, frame, op) ? top + 1 : NULL;
}

static inline struct tmpl_value *
load_global(struct vm *vm, const struct vm_frame *frame, const struct code_op *op, struct tmpl_value *top)
{
	*top = vm->globals[op->index];
	return top->type != TMPL_UNBOUND || vm_load_global(vm, frame, op->index, top) ? top + 1 : NULL;
}

static struct tmpl_value *
delete_local(struct vm *vm, const struct vm_frame *frame, const struct code_op *op, struct tmpl_value *top)
{
	if (frame->locals[op->index].type == TMPL_UNBOUND && !vm_fail_unbound(vm, frame, op))
		return NULL;
	frame->locals[op->index].type = TMPL_UNBOUND;
	return top;
}

static inline struct tmpl_value *
copy_two(struct tmpl_value *top)
{
	top[0] = top[-2];
	top[1] = top[-1];
	return top + 2;
}

static inline struct tmpl_value *
put_under_two(struct tmpl_value *top)
{
	struct tmpl_value value = top[-1];

	top[-1] = top[-2];
	top[-2] = top[-3];
	top[-3] = value;
	return top;
}

static inline struct tmpl_value *
unary(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	return value_unary(vm->run, (enum ast_operator)op->small, top[-1], &top[-1]) ? top : NULL;
}

static inline struct tmpl_value *
binary(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	enum ast_operator by = (enum ast_operator)op->small;

	return value_binary(vm->run, by, op->count != 0, top[-2], top[-1], &top[-2]) ? top - 1 : NULL;
}

static inline struct tmpl_value *
compare(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	bool result;

	if (!value_compare(vm->run, (enum ast_operator)op->small, top[-2], top[-1], &result))
		return NULL;
	top[-2] = tmpl_bool(result);
	return top - 1;
}

/* a b → b where the comparison holds, else False. */
static struct tmpl_value *
compare_link(struct vm *vm, const struct code_op *op, struct tmpl_value *top, bool *holds)
{
	if (!value_compare(vm->run, (enum ast_operator)op->small, top[-2], top[-1], holds))
		return NULL;
	top[-2] = *holds ? top[-1] : tmpl_bool(false);
	return top - 1;
}

static inline struct tmpl_value *
get_attribute(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	return value_get_attribute(vm->run, top[-1], vm->code->names[op->index], &top[-1]) ? top : NULL;
}

static bool
fail_attribute(struct vm *vm, const struct code_op *op, const struct tmpl_value *top)
{
	struct str name = vm->code->names[op->index];
	struct tmpl_value found = {0};
	bool is_method = value_find_attribute(vm->run, top[-1], name, &found) && found.type == VALUE_METHOD;

	VALUE_FAULT(vm->run, ERR_ATTRIBUTE,
	    is_method ? "'%s' object attribute '%.*s' is read-only" : "'%s' object has no attribute '%.*s'",
	    value_type_name(top[-1]), STR_ARG(name));
	err_set_hint(vm->run->fault, "x[KEY] = VALUE sets a key");
	return false;
}

static inline struct tmpl_value *
iterate(struct vm *vm, const struct vm_frame *frame, const struct code_op *op, struct tmpl_value *top)
{
	return value_iterate(vm->run, top[-1], &frame->iterators[op->count]) ? top - 1 : NULL;
}

static inline struct tmpl_value *
echo(struct vm *vm, const struct vm_frame *frame, const struct code_op *op, struct tmpl_value *top)
{
	struct tmpl_value function;

	return load_global(vm, frame, op, &function) ? vm_echo(vm, op, function, top) : NULL;
}

/* The machine */

#define CHECK(condition)            \
	do {                        \
		if (!(condition))   \
			goto fault; \
	} while (0)

/* Calls a step, or what is like one. */
#define STEP(step) CHECK((top = (step)) != NULL && value_memory_suffices(vm->run))

bool
vm_execute(struct vm *vm, struct vm_frame *frame, struct tmpl_value *result, bool *ended)
{
	const struct code *code = vm->code;
	const struct code_op *ops = code->ops, *op;
	struct tmpl_value *top;
	bool flag;
	uint32_t pc;

resume:
	pc = frame->pc;
	top = frame->stack + frame->stack_depth;
	for (;;) {
		op = &ops[pc++];
		switch ((enum op)op->op) {
		/* values */
		case OP_CONSTANT:
			*top++ = code->constants[op->index];
			break;
		case OP_LOCAL:
			STEP(load_local(vm, frame, op, top));
			break;
		case OP_OUTER:
			STEP(vm_load_outer(vm, frame, op, top));
			break;
		case OP_GLOBAL:
			STEP(load_global(vm, frame, op, top));
			break;
		case OP_SET_LOCAL:
			frame->locals[op->index] = *--top;
			break;
		case OP_UNBIND:
			memset(frame->locals + op->index, 0, op->count * sizeof(*top));
			break;
		case OP_DELETE_LOCAL:
			STEP(delete_local(vm, frame, op, top));
			break;
		case OP_POP:
			top--;
			break;
		case OP_COPY:
			top[0] = top[-1];
			top++;
			break;
		case OP_COPY_TWO:
			top = copy_two(top);
			break;
		case OP_UNDER_TWO:
			top = put_under_two(top);
			break;

		/* operators */
		case OP_UNARY:
			STEP(unary(vm, op, top));
			break;
		case OP_BINARY:
			STEP(binary(vm, op, top));
			break;
		case OP_COMPARE:
			STEP(compare(vm, op, top));
			break;
		case OP_COMPARE_CHAIN:
			STEP(compare_link(vm, op, top, &flag));
			if (!flag)
				pc = op->index;
			break;

		/* containers */
		case OP_BUILD_LIST:
		case OP_BUILD_TUPLE:
			STEP(vm_build_sequence(vm, op, top));
			break;
		case OP_BUILD_SET:
			STEP(vm_build_set(vm, op, top));
			break;
		case OP_BUILD_DICT:
			*top++ = value_dict(vm->run->arena);
			break;
		case OP_BUILD_SLICE:
			STEP(vm_build_slice(vm, op, top));
			break;
		case OP_ADD_ITEM:
			STEP(vm_add_item(vm, op, top));
			break;
		case OP_ADD_ALL:
			STEP(vm_add_all(vm, op, top));
			break;
		case OP_ADD_ENTRY:
			STEP(vm_add_entry(vm, op, top));
			break;
		case OP_ADD_ENTRIES:
			STEP(vm_add_entries(vm, op, top));
			break;
		case OP_TO_TUPLE:
			top[-1].type = TMPL_TUPLE;
			break;
		case OP_ATTRIBUTE:
			STEP(get_attribute(vm, op, top));
			break;
		case OP_SET_ATTRIBUTE:
			CHECK(fail_attribute(vm, op, top));
			break;
		case OP_ITEM:
			STEP(vm_get_item(vm, op, top));
			break;
		case OP_SET_ITEM:
			STEP(vm_set_item(vm, op, top));
			break;
		case OP_DELETE_ITEM:
			STEP(vm_delete_item(vm, op, top));
			break;
		case OP_UNPACK:
			STEP(vm_unpack(vm, op, top));
			break;

		/* control */
		case OP_JUMP:
			pc = op->index;
			break;
		case OP_JUMP_BACK:
			CHECK(value_spend(vm->run, 1) && vm_output_fits(vm));
			pc = op->index;
			break;
		case OP_JUMP_FALSE:
			if (!tmpl_truth(*--top))
				pc = op->index;
			break;
		case OP_FALSE_OR_POP:
		case OP_TRUE_OR_POP:
			if (tmpl_truth(top[-1]) == (op->op == OP_TRUE_OR_POP))
				pc = op->index;
			else
				top--;
			break;
		case OP_ITERATE:
			STEP(iterate(vm, frame, op, top));
			break;
		case OP_NEXT:
			CHECK(value_next(vm->run, &frame->iterators[op->count], top, &flag));
			if (flag)
				pc = op->index;
			else
				top++;
			break;
		case OP_TRY:
			vm_try(vm, frame, op->index, top);
			break;
		case OP_TRY_END:
			frame->handler_count--;
			break;
		case OP_MATCH:
			STEP(vm_match(vm, op, top));
			break;
		case OP_RAISE:
			vm_raise(vm, top);
			goto fault;

		/* functions */
		case OP_CALL:
			STEP(vm_call_values(vm, op, top));
			break;
		case OP_CALL_NAMED:
			STEP(vm_call_named(vm, op, top));
			break;
		case OP_CALL_SPREAD:
			STEP(vm_call_spread(vm, op, top));
			break;
		case OP_METHOD:
			STEP(vm_load_method(vm, op, top));
			break;
		case OP_CALL_METHOD:
			STEP(vm_call_method(vm, op, top));
			break;
		case OP_CLOSURE:
			STEP(vm_make_closure(frame, code->functions[op->index], top));
			break;
		case OP_GENERATOR:
			STEP(vm_make_generator(frame, code->functions[op->index], top));
			break;
		case OP_YIELD:
			*result = *--top;
			*ended = false;
			frame->pc = pc;
			frame->stack_depth = (uint32_t)(top - frame->stack);
			return true;
		case OP_RETURN:
			*result = *--top;
			*ended = true;
			return true;

		/* output */
		case OP_TEXT:
			buf_add(&vm->out, value_str(code->constants[op->index]));
			vm->pieces.count++;
			break;
		case OP_ECHO:
			STEP(echo(vm, frame, op, top));
			break;
		case OP_ECHO_RAW:
			STEP(vm_echo_raw(vm, op, top));
			break;
		case OP_TO_TEXT:
			STEP(vm_to_text(vm, op, top));
			break;
		case OP_ECHO_TEXT:
			STEP(vm_echo_text(vm, op, top));
			break;
		case OP_CAPTURE:
			vm_capture_begin(vm);
			break;
		case OP_CAPTURED:
			CHECK(vm_join(vm, pc - 1));
			*top++ = vm_capture_end(vm);
			break;
		case OP_END:
			CHECK(vm_output_fits(vm));
			if (!vm_join(vm, pc - 1)) {
				pc = vm->pieces.none_pc + 1;
				goto fault;
			}
			*ended = true;
			return true;
		}
	}

fault:
	if (op->op != OP_RAISE)
		trace_place(vm, pc - 1);
	if (vm_handle(vm, frame, pc - 1))
		goto resume;
	frame->pc = pc - 1;
	return false;
}

bool
vm_run(struct vm *vm, struct str *output)
{
	struct arena *a = vm->run->arena;
	struct vm_frame *frame = vm_frame_new(vm, vm->code->functions[0], NULL);
	bool copies_data = vm->run->copies_data, done, ended;
	struct tmpl_value unused;

	vm->run->copies_data = vm->code->changes_data;
	vm->out = buf_make(a);
	vm->globals = ARENA_ARRAY(a, struct tmpl_value, MAX(vm->code->global_count, 1));
	done = vm_execute(vm, frame, &unused, &ended);
	vm->run->copies_data = copies_data;
	if (done)
		*output = buf_str(&vm->out);
	else
		trace_finish(vm, frame, frame->pc);
	return done;
}
