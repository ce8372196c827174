/*
 * HTML as far as a server needs it: escaping text, and finding the place in
 * a document where a script may be put.
 *
 * The scan is the tokenizer of the HTML standard (§13.2.5), fed with pieces of
 * any size, and holds no part of the document: what it knows after a piece
 * doesn't depend on where the pieces were cut.
 */
#ifndef EDDY_HTML_H
#define EDDY_HTML_H

#include "base/str.h"

/* Adds the text with & < > " ' as references: safe in content and in quoted attributes. */
void html_escape(struct buf *b, struct str text);

/* No place: the document is in UTF-16, or ends within its doctype. */
#define HTML_NOWHERE UINT64_MAX

enum { HTML_NAME_MAX = 12 }; /* longer than any element name that the scan knows */

/* Private but for its size. */
struct html_scan {
	uint64_t offset;         /* of the next byte */
	uint64_t token_start;    /* where the tag, comment or doctype in hand began */
	uint64_t raw_start;      /* where the element began whose content is not markup */
	uint64_t template_start; /* where the outermost open template began */
	uint64_t head_end;       /* behind <head…>, or HTML_NOWHERE */
	uint64_t body_end;       /* at the last </body>, or HTML_NOWHERE */
	const struct html_element *raw;
	unsigned template_depth;
	unsigned foreign_depth; /* of svg and math */
	unsigned char state;
	unsigned char raw_return; /* the state of the raw text that '<' interrupted */
	unsigned char matched;    /* bytes of a fixed text that were seen */
	unsigned char name_len;   /* HTML_NAME_MAX + 1 is too long to matter */
	bool is_end_tag;
	bool is_self_closing;
	bool is_utf16;
	char name[HTML_NAME_MAX];
	char first_bytes[2];
};

struct html_scan html_scan_make(void);

/* Reads the next piece. True as soon as the place is known and nothing more need be fed. */
bool html_scan_feed(struct html_scan *s, struct str piece);

/*
 * The offset where a script goes in, once all (or enough) was fed: behind the first <head…>, else before
 * the last </body>, else at the end; never inside a comment, tag, doctype, template or an element whose
 * content is not markup (script, style, title, textarea, iframe, noscript…). If the document ends inside
 * one of these, the place is before it.
 */
uint64_t html_scan_end(const struct html_scan *s);

/* The same for a whole document. */
uint64_t html_injection_point(struct str document);

#endif
