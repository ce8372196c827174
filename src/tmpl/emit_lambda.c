#include "tmpl/emit_tree.h"

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

bool
emit_lambda(struct emit *m, const struct ast_expr *node)
{
	struct signature read = read_signature(node->items);
	uint32_t over, number;
	struct emit_scope scope;
	bool emitted;

	if (!emit_defaults(m, node->items) || !emit_fits(m, node->start, node->end))
		return false;
	over = emit_op(m, OP_JUMP, 0);
	number = emit_function_open(m);
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
