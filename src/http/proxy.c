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

static bool
is_forwarding(struct str name)
{
	static const char *const names[] = {"Forwarded", "X-Real-Ip", "X-Scheme", "Via"};
	const struct str prefix = STR("X-Forwarded-");

	for (size_t i = 0; i < COUNT_OF(names); i++)
		if (str_eq_nocase(name, str_of(names[i])))
			return true;
	return str_eq_nocase(str_slice(name, 0, MIN(name.len, prefix.len)), prefix);
}

/* Of a list of addresses; what is none could be anybody. */
static bool
names_stranger(struct str list)
{
	struct address address;

	while (list.len > 0)
		if (!address_parse(str_trim_blanks(str_cut(&list, ',')), &address) ||
		    !address_is_loopback(&address))
			return true;
	return false;
}

/* Whether a field that the peer was not resolved from, or the part that was passed over, names somebody else. */
static bool
field_names_stranger(const struct req_header *field)
{
	bool is_list = str_eq_nocase(field->name, STR("X-Forwarded-For")) ||
		       str_eq_nocase(field->name, STR("X-Real-Ip"));

	return str_eq_nocase(field->name, STR("Forwarded")) || (is_list && names_stranger(field->value));
}

bool
proxy_asker_is_local(const struct req *req)
{
	if (!req->peer_is_loopback)
		return false;
	for (size_t i = 0; i < req->header_count; i++)
		if (req->peer_is_resolved ? field_names_stranger(&req->headers[i])
					  : is_forwarding(req->headers[i].name))
			return false;
	return true;
}
