/*
 * Pages as answers: templates of the site, and the faces of errors. Whatever
 * a template makes is rendered by the job thread while the request waits.
 */
#ifndef EDDY_RENDER_H
#define EDDY_RENDER_H

#include "http/req.h"
#include "http/resp.h"
#include "tmpl/tmpl.h"

/* The fields that every answer has. */
void render_set_common(struct resp *resp, const char *cache_control);

/* A page of the site. Always later. */
struct resp *render_page(struct req *req, struct str template);

/* The error, in the face that the request asks for; NULL where it comes later. */
struct resp *render_error(struct req *req, const struct err *e);

/* The error as plain text, at once. */
struct resp *render_error_text(struct req *req, const struct err *e);

/* For answers made on the job thread: one of eddy's own pages, or NULL where even the built-in one fails. */
struct resp *render_own(
    struct req *req, int status, const char *template, const struct tmpl_scope *variables);

#endif
