/*
 * What a template sees as `request`: an object with the attributes of Tornado's HTTPServerRequest. Arguments, bytes
 * there, are text here.
 */
#ifndef EDDY_VIEW_REQUEST_H
#define EDDY_VIEW_REQUEST_H

#include "site/view.h"

/* The request must outlive the object. */
struct tmpl_value view_request_object(struct arena *a, const struct view_request *request);

/* name → {"key": name, "value": value}, which stands for Python's Morsel. */
struct tmpl_value view_request_cookies(struct arena *a, const struct view_request *request);

/* The handler's get_argument, get_arguments and get_cookie. Their context is the view. */
tmpl_native_fn view_request_argument, view_request_arguments, view_request_cookie;

/* The same for those of a body, of which there are none: eddy takes no forms. */
tmpl_native_fn view_request_body_argument, view_request_body_arguments;

#endif
