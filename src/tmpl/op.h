/*
 * The instructions of the machine. One list makes the enum, what the instruction does to the height of the
 * stack, and what a dump shows of it.
 *
 * An instruction has an index (of a constant, a name, a slot, a jump's target…), a count and a small
 * number. A row is its name, what the index means, and the effect on the height of the stack, which may
 * depend on `index` and `count`; of a jump, where it is not taken. The comments show the stack before and
 * after, its top on the right.
 */
#ifndef EDDY_TMPL_OP_H
#define EDDY_TMPL_OP_H

#include <stdint.h>

/* What the index of an instruction means: for dumps. */
enum op_operand {
	OPERAND_NOTHING,
	OPERAND_NUMBER,
	OPERAND_CONSTANT,
	OPERAND_NAME,
	OPERAND_GLOBAL,
	OPERAND_SLOT,
	OPERAND_TARGET,
	OPERAND_FUNCTION
};

#define OPS(X)                                                                                              \
	/* values */                                                                                        \
	X(CONSTANT, CONSTANT, +1) /* → v */                                                               \
	X(LOCAL, SLOT, +1)        /* → v, or UnboundLocalError; count 1: of an outer scope, NameError */  \
	X(OUTER, SLOT, +1)        /* → v; small: functions further out */                                 \
	X(GLOBAL, GLOBAL, +1)     /* → v, or NameError */                                                 \
	X(SET_LOCAL, SLOT, -1)    /* v → */                                                               \
	X(UNBIND, SLOT, 0)        /* → ; count slots from the index on have no value any more */          \
	X(DELETE_LOCAL, SLOT, 0)  /* → ; or UnboundLocalError */                                          \
	X(POP, NOTHING, -1)       /* v → */                                                               \
	X(COPY, NOTHING, +1)      /* v → v v */                                                           \
	X(COPY_TWO, NOTHING, +2)  /* a b → a b a b */                                                     \
	X(UNDER_TWO, NOTHING, 0)  /* a b c → c a b */                                                     \
	/* operators */                                                                                     \
	X(UNARY, NOTHING, 0)         /* v → v; small: the operator */                                     \
	X(BINARY, NOTHING, -1)       /* a b → v; small: the operator, count 1: in place */                \
	X(COMPARE, NOTHING, -1)      /* a b → v; small: the operator */                                   \
	X(COMPARE_CHAIN, TARGET, -1) /* a b → b, or False and a jump; small: the operator */              \
	/* containers */                                                                                    \
	X(BUILD_LIST, NUMBER, 1 - index)  /* v… → list */                                               \
	X(BUILD_TUPLE, NUMBER, 1 - index) /* v… → tuple */                                              \
	X(BUILD_SET, NUMBER, 1 - index)   /* v… → set; small: enum op_set */                            \
	X(BUILD_DICT, NOTHING, +1)        /* → dict */                                                    \
	X(BUILD_SLICE, NOTHING, -2)       /* start stop step → slice */                                   \
	X(ADD_ITEM, NOTHING, -1)          /* list v → list; or a set */                                   \
	X(ADD_ALL, NOTHING, -1)           /* list values → list; or a set; small 1: of a call */          \
	X(ADD_ENTRY, NOTHING, -2)         /* dict k v → dict; small 1: of a call */                       \
	X(ADD_ENTRIES, NOTHING,                                                                             \
	    -1)                 /* dict mapping → dict; small 1: of a call, whose names may not repeat */ \
	X(TO_TUPLE, NOTHING, 0) /* list → tuple */                                                        \
	X(ATTRIBUTE, NAME, 0)   /* v → v.name */                                                          \
	X(SET_ATTRIBUTE, NAME, -2)   /* v object → ; always an error */                                   \
	X(ITEM, NOTHING, -1)         /* v key → v[key] */                                                 \
	X(SET_ITEM, NOTHING, -3)     /* value v key → */                                                  \
	X(DELETE_ITEM, NOTHING, -2)  /* v key → */                                                        \
	X(UNPACK, NUMBER, index - 1) /* v → last … first; count: 1 + the starred one, or 0 */           \
	/* control */                                                                                       \
	X(JUMP, TARGET, 0)                                                                                  \
	X(JUMP_BACK, TARGET, 0)     /* a turn of a loop, which costs fuel */                                \
	X(JUMP_FALSE, TARGET, -1)   /* v → */                                                             \
	X(FALSE_OR_POP, TARGET, -1) /* v → v and a jump where it is false, else → */                    \
	X(TRUE_OR_POP, TARGET, -1)  /* v → v and a jump where it is true, else → */                     \
	X(ITERATE, NOTHING, -1)     /* v → ; count: the iterator to set */                                \
	X(NEXT, TARGET, +1)         /* → v, or a jump at the end; count: the iterator */                  \
	X(TRY, TARGET, 0) /* faults go to the target from now on, with the exception on the stack */        \
	X(TRY_END, NOTHING, 0)                                                                              \
	X(MATCH, NOTHING, 0)  /* exception class → exception bool */                                      \
	X(RAISE, NOTHING, -1) /* exception → */                                                           \
	/* functions */                                                                                     \
	X(CALL, NUMBER, -index)            /* f v… → result */                                          \
	X(CALL_NAMED, NUMBER, -index - 1)  /* f v… named… names → result; count: of the named */      \
	X(CALL_SPREAD, NOTHING, -2)        /* f list dict → result */                                     \
	X(METHOD, NAME, +1)                /* v → method self */                                          \
	X(CALL_METHOD, NUMBER, -index - 1) /* method self v… → result */                                \
	X(CLOSURE, FUNCTION, 1 - count)    /* default… → lambda */                                      \
	X(GENERATOR, FUNCTION, 0)          /* iterable → generator */                                     \
	X(YIELD, NOTHING, -1)              /* v → */                                                      \
	X(RETURN, NOTHING, -1)             /* v → */                                                      \
	/* output */                                                                                        \
	X(TEXT, CONSTANT, 0)                                                                                \
	X(ECHO, GLOBAL, -1)       /* v → ; escaped by the function of that global name */                 \
	X(ECHO_RAW, NOTHING, -1)  /* v → */                                                               \
	X(TO_TEXT, NOTHING, 0)    /* v → str(v) */                                                        \
	X(ECHO_TEXT, NOTHING, -1) /* v → ; TypeError where it is not text */                              \
	X(CAPTURE, NOTHING, 0)    /* output is put aside from now on */                                     \
	X(CAPTURED, NOTHING, +1)  /* → text that was put aside */                                         \
	X(END, NOTHING, 0)

/* BUILD_SET's small number: the order in which CPython gives the elements depends on how it made the set. */
enum op_set { OP_SET_PLAIN, OP_SET_CONSTANT, OP_SET_FROZEN };

enum op {
#define X(op, operand, effect) OP_##op,
	OPS(X)
#undef X
};

const char *op_name(enum op op);
enum op_operand op_operand(enum op op);

/* By how much the instruction raises the stack. */
int op_stack_effect(enum op op, uint32_t index, uint16_t count);

#endif
