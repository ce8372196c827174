/*
 * What each stage of the compiler made, as text for a person who looks for a fault in a template or in the
 * compiler.
 */
#ifndef EDDY_DUMP_H
#define EDDY_DUMP_H

#include "tmpl/code.h"
#include "tmpl/src.h"

/* The pieces of the file by line and column, and the tokens of those tags that hold expressions. False with a
 * ParseError where a tag is not closed. */
bool dump_tokens(const struct src *src, struct buf *b, struct err *e);

/* The tree of one file, a node a line. */
void dump_ast(const struct ast_file *file, struct buf *b);

/* The program, an instruction a line, with the source of each. */
void dump_code(const struct code *code, struct buf *b);

#endif
