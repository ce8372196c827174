/* Folders as answers: a page from _listing.html, plain names for a terminal, JSON where that is asked for. */
#ifndef EDDY_LISTING_H
#define EDDY_LISTING_H

#include "http/req.h"
#include "http/resp.h"

/* `path` is the folder beneath the static root. Always later. */
struct resp *listing_answer(struct req *req, struct str path);

#endif
