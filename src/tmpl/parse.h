/*
 * Stage 3, the half that knows Tornado: the tree of a file from its tags.
 */
#ifndef EDDY_TMPL_PARSE_H
#define EDDY_TMPL_PARSE_H

#include "tmpl/ast.h"

/*
 * The file as a tree in `a`, or NULL with a ParseError (of the tags) or a
 * SyntaxError (of the Python in them). As in Tornado, where the whole file is looked
 * through for the first kind before the second one matters, and Python
 * that could never run because the file extends another is not looked at.
 */
struct ast_file *parse_file(struct arena *a, struct src src, struct err *e);

#endif
