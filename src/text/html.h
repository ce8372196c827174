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

/* No place: the document is in UTF-16, or ends within a doctype. */
#define HTML_NOWHERE UINT64_MAX

/* Longer than any element name that matters to the scan. */
enum { HTML_NAME_MAX = 12 };

/* Held by the caller, private to the scan. */
struct html_scan {
	uint64_t offset;      /* of the next byte */
	uint64_t token_start; /* where the tag, comment or doctype in hand began */
	uint64_t raw_start;   /* where the element began whose content is no markup */
	uint64_t inert_start; /* where the outermost open template, svg or math began */
	uint64_t head_end;    /* behind <head…>, or HTML_NOWHERE */
	uint64_t body_end;    /* at the last </body>, or HTML_NOWHERE */
	const struct html_raw *raw;
	unsigned template_depth;
	unsigned svg_depth;
	unsigned math_depth;
	unsigned char state;      /* what is being read */
	unsigned char escape;     /* whether a script is in "<!--" */
	unsigned char matched;    /* how much was seen of a text that is waited for */
	unsigned char name_len;   /* HTML_NAME_MAX + 1 is too long to matter */
	char name[HTML_NAME_MAX]; /* of the tag in hand, in lower case */
	unsigned char first_bytes[2];
	bool is_end_tag;
	bool is_self_closing;
};

struct html_scan html_scan_make(void);

/* Reads the next piece. True as soon as the place is known and nothing more need be fed. */
bool html_scan_feed(struct html_scan *s, struct str piece);

/*
 * The offset where a script goes in, once all (or enough) was fed: behind the first <head…>, else before
 * the last </body>, else at the end; never inside a comment, tag, doctype, template, svg, math or an
 * element whose content is no markup where scripts run (script, style, title, textarea, iframe, noscript…).
 * If the document ends inside one of these, the place is before it.
 */
uint64_t html_scan_end(const struct html_scan *s);

/* The same for a whole document. */
uint64_t html_injection_point(struct str document);

#endif
