#include "run/listeners.h"

#include "base/log.h"

enum { SCRATCH_BYTES = 4096 };

bool
listeners_open(struct listeners *l, const struct sock_request *wanted, struct err *e)
{
	if (!sock_adopt(&l->set, e))
		return false;
	l->are_adopted = l->set.count > 0;
	if (l->are_adopted || wanted == NULL)
		return true;
	if (!sock_listen(&l->set, wanted, e))
		return false;
	if (wanted->port != 0 && sock_port(&l->set) != wanted->port)
		log_info("port %d is in use, so this is port %d", wanted->port, sock_port(&l->set));
	return true;
}

bool
listeners_inherit(struct listeners *l, const struct handover *before, struct err *e)
{
	l->are_adopted = before->is_adopted;
	return sock_adopt(&l->set, e);
}

static void
listeners_replace(struct listeners *l, const struct sock_request *request)
{
	struct arena scratch = arena_make(SCRATCH_BYTES);
	struct err e = err_make(&scratch);
	struct sock_set opened;

	if (sock_listen(&opened, request, &e)) {
		sock_close(&l->set);
		l->set = opened;
		log_info("now at %.*s", STR_ARG(sock_url(&scratch, &l->set, l->scheme)));
		if (request->has_second)
			log_info("  http://localhost:%d/ leads there", sock_second_port(&l->set));
	} else if (l->set.count > 0) {
		log_error("eddy: %.*s; still at %.*s", STR_ARG(e.message),
		    STR_ARG(sock_url(&scratch, &l->set, l->scheme)));
	} else {
		log_error("eddy: %.*s", STR_ARG(e.message));
	}
	arena_free(&scratch);
}

/* The request, with the ports that there are where they were the answer to the same one. */
static struct sock_request
request_anew(const struct listeners *l, const struct sock_request *wanted, const struct handover *before)
{
	struct sock_request request = *wanted;

	request.replaced = &l->set;
	if (request.has_second && request.second_port == 0)
		request.second_port = sock_second_port(&l->set);
	if (l->set.count > 0 && before->port == wanted->port &&
	    before->port_is_given == wanted->port_is_given) {
		request.port = sock_port(&l->set);
		request.port_is_given = true;
	}
	return request;
}

static bool
listeners_fit(const struct listeners *l, const struct sock_request *request, const struct handover *before)
{
	uint16_t second_port = sock_second_port(&l->set);

	return l->set.count > 0 && str_eq(str_of(before->address), str_of(request->address)) &&
	       request->port == sock_port(&l->set) && request->has_second == (second_port > 0) &&
	       request->second_port == second_port;
}

void
listeners_renew(struct listeners *l, const struct sock_request *wanted, const struct handover *before)
{
	struct sock_request request;

	if (l->are_adopted)
		return;
	if (wanted == NULL) {
		sock_close(&l->set);
		return;
	}
	request = request_anew(l, wanted, before);
	if (!listeners_fit(l, &request, before))
		listeners_replace(l, &request);
}
