/*
 * A request, checked and taken apart by http.c before anything else sees it.
 * Everything in it lives until its answer is complete.
 */
#ifndef EDDY_REQ_H
#define EDDY_REQ_H

#include "text/url.h"

struct server;
struct resp;

struct req_header {
	struct str name;
	struct str value;
};

struct req {
	struct arena arena;
	struct server *server;
	struct str method;
	struct str target; /* raw, as it stood in the request line */
	struct str version;
	struct url url;
	struct str
	    host; /* of the Host field or of the target's authority, port included; empty in HTTP/1.0 without */
	struct url_host authority; /* the same, taken apart */
	const struct req_header *headers;
	size_t header_count;
	struct str peer; /* the address of who asks, without its port */
	bool peer_is_loopback;
	bool peer_is_resolved; /* it is who a trusted proxy speaks for */
	struct str protocol;   /* "http" or "https" */
	bool wants_tls;        /* it came in plain where only redirects to TLS are answered */
	int64_t started_us;    /* clock_mono_us */
	uint64_t seq;          /* of the last change that had been told when the request came */
	int status;   /* where it isn't the response's own: 304 is sent with the headers of the 200 */
	bool is_page; /* a page, or something that the user navigates to; told in debug mode only */

	/* While an answer is being prepared elsewhere: http.c's business. */
	void *connection;
	const char *target_start;
	struct resp *answer;
	bool is_suspended;
	bool is_answered;
	bool is_stream;
	struct req *older, *newer;
};

/*
 * The field's value, empty where it isn't there. Where it came several times, the first one's; of a
 * field that is a list, all of them joined by ", " (RFC 9110 §5.3), in the request's arena.
 */
struct str req_header(const struct req *req, struct str name);
struct str req_header_list(struct req *req, struct str name);
bool req_has_header(const struct req *req, struct str name);

/*
 * Whether the answer will be a page that the user looks at, not something that a page
 * loads: by Sec-Fetch-Dest, else by whether Accept names text/html.
 */
bool req_is_navigation(struct req *req);

/* The face that an error or a listing should have (RFC 9110 §12.5.1). */
enum req_face { REQ_FACE_TEXT, REQ_FACE_HTML, REQ_FACE_JSON };
enum req_face req_face(struct req *req);

#endif
