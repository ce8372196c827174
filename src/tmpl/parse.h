/*
 * Stage 3, the half that knows Tornado: the tree of a file from its tags.
 */
#ifndef EDDY_TMPL_PARSE_H
#define EDDY_TMPL_PARSE_H

#include "tmpl/ast.h"

/*
 * The file as a tree in `a`, or NULL with a ParseError (of the tags). A SyntaxError (of the Python in them) is
 * kept in the tree, for whoever makes code of that part: as in Tornado, Python in blocks that are
 * overridden, and outside of blocks in a file that extends another, is not looked at.
 */
struct ast_file *parse_file(struct arena *a, struct src src, struct err *e);

#endif
