/* The requests that were begun and are not over, and spare ones for the next, whose arenas are kept. */
#ifndef EDDY_REQUESTS_H
#define EDDY_REQUESTS_H

#include "http/req.h"

struct requests {
	struct server *server;
	struct req ring;   /* its head */
	struct req *spare; /* linked by `older` */
	unsigned spare_count;
	uint64_t count; /* of those that were ever begun */
};

void requests_start(struct requests *requests, struct server *server);

/* All of them must be over. */
void requests_stop(struct requests *requests);

struct req *requests_begin(struct requests *requests);
void requests_end(struct requests *requests, struct req *req);

#endif
