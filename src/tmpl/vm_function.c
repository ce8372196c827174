#include "tmpl/vm_step.h"

#include "tmpl/bind.h"

#include <string.h>

/* Frames of small functions lie on the C stack. */
enum { SMALL_FRAME_VALUES = 32 };

static size_t
frame_values(const struct code_function *f)
{
	return f->local_count + f->stack_count;
}

struct vm_frame *
vm_frame_new(struct vm *vm, const struct code_function *f, struct vm_frame *outer)
{
	struct arena *a = vm->run->arena;
	struct vm_frame *frame = ARENA_NEW(a, struct vm_frame);

	frame->vm = vm;
	frame->function = f;
	frame->outer = outer;
	frame->pc = f->start;
	frame->locals = ARENA_ARRAY(a, struct tmpl_value, MAX(frame_values(f), 1));
	frame->stack = frame->locals + f->local_count;
	frame->iterators =
	    f->iterator_count ? ARENA_ARRAY(a, struct value_iterator, f->iterator_count) : NULL;
	frame->handlers = f->handler_count ? ARENA_ARRAY(a, struct vm_handler, f->handler_count) : NULL;
	return frame;
}

/* Lambdas */

struct tmpl_value *
vm_make_closure(struct vm_frame *frame, const struct code_function *f, struct tmpl_value *top)
{
	struct arena *a = frame->vm->run->arena;
	struct vm_closure *closure = ARENA_NEW(a, struct vm_closure);
	uint32_t count = f->default_count + f->keyword_count;
	struct tmpl_value *defaults = top - count;

	closure->function = f;
	closure->outer = frame;
	closure->defaults = ARENA_ARRAY(a, struct tmpl_value, MAX(count, 1));
	memcpy(closure->defaults, defaults, count * sizeof(*defaults));
	*defaults = value_object(VALUE_CLOSURE, closure);
	return defaults + 1;
}

bool
vm_call(struct run *run, struct vm_closure *closure, const struct tmpl_call *call, struct tmpl_value *result)
{
	const struct code_function *f = closure->function;
	struct tmpl_value small[SMALL_FRAME_VALUES];
	struct vm *vm = closure->outer->vm;
	struct vm_frame on_stack = {.vm = vm, .function = f, .outer = closure->outer, .pc = f->start},
			*frame = &on_stack;
	bool done, ended;

	if (f->has_inner || f->iterator_count > 0 || frame_values(f) > SMALL_FRAME_VALUES) {
		frame = vm_frame_new(vm, f, closure->outer);
	} else {
		memset(small, 0, f->local_count * sizeof(*small));
		frame->locals = small;
		frame->stack = small + f->local_count;
	}
	if (!bind_arguments(run, closure, call, frame->locals) || !value_enter(run, ""))
		return false;
	done = vm_execute(vm, frame, result, &ended);
	value_leave(run);
	return done;
}

/* Generators */

static bool
generator_next(struct run *run, struct value_iterator *it, struct tmpl_value *value, bool *ended)
{
	struct vm_frame *frame = it->state;
	bool yielded;

	*ended = frame == NULL;
	if (*ended)
		return true;
	if (it->step != 0)
		return VALUE_FAIL(run, ERR_VALUE, "generator already executing");
	it->step = 1;
	yielded = vm_execute(frame->vm, frame, value, ended);
	it->step = 0;
	if (!yielded || *ended)
		it->state = NULL;
	return yielded;
}

struct tmpl_value *
vm_make_generator(struct vm_frame *frame, const struct code_function *f, struct tmpl_value *top)
{
	struct value_iterator *it = ARENA_NEW(frame->vm->run->arena, struct value_iterator);
	struct vm_frame *inner;

	if (!value_iterate(frame->vm->run, top[-1], &(struct value_iterator){0}))
		return NULL;
	inner = vm_frame_new(frame->vm, f, frame);
	inner->locals[0] = top[-1];
	*it = (struct value_iterator){.next = generator_next, .name = "generator", .state = inner};
	top[-1] = value_object(VALUE_ITERATOR, it);
	return top;
}
