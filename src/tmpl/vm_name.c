#include "tmpl/vm_step.h"

#include "tmpl/builtin.h"
#include "tmpl/module.h"
#include "tmpl/trace.h"

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

bool
vm_load_global(struct vm *vm, const struct vm_frame *frame, uint32_t index, struct tmpl_value *value)
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

/* A local of the function around this one, which in Python is another name than a local of its own. */
static bool
fail_free(struct vm *vm, struct str name)
{
	vm->run->missing_name = name;
	return err_set(vm->run->fault, ERR_NAME, ERR_NOWHERE,
	    "cannot access free variable '%.*s' where it is not associated with a value in enclosing scope",
	    STR_ARG(name));
}

bool
vm_fail_unbound(struct vm *vm, const struct vm_frame *frame, const struct code_op *op)
{
	struct str name = frame->function->local_names[op->index];

	return op->count != 0 ? fail_free(vm, name) : trace_name_error(vm, frame, ERR_UNBOUND_LOCAL, name);
}

struct tmpl_value *
vm_load_outer(struct vm *vm, const struct vm_frame *frame, const struct code_op *op, struct tmpl_value *top)
{
	for (int out = op->small; out > 0; out--)
		frame = frame->outer;
	*top = frame->locals[op->index];
	if (top->type != TMPL_UNBOUND)
		return top + 1;
	fail_free(vm, frame->function->local_names[op->index]);
	return NULL;
}
