#include "tmpl/vm_step.h"

#include "tmpl/builtin.h"

struct tmpl_value *
vm_call_values(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct tmpl_value *function = top - op->index - 1;
	struct tmpl_call call = {.run = vm->run, .args = function + 1, .count = op->index};

	return value_spend(vm->run, 1) && value_call(vm->run, *function, &call, function) ? function + 1
											  : NULL;
}

struct tmpl_value *
vm_call_named(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct tmpl_value *function = top - op->index - 2;
	struct tmpl_call call = {
	    .run = vm->run,
	    .args = function + 1,
	    .count = op->index - op->count,
	    .keywords = top - 1 - op->count,
	    .keyword_names = value_list(top[-1])->items,
	    .keyword_count = op->count,
	};

	return value_spend(vm->run, 1) && value_call(vm->run, *function, &call, function) ? function + 1
											  : NULL;
}

struct tmpl_value *
vm_call_spread(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct tmpl_value *function = top - 3;
	const struct value_list *positional = value_list(function[1]);
	const struct value_dict *named = value_entries(function[2]);
	struct tmpl_value names = value_sequence(vm->run->arena, TMPL_TUPLE, named->count);
	struct tmpl_value values = value_sequence(vm->run->arena, TMPL_TUPLE, named->count);
	struct tmpl_call call = {.run = vm->run, .args = positional->items, .count = positional->count};
	struct value_entry *entry;

	(void)op;
	for (size_t at = 0; (entry = value_dict_next(named, &at)) != NULL;) {
		value_list_add(vm->run->arena, value_list(names), entry->key);
		value_list_add(vm->run->arena, value_list(values), entry->value);
	}
	call.keywords = value_list(values)->items;
	call.keyword_names = value_list(names)->items;
	call.keyword_count = named->count;
	return value_spend(vm->run, 1) && value_call(vm->run, *function, &call, function) ? function + 1
											  : NULL;
}

/* A method of a type is called with the value; what an attribute holds needs no self, which is unbound then. */
struct tmpl_value *
vm_load_method(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct str name = vm->code->names[op->index];
	const struct builtin *builtin = builtin_method(top[-1].type, name);

	top[0] = top[-1];
	if (builtin != NULL) {
		top[-1] = value_object(VALUE_FUNCTION, (void *)(uintptr_t)builtin);
		return top + 1;
	}
	if (!value_get_attribute(vm->run, top[0], name, &top[-1]))
		return NULL;
	top[0].type = TMPL_UNBOUND;
	return top + 1;
}

struct tmpl_value *
vm_call_method(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct tmpl_value *method = top - op->index - 2;
	struct tmpl_call call = {.run = vm->run, .self = method[1], .args = method + 2, .count = op->index};
	bool called;

	if (!value_spend(vm->run, 1))
		return NULL;
	if (call.self.type != TMPL_UNBOUND)
		called = builtin_call(method->as.object, &call, method);
	else
		called = value_call(vm->run, *method, &call, method);
	return called ? method + 1 : NULL;
}
