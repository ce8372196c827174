/*
 * URLs as a server meets them: request targets, paths, queries, hosts.
 *
 * A path inside eddy is decoded: segments joined by single slashes, no slash
 * at either end, "" for the root, never a "." or ".." segment, never a NUL,
 * control byte or backslash. Such a path is fit for fs_open_beneath and for
 * url_encode_path, which is its inverse. Its bytes need not be UTF-8.
 */
#ifndef EDDY_URL_H
#define EDDY_URL_H

#include "base/err.h"

/* RFC 9112 §3.2; the authority-form belongs to CONNECT and is refused. */
enum url_form {
	URL_ORIGIN,   /* /path?query */
	URL_ABSOLUTE, /* http://authority/path?query */
	URL_ASTERISK, /* * */
};

struct url {
	enum url_form form;
	struct str authority; /* of the absolute-form, to be used in place of Host; otherwise empty */
	struct str path;      /* decoded, with a NUL behind it */
	struct str query;     /* what follows the first '?', as it was sent */
	bool has_query;       /* there was a '?' */
	bool is_directory;    /* the path ended in '/': always so for the root */
	bool is_hidden;       /* a segment is hidden (url_name_is_hidden); a leading ".well-known" is not */
};

/*
 * Takes a raw request target apart and decodes its path once. The decoded path lives in `a`,
 * authority and query point into the target. Fails with ERR_BAD_REQUEST, or, where nothing is wrong
 * but an empty segment further on ("/a//b"), which no file can have as its name, with ERR_NOT_FOUND; the
 * URL is filled in then, and its path is of no use for opening.
 */
bool url_parse(struct arena *a, struct str target, struct url *u, struct err *e);

/* Whether a file of this name is never served: dot files and the temporary files of editors. */
bool url_name_is_hidden(struct str name);

/*
 * The path-absolute URL of a decoded path: "/a%20b/c", with a slash at the end for a directory. It
 * begins with exactly one slash and needs no escaping in HTML, in either kind of quotes.
 */
struct str url_encode_path(struct arena *a, struct str path, bool is_directory);

/* One segment, encoded so that it stands alone as a relative reference: a ':' in it makes no scheme. */
void url_encode_segment(struct buf *b, struct str segment);

/* A parameter of a query in application/x-www-form-urlencoded. */
struct url_param {
	struct str name;
	struct str value; /* empty, too, where there is no '=' */
};

/*
 * Takes the next parameter off the front of `*rest`; false at the end. '+' becomes a space, %XX a byte,
 * an invalid escape stays as it is. The result lives in `a` or, where nothing was decoded, in the query.
 */
bool url_query_next(struct arena *a, struct str *rest, struct url_param *param);

/* The first (last) value of a parameter. False, with `*value` empty, where it is missing. */
bool url_query_first(struct arena *a, struct str query, struct str name, struct str *value);
bool url_query_last(struct arena *a, struct str query, struct str name, struct str *value);

/* All values in their order, as an array in `a`; returns how many. */
size_t url_query_all(struct arena *a, struct str query, struct str name, struct str **values);

enum url_host_kind { URL_HOST_NAME, URL_HOST_IPV4, URL_HOST_IPV6 };

struct url_host {
	enum url_host_kind kind;
	struct str name;           /* in lower case, without brackets and without the dot at the end */
	unsigned char address[16]; /* of an IP address, in network order; otherwise zero */
	uint16_t port;
	bool has_port;
};

/*
 * A Host field or an authority: RFC 9110 §7.2, RFC 3986 §3.2. The name lives in `a`. User
 * information, an empty host and a port past 65535 are ERR_BAD_REQUEST.
 */
bool url_host_parse(struct arena *a, struct str authority, struct url_host *host, struct err *e);

/*
 * Whether this server answers to the host: localhost, *.localhost, 127.0.0.1, [::1],
 * `bound_address` (an IP address without brackets or a name; may be empty; every address where it
 * is 0.0.0.0 or ::) and the hosts of the list. The port doesn't matter (it may be a forwarded one), unless an entry of the list has one.
 */
bool url_host_allowed(
    const struct url_host *host, struct str bound_address, const struct url_host *allowed, size_t count);

#endif
