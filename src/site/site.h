/*
 * What a URL means: a file, a page, a folder, or nothing.
 *
 * A site belongs to the loop's thread; what rendering needs is in site/page.h.
 */
#ifndef EDDY_SITE_H
#define EDDY_SITE_H

#include "base/map.h"
#include "site/file.h"
#include "site/layout.h"
#include "text/url.h"

enum site_kind {
	SITE_FILE,
	SITE_FILE_UNHASHED, /* as FILE_UNHASHED */
	SITE_PAGE,          /* to be rendered from a template */
	SITE_FOLDER,        /* to be listed */
	SITE_REDIRECT,      /* to the same path with a slash at its end */
	SITE_MISSING,
	SITE_GONE, /* missing, but it was there until a moment ago: FILE_GAP_MS */
	SITE_DENIED,
	SITE_FAILED, /* as FILE_FAILED */
};

struct site_match {
	enum site_kind kind;
	struct file *file; /* counted, for SITE_FILE and SITE_FILE_UNHASHED */
	struct str
	    name; /* of the template, or the path of file or folder beneath the static root; with a NUL */
};

struct site {
	const struct settings *settings;
	struct layout layout;
	struct mime_types types;
	struct file_cache *files; /* of the static root */
	struct map
	    pages_seen; /* the templates that were asked for and there; owns its keys, which are its values */
};

/* The site in `a`; site_close frees what isn't there. */
bool site_open(struct arena *a, const struct settings *settings, struct site *site, struct err *e);
void site_close(struct site *site);

struct site_match site_find(struct site *site, struct arena *a, const struct url *url);

/* The page of this name, for what stands in for others: SITE_FILE, SITE_FILE_UNHASHED, SITE_PAGE or SITE_MISSING. */
struct site_match site_find_page(struct site *site, struct arena *a, struct str name);

/*
 * The template of the page at a decoded path, or an empty string: "about" and "about.html" are
 * "about.html", "" is "index.html", "feed.xml" itself. Names with a segment that starts
 * with '_' or '.' are no pages.
 */
struct str site_page_name(const struct layout *layout, struct arena *a, struct str path, bool is_directory);

/* Whether a template of this name may be a page. */
bool site_is_page_name(struct str name);

/* Whether a path is eddy's own: what the site has there, its eddy.conf or a folder _eddy, is not served. */
bool site_path_is_own(const struct layout *layout, struct str path);

#endif
