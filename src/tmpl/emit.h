/*
 * Stage 4, the writing of code: the program under way, its instructions and tables, the functions in it,
 * and the scopes of names. What is written for each construct: emit_tree.h.
 */
#ifndef EDDY_TMPL_EMIT_H
#define EDDY_TMPL_EMIT_H

#include "tmpl/code.h"
#include "tmpl/link.h"

/* The largest program: bodies within bodies, whatever file they come from; instructions, as includes within
 * includes multiply; and values that wait on the stack. */
enum {
	EMIT_DEPTH_MAX = 200,
	EMIT_OPS_MAX = 2000000,
	EMIT_STACK_MAX = 30000,
	EMIT_FUNCTIONS_MAX = UINT8_MAX, /* within one another: OP_OUTER counts them in a byte */
	EMIT_LOCALS_MAX = UINT16_MAX,   /* of a function: OP_UNBIND counts them in two */
};

/* The end of a chain of jumps. */
#define EMIT_NO_JUMP UINT32_MAX

struct emit_function;

/* Names that are local to a stretch of the template; those further out are seen through it. */
struct emit_scope {
	struct emit_scope *outer;
	struct emit_function *function; /* in whose frame its names live */
	struct map slots;               /* name → a pointer made of slot + 1 */
};

/* A function whose code is being written. */
struct emit_function {
	struct emit_function *outer;
	struct code_function *made;
	uint32_t stack_depth, iterator_depth, handler_depth;
	uint32_t local_capacity;
	uint32_t depth; /* how many functions it is in */
};

struct emit {
	struct arena *arena;
	struct code *code;
	size_t op_capacity, constant_capacity, name_capacity, global_capacity, place_capacity,
	    function_capacity;
	struct map name_index, global_index, text_index;
	struct link link;
	const struct ast_file *file;
	const struct code_context *context;
	struct ast_tag tag;
	struct emit_scope *scope;
	struct emit_function *function;
	struct emit_cleanup *cleanups;        /* what a break has to leave in order: emit_tree.h */
	const struct ast_statement *applied;  /* whose body AST_BODY is; NULL: a value that is escaped */
	const struct ast_statement *open_try; /* without except or finally: a fault of the next line */
	const struct ast_file *try_file;
	int depth;
	struct err *err;
};

/*
 * emit.c: instructions
 */

/* Writes an instruction; returns its number, for emit_patch. */
uint32_t emit_op(struct emit *m, enum op op, uint32_t index);
uint32_t emit_op_with(struct emit *m, enum op op, uint32_t index, uint16_t count, uint8_t small);

/* Whether the program is within its bounds; false with an error at these offsets of the file where it is not. */
bool emit_fits(const struct emit *m, uint32_t start, uint32_t end);

/* The number of the next instruction, and the place in the file of those from it on; NULL: the tag. */
uint32_t emit_here(const struct emit *m);
void emit_place(struct emit *m, const struct ast_expr *node);

/* The target of the jump `at` is the next instruction. */
void emit_patch(struct emit *m, uint32_t at);

/* The same for a chain: each jump holds the one before it, the first EMIT_NO_JUMP, as its target until then. */
void emit_patch_chain(struct emit *m, uint32_t last);

/* The index of a constant, of an attribute's name, and of a global. */
uint32_t emit_constant(struct emit *m, struct tmpl_value value);
uint32_t emit_name(struct emit *m, struct str name);
uint32_t emit_global(struct emit *m, struct str name);

/*
 * emit.c: functions
 */

/* What follows is the code of a function, whose number is returned. */
uint32_t emit_function_open(struct emit *m);
void emit_function_close(struct emit *m);

/* Its next local; the number of its next iterator. */
uint32_t emit_function_add_local(struct emit *m, struct emit_function *f, struct str name);
uint32_t emit_iterator_open(struct emit *m);
void emit_iterator_close(struct emit *m);

/*
 * emit_scope.c
 */
void emit_scope_open(struct emit *m, struct emit_scope *scope);
void emit_scope_close(struct emit *m);

/* The slot of the name in the innermost scope, new or not. */
uint32_t emit_scope_add(struct emit *m, struct str name);
void emit_scope_add_targets(struct emit *m, const struct ast_expr *target);

/* The names that are assigned anywhere in the body, in dead branches, overriding blocks and includes too. */
bool emit_scope_collect(struct emit *m, const struct ast_file *file, const struct ast_body *body);

/* Locals that UNBIND makes new: all that were added since there were `first_slot` of them. */
void emit_scope_unbind(struct emit *m, uint32_t first_slot);

/* Whether the name is a local of the function itself, whose slot is put. */
bool emit_scope_find_own(const struct emit *m, struct str name, uint32_t *slot);

/* Whether the name is found in no scope. */
bool emit_scope_is_global(const struct emit *m, struct str name);

/* Pushes the value of a name. `node` is its place. */
void emit_load(struct emit *m, const struct ast_expr *node, struct str name);

#endif
