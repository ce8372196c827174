/*
 * Who asks, behind the proxies that are trusted: --xheaders, by the rules of Tornado's
 * xheaders. Everybody else's X- fields are nothing but bytes.
 */
#ifndef EDDY_PROXY_H
#define EDDY_PROXY_H

#include "http/req.h"

/* Sets the request's peer and protocol to what a trusted proxy says of them. */
void proxy_resolve(struct req *req);

/*
 * Whether who asks is on this machine, as far as can be told: a request that was forwarded is not, unless the
 * one that a trusted proxy speaks for is.
 */
bool proxy_asker_is_local(const struct req *req);

#endif
