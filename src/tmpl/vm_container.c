#include "tmpl/vm_step.h"

#include "tmpl/builtin.h"
#include "tmpl/set.h"

/* Building */

struct tmpl_value *
vm_build_sequence(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct tmpl_value *items = top - op->index;

	*items = value_tuple_of(vm->run->arena, op->index, items);
	items->type = op->op == OP_BUILD_LIST ? TMPL_LIST : TMPL_TUPLE;
	return items + 1;
}

struct tmpl_value *
vm_build_slice(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct value_slice *slice = ARENA_NEW(vm->run->arena, struct value_slice);
	struct tmpl_value *parts = top - 3;

	(void)op;
	*slice = (struct value_slice){parts[0], parts[1], parts[2]};
	*parts = value_object(VALUE_SLICE, slice);
	return parts + 1;
}

/*
 * A display of constants is a frozen set, which CPython fills twice, and which is copied where it is not
 * only walked over.
 */
struct tmpl_value *
vm_build_set(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct run *run = vm->run;
	struct tmpl_value set = value_set(run->arena), filled = set;
	struct tmpl_value *items = top - op->index;

	for (size_t i = 0; i < op->index; i++)
		if (!value_set_add(run, set.as.object, items[i]))
			return NULL;
	if (op->small != OP_SET_PLAIN && !value_set_refill(run, filled.as.object, &set))
		return NULL;
	*items = set;
	if (op->small == OP_SET_CONSTANT && !value_set_copy(run, set.as.object, items))
		return NULL;
	return items + 1;
}

/* Adding */

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

/* What is behind the star of a call, a list or a tuple isn't iterable. */
static bool
fail_starred(struct run *run, struct tmpl_value values, struct tmpl_value function)
{
	if (function.type == TMPL_UNBOUND)
		return VALUE_FAIL(
		    run, ERR_TYPE, "Value after * must be an iterable, not %s", value_type_name(values));
	return VALUE_FAIL(run, ERR_TYPE, "%.*sargument after * must be an iterable, not %s",
	    STR_ARG(name_before(run->arena, function)), value_type_name(values));
}

/* `function` is the one that is called with the values, or unbound. */
static bool
add_all(struct run *run, struct tmpl_value container, struct tmpl_value values, struct tmpl_value function)
{
	struct value_iterator it;
	struct tmpl_value item;
	bool ended = false;

	if (!value_iterate(run, values, &it))
		return container.type != VALUE_SET && fail_starred(run, values, function);
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

/* What is called, where the container holds arguments of a call; else unbound. */
static struct tmpl_value
called(const struct code_op *op, const struct tmpl_value *function)
{
	return op->small != 0 ? *function : (struct tmpl_value){0};
}

struct tmpl_value *
vm_add_item(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	(void)op;
	return value_spend(vm->run, 1) && add_item(vm->run, top[-2], top[-1]) ? top - 1 : NULL;
}

struct tmpl_value *
vm_add_all(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	return add_all(vm->run, top[-2], top[-1], called(op, &top[-3])) ? top - 1 : NULL;
}

/* Of a call, a list and the function are below the dict. */
struct tmpl_value *
vm_add_entry(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct value_entry entry = {.key = top[-2], .value = top[-1]};
	struct value_dict *dict = value_entries(top[-3]);
	bool added = op->small != 0 ? put_entry(vm->run, dict, &entry, top[-5])
				    : value_dict_set(vm->run, dict, entry.key, entry.value);

	return added ? top - 2 : NULL;
}

struct tmpl_value *
vm_add_entries(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	return add_entries(vm->run, top[-2], top[-1], called(op, &top[-4])) ? top - 1 : NULL;
}

/* Items */

struct tmpl_value *
vm_get_item(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	(void)op;
	return value_get_item(vm->run, top[-2], top[-1], &top[-2]) ? top - 1 : NULL;
}

struct tmpl_value *
vm_set_item(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	(void)op;
	return value_set_item(vm->run, top[-2], top[-1], top[-3]) ? top - 3 : NULL;
}

struct tmpl_value *
vm_delete_item(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	(void)op;
	return value_delete_item(vm->run, top[-2], top[-1]) ? top - 2 : NULL;
}

struct tmpl_value *
vm_unpack(struct vm *vm, const struct code_op *op, struct tmpl_value *top)
{
	struct tmpl_value *items = top - 1;

	return value_unpack(vm->run, *items, op->index, op->count - 1, items) ? items + op->index : NULL;
}
