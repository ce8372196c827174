#include "http/requests.h"

#include "http/resp.h"
#include "os/clock.h"

#include <stdlib.h>

enum { ARENA_BYTES = 4096, SPARE_MAX = 256 };

static struct req *
take_spare(struct requests *requests)
{
	struct req *req = requests->spare;
	struct arena arena = req->arena;

	requests->spare = req->older;
	requests->spare_count--;
	*req = (struct req){.arena = arena};
	return req;
}

static struct req *
make(void)
{
	struct req *req = BASE_NEW(struct req);

	req->arena = arena_make(ARENA_BYTES);
	return req;
}

static void
discard(struct req *req)
{
	arena_free(&req->arena);
	free(req);
}

void
requests_start(struct requests *requests, struct server *server)
{
	requests->server = server;
	requests->ring.newer = requests->ring.older = &requests->ring;
}

void
requests_stop(struct requests *requests)
{
	for (struct req *req = requests->spare, *older; req != NULL; req = older) {
		older = req->older;
		discard(req);
	}
}

struct req *
requests_begin(struct requests *requests)
{
	struct req *req = requests->spare ? take_spare(requests) : make();
	struct req *ring = &requests->ring;

	req->server = requests->server;
	req->started_us = clock_mono_us();
	req->newer = ring;
	req->older = ring->older;
	req->older->newer = req;
	ring->older = req;
	requests->count++;
	return req;
}

void
requests_end(struct requests *requests, struct req *req)
{
	req->newer->older = req->older;
	req->older->newer = req->newer;
	resp_unref(req->answer);
	if (requests->spare_count >= SPARE_MAX) {
		discard(req);
		return;
	}
	arena_reset(&req->arena);
	req->older = requests->spare;
	requests->spare = req;
	requests->spare_count++;
}
