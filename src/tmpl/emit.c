#include "tmpl/emit.h"

#include <stdlib.h>
#include <string.h>

/* The largest program: includes within includes multiply. */
enum { CODE_OPS_MAX = 2000000, STACK_MAX = 30000 };

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

void
emit_patch(struct emit *m, uint32_t at)
{
	m->code->ops[at].index = emit_here(m);
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

static uint32_t
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

/* Scopes */

void
emit_scope_open(struct emit *m, struct emit_scope *scope)
{
	*scope = (struct emit_scope){.outer = m->scope, .function = m->function};
	m->scope = scope;
}

void
emit_scope_close(struct emit *m)
{
	map_free(&m->scope->slots);
	m->scope = m->scope->outer;
}

static uint32_t
add_local(struct emit *m, struct emit_function *f, struct str name)
{
	size_t capacity = f->local_capacity;

	f->made->local_names =
	    grow(m->arena, f->made->local_names, f->made->local_count, &capacity, sizeof(name));
	f->local_capacity = (uint32_t)capacity;
	f->made->local_names[f->made->local_count] = name;
	return f->made->local_count++;
}

uint32_t
emit_scope_add(struct emit *m, struct str name)
{
	uintptr_t found = (uintptr_t)map_get(&m->scope->slots, name);
	uint32_t slot;

	if (found != 0)
		return (uint32_t)(found - 1);
	slot = add_local(m, m->scope->function, name);
	map_put(&m->scope->slots, name, (void *)((uintptr_t)slot + 1));
	return slot;
}

void
emit_scope_add_targets(struct emit *m, const struct ast_expr *target)
{
	if (target == NULL)
		return;
	if (target->kind == AST_NAME)
		emit_scope_add(m, target->name);
	if (target->kind == AST_STARRED || target->kind == AST_LINK)
		emit_scope_add_targets(m, target->left);
	if (target->kind == AST_TUPLE || target->kind == AST_LIST)
		for (const struct ast_expr *item = target->items; item != NULL; item = item->next)
			emit_scope_add_targets(m, item);
}

/* Where a name lives: its slot, and how many functions further out. False for a global. */
static bool
find_local(const struct emit *m, struct str name, uint32_t *slot, uint8_t *out)
{
	const struct emit_function *f = m->function;

	*out = 0;
	for (const struct emit_scope *scope = m->scope; scope != NULL; scope = scope->outer) {
		uintptr_t found = (uintptr_t)map_get(&scope->slots, name);

		if (found == 0)
			continue;
		for (; f != scope->function; f = f->outer)
			++*out;
		*slot = (uint32_t)(found - 1);
		return true;
	}
	return false;
}

bool
emit_is_global(const struct emit *m, struct str name)
{
	uint32_t slot;
	uint8_t out;

	return !find_local(m, name, &slot, &out);
}

/* Whether a local is one of the innermost scope, and not of a scope that in Python would be another function. */
static bool
is_own(const struct emit *m, struct str name)
{
	return map_get(&m->scope->slots, name) != NULL;
}

/* Functions */

struct emit_function *
emit_function_open(struct emit *m, uint32_t *number)
{
	struct emit_function *f = ARENA_NEW(m->arena, struct emit_function);

	f->outer = m->function;
	f->made = ARENA_NEW(m->arena, struct code_function);
	f->made->start = emit_here(m);
	GROW(m, functions, function); /* NOLINT(bugprone-sizeof-expression): an array of pointers */
	*number = (uint32_t)m->code->function_count;
	m->code->functions[m->code->function_count++] = f->made;
	for (struct emit_function *outer = f->outer; outer != NULL; outer = outer->outer)
		outer->made->has_inner = true;
	m->function = f;
	return f;
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

/* Expressions */

void
emit_load(struct emit *m, const struct ast_expr *node, struct str name)
{
	uint32_t slot;
	uint8_t out;

	emit_place(m, node);
	if (!find_local(m, name, &slot, &out))
		emit_op(m, OP_GLOBAL, emit_global(m, name));
	else if (out == 0)
		emit_op_with(m, OP_LOCAL, slot, !is_own(m, name), 0);
	else
		emit_op_with(m, OP_OUTER, slot, 0, out);
}

static size_t
count_items(const struct ast_expr *items)
{
	size_t count = 0;

	for (; items != NULL; items = items->next)
		count++;
	return count;
}

static bool
has_kind(const struct ast_expr *items, enum ast_kind kind)
{
	for (; items != NULL; items = items->next)
		if (items->kind == kind)
			return true;
	return false;
}

/* A display with stars: items are added to the container one by one. */
static bool
emit_spread(struct emit *m, const struct ast_expr *items, enum op build)
{
	emit_op(m, build, 0);
	for (; items != NULL; items = items->next) {
		bool starred = items->kind == AST_STARRED;

		if (!emit_expr(m, starred ? items->left : items))
			return false;
		emit_place(m, items);
		emit_op(m, starred ? OP_ADD_ALL : OP_ADD_ITEM, 0);
	}
	return true;
}

/* What CPython folds into a constant before it makes code. */
static bool
is_constant(const struct ast_expr *node)
{
	switch (node->kind) {
	case AST_CONSTANT:
		return true;
	case AST_UNARY:
		return is_constant(node->left);
	case AST_BINARY:
		return is_constant(node->left) && is_constant(node->right);
	case AST_TUPLE:
	case AST_SET:
		for (const struct ast_expr *item = node->items; item != NULL; item = item->next)
			if (!is_constant(item))
				return false;
		return true;
	default:
		return false;
	}
}

static bool
emit_display(struct emit *m, const struct ast_expr *node)
{
	enum op build = node->kind == AST_LIST  ? OP_BUILD_LIST
			: node->kind == AST_SET ? OP_BUILD_SET
						: OP_BUILD_TUPLE;

	if (has_kind(node->items, AST_STARRED) || count_items(node->items) > STACK_MAX) {
		if (!emit_spread(m, node->items, node->kind == AST_SET ? OP_BUILD_SET : OP_BUILD_LIST))
			return false;
		if (node->kind == AST_TUPLE)
			emit_op(m, OP_TO_TUPLE, 0);
		return true;
	}
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next)
		if (!emit_expr(m, item))
			return false;
	emit_place(m, node);
	emit_op_with(m, build, (uint32_t)count_items(node->items), 0,
	    node->kind == AST_SET && count_items(node->items) > 2 && is_constant(node) ? OP_SET_CONSTANT : 0);
	return true;
}

static bool
emit_dict(struct emit *m, const struct ast_expr *node)
{
	emit_op(m, OP_BUILD_DICT, 0);
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next) {
		if (!emit_expr(m, item->left) || (item->right != NULL && !emit_expr(m, item->right)))
			return false;
		emit_place(m, item);
		emit_op(m, item->right != NULL ? OP_ADD_ENTRY : OP_ADD_ENTRIES, 0);
	}
	return true;
}

static bool
emit_slice(struct emit *m, const struct ast_expr *node)
{
	const struct ast_expr *parts[] = {node->left, node->right, node->third};

	for (size_t i = 0; i < COUNT_OF(parts); i++) {
		if (parts[i] == NULL)
			emit_op(m, OP_CONSTANT, emit_constant(m, tmpl_none()));
		else if (!emit_expr(m, parts[i]))
			return false;
	}
	emit_op(m, OP_BUILD_SLICE, 0);
	return true;
}

/* Methods that change their object, and functions that could give one of them. */
static bool
changes_data(struct str name)
{
	static const char *const names[] = {"append", "extend", "insert", "pop", "remove", "sort", "reverse",
	    "clear", "update", "setdefault", "popitem", "add", "discard", "intersection_update",
	    "difference_update", "symmetric_difference_update", "getattr"};

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

static bool
emit_attribute(struct emit *m, const struct ast_expr *node, enum op op)
{
	if (!emit_expr(m, node->left))
		return false;
	m->code->changes_data |= changes_data(node->name);
	emit_place(m, node);
	emit_op(m, op, emit_name(m, node->name));
	return true;
}

static size_t
count_positional(const struct ast_expr *items)
{
	size_t count = 0;

	for (; items != NULL; items = items->next)
		count += items->kind != AST_KEYWORD && items->kind != AST_DOUBLE_STARRED;
	return count;
}

/* Arguments with stars: a list of the positional ones and a dict of the named. */
static bool
emit_call_spread(struct emit *m, const struct ast_expr *node)
{
	emit_op(m, OP_BUILD_LIST, 0);
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next) {
		if (item->kind == AST_KEYWORD || item->kind == AST_DOUBLE_STARRED)
			continue;
		if (!emit_expr(m, item->kind == AST_STARRED ? item->left : item))
			return false;
		emit_place(m, item);
		emit_op_with(m, item->kind == AST_STARRED ? OP_ADD_ALL : OP_ADD_ITEM, 0, 0,
		    count_positional(node->items) == 1);
	}
	emit_op(m, OP_BUILD_DICT, 0);
	for (const struct ast_expr *item = node->items; item != NULL; item = item->next) {
		if (item->kind == AST_KEYWORD)
			emit_op(m, OP_CONSTANT, emit_constant(m, tmpl_str(item->name)));
		else if (item->kind != AST_DOUBLE_STARRED)
			continue;
		if (!emit_expr(m, item->left))
			return false;
		emit_place(m, item);
		emit_op_with(m, item->kind == AST_KEYWORD ? OP_ADD_ENTRY : OP_ADD_ENTRIES, 0, 0, 1);
	}
	emit_place(m, node);
	emit_op(m, OP_CALL_SPREAD, 0);
	return true;
}

/* Pushes the values of the arguments and, where some are named, the tuple of their names. */
static bool
emit_arguments(struct emit *m, const struct ast_expr *items, uint32_t *count, uint16_t *named)
{
	size_t name_count = 0;

	*count = 0;
	*named = 0;
	for (const struct ast_expr *item = items; item != NULL; item = item->next, ++*count) {
		name_count += item->kind == AST_KEYWORD;
		if (!emit_expr(m, item->kind == AST_KEYWORD ? item->left : item))
			return false;
	}
	if (name_count == 0)
		return true;
	for (const struct ast_expr *item = items; item != NULL; item = item->next)
		if (item->kind == AST_KEYWORD)
			emit_op(m, OP_CONSTANT, emit_constant(m, tmpl_str(item->name)));
	emit_op(m, OP_BUILD_TUPLE, (uint32_t)name_count);
	*named = (uint16_t)name_count;
	return true;
}

static bool
emit_call(struct emit *m, const struct ast_expr *node)
{
	bool spread = has_kind(node->items, AST_STARRED) || has_kind(node->items, AST_DOUBLE_STARRED) ||
		      count_items(node->items) > STACK_MAX;
	bool method = node->left->kind == AST_ATTRIBUTE && !spread && !has_kind(node->items, AST_KEYWORD);
	uint32_t count;
	uint16_t named;

	if (method ? !emit_attribute(m, node->left, OP_METHOD) : !emit_expr(m, node->left))
		return false;
	if (spread)
		return emit_call_spread(m, node);
	if (!emit_arguments(m, node->items, &count, &named))
		return false;
	emit_place(m, node);
	if (method)
		emit_op(m, OP_CALL_METHOD, count);
	else
		emit_op_with(m, named > 0 ? OP_CALL_NAMED : OP_CALL, count, named, 0);
	return true;
}

static bool
emit_comparison(struct emit *m, const struct ast_expr *node)
{
	uint32_t first_jump = UINT32_MAX, over;

	if (!emit_expr(m, node->left))
		return false;
	for (const struct ast_expr *link = node->items; link != NULL; link = link->next) {
		if (!emit_expr(m, link->left))
			return false;
		emit_place(m, node);
		if (link->next == NULL) {
			emit_op_with(m, OP_COMPARE, 0, 0, (uint8_t)link->op);
			continue;
		}
		/* The jumps that leave are chained through their targets until the end is known. */
		first_jump = emit_op_with(m, OP_COMPARE_CHAIN, first_jump, 0, (uint8_t)link->op);
	}
	over = emit_here(m);
	while (first_jump != UINT32_MAX) {
		uint32_t next = m->code->ops[first_jump].index;

		m->code->ops[first_jump].index = over;
		first_jump = next;
	}
	return true;
}

static bool
emit_either(struct emit *m, const struct ast_expr *node)
{
	uint32_t jump;

	if (!emit_expr(m, node->left))
		return false;
	jump = emit_op(m, node->kind == AST_AND ? OP_FALSE_OR_POP : OP_TRUE_OR_POP, 0);
	if (!emit_expr(m, node->right))
		return false;
	emit_patch(m, jump);
	return true;
}

static bool
emit_conditional(struct emit *m, const struct ast_expr *node)
{
	uint32_t to_else, to_end;

	if (!emit_expr(m, node->third))
		return false;
	to_else = emit_op(m, OP_JUMP_FALSE, 0);
	if (!emit_expr(m, node->left))
		return false;
	to_end = emit_op(m, OP_JUMP, 0);
	m->function->stack_depth--;
	emit_patch(m, to_else);
	if (!emit_expr(m, node->right))
		return false;
	emit_patch(m, to_end);
	return true;
}

bool
emit_iterable(struct emit *m, const struct ast_expr *node)
{
	bool constant = node->kind == AST_SET && is_constant(node);

	if (!emit_expr(m, node))
		return false;
	if (constant)
		m->code->ops[m->code->op_count - 1].small = OP_SET_FROZEN;
	return true;
}

/* Comprehensions */

static bool
emit_element(struct emit *m, const struct ast_expr *node)
{
	if (!emit_expr(m, node->left) || (node->kind == AST_DICT_OF && !emit_expr(m, node->right)))
		return false;
	emit_place(m, node->left);
	if (node->kind == AST_GENERATOR)
		emit_op(m, OP_YIELD, 0);
	else
		emit_op(m, node->kind == AST_DICT_OF ? OP_ADD_ENTRY : OP_ADD_ITEM, 0);
	return true;
}

/* The clauses from `clause` on; the values of the first one are on the stack already. */
static bool
emit_clauses(struct emit *m, const struct ast_expr *node, const struct ast_expr *clause, bool first)
{
	uint32_t start, jump;

	if (clause == NULL)
		return emit_element(m, node);
	if (clause->kind == AST_IF) {
		if (!emit_expr(m, clause->left))
			return false;
		jump = emit_op(m, OP_JUMP_FALSE, 0);
		if (!emit_clauses(m, node, clause->next, false))
			return false;
		emit_patch(m, jump);
		return true;
	}
	if (!first && !emit_iterable(m, clause->right))
		return false;
	emit_place(m, clause->right);
	emit_op_with(m, OP_ITERATE, 0, (uint16_t)emit_iterator_open(m), 0);
	start = emit_here(m);
	jump = emit_op_with(m, OP_NEXT, 0, (uint16_t)(m->function->iterator_depth - 1), 0);
	emit_place(m, clause->left);
	if (!emit_store(m, clause->left) || !emit_clauses(m, node, clause->next, false))
		return false;
	emit_op(m, OP_JUMP_BACK, start);
	emit_patch(m, jump);
	emit_iterator_close(m);
	return true;
}

static void
add_clause_names(struct emit *m, const struct ast_expr *clause)
{
	for (; clause != NULL; clause = clause->next)
		if (clause->kind == AST_FOR)
			emit_scope_add_targets(m, clause->left);
}

/* Its container is below the values of the first clause on the stack: a swap is not needed, as ITERATE takes
 * them. */
static bool
emit_comprehension(struct emit *m, const struct ast_expr *node)
{
	enum op build = node->kind == AST_LIST_OF  ? OP_BUILD_LIST
			: node->kind == AST_SET_OF ? OP_BUILD_SET
						   : OP_BUILD_DICT;
	uint32_t first_slot;
	struct emit_scope scope;
	bool emitted;

	emit_op(m, build, 0);
	if (!emit_iterable(m, node->items->right))
		return false;
	first_slot = m->function->made->local_count;
	emit_scope_open(m, &scope);
	add_clause_names(m, node->items);
	emit_op_with(m, OP_UNBIND, first_slot, (uint16_t)(m->function->made->local_count - first_slot), 0);
	emitted = emit_clauses(m, node, node->items, true);
	emit_scope_close(m);
	return emitted;
}

static bool
emit_generator(struct emit *m, const struct ast_expr *node)
{
	uint32_t over, number;
	struct emit_scope scope;
	bool emitted;

	if (!emit_iterable(m, node->items->right))
		return false;
	emit_place(m, node->items->right);
	over = emit_op(m, OP_JUMP, 0);
	emit_function_open(m, &number);
	emit_scope_open(m, &scope);
	m->function->made->parameter_count = 1;
	emit_op(m, OP_LOCAL, emit_scope_add(m, STR(".0")));
	add_clause_names(m, node->items);
	emitted = emit_clauses(m, node, node->items, true);
	emit_op(m, OP_CONSTANT, emit_constant(m, tmpl_none()));
	emit_op(m, OP_RETURN, 0);
	emit_scope_close(m);
	emit_function_close(m);
	emit_patch(m, over);
	emit_place(m, node->items->right);
	emit_op(m, OP_GENERATOR, number);
	return emitted;
}

/* The parameters of a lambda, in the order of its locals, and their defaults. */
struct signature {
	const struct ast_expr *stars, *double_stars;
	struct code_function counts;
};

static struct signature
read_signature(const struct ast_expr *items)
{
	struct signature read = {0};

	for (; items != NULL; items = items->next) {
		if (items->kind == AST_SLASH)
			read.counts.unnamed_count = read.counts.parameter_count;
		else if (items->kind == AST_STARRED)
			read.stars = items;
		else if (items->kind == AST_DOUBLE_STARRED)
			read.double_stars = items;
		else if (read.stars != NULL)
			read.counts.keyword_count++;
		else
			read.counts.parameter_count++, read.counts.default_count += items->left != NULL;
	}
	read.counts.has_star = read.stars != NULL && read.stars->name.len > 0;
	read.counts.has_double_star = read.double_stars != NULL;
	return read;
}

/* Pushes the defaults by position, then a value, or none, for each parameter by keyword only. */
static bool
emit_defaults(struct emit *m, const struct ast_expr *items)
{
	bool by_keyword = false;

	for (; items != NULL; items = items->next) {
		by_keyword |= items->kind == AST_STARRED;
		if (items->kind != AST_KEYWORD || (items->left == NULL && !by_keyword))
			continue;
		if (items->left == NULL)
			emit_op(m, OP_CONSTANT, emit_constant(m, (struct tmpl_value){.type = TMPL_UNBOUND}));
		else if (!emit_expr(m, items->left))
			return false;
	}
	return true;
}

static void
add_parameters(struct emit *m, const struct ast_expr *items, const struct signature *read)
{
	struct code_function *made = m->function->made;

	for (; items != NULL; items = items->next)
		if (items->kind == AST_KEYWORD)
			emit_scope_add(m, items->name);
	if (read->counts.has_star)
		emit_scope_add(m, read->stars->name);
	if (read->counts.has_double_star)
		emit_scope_add(m, read->double_stars->name);
	made->parameter_count = read->counts.parameter_count;
	made->unnamed_count = read->counts.unnamed_count;
	made->default_count = read->counts.default_count;
	made->keyword_count = read->counts.keyword_count;
	made->has_star = read->counts.has_star;
	made->has_double_star = read->counts.has_double_star;
}

static bool
emit_lambda(struct emit *m, const struct ast_expr *node)
{
	struct signature read = read_signature(node->items);
	uint32_t over, number;
	struct emit_scope scope;
	bool emitted;

	if (!emit_defaults(m, node->items))
		return false;
	over = emit_op(m, OP_JUMP, 0);
	emit_function_open(m, &number);
	emit_scope_open(m, &scope);
	add_parameters(m, node->items, &read);
	emitted = emit_expr(m, node->left);
	emit_op(m, OP_RETURN, 0);
	emit_scope_close(m);
	emit_function_close(m);
	emit_patch(m, over);
	emit_op_with(
	    m, OP_CLOSURE, number, (uint16_t)(read.counts.default_count + read.counts.keyword_count), 0);
	return emitted;
}

static bool
emit_operation(struct emit *m, const struct ast_expr *node)
{
	if (!emit_expr(m, node->left) || (node->kind == AST_BINARY && !emit_expr(m, node->right)))
		return false;
	emit_place(m, node);
	emit_op_with(m, node->kind == AST_BINARY ? OP_BINARY : OP_UNARY, 0, 0, (uint8_t)node->op);
	return true;
}

static bool
emit_index(struct emit *m, const struct ast_expr *node)
{
	if (!emit_expr(m, node->left) || !emit_expr(m, node->right))
		return false;
	emit_place(m, node);
	emit_op(m, OP_ITEM, 0);
	return true;
}

bool
emit_expr(struct emit *m, const struct ast_expr *node)
{
	if (m->code->op_count > CODE_OPS_MAX || m->function->stack_depth > STACK_MAX)
		return err_set(m->err, ERR_LIMIT, src_place(&m->file->src, node->start, node->end),
		    "the template is too large with all that it includes");
	switch (node->kind) {
	case AST_CONSTANT:
		emit_op(m, OP_CONSTANT, emit_constant(m, node->constant));
		return true;
	case AST_NAME:
		m->code->changes_data |= changes_data(node->name);
		emit_load(m, node, node->name);
		return true;
	case AST_BODY:
		return emit_applied(m);
	case AST_LIST:
	case AST_TUPLE:
	case AST_SET:
		return emit_display(m, node);
	case AST_DICT:
		return emit_dict(m, node);
	case AST_ATTRIBUTE:
		return emit_attribute(m, node, OP_ATTRIBUTE);
	case AST_INDEX:
		return emit_index(m, node);
	case AST_SLICE:
		return emit_slice(m, node);
	case AST_CALL:
		return emit_call(m, node);
	case AST_UNARY:
	case AST_BINARY:
		return emit_operation(m, node);
	case AST_COMPARE:
		return emit_comparison(m, node);
	case AST_AND:
	case AST_OR:
		return emit_either(m, node);
	case AST_CONDITIONAL:
		return emit_conditional(m, node);
	case AST_LAMBDA:
		return emit_lambda(m, node);
	case AST_LIST_OF:
	case AST_SET_OF:
	case AST_DICT_OF:
		return emit_comprehension(m, node);
	case AST_GENERATOR:
		return emit_generator(m, node);
	default:
		return err_set(
		    m->err, ERR_SYNTAX, src_place(&m->file->src, node->start, node->end), "invalid syntax");
	}
}

/* Targets */

static bool
emit_unpack(struct emit *m, const struct ast_expr *target)
{
	uint16_t star = 0, number = 0;

	for (const struct ast_expr *item = target->items; item != NULL; item = item->next) {
		number++;
		if (item->kind == AST_STARRED)
			star = number;
	}
	emit_place(m, target);
	emit_op_with(m, OP_UNPACK, number, star, 0);
	for (const struct ast_expr *item = target->items; item != NULL; item = item->next)
		if (!emit_store(m, item->kind == AST_STARRED ? item->left : item))
			return false;
	return true;
}

bool
emit_store(struct emit *m, const struct ast_expr *target)
{
	uint32_t slot;
	uint8_t out;

	switch (target->kind) {
	case AST_NAME:
		if (find_local(m, target->name, &slot, &out) && out == 0)
			emit_op(m, OP_SET_LOCAL, slot);
		return true;
	case AST_TUPLE:
	case AST_LIST:
		return emit_unpack(m, target);
	case AST_INDEX:
		m->code->changes_data = true;
		if (!emit_expr(m, target->left) || !emit_expr(m, target->right))
			return false;
		emit_place(m, target);
		emit_op(m, OP_SET_ITEM, 0);
		return true;
	default:
		return emit_attribute(m, target, OP_SET_ATTRIBUTE);
	}
}

bool
emit_delete(struct emit *m, const struct ast_expr *target)
{
	uint32_t slot;
	uint8_t out;

	if (target->kind == AST_TUPLE || target->kind == AST_LIST) {
		for (const struct ast_expr *item = target->items; item != NULL; item = item->next)
			if (!emit_delete(m, item))
				return false;
		return true;
	}
	if (target->kind == AST_INDEX) {
		m->code->changes_data = true;
		if (!emit_expr(m, target->left) || !emit_expr(m, target->right))
			return false;
		emit_place(m, target);
		emit_op(m, OP_DELETE_ITEM, 0);
		return true;
	}
	emit_place(m, target);
	if (target->kind == AST_NAME && find_local(m, target->name, &slot, &out) && out == 0) {
		emit_op(m, OP_DELETE_LOCAL, slot);
		return true;
	}
	return err_set(m->err, ERR_SYNTAX, src_place(&m->file->src, target->start, target->end),
	    "this can't be deleted in a template");
}

static bool
emit_augmented_value(struct emit *m, const struct ast_statement *statement)
{
	struct ast_expr whole = *statement->target;

	if (!emit_expr(m, statement->value))
		return false;
	whole.end = statement->value->end;
	emit_place(m, &whole);
	emit_op_with(m, OP_BINARY, 0, 1, (uint8_t)statement->op);
	return true;
}

bool
emit_augment(struct emit *m, const struct ast_statement *statement)
{
	const struct ast_expr *target = statement->target;

	m->code->changes_data = true;
	if (target->kind != AST_INDEX)
		return emit_expr(m, target) && emit_augmented_value(m, statement) && emit_store(m, target);
	if (!emit_expr(m, target->left) || !emit_expr(m, target->right))
		return false;
	emit_place(m, target);
	emit_op(m, OP_COPY_TWO, 0);
	emit_op(m, OP_ITEM, 0);
	if (!emit_augmented_value(m, statement))
		return false;
	emit_op(m, OP_UNDER_TWO, 0);
	emit_place(m, target);
	emit_op(m, OP_SET_ITEM, 0);
	return true;
}
