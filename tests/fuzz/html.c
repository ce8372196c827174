/*
 * The place doesn't depend on how the document is cut into pieces, and it is
 * one where markup is read: a </body> put there is a real one.
 */
#include "text/html.h"

#include "fuzz.h"

static uint64_t
place_by_pieces(struct str document, size_t piece_len)
{
	struct html_scan s = html_scan_make();

	for (size_t i = 0; i < document.len; i += piece_len)
		if (html_scan_feed(&s, str_slice(document, i, i + piece_len)))
			break;
	return html_scan_end(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct arena a = arena_make(64 * KIB);
	struct str document = str_make((const char *)data, len);
	uint64_t place = html_injection_point(document);
	struct buf cut = buf_make(&a);

	FUZZ_CHECK(place == place_by_pieces(document, 1));
	FUZZ_CHECK(place == place_by_pieces(document, 7));
	if (place != HTML_NOWHERE) {
		FUZZ_CHECK(place <= len);
		buf_add(&cut, str_slice(document, 0, place));
		buf_add_lit(&cut, "</body>");
		FUZZ_CHECK(html_injection_point(buf_str(&cut)) == place);
	}
	arena_free(&a);
	return 0;
}
