/*
 * Stage 2: the Python tokens inside a tag.
 */
#ifndef EDDY_TMPL_LEX_H
#define EDDY_TMPL_LEX_H

#include "tmpl/src.h"
#include "tmpl/tmpl.h"

enum lex_kind {
	LEX_END,
	LEX_NAME, /* keywords too */
	LEX_NUMBER,
	LEX_STRING,
	LEX_OPERATOR,
	LEX_NEWLINE, /* outside brackets only */
	LEX_COMMENT, /* to the end of its line */
};

struct lex_token {
	enum lex_kind kind;
	uint32_t start, end;
	bool is_min_int;         /* 9223372036854775808, which is a number only behind a minus */
	struct tmpl_value value; /* of a number or a string */
};

struct lex {
	struct lex_token *tokens; /* the last one is LEX_END */
	size_t count;
};

/* The tokens between two offsets, in `a`; false with a SyntaxError. */
bool lex_run(
    struct arena *a, const struct src *src, uint32_t start, uint32_t end, struct lex *lex, struct err *e);

/* Whether it is a word that can't be a name. */
bool lex_is_keyword(struct str word);

const char *lex_kind_name(enum lex_kind kind);

#endif
