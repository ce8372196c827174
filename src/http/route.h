/* From a request to its answer: what the URL means, and who answers for that. */
#ifndef EDDY_ROUTE_H
#define EDDY_ROUTE_H

#include "http/req.h"
#include "http/resp.h"

/* The answer, or NULL where it comes later by http_answer. */
struct resp *route_answer(struct server *server, struct req *req);

/* The answer to a request whose head was refused, or NULL as above. */
struct resp *route_refusal(struct req *req, const struct err *e);

/* The answer with the fields that every answer to this client has. Takes the reference, and gives one. */
struct resp *route_complete(const struct req *req, struct resp *resp);

/* GET, HEAD and OPTIONS. */
bool route_has_method(struct str method);

#endif
