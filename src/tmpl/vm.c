#include "tmpl/vm.h"

#include "text/html.h"
#include "tmpl/bind.h"
#include "tmpl/builtin.h"
#include "tmpl/module.h"
#include "tmpl/set.h"
#include "tmpl/trace.h"

#include <stdio.h>
#include <string.h>

/* Frames of small functions lie on the C stack. */
enum { SMALL_FRAME_VALUES = 32 };

static bool execute(struct vm *vm, struct vm_frame *frame, struct tmpl_value *result, bool *ended);

/* Names */

/* __name__ is that of the template, as Tornado makes it. */
static bool
find_own_name(const struct vm *vm, struct str name, struct tmpl_value *value)
{
	struct buf b = buf_make(vm->run->arena);

	if (!str_eq(name, STR("__name__")))
		return false;
	for (size_t i = 0; i < vm->name.len; i++)
		buf_add_char(&b, vm->name.data[i] == '.' ? '_' : vm->name.data[i]);
	*value = value_text(buf_str(&b));
	return true;
}

bool
vm_find_global(const struct vm *vm, struct str name, struct tmpl_value *value)
{
	for (const struct tmpl_scope *scope = vm->scope; scope != NULL; scope = scope->outer)
		if (value_dict_find(value_entries(scope->names), name, value))
			return true;
	return module_find(vm->run, name, value) || builtin_find(name, value) ||
	       find_own_name(vm, name, value);
}

/* An argument of a module is an object of whoever calls it, who has made it his own. */
static bool
is_argument(const struct vm *vm, struct str name)
{
	struct tmpl_value unused;

	return module_has_scope(vm->scope) && value_dict_find(value_entries(vm->scope->names), name, &unused);
}

/* The value of a global, which is looked up once in a render. */
static bool
load_global(struct vm *vm, const struct vm_frame *frame, uint32_t index, struct tmpl_value *value)
{
	struct str name = vm->code->globals[index];

	if (vm->globals[index].type == TMPL_UNBOUND) {
		if (!vm_find_global(vm, name, value))
			return trace_name_error(vm, frame, ERR_NAME, name);
		if (vm->run->copies_data && !is_argument(vm, name) &&
		    !value_copy_deep(vm->run, *value, value))
			return false;
		vm->globals[index] = *value;
	}
	*value = vm->globals[index];
	return true;
}

static bool
fail_free(struct vm *vm, struct str name)
{
	vm->run->missing_name = name;
	return err_set(vm->run->fault, ERR_NAME, ERR_NOWHERE,
	    "cannot access free variable '%.*s' where it is not associated with a value in enclosing scope",
	    STR_ARG(name));
}

static bool
load_outer(struct vm *vm, const struct vm_frame *frame, const struct code_op *op, struct tmpl_value *value)
{
	const struct vm_frame *owner = frame;

	for (int out = op->small; out > 0; out--)
		owner = owner->outer;
	*value = owner->locals[op->index];
	if (value->type != TMPL_UNBOUND)
		return true;
	return fail_free(vm, owner->function->local_names[op->index]);
}

/* Output */

static bool
echo_raw(struct vm *vm, struct tmpl_value v)
{
	return value_add_str(vm->run, &vm->out, v);
}

static bool
echo_escaped(struct vm *vm, struct tmpl_value v)
{
	struct str text;

	if (v.type <= TMPL_FLOAT) /* nothing in it to escape */
		return echo_raw(vm, v);
	if (!value_to_str(vm->run, v, &text))
		return false;
	html_escape(&vm->out, text);
	return true;
}

/* What Tornado's utf8() takes. */
static bool
echo_text(struct vm *vm, struct tmpl_value v)
{
	if (v.type != TMPL_STR)
		return VALUE_FAIL(vm->run, ERR_TYPE, "Expected bytes, unicode, or None; got <class '%s'>",
		    value_type_name(v));
	buf_add(&vm->out, value_str(v));
	return true;
}

static bool
echo_by(struct vm *vm, struct tmpl_value function, struct tmpl_value v)
{
	struct tmpl_value result;
	struct str text;

	if (function.type == VALUE_FUNCTION &&
	    ((const struct builtin *)function.as.object)->fn == builtin_xhtml_escape)
		return echo_escaped(vm, v);
	if (!value_to_str(vm->run, v, &text))
		return false;
	v = value_text(text);
	return value_call_with(vm->run, function, 1, &v, &result) && echo_text(vm, result);
}

/* Asked after each turn of a loop: what one turn writes is bounded by the memory. */
static inline bool
output_fits(struct vm *vm)
{
	return vm->out.len <= vm->run->limits.output_bytes ||
	       value_fail_limit(vm->run, "--template-output", "the output is larger than %zu MiB",
		   vm->run->limits.output_bytes / MIB);
}

static void
capture_begin(struct vm *vm)
{
	if (vm->capture_count == vm->capture_capacity) {
		uint32_t capacity = MAX(2 * vm->capture_capacity, 8);
		struct buf *grown = ARENA_ARRAY(vm->run->arena, struct buf, capacity);

		if (vm->capture_count > 0)
			memcpy(grown, vm->captures, vm->capture_count * sizeof(*grown));
		vm->captures = grown;
		vm->capture_capacity = capacity;
	}
	vm->captures[vm->capture_count++] = vm->out;
	vm->out = buf_make(vm->run->arena);
}

static struct tmpl_value
capture_end(struct vm *vm)
{
	struct tmpl_value text = value_text(buf_str(&vm->out));

	vm->out = vm->captures[--vm->capture_count];
	return text;
}

/* Containers */

/*
 * A display of constants is a frozen set, which CPython fills twice, and which is copied where it is not
 * only walked over.
 */
static bool
build_set(
    struct run *run, const struct tmpl_value *items, const struct code_op *op, struct tmpl_value *result)
{
	struct tmpl_value set = value_set(run->arena), filled = set;

	for (size_t i = 0; i < op->index; i++)
		if (!value_set_add(run, set.as.object, items[i]))
			return false;
	if (op->small != OP_SET_PLAIN && !value_set_refill(run, filled.as.object, &set))
		return false;
	*result = set;
	return op->small != OP_SET_CONSTANT || value_set_copy(run, set.as.object, result);
}

static bool
add_item(struct run *run, struct tmpl_value container, struct tmpl_value item)
{
	if (container.type == VALUE_SET)
		return value_set_add(run, container.as.object, item);
	value_list_add(run->arena, value_list(container), item);
	return true;
}

/* "max() " before what is wrong with the arguments of a call, where the function has a name. */
static struct str
name_before(struct arena *a, struct tmpl_value function)
{
	switch (function.type) {
	case VALUE_FUNCTION:
		return str_format(a, "%s() ", ((const struct builtin *)function.as.object)->name);
	case VALUE_CLASS:
		return str_format(a, "%s() ", builtin_class_name(function.as.object));
	case VALUE_NATIVE:
		return str_format(a, "%s() ", ((struct value_native *)function.as.object)->name);
	default:
		return STR("");
	}
}

/* `function` is the one that is called with the values, or unbound. */
static bool
add_all(struct run *run, struct tmpl_value container, struct tmpl_value values, struct tmpl_value function)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false;

	if (!value_iterate(run, values, &it) && function.type == TMPL_UNBOUND)
		return VALUE_FAIL(
		    run, ERR_TYPE, "Value after * must be an iterable, not %s", value_type_name(values));
	if (it.next == NULL)
		return VALUE_FAIL(run, ERR_TYPE, "%.*sargument after * must be an iterable, not %s",
		    STR_ARG(name_before(run->arena, function)), value_type_name(values));
	while (value_next(run, &it, &item, &ended) && !ended)
		if (!add_item(run, container, item))
			return false;
	return ended;
}

static bool
put_entry(struct run *run, struct value_dict *to, const struct value_entry *entry, struct tmpl_value function)
{
	bool of_call = function.type != TMPL_UNBOUND;
	struct tmpl_value unused;
	bool found = false;

	if (of_call && entry->key.type != TMPL_STR)
		return VALUE_FAIL(run, ERR_TYPE, "keywords must be strings");
	if (of_call && !value_dict_get(run, to, entry->key, &unused, &found))
		return false;
	if (found)
		return VALUE_FAIL(run, ERR_TYPE, "%.*sgot multiple values for keyword argument '%.*s'",
		    STR_ARG(name_before(run->arena, function)), STR_ARG(value_str(entry->key)));
	return value_spend(run, 1) && value_dict_set(run, to, entry->key, entry->value);
}

/* dict key value, and below the dict, of a call, a list and the function */
static bool
add_entry(struct run *run, const struct tmpl_value *top, bool of_call)
{
	struct value_entry entry = {.key = top[-2], .value = top[-1]};

	if (of_call)
		return put_entry(run, value_entries(top[-3]), &entry, top[-5]);
	return value_dict_set(run, value_entries(top[-3]), top[-2], top[-1]);
}

static bool
add_entries(struct run *run, struct tmpl_value to, struct tmpl_value from, struct tmpl_value function)
{
	bool of_call = function.type != TMPL_UNBOUND;
	struct value_entry *entry;

	if (from.type != TMPL_DICT && of_call)
		return VALUE_FAIL(run, ERR_TYPE, "%.*sargument after ** must be a mapping, not %s",
		    STR_ARG(name_before(run->arena, function)), value_type_name(from));
	if (from.type != TMPL_DICT)
		return VALUE_FAIL(run, ERR_TYPE, "'%s' object is not a mapping", value_type_name(from));
	for (size_t at = 0; (entry = value_dict_next(value_entries(from), &at)) != NULL;)
		if (!put_entry(run, value_entries(to), entry, function))
			return false;
	return true;
}

static struct tmpl_value
build_slice(struct arena *a, const struct tmpl_value *parts)
{
	struct value_slice *slice = ARENA_NEW(a, struct value_slice);

	*slice = (struct value_slice){parts[0], parts[1], parts[2]};
	return value_object(VALUE_SLICE, slice);
}

/* Exceptions */

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

/* Calls */

static bool
call_stack(struct vm *vm, const struct code_op *op, struct tmpl_value *base, struct tmpl_value *result)
{
	struct tmpl_call call = {.run = vm->run, .args = base + 1, .count = op->index};

	if (!value_spend(vm->run, 1))
		return false;
	if (op->op == OP_CALL_NAMED) {
		call.count = op->index - op->count;
		call.keywords = call.args + call.count;
		call.keyword_count = op->count;
		call.keyword_names = value_list(base[1 + op->index])->items;
	}
	return value_call(vm->run, base[0], &call, result);
}

static bool
call_spread(struct vm *vm, struct tmpl_value *base, struct tmpl_value *result)
{
	const struct value_list *positional = value_list(base[1]);
	const struct value_dict *named = value_entries(base[2]);
	struct tmpl_value names = value_sequence(vm->run->arena, TMPL_TUPLE, named->count);
	struct tmpl_value values = value_sequence(vm->run->arena, TMPL_TUPLE, named->count);
	struct tmpl_call call = {.run = vm->run, .args = positional->items, .count = positional->count};
	struct value_entry *entry;

	for (size_t at = 0; (entry = value_dict_next(named, &at)) != NULL;) {
		value_list_add(vm->run->arena, value_list(names), entry->key);
		value_list_add(vm->run->arena, value_list(values), entry->value);
	}
	call.keywords = value_list(values)->items;
	call.keyword_names = value_list(names)->items;
	call.keyword_count = named->count;
	return value_spend(vm->run, 1) && value_call(vm->run, base[0], &call, result);
}

/* v → method self, where the method is the value itself if it needs no self. */
static bool
load_method(struct vm *vm, struct str name, struct tmpl_value *at)
{
	const struct builtin *builtin = builtin_method(at->type, name);

	at[1] = *at;
	if (builtin != NULL) {
		*at = value_object(VALUE_FUNCTION, (void *)(uintptr_t)builtin);
		return true;
	}
	if (!value_get_attribute(vm->run, at[1], name, at))
		return false;
	at[1].type = TMPL_UNBOUND;
	return true;
}

static bool
call_method(struct vm *vm, struct tmpl_value *base, size_t count, struct tmpl_value *result)
{
	struct tmpl_call call = {.run = vm->run, .self = base[1], .args = base + 2, .count = count};

	if (!value_spend(vm->run, 1))
		return false;
	if (call.self.type != TMPL_UNBOUND)
		return builtin_call(base->as.object, &call, result);
	return value_call(vm->run, *base, &call, result);
}

/* Frames */

static size_t
frame_values(const struct code_function *f)
{
	return f->local_count + f->stack_count;
}

static struct vm_frame *
frame_new(struct vm *vm, const struct code_function *f, struct vm_frame *outer)
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

static struct tmpl_value
make_closure(
    struct arena *a, const struct code_function *f, struct vm_frame *outer, const struct tmpl_value *defaults)
{
	struct vm_closure *closure = ARENA_NEW(a, struct vm_closure);
	uint32_t count = f->default_count + f->keyword_count;

	closure->function = f;
	closure->outer = outer;
	closure->defaults = ARENA_ARRAY(a, struct tmpl_value, MAX(count, 1));
	memcpy(closure->defaults, defaults, count * sizeof(*defaults));
	return value_object(VALUE_CLOSURE, closure);
}

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
	if (run->depth >= run->limits.depth)
		return value_fail_depth(run);
	run->depth++;
	it->step = 1;
	yielded = execute(frame->vm, frame, value, ended);
	it->step = 0;
	run->depth--;
	if (!yielded || *ended)
		it->state = NULL;
	return yielded;
}

static struct tmpl_value
make_generator(const struct code_function *f, struct vm_frame *outer, struct tmpl_value values)
{
	struct value_iterator *it = ARENA_NEW(outer->vm->run->arena, struct value_iterator);
	struct vm_frame *frame = frame_new(outer->vm, f, outer);

	frame->locals[0] = values;
	*it = (struct value_iterator){.next = generator_next, .name = "generator", .state = frame};
	return value_object(VALUE_ITERATOR, it);
}

/* Lambdas */

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
		frame = frame_new(vm, f, closure->outer);
	} else {
		memset(small, 0, f->local_count * sizeof(*small));
		frame->locals = small;
		frame->stack = small + f->local_count;
	}
	if (run->depth >= run->limits.depth)
		return value_fail_depth(run);
	if (!bind_arguments(run, closure, call, frame->locals))
		return false;
	run->depth++;
	done = execute(vm, frame, result, &ended);
	run->depth--;
	return done;
}

/* The machine */

/* The tuple of what Python would have made the exception with: a message, or the key that is missing. */
static struct tmpl_value
fault_arguments(struct run *run)
{
	struct tmpl_value message = value_text(run->fault->message);

	if (run->fault->kind == ERR_KEY)
		message = run->missing_key;
	return value_tuple_of(run->arena, run->fault->message.len > 0, &message);
}

static struct tmpl_value
fault_exception(struct run *run)
{
	struct tmpl_value v = value_exception(run->arena, run->fault, fault_arguments(run));
	struct value_exception *exception = v.as.object;

	if (exception->kind == ERR_NAME || exception->kind == ERR_ATTRIBUTE)
		exception->name = value_text(run->missing_name);
	if (exception->kind == ERR_ATTRIBUTE)
		exception->object = run->missing_in;
	return v;
}

/* Goes on at the handler of the innermost try of this frame; false where there is none, or none may have it.
 */
static bool
handle_fault(struct vm *vm, struct vm_frame *frame, uint32_t pc)
{
	struct vm_handler *handler;
	struct tmpl_value exception;

	if (frame->handler_count == 0 || vm->run->fault->kind == ERR_LIMIT)
		return false;
	handler = &frame->handlers[--frame->handler_count];
	while (vm->capture_count > handler->capture_count)
		capture_end(vm);
	trace_leave(vm, pc, handler->pc);
	exception = fault_exception(vm->run);
	frame->stack[handler->stack_depth] = exception;
	frame->stack_depth = handler->stack_depth + 1;
	frame->pc = handler->pc;
	*vm->run->fault = err_make(vm->run->arena);
	vm->run->is_traced = false;
	return true;
}

static void
try_begin(struct vm *vm, struct vm_frame *frame, uint32_t pc, uint32_t stack_depth)
{
	frame->handlers[frame->handler_count++] = (struct vm_handler){pc, stack_depth, vm->capture_count};
}

static bool
compare(struct run *run, const struct code_op *op, const struct tmpl_value *v, bool *result)
{
	return value_compare(run, (enum ast_operator)op->small, v[0], v[1], result);
}

#define TRY_OP(condition)           \
	do {                        \
		if (!(condition))   \
			goto fault; \
	} while (0)

/*
 * Runs the frame from where it is, until it ends (`*ended`) or yields a value.
 * The stack grows upwards: `top` is the first free place.
 */
static bool
execute(struct vm *vm, struct vm_frame *frame, struct tmpl_value *result, bool *ended)
{
	struct run *run = vm->run;
	struct arena *a = run->arena;
	const struct code *code = vm->code;
	const struct code_op *ops = code->ops, *op;
	struct tmpl_value *locals = frame->locals, *top, value;
	bool flag;
	uint32_t pc;

resume:
	pc = frame->pc;
	top = frame->stack + frame->stack_depth;
	for (;;) {
		op = &ops[pc++];
		switch ((enum op)op->op) {
		case OP_CONSTANT:
			*top++ = code->constants[op->index];
			break;
		case OP_LOCAL:
			*top = locals[op->index];
			if (top->type == TMPL_UNBOUND) {
				if (op->count != 0) {
					fail_free(vm, frame->function->local_names[op->index]);
					goto fault;
				}
				trace_name_error(
				    vm, frame, ERR_UNBOUND_LOCAL, frame->function->local_names[op->index]);
				goto fault;
			}
			top++;
			break;
		case OP_OUTER:
			TRY_OP(load_outer(vm, frame, op, top));
			top++;
			break;
		case OP_GLOBAL:
			*top = vm->globals[op->index];
			if (top->type == TMPL_UNBOUND)
				TRY_OP(load_global(vm, frame, op->index, top));
			top++;
			break;
		case OP_SET_LOCAL:
			locals[op->index] = *--top;
			break;
		case OP_UNBIND:
			memset(locals + op->index, 0, op->count * sizeof(*locals));
			break;
		case OP_DELETE_LOCAL:
			if (locals[op->index].type == TMPL_UNBOUND) {
				trace_name_error(
				    vm, frame, ERR_UNBOUND_LOCAL, frame->function->local_names[op->index]);
				goto fault;
			}
			locals[op->index].type = TMPL_UNBOUND;
			break;
		case OP_POP:
			top--;
			break;
		case OP_COPY:
			top[0] = top[-1];
			top++;
			break;
		case OP_COPY_TWO:
			top[0] = top[-2];
			top[1] = top[-1];
			top += 2;
			break;
		case OP_UNDER_TWO:
			value = top[-1];
			top[-1] = top[-2];
			top[-2] = top[-3];
			top[-3] = value;
			break;
		case OP_UNARY:
			TRY_OP(value_unary(run, (enum ast_operator)op->small, top[-1], &top[-1]));
			break;
		case OP_BINARY:
			TRY_OP(value_binary(
			    run, (enum ast_operator)op->small, op->count != 0, top[-2], top[-1], &value));
			top--;
			top[-1] = value;
			break;
		case OP_COMPARE:
			TRY_OP(compare(run, op, top - 2, &flag));
			top--;
			top[-1] = tmpl_bool(flag);
			break;
		case OP_COMPARE_CHAIN:
			TRY_OP(compare(run, op, top - 2, &flag));
			top--;
			top[-1] = flag ? top[0] : tmpl_bool(false);
			if (!flag)
				pc = op->index;
			break;
		case OP_BUILD_LIST:
		case OP_BUILD_TUPLE:
			top -= op->index;
			*top = value_tuple_of(a, op->index, top);
			top->type = op->op == OP_BUILD_LIST ? TMPL_LIST : TMPL_TUPLE;
			top++;
			break;
		case OP_BUILD_SET:
			top -= op->index;
			TRY_OP(build_set(run, top, op, top));
			top++;
			break;
		case OP_BUILD_DICT:
			*top++ = value_dict(a);
			break;
		case OP_BUILD_SLICE:
			top -= 3;
			*top = build_slice(a, top);
			top++;
			break;
		case OP_ADD_ITEM:
			TRY_OP(value_spend(run, 1) && add_item(run, top[-2], top[-1]));
			top--;
			break;
		case OP_ADD_ALL:
			TRY_OP(add_all(
			    run, top[-2], top[-1], op->small != 0 ? top[-3] : (struct tmpl_value){0}));
			top--;
			break;
		case OP_ADD_ENTRY:
			TRY_OP(add_entry(run, top, op->small != 0));
			top -= 2;
			break;
		case OP_ADD_ENTRIES:
			TRY_OP(add_entries(
			    run, top[-2], top[-1], op->small != 0 ? top[-4] : (struct tmpl_value){0}));
			top--;
			break;
		case OP_TO_TUPLE:
			top[-1].type = TMPL_TUPLE;
			break;
		case OP_ATTRIBUTE:
			TRY_OP(value_get_attribute(run, top[-1], code->names[op->index], &top[-1]));
			break;
		case OP_SET_ATTRIBUTE:
			VALUE_FAULT(run, ERR_ATTRIBUTE, "'%s' object has no attribute '%.*s'",
			    value_type_name(top[-1]), STR_ARG(code->names[op->index]));
			err_set_hint(run->fault, "x[KEY] = VALUE sets a key");
			goto fault;
		case OP_ITEM:
			TRY_OP(value_get_item(run, top[-2], top[-1], &value));
			top--;
			top[-1] = value;
			break;
		case OP_SET_ITEM:
			TRY_OP(value_set_item(run, top[-2], top[-1], top[-3]));
			top -= 3;
			break;
		case OP_DELETE_ITEM:
			TRY_OP(value_delete_item(run, top[-2], top[-1]));
			top -= 2;
			break;
		case OP_UNPACK:
			TRY_OP(value_unpack(run, top[-1], op->index, op->count - 1, top - 1));
			top += (int)op->index - 1;
			break;
		case OP_JUMP:
			pc = op->index;
			break;
		case OP_JUMP_BACK:
			TRY_OP(value_spend(run, 1) && output_fits(vm));
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
			TRY_OP(value_iterate(run, top[-1], &frame->iterators[op->count]));
			top--;
			break;
		case OP_NEXT:
			TRY_OP(value_next(run, &frame->iterators[op->count], top, &flag));
			if (flag)
				pc = op->index;
			else
				top++;
			break;
		case OP_TRY:
			try_begin(vm, frame, op->index, (uint32_t)(top - frame->stack));
			break;
		case OP_TRY_END:
			frame->handler_count--;
			break;
		case OP_MATCH:
			TRY_OP(match_exception(run, top[-2], top[-1], &flag));
			top[-1] = tmpl_bool(flag);
			break;
		case OP_RAISE:
			*vm->run->fault = err_copy(a, &((struct value_exception *)(--top)->as.object)->fault);
			goto fault;
		case OP_CALL:
			top -= op->index;
			TRY_OP(call_stack(vm, op, top - 1, &value));
			top[-1] = value;
			break;
		case OP_CALL_NAMED:
			top -= op->index + 1;
			TRY_OP(call_stack(vm, op, top - 1, &value));
			top[-1] = value;
			break;
		case OP_CALL_SPREAD:
			top -= 2;
			TRY_OP(call_spread(vm, top - 1, &value));
			top[-1] = value;
			break;
		case OP_METHOD:
			TRY_OP(load_method(vm, code->names[op->index], top - 1));
			top++;
			break;
		case OP_CALL_METHOD:
			top -= op->index + 1;
			TRY_OP(call_method(vm, top - 1, op->index, &value));
			top[-1] = value;
			break;
		case OP_CLOSURE:
			top -= op->count;
			*top = make_closure(a, code->functions[op->index], frame, top);
			top++;
			break;
		case OP_GENERATOR:
			TRY_OP(value_iterate(run, top[-1], &(struct value_iterator){0}));
			top[-1] = make_generator(code->functions[op->index], frame, top[-1]);
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
		case OP_TEXT:
			buf_add(&vm->out, value_str(code->constants[op->index]));
			break;
		case OP_ECHO:
			TRY_OP(load_global(vm, frame, op->index, &value) && echo_by(vm, value, top[-1]));
			top--;
			break;
		case OP_ECHO_RAW:
			TRY_OP(echo_raw(vm, *--top));
			break;
		case OP_TO_TEXT: {
			struct str text;

			TRY_OP(value_to_str(run, top[-1], &text));
			top[-1] = value_text(text);
			break;
		}
		case OP_ECHO_TEXT:
			TRY_OP(echo_text(vm, *--top));
			break;
		case OP_CAPTURE:
			capture_begin(vm);
			break;
		case OP_CAPTURED:
			*top++ = capture_end(vm);
			break;
		case OP_END:
			TRY_OP(output_fits(vm));
			*ended = true;
			return true;
		}
	}

fault:
	if (op->op != OP_RAISE)
		trace_place(vm, pc - 1);
	if (handle_fault(vm, frame, pc - 1))
		goto resume;
	frame->pc = pc - 1;
	return false;
}

bool
vm_run(struct vm *vm, struct str *output)
{
	struct arena *a = vm->run->arena;
	struct vm_frame *frame = frame_new(vm, vm->code->functions[0], NULL);
	bool copies_data = vm->run->copies_data, done, ended;
	struct tmpl_value unused;

	vm->run->copies_data = vm->code->changes_data;
	vm->out = buf_make(a);
	vm->globals = ARENA_ARRAY(a, struct tmpl_value, MAX(vm->code->global_count, 1));
	done = execute(vm, frame, &unused, &ended);
	vm->run->copies_data = copies_data;
	if (done)
		*output = buf_str(&vm->out);
	else
		trace_finish(vm, frame, frame->pc);
	return done;
}
