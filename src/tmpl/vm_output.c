#include "tmpl/vm_step.h"

#include "text/html.h"
#include "tmpl/builtin.h"

#include <string.h>

struct tmpl_value *
vm_echo_raw(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	(void)op;
	return value_add_str(vm->run, &vm->out, top[-1]) ? top - 1 : NULL;
}

static bool
echo_escaped(struct vm *vm, struct tmpl_value v)
{
	struct str text;

	if (v.type <= TMPL_FLOAT) /* nothing in it to escape */
		return value_add_str(vm->run, &vm->out, v);
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

struct tmpl_value *
vm_echo(struct vm *vm, struct tmpl_value function, struct tmpl_value *top)
{
	return echo_by(vm, function, top[-1]) ? top - 1 : NULL;
}

struct tmpl_value *
vm_echo_text(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	(void)op;
	return echo_text(vm, top[-1]) ? top - 1 : NULL;
}

struct tmpl_value *
vm_to_text(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct str text;

	(void)op;
	if (!value_to_str(vm->run, top[-1], &text))
		return NULL;
	top[-1] = value_text(text);
	return top;
}

bool
vm_fail_output(struct vm *vm)
{
	return value_fail_limit(vm->run, "--template-output", "the output is larger than %zu MiB",
	    vm->run->limits.output_bytes / MIB);
}

void
vm_capture_begin(struct vm *vm)
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

struct tmpl_value
vm_capture_end(struct vm *vm)
{
	struct tmpl_value text = value_text(buf_str(&vm->out));

	vm->out = vm->captures[--vm->capture_count];
	return text;
}
