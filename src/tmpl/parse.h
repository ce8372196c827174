/*
 * Stage 3: the tree of a file. Inside it is in three parts: the directives of Tornado (parse_tornado.h), the
 * grammar of Python (parse_python.h), and between them what each tag holds of it (parse_tag.h).
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
