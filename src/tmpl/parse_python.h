/*
 * Stage 3: the grammar of Python, as far as templates have it. Each function reads one construct from the
 * tokens on, and leaves the cursor behind it; NULL or false with a SyntaxError.
 *
 * The tighter a construct binds, the further down it is read: a list of values, operators (parse_operator.c),
 * calls, items and attributes (parse_primary.c), atoms (parse_atom.c). What has a grammar of its own has a
 * file of its own.
 */
#ifndef EDDY_TMPL_PARSE_PYTHON_H
#define EDDY_TMPL_PARSE_PYTHON_H

#include "tmpl/cursor.h"

typedef struct ast_expr *parse_fn(struct cursor *c);

/*
 * parse_operator.c: operators, comparisons, not, and, or, if-else; lists without brackets
 */

/* One value or, with commas, a tuple. */
struct ast_expr *parse_list(struct cursor *c);
struct ast_expr *parse_list_of(struct cursor *c, parse_fn *parse);

struct ast_expr *parse_value(struct cursor *c);                    /* if-else and lambda, too */
struct ast_expr *parse_starred(struct cursor *c, parse_fn *parse); /* *VALUE, or what `parse` reads */
struct ast_expr *parse_or(struct cursor *c);                       /* up to or: neither if-else nor lambda */
struct ast_expr *parse_arithmetic(struct cursor *c);               /* up to |: no comparison */

/*
 * parse_lambda.c
 */
struct ast_expr *parse_lambda(struct cursor *c);

/*
 * parse_primary.c: calls with their arguments, indices and slices, attributes
 */

/* Whatever follows `node`, NULL too: (…), […], .name */
struct ast_expr *parse_trailers(struct cursor *c, struct ast_expr *node);

/* What a function is called with that the text only names. */
struct ast_expr *parse_applied(struct cursor *c);

/*
 * parse_atom.c: names, numbers, strings, and displays: what is in parentheses, brackets or braces
 */
struct ast_expr *parse_atom(struct cursor *c);
struct ast_expr *parse_name(struct cursor *c);
struct ast_expr *parse_constant(struct cursor *c, struct tmpl_value value); /* of the next token */

/* Items with commas between up to `close`, the first of them read already; `*commas` counts. */
bool parse_items(struct cursor *c, struct ast_expr *first, const char *close, size_t *commas);

/*
 * parse_comprehension.c
 */

/* for TARGETS in VALUES, if CONDITION…, behind the element `left`, or `left`: `right` of a dict. */
struct ast_expr *parse_comprehension(
    struct cursor *c, enum ast_kind kind, struct ast_expr *left, struct ast_expr *right);

/*
 * parse_target.c: what values are assigned to
 */
struct ast_expr *parse_target(struct cursor *c);

/* Whether a value can be assigned to the node; names, subscripts, attributes and sequences of them. */
bool parse_check_target(struct cursor *c, const struct ast_expr *node);

/*
 * parse_statement.c: assignments, del, pass, and expressions as statements
 */
bool parse_statement(struct cursor *c, struct ast_body *body, struct ast_tag tag);

/*
 * What follows `first`: the rest of "TARGET = TARGET = VALUE", or nothing, where `first` itself is the value.
 * Sets the statement's target (an AST_LIST of AST_LINKs, or NULL) and its value.
 */
bool parse_assigned(struct cursor *c, struct ast_statement *statement, struct ast_expr *first);

#endif
