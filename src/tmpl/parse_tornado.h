/*
 * Stage 3, the directives of Tornado: the parser of a file, and what the files that read its tags have of each
 * other.
 *
 * A ParseError ends the parsing, and functions give false with it. A SyntaxError of the Python in a tag is only
 * noted, and kept in the tree.
 */
#ifndef EDDY_TMPL_PARSE_TORNADO_H
#define EDDY_TMPL_PARSE_TORNADO_H

#include "tmpl/parse_tag.h"

enum parse_block {
	PARSE_BLOCK_NONE = 0,
	PARSE_BLOCK_IF = 1,
	PARSE_BLOCK_FOR = 2,
	PARSE_BLOCK_WHILE = 4,
	PARSE_BLOCK_TRY = 8,
	PARSE_BLOCK_APPLY = 16,
	PARSE_BLOCK_BLOCK = 32,
};

struct parser {
	struct arena *arena;
	struct ast_file *file;
	struct src_scanner scanner;
	enum src_whitespace whitespace;
	int depth;
	struct err *fault;        /* the first SyntaxError of the innermost {% block %}, or of the file */
	struct err fault_ignored; /* the later ones */
	struct err *err;
};

/* What encloses a body: the block whose tag is open, and whether a loop of this function is around. */
struct parse_enclosure {
	enum parse_block block;
	bool in_loop;
	struct src_piece tag; /* that opened the block */
};

/* How a body ended. */
struct parse_end {
	struct src_piece piece;
	struct str op; /* "end", "else"…, or nothing at the end of the file */
	struct str suffix;
};

/* A block tag taken apart: its operator up to the first space, and the rest. */
struct parse_tag {
	struct parser *parser;
	struct src_piece piece;
	struct str op, suffix;
	struct parse_enclosure around;
};

/*
 * parse.c: faults
 */

/* A ParseError. Tornado counts the line where the tag ends; the caret is put at its start where that is the
 * same line. */
bool parse_fail(struct parser *p, struct src_piece piece, const char *format, ...) PRINTF_LIKE(3, 4);

/* Where SyntaxErrors of this place are noted: only the first one of each matters. */
struct err *parse_fault_new(struct arena *a);
struct err *parse_fault_slot(struct parser *p);
void parse_fault_set(struct parser *p, struct src_piece piece, const char *message);

/* Adds what was meant. A fault of a tag of several lines is shown at its first line, where Tornado counts it. */
void parse_fault_at(struct parser *p, struct err *fault, struct src_piece piece);

/*
 * parse.c: what tags hold
 */
struct ast_tag parse_place(struct src_piece piece);

/* What follows the operator of a tag, as a stretch of the file. */
struct parse_text parse_suffix(const struct parse_tag *tag);

/* The value that `read` makes of the text; NULL with the fault noted. */
typedef struct ast_expr *parse_read_fn(struct parse_text text, struct err *e);
struct ast_expr *parse_read(
    struct parser *p, struct src_piece piece, struct parse_text text, parse_read_fn *read);

/* {{ … }}, or what is like it. */
void parse_add_echo(
    const struct parse_tag *tag, struct ast_body *body, enum ast_statement_kind kind, struct parse_text text);

/* What is between the tag that opened `around` and the one that ends it, or up to the end of the file. */
bool parse_body(
    struct parser *p, struct parse_enclosure around, struct ast_body *body, struct parse_end *end);

/*
 * parse_directive.c: tags without a body
 */
typedef bool parse_directive_fn(const struct parse_tag *tag, struct ast_body *body);

/* NULL where no directive has that name. */
parse_directive_fn *parse_directive_find(struct str name);
void parse_directive_near(struct str_near *near);

/*
 * parse_block.c: if, for, while, try, apply and block, with their branches
 */
enum parse_block parse_block_find(struct str name); /* PARSE_BLOCK_NONE where no block has that name */
const char *parse_block_name(enum parse_block block);
void parse_block_near(struct str_near *near);
bool parse_block(const struct parse_tag *tag, struct ast_body *body, enum parse_block block);

/* Whether the tag ends the body: an end tag, or a branch that belongs here. */
bool parse_check_closing(const struct parse_tag *tag, bool *closes);

#endif
