#include "tmpl/parse_tornado.h"

/* The name of a file: what is left without quotes, double ones first. */
static struct str
strip_quotes(struct str s)
{
	static const char quotes[] = {'"', '\''};

	for (size_t i = 0; i < COUNT_OF(quotes); i++) {
		while (s.len > 0 && s.data[0] == quotes[i])
			s = str_from(s, 1);
		while (s.len > 0 && s.data[s.len - 1] == quotes[i])
			s.len--;
	}
	return s;
}

static bool
parse_file_tag(const struct parse_tag *tag, struct ast_body *body)
{
	bool extends = str_eq(tag->op, STR("extends"));
	struct ast_statement *statement = ast_statement_new(tag->parser->arena,
	    extends ? AST_STATEMENT_EXTENDS : AST_STATEMENT_INCLUDE, parse_place(tag->piece));

	statement->text = strip_quotes(tag->suffix);
	if (statement->text.len == 0)
		return parse_fail(tag->parser, tag->piece, "%.*s missing file path", STR_ARG(tag->op));
	tag->parser->file->has_fault |= extends && tag->around.block != PARSE_BLOCK_NONE;
	ast_body_add(body, statement);
	return true;
}

static bool
parse_set(const struct parse_tag *tag, struct ast_body *body)
{
	struct err *fault = parse_fault_slot(tag->parser);

	if (tag->suffix.len == 0)
		return parse_fail(tag->parser, tag->piece, "set missing statement");
	parse_tag_statements(parse_suffix(tag), parse_place(tag->piece), body, fault);
	parse_fault_at(tag->parser, fault, tag->piece);
	return true;
}

static bool
parse_import(const struct parse_tag *tag, struct ast_body *body)
{
	(void)body;
	if (tag->suffix.len == 0)
		return parse_fail(tag->parser, tag->piece, "import missing statement");
	parse_fault_set(tag->parser, tag->piece, "import is not supported in templates");
	return true;
}

static bool
parse_comment(const struct parse_tag *tag, struct ast_body *body)
{
	(void)tag;
	(void)body;
	return true;
}

static bool
parse_autoescape(const struct parse_tag *tag, struct ast_body *body)
{
	(void)body;
	tag->parser->file->autoescape = str_eq(tag->suffix, STR("None")) ? STR("") : tag->suffix;
	tag->parser->file->autoescape_tag = parse_place(tag->piece);
	return true;
}

static bool
parse_whitespace(const struct parse_tag *tag, struct ast_body *body)
{
	struct parser *p = tag->parser;

	(void)body;
	if (src_whitespace_named(tag->suffix, &p->whitespace))
		return true;
	return err_set(p->err, ERR_EXCEPTION, src_place(&p->file->src, tag->piece.start, tag->piece.end),
	    "invalid whitespace mode %.*s", STR_ARG(tag->suffix));
}

static bool
parse_raw(const struct parse_tag *tag, struct ast_body *body)
{
	parse_add_echo(tag, body, AST_STATEMENT_RAW, parse_suffix(tag));
	return true;
}

static bool
parse_module(const struct parse_tag *tag, struct ast_body *body)
{
	struct parse_text text = parse_suffix(tag);

	text.is_module = true;
	parse_add_echo(tag, body, AST_STATEMENT_RAW, text);
	return true;
}

static bool
parse_jump(const struct parse_tag *tag, struct ast_body *body)
{
	bool breaks = str_eq(tag->op, STR("break"));

	if (!tag->around.in_loop)
		return parse_fail(
		    tag->parser, tag->piece, "%.*s outside {'for', 'while'} block", STR_ARG(tag->op));
	if (tag->suffix.len > 0)
		parse_fault_set(tag->parser, tag->piece, "invalid syntax");
	ast_body_add(
	    body, ast_statement_new(tag->parser->arena, breaks ? AST_STATEMENT_BREAK : AST_STATEMENT_CONTINUE,
		      parse_place(tag->piece)));
	return true;
}

static const struct {
	const char *name;
	parse_directive_fn *parse;
} directives[] = {
    {"extends", parse_file_tag},
    {"include", parse_file_tag},
    {"set", parse_set},
    {"import", parse_import},
    {"from", parse_import},
    {"comment", parse_comment},
    {"autoescape", parse_autoescape},
    {"whitespace", parse_whitespace},
    {"raw", parse_raw},
    {"module", parse_module},
    {"break", parse_jump},
    {"continue", parse_jump},
};

parse_directive_fn *
parse_directive_find(struct str name)
{
	for (size_t i = 0; i < COUNT_OF(directives); i++)
		if (str_eq(name, str_of(directives[i].name)))
			return directives[i].parse;
	return NULL;
}

void
parse_directive_near(struct str_near *near)
{
	for (size_t i = 0; i < COUNT_OF(directives); i++)
		str_near_try(near, str_of(directives[i].name));
}
