#include "tmpl/code.h"

#include "tmpl/emit.h"

const char *
code_op_name(enum op op)
{
	static const char *const names[] = {
#define X(op, operand) #op,
	    OPS(X)
#undef X
	};

	return names[op];
}

const struct code_place *
code_place_at(const struct code *code, uint32_t pc)
{
	size_t low = 0, high = code->place_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (code->places[middle].pc <= pc)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? &code->places[low - 1] : NULL;
}

/* Dump */

static void
dump_constant(struct buf *b, struct tmpl_value constant)
{
	struct str text = tmpl_text(b->arena, constant);

	buf_add_lit(b, "  ");
	if (constant.type == TMPL_STR)
		buf_add_char(b, '\'');
	for (size_t i = 0; i < MIN(text.len, 60); i++) {
		if (text.data[i] == '\n')
			buf_add_lit(b, "\\n");
		else
			buf_add_char(b, text.data[i]);
	}
	if (constant.type == TMPL_STR)
		buf_addf(b, "%s'", text.len > 60 ? "…" : "");
}

static void
dump_operand(
    const struct code *code, const struct code_function *function, const struct code_op *op, struct buf *b)
{
	static const uint8_t operands[] = {
#define X(op, operand) OPERAND_##operand,
	    OPS(X)
#undef X
	};

	switch ((enum op_operand)operands[op->op]) {
	case OPERAND_NOTHING:
		break;
	case OPERAND_NUMBER:
	case OPERAND_FUNCTION:
		buf_addf(b, " %u", op->index);
		break;
	case OPERAND_TARGET:
		buf_addf(b, " → %u", op->index);
		break;
	case OPERAND_CONSTANT:
		dump_constant(b, code->constants[op->index]);
		break;
	case OPERAND_NAME:
		buf_addf(b, " .%.*s", STR_ARG(code->names[op->index]));
		break;
	case OPERAND_GLOBAL:
		buf_addf(b, " %.*s", STR_ARG(code->globals[op->index]));
		break;
	case OPERAND_SLOT:
		if (op->op == OP_OUTER || op->index >= function->local_count)
			buf_addf(b, " slot %u", op->index);
		else
			buf_addf(b, " %.*s", STR_ARG(function->local_names[op->index]));
		break;
	}
	if (op->op == OP_UNARY || op->op == OP_BINARY || op->op == OP_COMPARE || op->op == OP_COMPARE_CHAIN)
		buf_addf(b, " %s", ast_operator_text(op->small));
	if (op->count != 0)
		buf_addf(b, " [%u]", op->count);
}

void
code_dump(const struct code *code, struct buf *b)
{
	const struct code_function *function = code->functions[0];
	const struct code_place *shown = NULL;

	for (uint32_t pc = 0; pc < code->op_count; pc++) {
		const struct code_op *op = &code->ops[pc];
		const struct code_place *place = code_place_at(code, pc);

		for (size_t i = 0; i < code->function_count; i++) {
			if (code->functions[i]->start != pc)
				continue;
			function = code->functions[i];
			buf_addf(b, "function %zu: %u locals, %u deep\n", i, function->local_count,
			    function->stack_count);
		}
		buf_addf(b, "%5u  %-13s", pc, code_op_name(op->op));
		dump_operand(code, function, op, b);
		if (place != NULL && place != shown)
			buf_addf(b, "    # %.*s:%d", STR_ARG(place->context->src->name),
			    src_line(place->context->src, place->start));
		shown = place;
		buf_add_char(b, '\n');
	}
}

struct code *
code_compile(struct arena *a, const struct ast_file *file, const struct code_loader *loader, struct err *e)
{
	struct emit m = {
	    .arena = a,
	    .code = ARENA_NEW(a, struct code),
	    .link = {.arena = a, .loader = loader, .err = e},
	    .err = e,
	};
	bool made = link_open(&m.link, file) && emit_program(&m);

	link_close(&m.link);
	map_free(&m.name_index);
	map_free(&m.global_index);
	map_free(&m.text_index);
	return made ? m.code : NULL;
}
