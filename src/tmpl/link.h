/*
 * What Tornado does before it makes code: the chain of parents, and which definition of each block is
 * the one to be rendered.
 */
#ifndef EDDY_TMPL_LINK_H
#define EDDY_TMPL_LINK_H

#include "base/map.h"
#include "tmpl/code.h"

/* Files within files; and how often the files and blocks that tags stand for may be walked through. */
enum { LINK_DEPTH_MAX = 60, LINK_WALKS_MAX = 100000 };

/* The definition of a block, and the file that it stands in. */
struct link_block {
	const struct ast_statement *block;
	const struct ast_file *file;
};

/* A file of the chain of parents, and how it got into the program. */
struct link_ancestor {
	const struct ast_file *file;
	const struct code_context *context;
};

struct link {
	struct arena *arena;
	const struct code_loader *loader;
	struct map blocks;               /* name → struct link_block */
	struct link_ancestor *ancestors; /* the template itself, then its parents */
	size_t ancestor_count;
	struct link_ancestor root;                   /* the one whose text is rendered */
	const struct ast_file *open[LINK_DEPTH_MAX]; /* whose includes are being looked for */
	int depth;
	int walk_count; /* of included files and of blocks: each tag may double what is below it */
	struct err *err;
};

/* Loads the parents and all includes; link_close is due afterwards, whatever the result. */
bool link_open(struct link *l, const struct ast_file *entry);
void link_close(struct link *l);

/* The definition to render where `block` of `file` stands. NULL with the error at the tag. */
const struct link_block *link_block(
    struct link *l, const struct ast_file *file, const struct ast_statement *block);

/* The file that an include or extends tag of `file` names. NULL with the error at the tag. */
const struct ast_file *link_load(
    struct link *l, const struct ast_file *file, const struct ast_statement *tag);

/* "include 'x'", "apply f" and the like. */
struct str link_what(struct arena *a, const struct ast_statement *statement);

#endif
