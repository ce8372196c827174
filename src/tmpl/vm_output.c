#include "tmpl/vm_step.h"

#include "text/html.h"
#include "tmpl/builtin.h"

#include <string.h>

struct tmpl_value *
vm_echo_raw(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	(void)op;
	vm->pieces.count++;
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

/* What Tornado's utf8() takes: None, too, which fails only where the pieces are joined. */
static bool
echo_text(struct vm *vm, const struct code_op *op, struct tmpl_value v)
{
	vm->pieces.count++;
	if (v.type == TMPL_NONE) {
		if (vm->pieces.none == 0)
			vm->pieces.none_pc = (uint32_t)(op - vm->code->ops);
		vm->pieces.none = vm->pieces.none != 0 ? vm->pieces.none : vm->pieces.count;
		return true;
	}
	if (v.type != TMPL_STR)
		return VALUE_FAIL(vm->run, ERR_TYPE, "Expected bytes, unicode, or None; got <class '%s'>",
		    value_type_name(v));
	buf_add(&vm->out, value_str(v));
	return true;
}

static bool
echo_by(struct vm *vm, const struct code_op *op, struct tmpl_value function, struct tmpl_value v)
{
	struct tmpl_value result;
	struct str text;

	if (!value_to_str(vm->run, v, &text))
		return false;
	v = value_text(text);
	return value_call_with(vm->run, function, 1, &v, &result) && echo_text(vm, op, result);
}

struct tmpl_value *
vm_echo(struct vm *vm, const struct code_op *op, struct tmpl_value function, struct tmpl_value *top)
{
	if (function.type == VALUE_FUNCTION &&
	    ((const struct builtin *)function.as.object)->fn == builtin_xhtml_escape) {
		vm->pieces.count++;
		return echo_escaped(vm, top[-1]) ? top - 1 : NULL;
	}
	return echo_by(vm, op, function, top[-1]) ? top - 1 : NULL;
}

struct tmpl_value *
vm_echo_text(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	return echo_text(vm, op, top[-1]) ? top - 1 : NULL;
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

bool
vm_join(struct vm *vm, uint32_t pc)
{
	const struct code_place *place = code_place_at(vm->code, pc);

	if (vm->pieces.none == 0)
		return true;
	VALUE_FAULT(vm->run, ERR_TYPE, "sequence item %u: expected a bytes-like object, NoneType found",
	    vm->pieces.none - 1);
	if (vm->capture_count == 0 && place != NULL)
		vm->run->fault->place =
		    (struct err_place){.file = place->context->src->name, .line = ERR_LINE_ZERO};
	err_set_hint(vm->run->fault, "a function that text is passed through has to return text");
	return false;
}

void
vm_capture_begin(struct vm *vm)
{
	if (vm->capture_count == vm->capture_capacity) {
		uint32_t capacity = MAX(2 * vm->capture_capacity, 8);
		struct vm_capture *grown = ARENA_ARRAY(vm->run->arena, struct vm_capture, capacity);

		if (vm->capture_count > 0)
			memcpy(grown, vm->captures, vm->capture_count * sizeof(*grown));
		vm->captures = grown;
		vm->capture_capacity = capacity;
	}
	vm->captures[vm->capture_count++] = (struct vm_capture){vm->out, vm->pieces};
	vm->out = buf_make(vm->run->arena);
	vm->pieces = (struct vm_pieces){0};
}

struct tmpl_value
vm_capture_end(struct vm *vm)
{
	struct tmpl_value text = value_text(buf_str(&vm->out));

	vm->capture_count--;
	vm->out = vm->captures[vm->capture_count].out;
	vm->pieces = vm->captures[vm->capture_count].pieces;
	return text;
}
