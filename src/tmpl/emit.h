/*
 * Making code: the program being written, the scopes of names, and the expressions.
 */
#ifndef EDDY_TMPL_EMIT_H
#define EDDY_TMPL_EMIT_H

#include "tmpl/code.h"
#include "tmpl/link.h"

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
	struct emit_cleanup *cleanups;        /* what a break has to leave in order: statement.c */
	const struct ast_statement *applied;  /* whose body AST_BODY is; NULL: a value that is escaped */
	const struct ast_statement *open_try; /* without except or finally: a fault of the next line */
	const struct ast_file *try_file;
	int depth;
	struct err *err;
};

/* Writes an instruction; returns its number, for emit_patch. */
uint32_t emit_op(struct emit *m, enum op op, uint32_t index);
uint32_t emit_op_with(struct emit *m, enum op op, uint32_t index, uint16_t count, uint8_t small);

/* The target of the jump `at` is the next instruction. */
void emit_patch(struct emit *m, uint32_t at);
uint32_t emit_here(const struct emit *m);

uint32_t emit_constant(struct emit *m, struct tmpl_value value);
uint32_t emit_global(struct emit *m, struct str name);

/* Scopes */
void emit_scope_open(struct emit *m, struct emit_scope *scope);
void emit_scope_close(struct emit *m);
uint32_t emit_scope_add(struct emit *m, struct str name); /* the slot, new or not */
void emit_scope_add_targets(struct emit *m, const struct ast_expr *target);

/* Whether the name is found in no scope. */
bool emit_is_global(const struct emit *m, struct str name);

/* Functions */
struct emit_function *emit_function_open(struct emit *m, uint32_t *number);
void emit_function_close(struct emit *m);
uint32_t emit_iterator_open(struct emit *m);
void emit_iterator_close(struct emit *m);

/* Expressions: they leave one value on the stack. False with the error set. */
bool emit_expr(struct emit *m, const struct ast_expr *node);

/* The same, where the value is only walked over. */
bool emit_iterable(struct emit *m, const struct ast_expr *node);
void emit_place(struct emit *m, const struct ast_expr *node);

/* Takes the value from the stack and puts it into the target. */
bool emit_store(struct emit *m, const struct ast_expr *target);
bool emit_delete(struct emit *m, const struct ast_expr *target);
bool emit_augment(struct emit *m, const struct ast_statement *statement);

/* What AST_BODY stands for: statement.c. */
bool emit_applied(struct emit *m);

/* The value of a name. `node` is its place. */
void emit_load(struct emit *m, const struct ast_expr *node, struct str name);

/* The whole program: statement.c. */
bool emit_program(struct emit *m);

#endif
