/*
 * What the parser makes of a file: a tree of statements (one for each text and tag) and
 * of expressions. Nodes live in the arena of the file that they belong to, and
 * know their place as offsets into its text.
 */
#ifndef EDDY_TMPL_AST_H
#define EDDY_TMPL_AST_H

#include "tmpl/src.h"
#include "tmpl/tmpl.h"

/* kind and the name that a dump shows */
#define AST_EXPRESSIONS(X)                                                                          \
	X(CONSTANT, "constant")                                                                     \
	X(NAME, "name")                                                                             \
	X(LIST, "list")           /* items */                                                       \
	X(TUPLE, "tuple")         /* items */                                                       \
	X(SET, "set")             /* items */                                                       \
	X(DICT, "dict")           /* items: PAIR, DOUBLE_STARRED */                                 \
	X(PAIR, "pair")           /* left: right */                                                 \
	X(STARRED, "starred")     /* *left; *name or *, of a lambda */                              \
	X(DOUBLE_STARRED, "**")   /* **left; **name, of a lambda */                                 \
	X(KEYWORD, "keyword")     /* name=left, of a call; name or name=left, of a lambda */        \
	X(SLASH, "/")             /* of a lambda: those before it have no names for callers */      \
	X(ATTRIBUTE, "attribute") /* left.name */                                                   \
	X(INDEX, "index")         /* left[right] */                                                 \
	X(SLICE, "slice")         /* left:right:third, each may be NULL */                          \
	X(CALL, "call")           /* left(items) */                                                 \
	X(UNARY, "unary")         /* operator left */                                               \
	X(BINARY, "binary")       /* left operator right */                                         \
	X(COMPARE, "compare")     /* left, items: LINK */                                           \
	X(LINK, "link")           /* operator left */                                               \
	X(AND, "and")             /* left, right */                                                 \
	X(OR, "or")               /* left, right */                                                 \
	X(CONDITIONAL, "if-else") /* left if third else right */                                    \
	X(LAMBDA, "lambda")       /* items: KEYWORD, SLASH, STARRED, DOUBLE_STARRED; left */        \
	X(LIST_OF, "list of")     /* comprehensions: left (and right, of a dict), items: FOR, IF */ \
	X(SET_OF, "set of")                                                                         \
	X(DICT_OF, "dict of")                                                                       \
	X(GENERATOR, "generator")                                                                   \
	X(BODY, "body") /* what an apply or autoescape function is called with */                   \
	X(FOR, "for")   /* left in right */                                                         \
	X(IF, "if")     /* left */

enum ast_kind {
#define X(kind, name) AST_##kind,
	AST_EXPRESSIONS(X)
#undef X
};

/* Operators, as they are written and, where there is one, with their assignment. */
#define AST_OPERATORS(X)       \
	X(ADD, "+")            \
	X(SUBTRACT, "-")       \
	X(MULTIPLY, "*")       \
	X(DIVIDE, "/")         \
	X(FLOOR_DIVIDE, "//")  \
	X(MODULO, "%")         \
	X(POWER, "**")         \
	X(LEFT_SHIFT, "<<")    \
	X(RIGHT_SHIFT, ">>")   \
	X(BIT_AND, "&")        \
	X(BIT_OR, "|")         \
	X(BIT_XOR, "^")        \
	X(MATRIX, "@")         \
	X(LESS, "<")           \
	X(LESS_EQUAL, "<=")    \
	X(EQUAL, "==")         \
	X(NOT_EQUAL, "!=")     \
	X(GREATER, ">")        \
	X(GREATER_EQUAL, ">=") \
	X(IN, "in")            \
	X(NOT_IN, "not in")    \
	X(IS, "is")            \
	X(IS_NOT, "is not")    \
	X(NOT, "not")          \
	X(NEGATE, "-")         \
	X(PLUS, "+")           \
	X(INVERT, "~")

enum ast_operator {
#define X(op, text) AST_##op,
	AST_OPERATORS(X)
#undef X
	    AST_OPERATOR_COUNT
};

enum { AST_LAST_ARITHMETIC = AST_MATRIX }; /* those up to it have an assignment */

struct ast_expr {
	enum ast_kind kind;
	enum ast_operator op;
	uint32_t start, end;
	uint16_t depth; /* of the tree below, itself included */
	bool in_parentheses;
	struct str name;
	struct tmpl_value constant;
	struct ast_expr *left, *right, *third;
	struct ast_expr *items; /* a list, linked by `next` */
	struct ast_expr *next;
};

/* The tag that a node came from: where faults of a tag of several lines are shown. */
struct ast_tag {
	uint32_t start, end;
};

#define AST_STATEMENTS(X)                                                    \
	X(TEXT, "text")       /* text, filtered */                           \
	X(ECHO, "echo")       /* value, escaped */                           \
	X(RAW, "raw")         /* value, not escaped */                       \
	X(CHOICE, "if")       /* branches: if, elif, else */                 \
	X(LOOP, "for")        /* target, value, body, branches: else */      \
	X(WHILE, "while")     /* value, body, branches: else */              \
	X(TRY, "try")         /* body, branches: except, else, finally */    \
	X(APPLY, "apply")     /* value, body */                              \
	X(BLOCK, "block")     /* text is its name, body */                   \
	X(EXTENDS, "extends") /* text is the file */                         \
	X(INCLUDE, "include") /* text is the file */                         \
	X(BREAK, "break")                                                    \
	X(CONTINUE, "continue")                                              \
	X(ASSIGN, "assign")     /* each of targets = value, from the left */ \
	X(AUGMENT, "augment")   /* target operator= value */                 \
	X(EVALUATE, "evaluate") /* value, and forget it */                   \
	X(DELETE, "delete")     /* targets */

enum ast_statement_kind {
#define X(kind, name) AST_STATEMENT_##kind,
	AST_STATEMENTS(X)
#undef X
};

struct ast_statement;

struct ast_body {
	struct ast_statement *first;
	struct ast_statement **end;
};

enum ast_branch_kind {
	AST_BRANCH_IF,
	AST_BRANCH_ELIF,
	AST_BRANCH_ELSE,
	AST_BRANCH_EXCEPT,
	AST_BRANCH_FINALLY
};

struct ast_branch {
	enum ast_branch_kind kind;
	struct ast_tag tag;
	struct ast_expr *value;  /* condition or exception class; NULL for else, finally and a bare except */
	struct ast_expr *target; /* the name of "except … as name", or NULL */
	struct ast_body body;
	struct ast_branch *next;
};

struct ast_statement {
	enum ast_statement_kind kind;
	enum ast_operator op;
	struct ast_tag tag;
	struct str text;
	struct ast_expr *target, *value;
	struct ast_body body;
	struct ast_branch *branches;
	struct err *fault; /* of a block: the first SyntaxError in it; its broken statements lack values */
	struct ast_statement *next;
};

struct ast_file {
	struct src src;
	struct ast_body body;
	bool extends;          /* an extends tag at its top level */
	struct str autoescape; /* the text of the last autoescape tag, "xhtml_escape" without one */
	struct ast_tag autoescape_tag;
	struct ast_expr *autoescape_function; /* a call with an AST_BODY; NULL where nothing is escaped */
	struct err *autoescape_fault;         /* why it could not be read */
	struct err *fault;                    /* the first SyntaxError outside of its blocks */
	bool has_fault; /* something that no code can be made of, perhaps in dead code */
};

/* A statement of a tag, and its way to the end of a body, which was opened. */
struct ast_statement *ast_statement_new(struct arena *a, enum ast_statement_kind kind, struct ast_tag tag);
void ast_body_open(struct ast_body *body);
void ast_body_add(struct ast_body *body, struct ast_statement *statement);

/* How many items are in the list, and whether one is of that kind. */
size_t ast_count(const struct ast_expr *items);
bool ast_has_kind(const struct ast_expr *items, enum ast_kind kind);

const char *ast_kind_name(enum ast_kind kind);
const char *ast_statement_name(enum ast_statement_kind kind);
const char *ast_operator_text(enum ast_operator op);

#endif
