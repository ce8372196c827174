/*
 * Stage 3, between Tornado and Python: what the tags hold, each whole.
 *
 * Each function gives NULL or false with a SyntaxError where the text is something else.
 */
#ifndef EDDY_TMPL_PARSE_TAG_H
#define EDDY_TMPL_PARSE_TAG_H

#include "tmpl/ast.h"

/* A stretch of a file to read, and the arena for what is read. */
struct parse_text {
	struct arena *arena;
	const struct src *src;
	uint32_t start, end;
	bool is_module; /* behind module: it begins with an attribute of the modules */
};

/*
 * {{ … }}, {% raw … %} and {% module … %}: what may stand behind "x =" in Python. Sets the statement's value, and
 * what it has besides: targets ("{{ a = 1 }}" prints it, too), and, as its body, statements behind semicolons.
 */
bool parse_tag_echo(struct parse_text text, struct ast_statement *statement, struct err *e);

/* Behind if, elif and while. */
struct ast_expr *parse_tag_condition(struct parse_text text, struct err *e);

/* name(BODY) */
struct ast_expr *parse_tag_call_by_name(struct arena *a, struct str name);

/* Behind apply and autoescape: a function's text, read as a call of it with an AST_BODY, as Tornado writes it. */
struct ast_expr *parse_tag_function(struct parse_text text, struct err *e);

/* Behind for: TARGETS in VALUES. */
bool parse_tag_loop(
    struct parse_text text, struct ast_expr **target, struct ast_expr **values, struct err *e);

/* Behind except: nothing, CLASS, or CLASS as NAME; NULL is put for what is not there. */
bool parse_tag_except(struct parse_text text, struct ast_expr **class, struct ast_expr **name, struct err *e);

/* Behind set: simple statements with semicolons between, each added to `body`. */
bool parse_tag_statements(struct parse_text text, struct ast_tag tag, struct ast_body *body, struct err *e);

#endif
