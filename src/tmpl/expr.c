#include "tmpl/expr.h"

#include "tmpl/lex.h"

/* The deepest tree: later stages walk it by recursion. */
enum { EXPR_DEPTH_MAX = 500 };

#define MODULES_NAME "_tt_modules"

struct parser {
	struct arena *arena;
	const struct src *src;
	const struct lex_token *tokens;
	size_t at;
	int nesting;
	bool is_function; /* "(BODY)" is read at the end: the text is of a function that is called with it */
	struct err *err;
};

static struct ast_expr *parse_value(struct parser *p);
static struct ast_expr *parse_list(struct parser *p);
static struct ast_expr *parse_unary(struct parser *p);
static struct ast_expr *parse_level(struct parser *p, size_t level);

/* Tokens */

static const struct lex_token *
token(const struct parser *p)
{
	return &p->tokens[p->at];
}

static struct str
token_text(const struct parser *p)
{
	return src_slice(p->src, token(p)->start, token(p)->end);
}

static bool
is_operator(const struct parser *p, const char *text)
{
	return token(p)->kind == LEX_OPERATOR && str_eq(token_text(p), str_of(text));
}

static bool
is_word(const struct parser *p, const char *word)
{
	return token(p)->kind == LEX_NAME && str_eq(token_text(p), str_of(word));
}

static bool
take_operator(struct parser *p, const char *text)
{
	bool found = is_operator(p, text);

	p->at += found;
	return found;
}

static bool
take_word(struct parser *p, const char *word)
{
	bool found = is_word(p, word);

	p->at += found;
	return found;
}

static bool
is_name(const struct parser *p)
{
	return token(p)->kind == LEX_NAME && !lex_is_keyword(token_text(p));
}

/* Errors */

static void *
fail_at(struct parser *p, uint32_t start, uint32_t end, const char *message)
{
	err_set(p->err, ERR_SYNTAX, src_place(p->src, start, end), "%s", message);
	return NULL;
}

static void *
fail(struct parser *p, const char *message)
{
	return fail_at(p, token(p)->start, token(p)->end, message);
}

/* What is refused on purpose. */
static void *
fail_unexpected(struct parser *p)
{
	static const struct {
		const char *text, *message, *hint;
	} known[] = {
	    {":=", "':=' is not supported in templates", "use {% set %}"},
	    {"yield", "'yield' is not supported in templates", NULL},
	    {"await", "'await' is not supported in templates", NULL},
	    {"...", "'...' is not supported in templates", NULL},
	};
	bool at_operator = token(p)->kind == LEX_OPERATOR || token(p)->kind == LEX_NAME;

	for (size_t i = 0; at_operator && i < COUNT_OF(known); i++) {
		if (!str_eq(token_text(p), str_of(known[i].text)))
			continue;
		fail(p, known[i].message);
		if (known[i].hint != NULL)
			err_set_hint(p->err, "%s", known[i].hint);
		return NULL;
	}
	return fail(p, "invalid syntax");
}

static bool
expect_operator(struct parser *p, const char *text)
{
	if (take_operator(p, text))
		return true;
	fail_unexpected(p);
	return false;
}

/* Nodes */

static struct ast_expr *
node_new(struct parser *p, enum ast_kind kind, uint32_t start)
{
	struct ast_expr *node = ARENA_NEW(p->arena, struct ast_expr);

	node->kind = kind;
	node->start = start;
	return node;
}

static int
depth_of(const struct ast_expr *node)
{
	return node ? node->depth : 0;
}

/* The node is complete with the last token taken. NULL where the tree has become too deep. */
static struct ast_expr *
node_end(struct parser *p, struct ast_expr *node)
{
	int depth = MAX(MAX(depth_of(node->left), depth_of(node->right)), depth_of(node->third));

	for (const struct ast_expr *item = node->items; item != NULL; item = item->next)
		depth = MAX(depth, item->depth);
	node->depth = (uint16_t)(depth + 1);
	node->end = p->at > 0 ? p->tokens[p->at - 1].end : node->start;
	if (depth + 1 > EXPR_DEPTH_MAX)
		return fail_at(p, node->start, node->end, "the expression is nested too deeply");
	return node;
}

static struct ast_expr *
node_of(struct parser *p, enum ast_kind kind, struct ast_expr *left, struct ast_expr *right)
{
	struct ast_expr *node = node_new(p, kind, left->start);

	node->left = left;
	node->right = right;
	return node_end(p, node);
}

/* Atoms */

/* for TARGETS in VALUES, if CONDITION…, as often as they come. */
static struct ast_expr *parse_clauses(struct parser *p);

static struct ast_expr *
comprehension(struct parser *p, enum ast_kind kind, struct ast_expr *left, struct ast_expr *right)
{
	struct ast_expr *node = node_new(p, kind, left->start);

	node->left = left;
	node->right = right;
	node->items = parse_clauses(p);
	return node->items ? node_end(p, node) : NULL;
}

static struct ast_expr *
parse_starred(struct parser *p, struct ast_expr *(*parse)(struct parser *))
{
	struct ast_expr *node;

	if (!is_operator(p, "*"))
		return parse(p);
	node = node_new(p, AST_STARRED, token(p)->start);
	p->at++;
	node->left = parse_level(p, 0);
	return node->left ? node_end(p, node) : NULL;
}

/* Items with commas between up to `close`, the first of them read already; `*commas` counts. */
static bool
parse_items(struct parser *p, struct ast_expr *first, const char *close, size_t *commas)
{
	struct ast_expr **end = &first->next;

	for (*commas = 0; take_operator(p, ","); end = &(*end)->next) {
		++*commas;
		if (is_operator(p, close))
			break;
		*end = parse_starred(p, parse_value);
		if (*end == NULL)
			return false;
	}
	return expect_operator(p, close);
}

/* Parentheses or brackets: empty, one value, several, or a comprehension. */
static struct ast_expr *
parse_sequence(struct parser *p, const char *close, enum ast_kind kind, enum ast_kind comprehended)
{
	struct ast_expr *node = node_new(p, kind, token(p)->start), *first;
	size_t commas;

	p->at++;
	if (take_operator(p, close))
		return node_end(p, node);
	first = parse_starred(p, parse_value);
	if (first == NULL)
		return NULL;
	if (is_word(p, "for")) {
		uint32_t start = node->start;

		node = comprehension(p, comprehended, first, NULL);
		if (node == NULL || !expect_operator(p, close))
			return NULL;
		node->start = start;
		return node_end(p, node);
	}
	if (!parse_items(p, first, close, &commas))
		return NULL;
	node->items = first;
	if (kind != AST_TUPLE || commas > 0)
		return node_end(p, node);
	if (first->kind == AST_STARRED)
		return fail_at(p, first->start, first->end, "cannot use starred expression here");
	first->in_parentheses = true;
	return first;
}

static struct ast_expr *
parse_pair(struct parser *p)
{
	struct ast_expr *node = node_new(p, AST_DOUBLE_STARRED, token(p)->start);

	if (take_operator(p, "**")) {
		node->left = parse_level(p, 0);
		return node->left ? node_end(p, node) : NULL;
	}
	node->kind = AST_PAIR;
	node->left = parse_value(p);
	if (node->left == NULL || !expect_operator(p, ":"))
		return NULL;
	node->right = parse_value(p);
	return node->right ? node_end(p, node) : NULL;
}

static struct ast_expr *
parse_dict(struct parser *p, uint32_t start)
{
	struct ast_expr *node = node_new(p, AST_DICT, start), **end = &node->items;

	while (!is_operator(p, "}")) {
		*end = parse_pair(p);
		if (*end == NULL)
			return NULL;
		if (is_word(p, "for") && end == &node->items && (*end)->kind == AST_PAIR) {
			node = comprehension(p, AST_DICT_OF, (*end)->left, (*end)->right);
			break;
		}
		end = &(*end)->next;
		if (!take_operator(p, ","))
			break;
	}
	if (node == NULL || !expect_operator(p, "}"))
		return NULL;
	node->start = start;
	return node_end(p, node);
}

/* Braces: a dict, a set, or a comprehension of one. */
static struct ast_expr *
parse_braces(struct parser *p)
{
	size_t brace = p->at;
	struct ast_expr *first;

	p->at++;
	if (is_operator(p, "}") || is_operator(p, "**"))
		return parse_dict(p, p->tokens[brace].start);
	first = parse_starred(p, parse_value);
	if (first == NULL)
		return NULL;
	p->at = is_operator(p, ":") ? brace + 1 : brace;
	if (p->at > brace)
		return parse_dict(p, p->tokens[brace].start);
	return parse_sequence(p, "}", AST_SET, AST_SET_OF);
}

static struct ast_expr *
parse_constant(struct parser *p, struct tmpl_value value)
{
	struct ast_expr *node = node_new(p, AST_CONSTANT, token(p)->start);

	node->constant = value;
	p->at++;
	return node_end(p, node);
}

static struct ast_expr *
parse_number(struct parser *p)
{
	if (token(p)->is_min_int) {
		err_set(p->err, ERR_OVERFLOW, src_place(p->src, token(p)->start, token(p)->end),
		    "an integer of a template has 64 bits: this one is too large");
		return NULL;
	}
	return parse_constant(p, token(p)->value);
}

/* Neighbouring strings are one. */
static struct ast_expr *
parse_strings(struct parser *p)
{
	struct ast_expr *node = node_new(p, AST_CONSTANT, token(p)->start);
	struct buf b = buf_make(p->arena);

	node->constant = token(p)->value;
	for (; token(p)->kind == LEX_STRING; p->at++)
		buf_add(&b, str_make(token(p)->value.as.text, token(p)->value.len));
	node->constant = tmpl_str(buf_str(&b));
	return node_end(p, node);
}

static struct ast_expr *
parse_name(struct parser *p)
{
	struct ast_expr *node = node_new(p, AST_NAME, token(p)->start);

	node->name = token_text(p);
	p->at++;
	return node_end(p, node);
}

/* Whether what a function is called with is next: behind the last token, once. */
static bool
takes_body(struct parser *p)
{
	bool next = p->is_function && token(p)->kind == LEX_END;

	p->is_function &= !next;
	return next;
}

static struct ast_expr *
body_node(struct parser *p)
{
	return node_end(p, node_new(p, AST_BODY, token(p)->start));
}

static struct ast_expr *
parse_atom(struct parser *p)
{
	if (takes_body(p))
		return body_node(p);
	if (is_name(p))
		return parse_name(p);
	if (token(p)->kind == LEX_NUMBER)
		return parse_number(p);
	if (token(p)->kind == LEX_STRING)
		return parse_strings(p);
	if (is_operator(p, "("))
		return parse_sequence(p, ")", AST_TUPLE, AST_GENERATOR);
	if (is_operator(p, "["))
		return parse_sequence(p, "]", AST_LIST, AST_LIST_OF);
	if (is_operator(p, "{"))
		return parse_braces(p);
	if (is_word(p, "None"))
		return parse_constant(p, tmpl_none());
	if (is_word(p, "True") || is_word(p, "False"))
		return parse_constant(p, tmpl_bool(is_word(p, "True")));
	return fail_unexpected(p);
}

/* Trailers */

static bool
keyword_repeats(const struct ast_expr *items, const struct ast_expr *keyword)
{
	for (; items != NULL; items = items->next)
		if (items->kind == AST_KEYWORD && str_eq(items->name, keyword->name))
			return true;
	return false;
}

static struct ast_expr *
parse_keyword(struct parser *p, const struct ast_expr *items)
{
	struct ast_expr *node = node_new(p, AST_KEYWORD, token(p)->start);

	node->name = token_text(p);
	p->at += 2;
	if (keyword_repeats(items, node)) {
		err_set(p->err, ERR_SYNTAX,
		    src_place(p->src, node->start, node->start + (uint32_t)node->name.len),
		    "keyword argument repeated: %.*s", STR_ARG(node->name));
		return NULL;
	}
	node->left = parse_value(p);
	return node->left ? node_end(p, node) : NULL;
}

static struct ast_expr *
parse_double_starred(struct parser *p)
{
	struct ast_expr *node = node_new(p, AST_DOUBLE_STARRED, token(p)->start);

	p->at++;
	node->left = parse_value(p);
	return node->left ? node_end(p, node) : NULL;
}

static bool
next_is_assignment(const struct parser *p)
{
	const struct lex_token *next = token(p) + 1;

	return next->kind == LEX_OPERATOR && next->end - next->start == 1 &&
	       p->src->text.data[next->start] == '=';
}

static bool
has_double_starred(const struct ast_expr *items)
{
	for (; items != NULL; items = items->next)
		if (items->kind == AST_DOUBLE_STARRED)
			return true;
	return false;
}

static struct ast_expr *
parse_argument(struct parser *p, const struct ast_expr *items, bool after_keyword, bool first)
{
	struct ast_expr *argument;

	if (is_operator(p, "**"))
		return parse_double_starred(p);
	if (is_name(p) && next_is_assignment(p))
		return parse_keyword(p, items);
	argument = parse_starred(p, parse_value);
	if (argument == NULL)
		return NULL;
	if (is_word(p, "for")) {
		argument = comprehension(p, AST_GENERATOR, argument, NULL);
		if (argument != NULL && (!first || is_operator(p, ",")))
			return fail_at(
			    p, argument->start, argument->end, "Generator expression must be parenthesized");
		return argument;
	}
	if (after_keyword && argument->kind != AST_STARRED)
		return fail_at(
		    p, argument->start, argument->end, "positional argument follows keyword argument");
	if (argument->kind == AST_STARRED && has_double_starred(items))
		return fail_at(p, argument->start, argument->end,
		    "iterable argument unpacking follows keyword argument unpacking");
	return argument;
}

static struct ast_expr *
parse_call(struct parser *p, struct ast_expr *function)
{
	struct ast_expr *node = node_new(p, AST_CALL, function->start), **end = &node->items;
	bool after_keyword = false;

	p->at++;
	node->left = function;
	while (!is_operator(p, ")")) {
		*end = parse_argument(p, node->items, after_keyword, end == &node->items);
		if (*end == NULL)
			return NULL;
		after_keyword |= (*end)->kind == AST_KEYWORD || (*end)->kind == AST_DOUBLE_STARRED;
		end = &(*end)->next;
		if (!take_operator(p, ","))
			break;
	}
	return expect_operator(p, ")") ? node_end(p, node) : NULL;
}

static bool
parse_slice_part(struct parser *p, struct ast_expr **part)
{
	*part = NULL;
	if (is_operator(p, ":") || is_operator(p, "]") || is_operator(p, ","))
		return true;
	*part = parse_value(p);
	return *part != NULL;
}

static struct ast_expr *
parse_slice(struct parser *p)
{
	struct ast_expr *node = node_new(p, AST_SLICE, token(p)->start);

	if (!parse_slice_part(p, &node->left))
		return NULL;
	if (!is_operator(p, ":"))
		return node->left ? node->left : fail_unexpected(p);
	p->at++;
	if (!parse_slice_part(p, &node->right))
		return NULL;
	if (take_operator(p, ":") && !parse_slice_part(p, &node->third))
		return NULL;
	return node_end(p, node);
}

static struct ast_expr *
parse_index(struct parser *p, struct ast_expr *container)
{
	struct ast_expr *node = node_new(p, AST_INDEX, container->start), *first;
	size_t commas;

	p->at++;
	node->left = container;
	first = parse_slice(p);
	if (first == NULL)
		return NULL;
	node->right = first;
	if (is_operator(p, ",")) {
		node->right = node_new(p, AST_TUPLE, first->start);
		node->right->items = first;
		if (!parse_items(p, first, "]", &commas))
			return NULL;
		return node_end(p, node->right) ? node_end(p, node) : NULL;
	}
	return expect_operator(p, "]") ? node_end(p, node) : NULL;
}

static struct ast_expr *
parse_attribute(struct parser *p, struct ast_expr *object)
{
	struct ast_expr *node = node_new(p, AST_ATTRIBUTE, object->start);

	p->at++;
	if (!is_name(p))
		return fail(p, "invalid syntax");
	node->left = object;
	node->name = token_text(p);
	p->at++;
	return node_end(p, node);
}

static struct ast_expr *
call_with_body(struct parser *p, struct ast_expr *function)
{
	struct ast_expr *call = node_new(p, AST_CALL, function->start);

	call->left = function;
	call->items = body_node(p);
	return node_end(p, call);
}

static struct ast_expr *
parse_trailers(struct parser *p, struct ast_expr *node)
{
	while (node != NULL) {
		if (is_operator(p, "("))
			node = parse_call(p, node);
		else if (is_operator(p, "["))
			node = parse_index(p, node);
		else if (is_operator(p, "."))
			node = parse_attribute(p, node);
		else if (takes_body(p))
			node = call_with_body(p, node);
		else
			break;
	}
	return node;
}

/* Operators */

static struct ast_expr *
parse_power(struct parser *p)
{
	struct ast_expr *node = parse_trailers(p, parse_atom(p)), *right;

	if (node == NULL || !take_operator(p, "**"))
		return node;
	right = parse_unary(p);
	if (right == NULL || (node = node_of(p, AST_BINARY, node, right)) == NULL)
		return NULL;
	node->op = AST_POWER;
	return node;
}

static struct ast_expr *
parse_min_int(struct parser *p, uint32_t start)
{
	struct ast_expr *node = parse_constant(p, token(p)->value);

	node->start = start;
	return node;
}

static struct ast_expr *
parse_unary(struct parser *p)
{
	static const struct {
		const char *text;
		enum ast_operator op;
	} signs[] = {{"-", AST_NEGATE}, {"+", AST_PLUS}, {"~", AST_INVERT}};
	size_t sign = 0;
	struct ast_expr *node;

	while (sign < COUNT_OF(signs) && !is_operator(p, signs[sign].text))
		sign++;
	if (sign == COUNT_OF(signs))
		return parse_power(p);
	node = node_new(p, AST_UNARY, token(p)->start);
	node->op = signs[sign].op;
	p->at++;
	if (node->op == AST_NEGATE && token(p)->kind == LEX_NUMBER && token(p)->is_min_int)
		return parse_min_int(p, node->start);
	if (p->nesting >= EXPR_DEPTH_MAX)
		return fail(p, "the expression is nested too deeply");
	p->nesting++;
	node->left = parse_unary(p);
	p->nesting--;
	return node->left ? node_end(p, node) : NULL;
}

/* From the one that binds least. */
static const struct {
	const char *text;
	enum ast_operator op;
} levels[][6] = {
    {{"|", AST_BIT_OR}},
    {{"^", AST_BIT_XOR}},
    {{"&", AST_BIT_AND}},
    {{"<<", AST_LEFT_SHIFT}, {">>", AST_RIGHT_SHIFT}},
    {{"+", AST_ADD}, {"-", AST_SUBTRACT}},
    {{"*", AST_MULTIPLY}, {"/", AST_DIVIDE}, {"//", AST_FLOOR_DIVIDE}, {"%", AST_MODULO}, {"@", AST_MATRIX}},
};

static struct ast_expr *
parse_level(struct parser *p, size_t level)
{
	struct ast_expr *node, *right;

	if (level == COUNT_OF(levels))
		return parse_unary(p);
	node = parse_level(p, level + 1);
	while (node != NULL) {
		size_t i = 0;

		while (levels[level][i].text != NULL && !is_operator(p, levels[level][i].text))
			i++;
		if (levels[level][i].text == NULL)
			break;
		p->at++;
		right = parse_level(p, level + 1);
		node = right ? node_of(p, AST_BINARY, node, right) : NULL;
		if (node != NULL)
			node->op = levels[level][i].op;
	}
	return node;
}

static bool
take_comparison(struct parser *p, enum ast_operator *op)
{
	static const struct {
		const char *text;
		enum ast_operator op;
	} signs[] = {{"<", AST_LESS}, {"<=", AST_LESS_EQUAL}, {"==", AST_EQUAL}, {"!=", AST_NOT_EQUAL},
	    {">", AST_GREATER}, {">=", AST_GREATER_EQUAL}};

	for (size_t i = 0; i < COUNT_OF(signs); i++) {
		*op = signs[i].op;
		if (take_operator(p, signs[i].text))
			return true;
	}
	if (take_word(p, "in")) {
		*op = AST_IN;
		return true;
	}
	if (take_word(p, "is")) {
		*op = take_word(p, "not") ? AST_IS_NOT : AST_IS;
		return true;
	}
	*op = AST_NOT_IN;
	if (!is_word(p, "not") || !str_eq(src_slice(p->src, token(p)[1].start, token(p)[1].end), STR("in")))
		return false;
	p->at += 2;
	return true;
}

static struct ast_expr *
parse_comparison(struct parser *p)
{
	struct ast_expr *first = parse_level(p, 0), *node, **end;
	enum ast_operator op;

	if (first == NULL || !take_comparison(p, &op))
		return first;
	node = node_new(p, AST_COMPARE, first->start);
	node->left = first;
	end = &node->items;
	do {
		*end = node_new(p, AST_LINK, token(p)->start);
		(*end)->op = op;
		(*end)->left = parse_level(p, 0);
		if ((*end)->left == NULL || node_end(p, *end) == NULL)
			return NULL;
		end = &(*end)->next;
	} while (take_comparison(p, &op));
	return node_end(p, node);
}

static struct ast_expr *
parse_not(struct parser *p)
{
	struct ast_expr *node;

	if (!is_word(p, "not"))
		return parse_comparison(p);
	if (p->nesting >= EXPR_DEPTH_MAX)
		return fail(p, "the expression is nested too deeply");
	node = node_new(p, AST_UNARY, token(p)->start);
	node->op = AST_NOT;
	p->at++;
	p->nesting++;
	node->left = parse_not(p);
	p->nesting--;
	return node->left ? node_end(p, node) : NULL;
}

static struct ast_expr *
parse_and(struct parser *p)
{
	struct ast_expr *node = parse_not(p), *right;

	while (node != NULL && take_word(p, "and")) {
		right = parse_not(p);
		node = right ? node_of(p, AST_AND, node, right) : NULL;
	}
	return node;
}

static struct ast_expr *
parse_or(struct parser *p)
{
	struct ast_expr *node = parse_and(p), *right;

	while (node != NULL && take_word(p, "or")) {
		right = parse_and(p);
		node = right ? node_of(p, AST_OR, node, right) : NULL;
	}
	return node;
}

/* Lambdas */

/* What was read of the parameters so far. */
struct parameters {
	struct ast_expr *first, **end;
	bool has_slash, has_star, has_default;
};

static bool
check_parameter_name(struct parser *p, const struct ast_expr *before, const struct ast_expr *parameter)
{
	for (; before != NULL; before = before->next)
		if (before->name.len > 0 && str_eq(before->name, parameter->name))
			return err_set(p->err, ERR_SYNTAX,
			    src_place(p->src, parameter->start, parameter->end),
			    "duplicate argument '%.*s' in function definition", STR_ARG(parameter->name));
	return true;
}

/* name or name=default */
static struct ast_expr *
parse_parameter(struct parser *p, struct parameters *known)
{
	struct ast_expr *node = node_new(p, AST_KEYWORD, token(p)->start);
	bool optional = next_is_assignment(p);

	node->name = token_text(p);
	p->at += optional ? 2 : 1;
	if (optional && (node->left = parse_value(p)) == NULL)
		return NULL;
	node_end(p, node);
	if (!optional && known->has_default && !known->has_star)
		return fail_at(p, node->start, node->end, "non-default argument follows default argument");
	known->has_default |= optional;
	return node;
}

/* "*", "*name" or "**name" */
static struct ast_expr *
parse_starred_parameter(struct parser *p, struct parameters *known)
{
	bool twice = is_operator(p, "**");
	struct ast_expr *node = node_new(p, twice ? AST_DOUBLE_STARRED : AST_STARRED, token(p)->start);

	if (known->has_star && !twice)
		return fail(p, "* argument may appear only once");
	known->has_star = true;
	p->at++;
	if (is_name(p)) {
		node->name = token_text(p);
		p->at++;
	} else if (twice || !is_operator(p, ",")) {
		return fail(p, twice ? "invalid syntax" : "named arguments must follow bare *");
	}
	return node_end(p, node);
}

static struct ast_expr *
parse_slash(struct parser *p, struct parameters *known)
{
	if (known->first == NULL)
		return fail(p, "at least one argument must precede /");
	if (known->has_slash || known->has_star)
		return fail(p, known->has_slash ? "/ may appear only once" : "/ must be ahead of *");
	known->has_slash = true;
	p->at++;
	return node_end(p, node_new(p, AST_SLASH, p->tokens[p->at - 1].start));
}

static struct ast_expr *
parse_any_parameter(struct parser *p, struct parameters *known)
{
	if (is_operator(p, "/"))
		return parse_slash(p, known);
	if (is_operator(p, "*") || is_operator(p, "**"))
		return parse_starred_parameter(p, known);
	return is_name(p) ? parse_parameter(p, known) : fail_unexpected(p);
}

static bool
is_bare_star(const struct ast_expr *parameter)
{
	return parameter != NULL && parameter->kind == AST_STARRED && parameter->name.len == 0;
}

/* Up to the colon. */
static bool
parse_parameters(struct parser *p, struct parameters *known)
{
	const struct ast_expr *last = NULL;

	while (!is_operator(p, ":")) {
		struct ast_expr *parameter;

		if (is_bare_star(last) && !is_name(p))
			return fail(p, "named arguments must follow bare *") != NULL;
		if (last != NULL && last->kind == AST_DOUBLE_STARRED)
			return fail(p, "arguments cannot follow var-keyword argument") != NULL;
		parameter = parse_any_parameter(p, known);
		if (parameter == NULL || !check_parameter_name(p, known->first, parameter))
			return false;
		*known->end = parameter;
		known->end = &parameter->next;
		last = parameter;
		if (!take_operator(p, ","))
			break;
	}
	if (is_bare_star(last))
		return fail(p, "named arguments must follow bare *") != NULL;
	return expect_operator(p, ":");
}

static struct ast_expr *
parse_lambda(struct parser *p)
{
	struct ast_expr *node = node_new(p, AST_LAMBDA, token(p)->start);
	struct parameters known = {.end = &known.first};

	p->at++;
	if (!parse_parameters(p, &known))
		return NULL;
	node->items = known.first;
	node->left = parse_value(p);
	return node->left ? node_end(p, node) : NULL;
}

static struct ast_expr *
parse_conditional(struct parser *p)
{
	struct ast_expr *left = parse_or(p), *node;

	if (left == NULL || !take_word(p, "if"))
		return left;
	node = node_new(p, AST_CONDITIONAL, left->start);
	node->left = left;
	node->third = parse_or(p);
	if (node->third == NULL)
		return NULL;
	if (!take_word(p, "else"))
		return fail_at(
		    p, node->start, p->tokens[p->at - 1].end, "expected 'else' after 'if' expression");
	node->right = parse_value(p);
	return node->right ? node_end(p, node) : NULL;
}

static struct ast_expr *
parse_value(struct parser *p)
{
	struct ast_expr *node;

	if (p->nesting >= EXPR_DEPTH_MAX)
		return fail(p, "the expression is nested too deeply");
	p->nesting++;
	node = is_word(p, "lambda") ? parse_lambda(p) : parse_conditional(p);
	p->nesting--;
	return node;
}

static bool
list_ends(const struct parser *p)
{
	return (token(p)->kind == LEX_END && !p->is_function) || token(p)->kind == LEX_COMMENT ||
	       token(p)->kind == LEX_NEWLINE || is_operator(p, "=") || is_operator(p, ";") ||
	       is_word(p, "in");
}

/* Items with commas between, which need no parentheses: one value, or a tuple. */
static struct ast_expr *
parse_list_of(struct parser *p, struct ast_expr *(*parse)(struct parser *))
{
	struct ast_expr *first = parse_starred(p, parse), *tuple, **end;

	if (first == NULL)
		return NULL;
	if (!is_operator(p, ",")) {
		if (first->kind == AST_STARRED)
			return fail_at(p, first->start, first->end, "can't use starred expression here");
		return first;
	}
	tuple = node_new(p, AST_TUPLE, first->start);
	tuple->items = first;
	end = &first->next;
	while (take_operator(p, ",") && !list_ends(p)) {
		*end = parse_starred(p, parse);
		if (*end == NULL)
			return NULL;
		end = &(*end)->next;
	}
	return node_end(p, tuple);
}

static struct ast_expr *
parse_list(struct parser *p)
{
	return parse_list_of(p, parse_value);
}

/* Targets */

static struct ast_expr *
parse_target(struct parser *p)
{
	return parse_level(p, 0);
}

static const char *
target_fault(const struct ast_expr *node)
{
	switch (node->kind) {
	case AST_CONSTANT:
		if (node->constant.type == TMPL_NONE)
			return "cannot assign to None";
		if (node->constant.type == TMPL_BOOL)
			return node->constant.as.boolean ? "cannot assign to True" : "cannot assign to False";
		return "cannot assign to literal";
	case AST_CALL:
		return "cannot assign to function call";
	case AST_COMPARE:
		return "cannot assign to comparison";
	case AST_LAMBDA:
		return "cannot assign to lambda";
	case AST_CONDITIONAL:
		return "cannot assign to conditional expression";
	case AST_DICT:
		return "cannot assign to dict literal";
	case AST_SET:
		return "cannot assign to set display";
	case AST_GENERATOR:
		return "cannot assign to generator expression";
	case AST_LIST_OF:
		return "cannot assign to list comprehension";
	default:
		return "cannot assign to expression";
	}
}

/* Whether a value can be assigned to the node; names, subscripts, attributes and sequences of them. */
static bool
check_target(struct parser *p, const struct ast_expr *node, bool starred)
{
	const struct ast_expr *item;
	int stars = 0;

	switch (node->kind) {
	case AST_NAME:
	case AST_INDEX:
	case AST_ATTRIBUTE:
		return true;
	case AST_STARRED:
		if (!starred)
			break;
		return check_target(p, node->left, false);
	case AST_TUPLE:
	case AST_LIST:
		for (item = node->items; item != NULL; item = item->next) {
			stars += item->kind == AST_STARRED;
			if (!check_target(p, item, true))
				return false;
		}
		if (stars > 1)
			fail_at(p, node->start, node->end, "multiple starred expressions in assignment");
		return stars <= 1;
	default:
		break;
	}
	return fail_at(p, node->start, node->end, target_fault(node)) != NULL;
}

static struct ast_expr *
parse_clauses(struct parser *p)
{
	struct ast_expr *first = NULL, **end = &first;

	while (is_word(p, "for") || (first != NULL && is_word(p, "if"))) {
		struct ast_expr *clause = node_new(p, is_word(p, "for") ? AST_FOR : AST_IF, token(p)->start);

		p->at++;
		clause->left = clause->kind == AST_FOR ? parse_list_of(p, parse_target) : parse_or(p);
		if (clause->left == NULL)
			return NULL;
		if (clause->kind == AST_FOR) {
			if (!check_target(p, clause->left, false))
				return NULL;
			if (!take_word(p, "in"))
				return fail_unexpected(p);
			clause->right = parse_or(p);
			if (clause->right == NULL)
				return NULL;
		}
		*end = node_end(p, clause);
		if (*end == NULL)
			return NULL;
		end = &clause->next;
	}
	if (is_word(p, "async"))
		return fail(p, "'async' is not supported in templates");
	return first;
}

/* What a tag holds */

static bool
parser_open(struct parser *p, struct expr_text text, struct err *e)
{
	struct lex lex;

	if (!lex_run(text.arena, text.src, text.start, text.end, &lex, e))
		return false;
	*p = (struct parser){.arena = text.arena, .src = text.src, .tokens = lex.tokens, .err = e};
	return true;
}

/* At the end? A comment may follow where the tag becomes a line of its own in Python. */
/* Tornado puts the tag into an indented line, so that what follows its end is indented otherwise. */
static bool
fail_line(struct parser *p)
{
	err_set(
	    p->err, ERR_INDENTATION, src_place(p->src, token(p)->start, token(p)->end), "unexpected indent");
	err_set_hint(p->err, "an expression of several lines needs brackets around it");
	return false;
}

static bool
parser_ends(struct parser *p, bool allow_comment)
{
	if (allow_comment && token(p)->kind == LEX_COMMENT)
		p->at++;
	if (token(p)->kind == LEX_END)
		return true;
	if (allow_comment && token(p)->kind == LEX_NEWLINE)
		return fail_line(p);
	fail_unexpected(p);
	return false;
}

struct ast_expr *
expr_echo(struct expr_text text, struct err *e)
{
	struct parser p;
	struct ast_expr *value = parser_open(&p, text, e) ? parse_list(&p) : NULL;

	return value && parser_ends(&p, true) ? value : NULL;
}

struct ast_expr *
expr_condition(struct expr_text text, struct err *e)
{
	struct parser p;
	struct ast_expr *value = parser_open(&p, text, e) ? parse_value(&p) : NULL;

	return value && parser_ends(&p, false) ? value : NULL;
}

struct ast_expr *
expr_call_by_name(struct arena *a, struct str name)
{
	struct ast_expr *call = ARENA_NEW(a, struct ast_expr);

	call->kind = AST_CALL;
	call->left = ARENA_NEW(a, struct ast_expr);
	call->left->kind = AST_NAME;
	call->left->name = name;
	call->items = ARENA_NEW(a, struct ast_expr);
	call->items->kind = AST_BODY;
	return call;
}

struct ast_expr *
expr_function(struct expr_text text, struct err *e)
{
	struct parser p;
	struct ast_expr *value;

	if (!parser_open(&p, text, e))
		return NULL;
	p.is_function = true;
	value = parse_list(&p);
	if (value == NULL || !parser_ends(&p, false))
		return NULL;
	return p.is_function ? fail_unexpected(&p) : value;
}

struct ast_expr *
expr_module(struct expr_text text, struct err *e)
{
	struct parser p;
	struct ast_expr *value, *modules;

	if (!parser_open(&p, text, e))
		return NULL;
	if (!is_name(&p))
		return fail_unexpected(&p);
	modules = node_new(&p, AST_NAME, token(&p)->start);
	modules->name = STR(MODULES_NAME);
	value = node_new(&p, AST_ATTRIBUTE, token(&p)->start);
	value->left = node_end(&p, modules);
	value->name = token_text(&p);
	p.at++;
	value = parse_trailers(&p, node_end(&p, value));
	return value && parser_ends(&p, true) ? value : NULL;
}

bool
expr_loop(struct expr_text text, struct ast_expr **target, struct ast_expr **values, struct err *e)
{
	struct parser p;

	if (!parser_open(&p, text, e) || (*target = parse_list_of(&p, parse_target)) == NULL ||
	    !check_target(&p, *target, false))
		return false;
	if (!take_word(&p, "in")) {
		fail(&p, "invalid syntax");
		err_set_hint(e, "for NAME in VALUES");
		return false;
	}
	*values = parse_list(&p);
	return *values != NULL && parser_ends(&p, false);
}

bool
expr_except(struct expr_text text, struct ast_expr **class, struct ast_expr **name, struct err *e)
{
	struct parser p;

	*class = *name = NULL;
	if (!parser_open(&p, text, e))
		return false;
	if (token(&p)->kind == LEX_END)
		return true;
	*class = parse_value(&p);
	if (*class == NULL)
		return false;
	if (is_operator(&p, ","))
		return fail(&p, "multiple exception types must be parenthesized") != NULL;
	if (take_word(&p, "as")) {
		if (!is_name(&p))
			return fail_unexpected(&p) != NULL;
		*name = parse_name(&p);
	}
	return parser_ends(&p, false);
}

static struct ast_statement *
add_statement(struct parser *p, struct ast_body *body, struct ast_tag tag, enum ast_statement_kind kind)
{
	struct ast_statement *statement = ARENA_NEW(p->arena, struct ast_statement);

	statement->kind = kind;
	statement->tag = tag;
	*body->end = statement;
	body->end = &statement->next;
	return statement;
}

/* "=" is behind the first target: the others, and the value. */
static bool
parse_assignment(struct parser *p, struct ast_statement *statement, struct ast_expr *first)
{
	struct ast_expr *targets = node_new(p, AST_LIST, first->start), **end = &targets->items,
			*next = first;

	while (take_operator(p, "=")) {
		if (!check_target(p, next, false))
			return false;
		/* A target may itself be linked in no list: each is wrapped, so that `next` is free. */
		*end = node_new(p, AST_LINK, next->start);
		(*end)->left = next;
		node_end(p, *end);
		end = &(*end)->next;
		next = parse_list(p);
		if (next == NULL)
			return false;
	}
	statement->kind = AST_STATEMENT_ASSIGN;
	statement->target = targets;
	statement->value = next;
	return node_end(p, targets) != NULL;
}

static bool
find_augmented(const struct parser *p, enum ast_operator *op)
{
	struct str text = token_text(p);

	if (token(p)->kind != LEX_OPERATOR || text.len < 2 || text.data[text.len - 1] != '=')
		return false;
	for (int i = 0; i <= AST_LAST_ARITHMETIC; i++) {
		*op = (enum ast_operator)i;
		if (str_eq(str_slice(text, 0, text.len - 1), str_of(ast_operator_text(*op))))
			return true;
	}
	return false;
}

static bool
parse_augmented(struct parser *p, struct ast_statement *statement, struct ast_expr *target)
{
	p->at++;
	if (target->kind == AST_TUPLE || target->kind == AST_LIST)
		return fail_at(p, target->start, target->end,
			   target->kind == AST_TUPLE
			       ? "'tuple' is an illegal expression for augmented assignment"
			       : "'list' is an illegal expression for augmented assignment") != NULL;
	if (!check_target(p, target, false))
		return false;
	statement->kind = AST_STATEMENT_AUGMENT;
	statement->target = target;
	statement->value = parse_list(p);
	return statement->value != NULL;
}

static bool
parse_delete(struct parser *p, struct ast_body *body, struct ast_tag tag)
{
	struct ast_statement *statement = add_statement(p, body, tag, AST_STATEMENT_DELETE);

	p->at++;
	statement->target = parse_list_of(p, parse_target);
	return statement->target != NULL && check_target(p, statement->target, false);
}

static bool
parse_statement(struct parser *p, struct ast_body *body, struct ast_tag tag)
{
	static const char *const refused[] = {
	    "import", "from", "return", "raise", "global", "nonlocal", "assert", "yield", "await"};
	struct ast_statement *statement;
	struct ast_expr *first;

	for (size_t i = 0; i < COUNT_OF(refused); i++)
		if (is_word(p, refused[i]))
			return err_set(p->err, ERR_SYNTAX, src_place(p->src, token(p)->start, token(p)->end),
			    "'%s' is not supported in templates", refused[i]);
	if (take_word(p, "pass"))
		return true;
	if (is_word(p, "del"))
		return parse_delete(p, body, tag);
	first = parse_list(p);
	if (first == NULL)
		return false;
	statement = add_statement(p, body, tag, AST_STATEMENT_EVALUATE);
	statement->value = first;
	if (is_operator(p, "="))
		return parse_assignment(p, statement, first);
	if (find_augmented(p, &statement->op))
		return parse_augmented(p, statement, first);
	if (is_operator(p, ":"))
		return fail(p, "annotations are not supported in templates") != NULL;
	return true;
}

bool
expr_statements(struct expr_text text, struct ast_tag tag, struct ast_body *body, struct err *e)
{
	struct parser p;

	if (!parser_open(&p, text, e))
		return false;
	do {
		if (!parse_statement(&p, body, tag))
			return false;
	} while (take_operator(&p, ";") && token(&p)->kind != LEX_END && token(&p)->kind != LEX_COMMENT);
	return parser_ends(&p, true);
}
