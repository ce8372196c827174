/*
 * Stage 4: bytecode from trees. The template, what it extends and what it
 * includes become one function, as in Tornado; lambdas and generators are others. How it is written: emit.h
 * and emit_tree.h.
 */
#ifndef EDDY_TMPL_CODE_H
#define EDDY_TMPL_CODE_H

#include "tmpl/ast.h"
#include "tmpl/op.h"

struct code_op {
	uint8_t op; /* enum op */
	uint8_t small;
	uint16_t count;
	uint32_t index;
};

/* Where code came from: a file, and the tag by which it got into the program. */
struct code_context {
	const struct src *src;
	const struct code_context *outer; /* NULL for the template itself */
	struct str what;                  /* "include 'nav.html'" */
	struct ast_tag tag;               /* in the file of `outer` */
};

/* The expression that the instructions from `pc` on belong to. */
struct code_place {
	uint32_t pc;
	uint32_t start, end;
	struct ast_tag tag;
	const struct code_context *context;
};

struct code_function {
	uint32_t start; /* its first instruction */
	uint32_t local_count, stack_count, iterator_count, handler_count;
	/* The first locals are the parameters by position, those by keyword only, *args, and **keywords. */
	uint32_t parameter_count, unnamed_count, default_count, keyword_count;
	bool has_star, has_double_star;
	bool has_inner; /* functions that may outlive a call */
	struct str *local_names;
};

struct code {
	struct code_op *ops;
	size_t op_count;
	struct tmpl_value *constants;
	size_t constant_count;
	struct str *names; /* of attributes */
	size_t name_count;
	struct str *globals;
	size_t global_count;
	struct code_place *places;
	size_t place_count;
	struct code_function **functions; /* the first is the template */
	size_t function_count;
	bool changes_data; /* could change containers that it was given */
};

/* Finds a file by its name, which is relative to the root. NULL with the error. */
typedef const struct ast_file *code_load_fn(void *context, struct str name, struct err *e);

/* The file that was probably meant by a name that is none; empty where nothing is near. In `a`. */
typedef struct str code_nearest_fn(void *context, struct arena *a, struct str name);

struct code_loader {
	code_load_fn *load;
	code_nearest_fn *nearest;
	void (*warn)(void *context, const struct err *warning);
	void *context;
};

/* The program for a template, in `a`, which must live as long as the trees do. */
struct code *code_compile(
    struct arena *a, const struct ast_file *file, const struct code_loader *loader, struct err *e);

/* The place of the instruction at `pc`, or NULL. */
const struct code_place *code_place_at(const struct code *code, uint32_t pc);

/*
 * The name of a file as seen from the file `from`: relative to its directory, or to the root where it starts
 * with a slash. False where it would leave the root.
 */
bool code_resolve(struct arena *a, struct str from, struct str name, struct str *resolved);

#endif
