#include "http/req.h"

#include "text/accept.h"

static const struct req_header *
req_find_header(const struct req *req, struct str name)
{
	for (size_t i = 0; i < req->header_count; i++)
		if (str_eq_nocase(req->headers[i].name, name))
			return &req->headers[i];
	return NULL;
}

struct str
req_header(const struct req *req, struct str name)
{
	const struct req_header *header = req_find_header(req, name);

	return header ? header->value : STR("");
}

struct str
req_header_list(struct req *req, struct str name)
{
	const struct req_header *first = req_find_header(req, name), *end = req->headers + req->header_count;
	struct buf joined = buf_make(&req->arena);

	if (first == NULL)
		return STR("");
	for (const struct req_header *header = first + 1; header < end; header++) {
		if (!str_eq_nocase(header->name, name))
			continue;
		if (joined.len == 0)
			buf_add(&joined, first->value);
		buf_addf(&joined, ", %.*s", STR_ARG(header->value));
	}
	return joined.len > 0 ? buf_str(&joined) : first->value;
}

bool
req_has_header(const struct req *req, struct str name)
{
	return req_find_header(req, name) != NULL;
}

bool
req_is_navigation(struct req *req)
{
	struct str destination = req_header(req, STR("Sec-Fetch-Dest"));

	if (destination.len > 0)
		return str_eq(destination, STR("document")) || str_eq(destination, STR("iframe")) ||
		       str_eq(destination, STR("frame"));
	return accept_names(req_header_list(req, STR("Accept")), STR("text/html"));
}

enum req_face
req_face(struct req *req)
{
	struct str accept = req_header_list(req, STR("Accept"));

	if (accept_names(accept, STR("text/html")))
		return REQ_FACE_HTML;
	return accept_names(accept, STR("application/json")) ? REQ_FACE_JSON : REQ_FACE_TEXT;
}
