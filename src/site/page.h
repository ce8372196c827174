/*
 * Pages: templates of the site, rendered with its data, its static_url and
 * what they may know of the request; and eddy's own pages, which a site overrides by a
 * template of the same name.
 *
 * Belongs to one thread, the job thread of a worker. It shares nothing that changes with the loop.
 */
#ifndef EDDY_PAGE_H
#define EDDY_PAGE_H

#include "site/fault.h"
#include "site/view.h"
#include "tmpl/tmpl.h"

struct pages;

/* `settings` and `layout` must outlive it. */
struct pages *pages_new(const struct settings *settings, const struct layout *layout);
void pages_free(struct pages *pages);

/* Renders a page of the site as the answer to `request`. */
bool page_render(struct pages *pages, struct arena *a, struct str name, const struct view_request *request,
    struct str *html, struct err *e);

/* What a stage of the compiler makes of a template of the site. */
bool page_dump(struct pages *pages, struct str name, enum tmpl_dump stage, struct arena *a, struct str *text,
    struct err *e);

/*
 * Renders one of eddy's own pages with the names of `variables`: the site's template of that name; if
 * that fails, the one compiled in. False, with the fault logged, if even that fails.
 */
bool page_render_own(struct pages *pages, struct arena *a, const char *name,
    const struct tmpl_scope *variables, struct str *html);

/* eddy's own static files, by their name in static/ of its source, and the URLs they are served under. */
#define PAGE_ASSET_PREFIX "/_eddy/"
bool page_asset(const struct settings *settings, struct arena *a, struct str name, struct str *content);
struct str page_asset_url(struct pages *pages, struct arena *a, const char *name);

/*
 * Compiles the templates that the changed files concern and those that failed before. `paths` are
 * relative to the templates folder. False with the first fault. `*had_fault` tells whether one was known
 * before that is gone now. One that rendering had found counts as gone when the page, or the file that it is in, has changed.
 */
bool page_check(struct pages *pages, const struct str *paths, size_t count, bool *had_fault, struct err *e);

/*
 * Reads the data and compiles every template of the site; tells each fault and each warning. A warning comes again with each template that inherits what it is of. Returns
 * how many templates there are.
 */
size_t page_check_all(struct pages *pages, const struct fault_listener *listener);

#endif
