#include "tmpl/emit.h"

#include <string.h>

/* Makes room for one more element behind `count`. */
static void *
grow(struct arena *a, void *elements, size_t count, size_t *capacity, size_t size_bytes)
{
	char *grown;

	if (count < *capacity)
		return elements;
	*capacity = MAX(*capacity * 2, 16);
	grown = arena_alloc(a, arena_array_size(*capacity, size_bytes), _Alignof(max_align_t));
	if (count > 0)
		memcpy(grown, elements, count * size_bytes);
	return grown;
}

#define GROW(m, field, singular)                                                           \
	(m)->code->field = grow((m)->arena, (m)->code->field, (m)->code->singular##_count, \
	    &(m)->singular##_capacity, sizeof((m)->code->field[0]))

/* Instructions */

uint32_t
emit_here(const struct emit *m)
{
	return (uint32_t)m->code->op_count;
}

uint32_t
emit_op_with(struct emit *m, enum op op, uint32_t index, uint16_t count, uint8_t small)
{
	struct emit_function *f = m->function;

	GROW(m, ops, op);
	m->code->ops[m->code->op_count] = (struct code_op){(uint8_t)op, small, count, index};
	f->stack_depth = (uint32_t)((int)f->stack_depth + op_stack_effect(op, index, count));
	f->made->stack_count = MAX(f->made->stack_count, f->stack_depth);
	return (uint32_t)m->code->op_count++;
}

uint32_t
emit_op(struct emit *m, enum op op, uint32_t index)
{
	return emit_op_with(m, op, index, 0, 0);
}

bool
emit_fits(const struct emit *m, uint32_t start, uint32_t end)
{
	const struct emit_function *f = m->function;
	const char *fault = NULL;

	if (f->depth > EMIT_FUNCTIONS_MAX)
		fault = "too many functions within one another";
	if (m->code->op_count > EMIT_OPS_MAX || f->stack_depth > EMIT_STACK_MAX ||
	    f->made->local_count > EMIT_LOCALS_MAX)
		fault = "the template is too large with all that it includes";
	return fault == NULL || err_set(m->err, ERR_LIMIT, src_place(&m->file->src, start, end), "%s", fault);
}

void
emit_patch(struct emit *m, uint32_t at)
{
	m->code->ops[at].index = emit_here(m);
}

void
emit_patch_chain(struct emit *m, uint32_t jump)
{
	while (jump != EMIT_NO_JUMP) {
		uint32_t before = m->code->ops[jump].index;

		emit_patch(m, jump);
		jump = before;
	}
}

void
emit_place(struct emit *m, const struct ast_expr *node)
{
	struct code_place place = {
	    .pc = emit_here(m),
	    .start = node ? node->start : m->tag.start,
	    .end = node ? node->end : m->tag.end,
	    .tag = m->tag,
	    .context = m->context,
	};

	GROW(m, places, place);
	m->code->places[m->code->place_count++] = place;
}

/* Tables */

/* The number of a name in one of the tables, which is added where it is new. */
static bool
index_of(struct map *map, struct str name, size_t next, uint32_t *index)
{
	uintptr_t found = (uintptr_t)map_get(map, name);

	*index = (uint32_t)(found != 0 ? found - 1 : next);
	if (found == 0)
		map_put(map, name, (void *)(next + 1));
	return found != 0;
}

uint32_t
emit_name(struct emit *m, struct str name)
{
	uint32_t index;

	if (!index_of(&m->name_index, name, m->code->name_count, &index)) {
		GROW(m, names, name);
		m->code->names[m->code->name_count++] = name;
	}
	return index;
}

uint32_t
emit_global(struct emit *m, struct str name)
{
	uint32_t index;

	if (!index_of(&m->global_index, name, m->code->global_count, &index)) {
		GROW(m, globals, global);
		m->code->globals[m->code->global_count++] = name;
	}
	return index;
}

uint32_t
emit_constant(struct emit *m, struct tmpl_value value)
{
	uint32_t index;

	if (value.type == TMPL_STR &&
	    index_of(&m->text_index, str_make(value.as.text, value.len), m->code->constant_count, &index))
		return index;
	GROW(m, constants, constant);
	m->code->constants[m->code->constant_count] = value;
	return (uint32_t)m->code->constant_count++;
}

/* Functions */

uint32_t
emit_function_open(struct emit *m)
{
	struct emit_function *f = ARENA_NEW(m->arena, struct emit_function);

	f->outer = m->function;
	f->depth = f->outer != NULL ? f->outer->depth + 1 : 0;
	f->made = ARENA_NEW(m->arena, struct code_function);
	f->made->start = emit_here(m);
	GROW(m, functions, function); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
	m->code->functions[m->code->function_count++] = f->made;
	for (struct emit_function *outer = f->outer; outer != NULL; outer = outer->outer)
		outer->made->has_inner = true;
	m->function = f;
	return (uint32_t)m->code->function_count - 1;
}

void
emit_function_close(struct emit *m)
{
	m->function = m->function->outer;
}

uint32_t
emit_iterator_open(struct emit *m)
{
	struct emit_function *f = m->function;

	f->made->iterator_count = MAX(f->made->iterator_count, f->iterator_depth + 1);
	return f->iterator_depth++;
}

void
emit_iterator_close(struct emit *m)
{
	m->function->iterator_depth--;
}

uint32_t
emit_function_add_local(struct emit *m, struct emit_function *f, struct str name)
{
	size_t capacity = f->local_capacity;

	f->made->local_names =
	    grow(m->arena, f->made->local_names, f->made->local_count, &capacity, sizeof(name));
	f->local_capacity = (uint32_t)capacity;
	f->made->local_names[f->made->local_count] = name;
	return f->made->local_count++;
}
