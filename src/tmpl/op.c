#include "tmpl/op.h"

static const char *const names[] = {
#define X(op, operand, effect) #op,
    OPS(X)
#undef X
};

static const uint8_t operands[] = {
#define X(op, operand, effect) OPERAND_##operand,
    OPS(X)
#undef X
};

const char *
op_name(enum op op)
{
	return names[op];
}

enum op_operand
op_operand(enum op op)
{
	return (enum op_operand)operands[op];
}

static int
stack_effect(enum op op, int index, int count)
{
	switch (op) {
#define X(op, operand, effect) \
	case OP_##op:          \
		return effect;
		OPS(X)
#undef X
	}
	return 0;
}

int
op_stack_effect(enum op op, uint32_t index, uint16_t count)
{
	return stack_effect(op, (int)index, count);
}
