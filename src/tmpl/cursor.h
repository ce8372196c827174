/*
 * The tokens of a tag, read from left to right, and the nodes that are made of them: what everything
 * stands on that parses Python.
 *
 * A fault is a SyntaxError at the token that is next, or at a stretch of the text. Functions that fail give
 * NULL or false, and each caller hands that on.
 */
#ifndef EDDY_TMPL_CURSOR_H
#define EDDY_TMPL_CURSOR_H

#include "tmpl/ast.h"
#include "tmpl/lex.h"

struct cursor {
	struct arena *arena; /* for nodes */
	const struct src *src;
	const struct lex_token *tokens; /* the last one is LEX_END */
	size_t at;                      /* the next one */
	int nesting;
	bool awaits_body;    /* the text is of a function: what it is called with is read at its end */
	bool awaits_modules; /* the next name is that of a module */
	struct err *err;
};

/* The next token, and how it is written. */
const struct lex_token *cursor_token(const struct cursor *c);
struct str cursor_text(const struct cursor *c);

/* Whether the next token is the operator, the word, or a name, which no keyword is. */
bool cursor_is_operator(const struct cursor *c, const char *text);
bool cursor_is_word(const struct cursor *c, const char *word);
bool cursor_is_name(const struct cursor *c);

/* Whether "=" follows the next token. */
bool cursor_is_assigned(const struct cursor *c);

/* The same, and the token is read where it is that. */
bool cursor_take_operator(struct cursor *c, const char *text);
bool cursor_take_word(struct cursor *c, const char *word);

/* Whether what the function is called with is next: behind the last token, once. */
bool cursor_take_body(struct cursor *c);

/* Reads the operator; false with a fault where it is not next. */
bool cursor_expect(struct cursor *c, const char *text);

/* NULL, with the fault set: between two offsets, or at the next token. */
void *cursor_fail_at(struct cursor *c, uint32_t start, uint32_t end, const char *message);
void *cursor_fail(struct cursor *c, const char *message);

/* The next token does not belong here: "invalid syntax", or what templates have instead of it. */
void *cursor_fail_unexpected(struct cursor *c);

/* Around what may nest within itself; false with a fault where it is too deep. */
bool cursor_enter(struct cursor *c);
void cursor_leave(struct cursor *c);

/* A node that begins at the offset `start`, and the end of one with the last token that was read. NULL with a
 * fault where the tree below is too deep for the stages that walk it by recursion. */
struct ast_expr *cursor_node(struct cursor *c, enum ast_kind kind, uint32_t start);
struct ast_expr *cursor_node_end(struct cursor *c, struct ast_expr *node);

#endif
