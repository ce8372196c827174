/*
 * What a template sees of its host: the request, its arguments and cookies, the URLs of static files
 * and of other pages, and those names of a Tornado handler that a site's templates may use.
 */
#ifndef EDDY_VIEW_H
#define EDDY_VIEW_H

#include "site/file.h"
#include "site/layout.h"
#include "tmpl/tmpl.h"

struct view_field {
	struct str name;
	struct str value;
};

/* What a template sees as `request`, all of it for the time of the render. */
struct view_request {
	struct str method;
	struct str uri;  /* the raw target */
	struct str path; /* its path, raw */
	struct str query;
	struct str version;
	struct str protocol; /* "http" */
	struct str host;
	struct str remote_ip;
	const struct view_field *headers;
	size_t header_count;
};

/* GET / of localhost: for a render that nobody asked for over HTTP. */
extern const struct view_request view_request_default;

/* All that is in it must outlive the render. */
struct view {
	const struct layout *layout;
	const struct settings *settings;
	struct file_cache *digests; /* for static_url */
	const struct view_request *request;
	int status; /* of the answer that the render is for */
};

/* The names of the host: the outermost scope of a render. */
struct tmpl_scope view_scope(struct view *view, struct arena *a);

#endif
