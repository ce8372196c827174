#include "tmpl/parse_tornado.h"

static const struct {
	const char *name;
	enum parse_block block;
} block_names[] = {{"if", PARSE_BLOCK_IF}, {"for", PARSE_BLOCK_FOR}, {"while", PARSE_BLOCK_WHILE},
    {"try", PARSE_BLOCK_TRY}, {"apply", PARSE_BLOCK_APPLY}, {"block", PARSE_BLOCK_BLOCK}};

static const struct {
	const char *name;
	enum ast_branch_kind kind;
	int parents;
	const char *parent_names;
} branch_names[] = {
    {"else", AST_BRANCH_ELSE, PARSE_BLOCK_IF | PARSE_BLOCK_FOR | PARSE_BLOCK_WHILE | PARSE_BLOCK_TRY,
	"{'for', 'if', 'try', 'while'}"},
    {"elif", AST_BRANCH_ELIF, PARSE_BLOCK_IF, "{'if'}"},
    {"except", AST_BRANCH_EXCEPT, PARSE_BLOCK_TRY, "{'try'}"},
    {"finally", AST_BRANCH_FINALLY, PARSE_BLOCK_TRY, "{'try'}"},
};

const char *
parse_block_name(enum parse_block block)
{
	size_t i = 0;

	while (block_names[i].block != block)
		i++;
	return block_names[i].name;
}

enum parse_block
parse_block_find(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(block_names); i++)
		if (str_eq(name, str_of(block_names[i].name)))
			return block_names[i].block;
	return PARSE_BLOCK_NONE;
}

void
parse_block_near(struct str_near *near)
{
	for (size_t i = 0; i < COUNT_OF(block_names); i++)
		str_near_try(near, str_of(block_names[i].name));
	for (size_t i = 0; i < COUNT_OF(branch_names); i++)
		str_near_try(near, str_of(branch_names[i].name));
	str_near_try(near, STR("end"));
}

/* The row of branch_names, or its count where the operator is none of them. */
static size_t
branch_row(struct str op)
{
	size_t row = 0;

	while (row < COUNT_OF(branch_names) && !str_eq(op, str_of(branch_names[row].name)))
		row++;
	return row;
}

/* The order in which Python wants the branches of a statement; NULL where it is kept. */
static const char *
branch_fault(const struct ast_branch *last, enum ast_branch_kind kind, bool is_try)
{
	bool after_else = last != NULL && last->kind == AST_BRANCH_ELSE;
	bool after_except = last != NULL && last->kind == AST_BRANCH_EXCEPT;

	if (last != NULL && last->kind == AST_BRANCH_FINALLY)
		return "invalid syntax";
	if (after_else && kind != AST_BRANCH_FINALLY)
		return "invalid syntax";
	if (is_try && kind == AST_BRANCH_ELSE && !after_except)
		return "expected 'except' or 'finally' block";
	return NULL;
}

static void
read_branch(struct parser *p, struct ast_branch *branch, const struct parse_end *opener)
{
	struct parse_tag tag = {.parser = p, .piece = opener->piece, .suffix = opener->suffix};
	struct err *fault;

	branch->tag = parse_place(opener->piece);
	if (branch->kind == AST_BRANCH_ELIF) {
		branch->value = parse_read(p, opener->piece, parse_suffix(&tag), parse_tag_condition);
	} else if (branch->kind == AST_BRANCH_EXCEPT) {
		fault = parse_fault_slot(p);
		parse_tag_except(parse_suffix(&tag), &branch->value, &branch->target, fault);
		parse_fault_at(p, fault, opener->piece);
	} else if (opener->suffix.len > 0) {
		fault = parse_fault_slot(p);
		err_set(fault, ERR_SYNTAX, src_place(&p->file->src, opener->piece.start, opener->piece.end),
		    "expected ':'");
		if (branch->kind == AST_BRANCH_ELSE && str_starts(opener->suffix, STR("if")))
			err_set_hint(fault, "did you mean 'elif'?");
	}
}

static bool
is_bare_except(const struct ast_branch *branch)
{
	return branch != NULL && branch->kind == AST_BRANCH_EXCEPT && branch->value == NULL;
}

/* The branches behind the first body, up to the end tag. */
static bool
parse_branches(
    struct parser *p, struct parse_enclosure inner, struct ast_branch **end_of_list, struct parse_end *end)
{
	struct ast_branch *last = NULL;
	struct src_piece last_piece = {0};

	while (!str_eq(end->op, STR("end"))) {
		struct ast_branch *branch = ARENA_NEW(p->arena, struct ast_branch);
		const char *fault;

		branch->kind = branch_names[branch_row(end->op)].kind;
		fault = branch_fault(last, branch->kind, inner.block == PARSE_BLOCK_TRY);
		if (fault != NULL)
			parse_fault_set(p, end->piece, fault);
		if (branch->kind == AST_BRANCH_EXCEPT && is_bare_except(last))
			parse_fault_set(p, last_piece, "default 'except:' must be last");
		last_piece = end->piece;
		read_branch(p, branch, end);
		if (!parse_body(p, inner, &branch->body, end))
			return false;
		*end_of_list = last = branch;
		end_of_list = &branch->next;
	}
	return true;
}

/* Tornado sees it only at the end of the block. */
static bool
fail_unnamed(const struct parse_tag *tag, struct src_piece end, const char *message, const char *hint)
{
	struct parser *p = tag->parser;

	parse_fail(p, end, "%s", message);
	err_set_hint(p->err, "%s", hint);
	err_add_frame(p->err, tag->op, src_place(&p->file->src, tag->piece.start, tag->piece.end));
	return false;
}

static bool
parse_apply(const struct parse_tag *tag, struct ast_body *body, struct ast_statement *statement)
{
	struct parse_enclosure inner = {PARSE_BLOCK_APPLY, false, tag->piece};
	struct parse_end end;

	statement->kind = AST_STATEMENT_APPLY;
	statement->text = tag->suffix;
	if (!parse_body(tag->parser, inner, &statement->body, &end))
		return false;
	if (tag->suffix.len == 0)
		return fail_unnamed(tag, end.piece, "apply missing method name", "{% apply FUNCTION %}");
	statement->value = parse_read(tag->parser, tag->piece, parse_suffix(tag), parse_tag_function);
	ast_body_add(body, statement);
	return true;
}

static bool
parse_named_block(const struct parse_tag *tag, struct ast_body *body, struct ast_statement *statement)
{
	struct parser *p = tag->parser;
	struct parse_enclosure inner = {PARSE_BLOCK_BLOCK, tag->around.in_loop, tag->piece};
	struct parse_end end;
	struct err *outer = p->fault;
	bool parsed;

	statement->kind = AST_STATEMENT_BLOCK;
	statement->text = tag->suffix;
	p->fault = statement->fault = parse_fault_new(p->arena);
	parsed = parse_body(p, inner, &statement->body, &end);
	p->fault = outer;
	if (!parsed)
		return false;
	if (tag->suffix.len == 0)
		return fail_unnamed(tag, end.piece, "block missing name", "{% block NAME %}");
	ast_body_add(body, statement);
	return true;
}

static void
read_loop(const struct parse_tag *tag, struct ast_statement *statement)
{
	struct err *fault = parse_fault_slot(tag->parser);

	parse_tag_loop(parse_suffix(tag), &statement->target, &statement->value, fault);
	parse_fault_at(tag->parser, fault, tag->piece);
}

/* if, for, while and try: a body and branches. An if is all branches. */
static bool
parse_control(const struct parse_tag *tag, struct ast_body *body, struct ast_statement *statement,
    enum parse_block block)
{
	struct parser *p = tag->parser;
	bool loop = block == PARSE_BLOCK_FOR || block == PARSE_BLOCK_WHILE;
	struct parse_enclosure inner = {block, loop || tag->around.in_loop, tag->piece};
	struct ast_body *first = &statement->body;
	struct ast_branch **branches = &statement->branches;
	struct parse_end end;

	if (block == PARSE_BLOCK_FOR)
		read_loop(tag, statement);
	else if (block != PARSE_BLOCK_TRY)
		statement->value = parse_read(p, tag->piece, parse_suffix(tag), parse_tag_condition);
	else if (tag->suffix.len > 0)
		parse_fault_set(p, tag->piece, "expected ':'");
	if (block == PARSE_BLOCK_IF) {
		*branches = ARENA_NEW(p->arena, struct ast_branch);
		(*branches)->tag = parse_place(tag->piece);
		(*branches)->value = statement->value;
		first = &(*branches)->body;
		branches = &(*branches)->next;
	}
	if (!parse_body(p, inner, first, &end) || !parse_branches(p, inner, branches, &end))
		return false;
	ast_body_add(body, statement);
	p->file->has_fault |= block == PARSE_BLOCK_TRY && statement->branches == NULL;
	return true;
}

bool
parse_block(const struct parse_tag *tag, struct ast_body *body, enum parse_block block)
{
	static const enum ast_statement_kind kinds[] = {
	    [PARSE_BLOCK_IF] = AST_STATEMENT_CHOICE,
	    [PARSE_BLOCK_FOR] = AST_STATEMENT_LOOP,
	    [PARSE_BLOCK_WHILE] = AST_STATEMENT_WHILE,
	    [PARSE_BLOCK_TRY] = AST_STATEMENT_TRY,
	};
	struct ast_statement *statement =
	    ast_statement_new(tag->parser->arena, AST_STATEMENT_APPLY, parse_place(tag->piece));

	if (block == PARSE_BLOCK_APPLY)
		return parse_apply(tag, body, statement);
	if (block == PARSE_BLOCK_BLOCK)
		return parse_named_block(tag, body, statement);
	statement->kind = kinds[block];
	return parse_control(tag, body, statement, block);
}

bool
parse_check_closing(const struct parse_tag *tag, bool *closes)
{
	size_t row = branch_row(tag->op);

	*closes = true;
	if (str_eq(tag->op, STR("end"))) {
		if (tag->around.block == PARSE_BLOCK_NONE)
			return parse_fail(tag->parser, tag->piece, "Extra {%% end %%} block");
		return true;
	}
	*closes = row < COUNT_OF(branch_names);
	if (!*closes)
		return true;
	if (tag->around.block == PARSE_BLOCK_NONE)
		return parse_fail(tag->parser, tag->piece, "%.*s outside %s block", STR_ARG(tag->op),
		    branch_names[row].parent_names);
	if (!(branch_names[row].parents & (int)tag->around.block))
		return parse_fail(tag->parser, tag->piece, "%.*s block cannot be attached to %s block",
		    STR_ARG(tag->op), parse_block_name(tag->around.block));
	return true;
}
