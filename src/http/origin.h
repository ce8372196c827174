/*
 * Which other sites' pages may ask, and what they may read: the Fetch Standard's
 * CORS protocol and metadata. Nobody may anything unless --cors names it.
 */
#ifndef EDDY_ORIGIN_H
#define EDDY_ORIGIN_H

#include "http/req.h"
#include "http/resp.h"
#include "text/settings.h"

/* False, as ERR_FORBIDDEN, where a page of another site embeds what it may not, or asks for it by script. */
bool origin_check(const struct req *req, struct err *e);

/* Adds what a preflight asks for to the answer to OPTIONS. */
void origin_answer_preflight(const struct req *req, struct resp *resp);

/* Adds what every answer says, whoever asks. */
void origin_set_common(const struct settings *settings, struct resp *resp);

/*
 * The answer as the origin of the request may read it: the response itself, or a copy that is for this request
 * alone. Takes the reference, and gives one.
 */
struct resp *origin_admit(const struct req *req, struct resp *resp);

#endif
