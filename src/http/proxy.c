#include "http/proxy.h"

#include "http/server.h"
#include "text/address.h"

static bool
is_trusted(const struct server *server, struct str text)
{
	struct address address;

	if (!address_parse(text, &address))
		return false;
	for (size_t i = 0; i < server->trusted_proxy_count; i++)
		if (address_is_in(&address, &server->trusted_proxies[i]))
			return true;
	return server->trusted_proxy_count == 0 && address_is_loopback(&address);
}

/* The last of the list that is no trusted proxy itself, or the first of all. */
static struct str
last_untrusted(const struct server *server, struct str list)
{
	for (;;) {
		size_t comma = str_rfind_char(list, ',');
		struct str last = str_trim_blanks(str_from(list, comma == STR_NONE ? 0 : comma + 1));

		if (comma == STR_NONE || !is_trusted(server, last))
			return last;
		list = str_slice(list, 0, comma);
	}
}

static void
resolve_peer(struct req *req)
{
	struct str forwarded = req_header_list(req, STR("X-Forwarded-For"));
	struct str real = req_header_list(req, STR("X-Real-Ip"));
	bool has_real = req_has_header(req, STR("X-Real-Ip"));
	struct str peer = has_real ? real : last_untrusted(req->server, forwarded);
	struct address address;

	if (!address_parse(peer, &address))
		return;
	req->peer = peer;
	req->peer_is_loopback = address_is_loopback(&address);
	req->peer_is_resolved = true;
}

static void
resolve_protocol(struct req *req)
{
	bool has_scheme = req_has_header(req, STR("X-Scheme"));
	struct str list = req_header_list(req, has_scheme ? STR("X-Scheme") : STR("X-Forwarded-Proto"));
	size_t comma = str_rfind_char(list, ',');
	struct str last = str_trim_blanks(str_from(list, comma == STR_NONE ? 0 : comma + 1));

	if (str_eq(last, STR("http")) || str_eq(last, STR("https")))
		req->protocol = last;
}

void
proxy_resolve(struct req *req)
{
	if (!req->server->settings->xheaders || !is_trusted(req->server, req->peer))
		return;
	resolve_peer(req);
	resolve_protocol(req);
}

bool
proxy_asker_is_local(const struct req *req)
{
	static const char *const forwarding[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
	    "X-Forwarded-Proto", "X-Real-Ip", "X-Scheme", "Via"};

	if (!req->peer_is_loopback || req->peer_is_resolved)
		return req->peer_is_loopback;
	for (size_t i = 0; i < COUNT_OF(forwarding); i++)
		if (req_has_header(req, str_of(forwarding[i])))
			return false;
	return true;
}
