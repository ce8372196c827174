/*
 * Stage 4, the code for each construct: what the files that walk the tree have of each other. Expressions
 * leave one value on the stack, statements leave it as it was. False with the error set.
 */
#ifndef EDDY_TMPL_EMIT_TREE_H
#define EDDY_TMPL_EMIT_TREE_H

#include "tmpl/emit.h"

/*
 * emit_expr.c: constants, names, displays, operators, attributes and items
 */
bool emit_expr(struct emit *m, const struct ast_expr *node);

/* The same, where the value is only walked over. */
bool emit_iterable(struct emit *m, const struct ast_expr *node);

/* The object, or the container and the key, and then the instruction that works on them. */
bool emit_attribute(struct emit *m, const struct ast_expr *node, enum op op);
bool emit_item(struct emit *m, const struct ast_expr *node, enum op op);

/*
 * emit_call.c, emit_lambda.c, emit_comprehension.c
 */
bool emit_call(struct emit *m, const struct ast_expr *node);
bool emit_lambda(struct emit *m, const struct ast_expr *node);
bool emit_comprehension(struct emit *m, const struct ast_expr *node);
bool emit_generator(struct emit *m, const struct ast_expr *node);

/*
 * emit_target.c: what set, for and except assign to, and del deletes
 */

/* Takes the value from the stack and puts it into the target. */
bool emit_store(struct emit *m, const struct ast_expr *target);
bool emit_delete(struct emit *m, const struct ast_expr *target);
bool emit_assign(struct emit *m, const struct ast_statement *statement);

/* The same, and the value stays on the stack; a statement without targets has but a value. */
bool emit_assigned(struct emit *m, const struct ast_statement *statement);

bool emit_augment(struct emit *m, const struct ast_statement *statement);

/*
 * emit_control.c: if, for, while, break and continue
 */
enum emit_cleanup_kind {
	EMIT_CLEANUP_LOOP,    /* ends the way */
	EMIT_CLEANUP_HANDLER, /* of a try */
	EMIT_CLEANUP_FINALLY, /* its body is to be run */
	EMIT_CLEANUP_NAME,    /* of an exception: it loses its value */
	EMIT_CLEANUP_VALUE,   /* on the stack */
};

/* What a break or continue has to do on its way out of a statement, innermost first. */
struct emit_cleanup {
	struct emit_cleanup *outer;
	enum emit_cleanup_kind kind;
	const struct ast_body *body;
	uint32_t slot;
	uint32_t start;  /* of a loop: where a continue goes */
	uint32_t breaks; /* of a loop: the chain of jumps to its end */
};

void emit_cleanup_open(struct emit *m, struct emit_cleanup *cleanup, enum emit_cleanup_kind kind);
void emit_cleanup_close(struct emit *m);

bool emit_if(struct emit *m, const struct ast_statement *s);
bool emit_for(struct emit *m, const struct ast_statement *s);
bool emit_while(struct emit *m, const struct ast_statement *s);

/* The tag of a branch with the value that says whether it is taken, if it has one; and these with its body. */
bool emit_branch_begin(struct emit *m, const struct ast_branch *branch);
bool emit_branch(struct emit *m, const struct ast_branch *branch);

/* Leaves every statement up to the innermost loop, then jumps to its start or its end. */
bool emit_leave(struct emit *m, bool breaks);

/*
 * emit_try.c
 */
bool emit_try(struct emit *m, const struct ast_statement *s);

/*
 * emit_statement.c: text, echo, apply, block, include, and what a body is made of
 */
bool emit_body(struct emit *m, const struct ast_body *body);

/* The tag begins a line of Python, where a try that has no branches is noticed. */
bool emit_line(struct emit *m);

/* What AST_BODY stands for: the text that a function of apply or autoescape is called with. */
bool emit_applied(struct emit *m);

/* The whole program. */
bool emit_program(struct emit *m);

#endif
