/*
 * Stage 1: the text of one template file, its lines, and the tags in it.
 *
 * Everything later speaks of byte offsets into the text; a line and a column
 * are worked out only when a person is to see them.
 */
#ifndef EDDY_TMPL_SRC_H
#define EDDY_TMPL_SRC_H

#include "base/err.h"

struct src {
	struct str name; /* relative to the root of the templates */
	struct str text;
};

/* The largest file: offsets are 32 bits wide. */
#define SRC_MAX_BYTES (64 * MIB)

enum src_kind { SRC_TEXT, SRC_EXPRESSION, SRC_BLOCK, SRC_COMMENT, SRC_END };

/* A stretch of the file: text, or a tag with its delimiters. */
struct src_piece {
	enum src_kind kind;
	uint32_t start, end;
	uint32_t inner_start, inner_end; /* what is between the delimiters, trimmed; for text, the text */
};

struct src_scanner {
	const struct src *src;
	uint32_t next;      /* where the next piece starts */
	uint32_t after_tag; /* where the last tag ended */
};

struct src_scanner src_scan(const struct src *src);

/* The next piece; SRC_END at the end. False with a ParseError where a tag is not closed. */
bool src_next(struct src_scanner *scanner, struct src_piece *piece, struct err *e);

struct str src_slice(const struct src *src, uint32_t start, uint32_t end);

/* The place of the bytes from `start` to `end`; the width ends with the line. */
struct err_place src_place(const struct src *src, uint32_t start, uint32_t end);

int src_line(const struct src *src, uint32_t offset);

/* False with a UnicodeDecodeError, as Python words it, where the text is not UTF-8. */
bool src_check(const struct src *src, struct err *e);

enum src_whitespace { SRC_ALL, SRC_SINGLE, SRC_ONELINE };

/* The mode of that name; false where there is none. */
bool src_whitespace_named(struct str name, enum src_whitespace *mode);

/* What files of this name start with. */
enum src_whitespace src_whitespace_default(struct str file_name);

/* The text with its white space collapsed as Tornado's filter_whitespace does; in `a` or the text itself. */
struct str src_filter(struct arena *a, struct str text, enum src_whitespace mode);

#endif
