/*
 * Pages as answers: templates of the site, and the faces of errors. Whatever
 * a template makes is rendered by the job thread while the request waits.
 */
#ifndef EDDY_RENDER_H
#define EDDY_RENDER_H

#include "http/req.h"
#include "http/resp.h"
#include "tmpl/tmpl.h"

/* What Allow says: the methods that are answered. */
#define RENDER_METHODS "GET, HEAD, OPTIONS"

/* The fields that every answer has. */
void render_set_common(struct resp *resp, const char *cache_control);

/* A page of the site. Always later. */
struct resp *render_page(struct req *req, struct str template);

/*
 * A page of the site that stands in for one that isn't there, with this status. Always later. Where it fails,
 * the fault is logged and the answer is the error `e`, or the fault itself where that is NULL.
 */
struct resp *render_page_instead(struct req *req, struct str template, int status, const struct err *e);

/* The error, in the face that the request asks for; NULL where it comes later. */
struct resp *render_error(struct req *req, const struct err *e);

/* The error as plain text, at once. */
struct resp *render_error_text(const struct err *e);

/* What is answered where the job thread dropped a job, because the server leaves. */
struct resp *render_leaving(void);

/* On the job thread: the error, in the face that the request asks for, at once. */
struct resp *render_error_now(struct req *req, const struct err *e);

/* On the job thread: one of eddy's own pages, or NULL where even the built-in one fails. */
struct resp *render_own(
    struct req *req, int status, const char *template, const struct tmpl_scope *variables);

#endif
