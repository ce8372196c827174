#include "tmpl/vm_step.h"

#include "tmpl/builtin.h"
#include "tmpl/trace.h"

bool
value_exception_is(enum err_kind fault, enum err_kind kind)
{
	static const struct {
		enum err_kind kind, parent;
	} parents[] = {
	    {ERR_KEY, ERR_LOOKUP},
	    {ERR_INDEX, ERR_LOOKUP},
	    {ERR_ZERO_DIVISION, ERR_ARITHMETIC},
	    {ERR_OVERFLOW, ERR_ARITHMETIC},
	    {ERR_UNBOUND_LOCAL, ERR_NAME},
	    {ERR_RECURSION, ERR_RUNTIME},
	    {ERR_NOT_IMPLEMENTED, ERR_RUNTIME},
	    {ERR_UNICODE, ERR_UNICODE_ANY},
	    {ERR_UNICODE_ANY, ERR_VALUE},
	    {ERR_INDENTATION, ERR_SYNTAX},
	    {ERR_FILE_NOT_FOUND, ERR_OS},
	    {ERR_IS_DIRECTORY, ERR_OS},
	    {ERR_PERMISSION, ERR_OS},
	    {ERR_MISSING_ARGUMENT, ERR_HTTP},
	};

	if (fault == kind || kind == ERR_EXCEPTION || kind == ERR_BASE_EXCEPTION)
		return true;
	for (size_t i = 0; i < COUNT_OF(parents); i++)
		if (parents[i].kind == fault)
			return value_exception_is(parents[i].parent, kind);
	return false;
}

static bool
match_class(struct run *run, struct tmpl_value exception, struct tmpl_value class, bool *matches)
{
	const struct builtin_class *c = class.as.object;

	if (class.type != VALUE_CLASS || c->type != VALUE_EXCEPTION)
		return VALUE_FAIL(
		    run, ERR_TYPE, "catching classes that do not inherit from BaseException is not allowed");
	*matches |= value_exception_is(((struct value_exception *)exception.as.object)->kind, c->kind);
	return true;
}

static bool
match_exception(struct run *run, struct tmpl_value exception, struct tmpl_value class, bool *matches)
{
	*matches = false;
	if (class.type != TMPL_TUPLE)
		return match_class(run, exception, class, matches);
	for (size_t i = 0; i < value_list(class)->count; i++)
		if (!match_class(run, exception, value_list(class)->items[i], matches))
			return false;
	return true;
}

struct tmpl_value *
vm_match(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	bool matches;

	(void)op;
	if (!match_exception(vm->run, top[-2], top[-1], &matches))
		return NULL;
	top[-1] = tmpl_bool(matches);
	return top;
}

void
vm_raise(struct vm *vm, const struct tmpl_value *top)
{
	*vm->run->fault = err_copy(vm->run->arena, &((struct value_exception *)top[-1].as.object)->fault);
}

/* The tuple of what Python would have made the exception with: a message, or the key that is missing. */
static struct tmpl_value
fault_arguments(struct run *run)
{
	struct tmpl_value message = value_text(run->fault->message);

	if (run->fault->kind == ERR_KEY)
		message = run->missing_key;
	return value_tuple_of(run->arena, run->fault->message.len > 0, &message);
}

/* What is missing is known where a name or an attribute is looked for, and not where one is set. */
static struct tmpl_value
fault_exception(struct run *run)
{
	struct tmpl_value v = value_exception(run->arena, run->fault, fault_arguments(run));
	struct value_exception *exception = v.as.object;

	if (exception->kind == ERR_NAME || exception->kind == ERR_ATTRIBUTE)
		exception->name =
		    run->missing_name.data != NULL ? value_text(run->missing_name) : tmpl_none();
	if (exception->kind == ERR_ATTRIBUTE)
		exception->object = run->missing_in.type != TMPL_UNBOUND ? run->missing_in : tmpl_none();
	run->missing_name = (struct str){0};
	run->missing_in = (struct tmpl_value){0};
	return v;
}

bool
vm_handle(struct vm *vm, struct vm_frame *frame, uint32_t pc)
{
	struct vm_handler *handler;
	struct tmpl_value exception;

	if (frame->handler_count == 0 || vm->run->fault->kind == ERR_LIMIT || vm->run->memory.is_reached)
		return false;
	handler = &frame->handlers[--frame->handler_count];
	while (vm->capture_count > handler->capture_count)
		vm_capture_end(vm);
	trace_leave(vm, pc, handler->pc);
	exception = fault_exception(vm->run);
	frame->stack[handler->stack_depth] = exception;
	frame->stack_depth = handler->stack_depth + 1;
	frame->pc = handler->pc;
	*vm->run->fault = err_make(vm->run->arena);
	vm->run->is_traced = false;
	return true;
}

void
vm_try(struct vm *vm, struct vm_frame *frame, uint32_t target, const struct tmpl_value *top)
{
	frame->handlers[frame->handler_count++] =
	    (struct vm_handler){target, (uint32_t)(top - frame->stack), vm->capture_count};
}
