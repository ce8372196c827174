#include "tmpl/ast.h"

static const char *const kind_names[] = {
#define X(kind, name) name,
    AST_EXPRESSIONS(X)
#undef X
};

static const char *const statement_names[] = {
#define X(kind, name) name,
    AST_STATEMENTS(X)
#undef X
};

static const char *const operator_texts[] = {
#define X(op, text) text,
    AST_OPERATORS(X)
#undef X
};

struct ast_statement *
ast_statement_new(struct arena *a, enum ast_statement_kind kind, struct ast_tag tag)
{
	struct ast_statement *statement = ARENA_NEW(a, struct ast_statement);

	statement->kind = kind;
	statement->tag = tag;
	return statement;
}

void
ast_body_open(struct ast_body *body)
{
	*body = (struct ast_body){0};
	body->end = &body->first;
}

void
ast_body_add(struct ast_body *body, struct ast_statement *statement)
{
	*body->end = statement;
	body->end = &statement->next;
}

size_t
ast_count(const struct ast_expr *items)
{
	size_t count = 0;

	for (; items != NULL; items = items->next)
		count++;
	return count;
}

bool
ast_has_kind(const struct ast_expr *items, enum ast_kind kind)
{
	for (; items != NULL; items = items->next)
		if (items->kind == kind)
			return true;
	return false;
}

const char *
ast_kind_name(enum ast_kind kind)
{
	return kind_names[kind];
}

const char *
ast_statement_name(enum ast_statement_kind kind)
{
	return statement_names[kind];
}

const char *
ast_operator_text(enum ast_operator op)
{
	return operator_texts[op];
}
