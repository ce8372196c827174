/*
 * What a URL that finds nothing may have meant, and what would make it answer: for the pages of errors while a
 * site is being made. Hidden names are never told, nor what a link out of the site leads to.
 */
#ifndef EDDY_NEAR_H
#define EDDY_NEAR_H

#include "site/layout.h"
#include "text/url.h"

enum { NEAR_MAX = 3 };

/*
 * URLs of the site whose last segment is nearly that of `url`, the nearest first; returns how many. Of a page that
 * isn't there, static files of that path too. Reads a folder or two. `of_pages_only` leaves out what a listing
 * would show.
 */
size_t near_urls(struct arena *a, const struct layout *layout, const struct url *url, bool of_pages_only,
    struct str urls[NEAR_MAX]);

/* The files of which each would answer, as they are named in the site's folder; returns how many. */
size_t near_files(
    struct arena *a, const struct layout *layout, const struct url *url, struct str files[NEAR_MAX]);

#endif
