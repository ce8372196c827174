/*
 * The instructions of the machine. One list makes the enum, the names of a dump, and what is shown of
 * operands.
 *
 * An instruction has an index (of a constant, a name, a slot, a jump's target…), a count and a small
 * number. The comments show the stack before and after, its top on the right.
 */
#ifndef EDDY_TMPL_OP_H
#define EDDY_TMPL_OP_H

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
	X(CONSTANT, CONSTANT) /* → v */                                                                   \
	X(LOCAL, SLOT)        /* → v, or UnboundLocalError; count 1: of an outer scope, NameError */      \
	X(OUTER, SLOT)        /* → v; small: functions further out */                                     \
	X(GLOBAL, GLOBAL)     /* → v, or NameError */                                                     \
	X(SET_LOCAL, SLOT)    /* v → */                                                                   \
	X(UNBIND, SLOT)       /* → ; count slots from the index on have no value any more */              \
	X(DELETE_LOCAL, SLOT) /* → ; or UnboundLocalError */                                              \
	X(POP, NOTHING)       /* v → */                                                                   \
	X(COPY, NOTHING)      /* v → v v */                                                               \
	X(COPY_TWO, NOTHING)  /* a b → a b a b */                                                         \
	X(UNDER_TWO, NOTHING) /* a b c → c a b */                                                         \
	/* operators */                                                                                     \
	X(UNARY, NOTHING)        /* v → v; small: the operator */                                         \
	X(BINARY, NOTHING)       /* a b → v; small: the operator, count 1: in place */                    \
	X(COMPARE, NOTHING)      /* a b → v; small: the operator */                                       \
	X(COMPARE_CHAIN, TARGET) /* a b → b, or False and a jump; small: the operator */                  \
	/* containers */                                                                                    \
	X(BUILD_LIST, NUMBER)   /* v… → list */                                                         \
	X(BUILD_TUPLE, NUMBER)  /* v… → tuple */                                                        \
	X(BUILD_SET, NUMBER)    /* v… → set; small: enum op_set */                                      \
	X(BUILD_DICT, NUMBER)   /* k v… → dict */                                                       \
	X(BUILD_SLICE, NOTHING) /* start stop step → slice */                                             \
	X(ADD_ITEM, NUMBER)     /* … v → … ; to the list or set that is index deep in the stack */    \
	X(ADD_ALL, NUMBER)      /* … v → … ; everything that v gives; small 1: of a call */           \
	X(ADD_ENTRY, NUMBER)    /* … k v → … */                                                       \
	X(ADD_ENTRIES, NUMBER)  /* … dict → … ; small 1: arguments of a call, which may not repeat */ \
	X(TO_TUPLE, NOTHING)    /* list → tuple */                                                        \
	X(ATTRIBUTE, NAME)      /* v → v.name */                                                          \
	X(SET_ATTRIBUTE, NAME)  /* v object → ; always an error */                                        \
	X(ITEM, NOTHING)        /* v key → v[key] */                                                      \
	X(SET_ITEM, NOTHING)    /* value v key → */                                                       \
	X(DELETE_ITEM, NOTHING) /* v key → */                                                             \
	X(UNPACK, NUMBER)       /* v → last … first; count: 1 + the starred one, or 0 */                \
	/* control */                                                                                       \
	X(JUMP, TARGET)                                                                                     \
	X(JUMP_BACK, TARGET)    /* a turn of a loop, which costs fuel */                                    \
	X(JUMP_FALSE, TARGET)   /* v → */                                                                 \
	X(JUMP_TRUE, TARGET)    /* v → */                                                                 \
	X(FALSE_OR_POP, TARGET) /* v → v and a jump where it is false, else → */                        \
	X(TRUE_OR_POP, TARGET)  /* v → v and a jump where it is true, else → */                         \
	X(ITERATE, NOTHING)     /* v → ; count: the iterator to set */                                    \
	X(NEXT, TARGET)         /* → v, or a jump at the end; count: the iterator */                      \
	X(TRY, TARGET)          /* faults go to the target from now on, with the exception on the stack */  \
	X(TRY_END, NOTHING)                                                                                 \
	X(MATCH, NOTHING) /* exception class → exception bool */                                          \
	X(RAISE, NOTHING) /* exception → */                                                               \
	/* functions */                                                                                     \
	X(CALL, NUMBER)         /* f v… → result */                                                     \
	X(CALL_NAMED, NUMBER)   /* f v… named… names → result; count: of the named */                 \
	X(CALL_SPREAD, NOTHING) /* f list dict → result */                                                \
	X(METHOD, NAME)         /* v → method self */                                                     \
	X(CALL_METHOD, NUMBER)  /* method self v… → result */                                           \
	X(CLOSURE, FUNCTION)    /* default… → lambda */                                                 \
	X(GENERATOR, FUNCTION)  /* iterable → generator */                                                \
	X(YIELD, NOTHING)       /* v → */                                                                 \
	X(RETURN, NOTHING)      /* v → */                                                                 \
	/* output */                                                                                        \
	X(TEXT, CONSTANT)                                                                                   \
	X(ECHO, GLOBAL)       /* v → ; escaped by the function of that global name */                     \
	X(ECHO_RAW, NOTHING)  /* v → */                                                                   \
	X(TO_TEXT, NOTHING)   /* v → str(v) */                                                            \
	X(ECHO_TEXT, NOTHING) /* v → ; TypeError where it is not text */                                  \
	X(CAPTURE, NOTHING)   /* output is put aside from now on */                                         \
	X(CAPTURED, NOTHING)  /* → text that was put aside */                                             \
	X(END, NOTHING)

/* BUILD_SET's small number: the order in which CPython gives the elements depends on how it made the set. */
enum op_set { OP_SET_PLAIN, OP_SET_CONSTANT, OP_SET_FROZEN };

enum op {
#define X(op, operand) OP_##op,
	OPS(X)
#undef X
};

#endif
