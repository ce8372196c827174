#include "os/sock.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/tcp.h>
#endif

#define SECOND_NAME "redirect" /* what the names of the second port's listeners start with */

enum {
	PAIR_TRIES = 64,  /* for one number that is free on both families */
	NEXT_TRIES = 100, /* for the next port that is free */
};

/* What a request comes to: at most one address of each family. */
struct target {
	struct sockaddr_storage address;
	socklen_t size_bytes;
	const char *name;
	bool is_optional; /* a machine without IPv6 does without it */
};

struct target_list {
	struct target targets[2];
	size_t count;
};

static uint16_t *
address_port(struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET6)
		return &((struct sockaddr_in6 *)(void *)address)->sin6_port;
	return &((struct sockaddr_in *)(void *)address)->sin_port;
}

static void
targets_add(struct target_list *list, const struct sockaddr *address, socklen_t size_bytes, bool is_optional)
{
	struct target *t = &list->targets[list->count++];

	memcpy(&t->address, address, size_bytes);
	t->size_bytes = size_bytes;
	t->name = address->sa_family == AF_INET6 ? "http6" : "http4";
	t->is_optional = is_optional;
}

static void
targets_add_pair(struct target_list *list, uint32_t address4, struct in6_addr address6)
{
	struct sockaddr_in in4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(address4)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = address6};

	targets_add(list, (struct sockaddr *)&in4, sizeof(in4), false);
	targets_add(list, (struct sockaddr *)&in6, sizeof(in6), true);
}

static bool
targets_resolve(struct target_list *list, const char *host, struct err *e)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found = NULL;
	int fault = getaddrinfo(host, NULL, &hints, &found);

	if (fault != 0)
		return err_set(e, ERR_OS, ERR_NOWHERE, "address '%s': %s", host, gai_strerror(fault));
	for (int family = AF_INET;; family = AF_INET6) {
		const struct addrinfo *info = found;

		while (info != NULL && info->ai_family != family)
			info = info->ai_next;
		if (info != NULL)
			targets_add(list, info->ai_addr, info->ai_addrlen, false);
		if (family == AF_INET6)
			break;
	}
	freeaddrinfo(found);
	return list->count > 0 ||
	       err_set(e, ERR_OS, ERR_NOWHERE, "address '%s' is neither IPv4 nor IPv6", host);
}

static bool
targets_find(struct target_list *list, const char *host, struct err *e)
{
	if (host == NULL || strcmp(host, "localhost") == 0)
		targets_add_pair(list, INADDR_LOOPBACK, in6addr_loopback);
	else if (strcmp(host, "*") == 0)
		targets_add_pair(list, INADDR_ANY, in6addr_any);
	else
		return targets_resolve(list, host, e);
	return true;
}

static bool
descriptor_prepare(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

/*
 * Sockets that share their port (SO_REUSEPORT) may overlap. That holds only while
 * one set replaces another: for good, it would let two servers take one port unnoticed.
 */
static void
share_port(int fd, bool is_shared)
{
#ifdef SO_REUSEPORT
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){is_shared}, sizeof(int));
#endif
}

static void
share_ports(const struct sock_set *set, bool is_shared)
{
	for (size_t i = 0; set != NULL && i < set->count; i++)
		share_port(set->listeners[i].fd, is_shared);
}

/* A listening socket, or -1 with errno set. */
static int
target_open(const struct target *t, uint16_t port, bool shares_port)
{
	struct sockaddr_storage address = t->address;
	int fd = socket(address.ss_family, SOCK_STREAM, 0);
	int saved_errno;

	if (fd < 0)
		return -1;
	*address_port(&address) = htons(port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
	if (address.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
	if (shares_port)
		share_port(fd, true);
	if (descriptor_prepare(fd) && bind(fd, (struct sockaddr *)&address, t->size_bytes) == 0 &&
	    listen(fd, SOMAXCONN) == 0)
		return fd;
	saved_errno = errno;
	close(fd);
	errno = saved_errno;
	return -1;
}

static void
set_add(struct sock_set *set, int fd, const char *name)
{
	struct sock_listener *listener = &set->listeners[set->count++];

	listener->fd = fd;
	snprintf(listener->name, sizeof(listener->name), "%s", name);
}

static bool
family_is_missing(int error)
{
	return error == EAFNOSUPPORT || error == EADDRNOTAVAIL || error == EPROTONOSUPPORT;
}

/* Every target on one port. False with errno set and nothing left open. */
static bool
targets_open(struct sock_set *set, const struct target_list *list, uint16_t port, bool shares_port)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct target *t = &list->targets[i];
		int fd = target_open(t, port, shares_port);
		int saved_errno = errno;

		if (fd < 0 && t->is_optional && family_is_missing(errno))
			continue;
		if (fd < 0) {
			sock_close(set);
			errno = saved_errno;
			return false;
		}
		set_add(set, fd, t->name);
		if (port == 0)
			port = sock_port(set);
	}
	return true;
}

/* The port asked for, any one that is free on every target, or the next one that is. */
static bool
targets_search(struct sock_set *set, const struct target_list *list, const struct sock_request *request)
{
	bool shares_port = request->replaced != NULL;
	int tries = request->port == 0 ? PAIR_TRIES : request->port_is_given ? 1 : NEXT_TRIES;

	for (int i = 0; i < tries; i++) {
		int port = request->port == 0 ? 0 : request->port + i;

		if (port > UINT16_MAX)
			break;
		if (targets_open(set, list, (uint16_t)port, shares_port))
			return true;
		if (errno != EADDRINUSE)
			return false;
	}
	errno = EADDRINUSE;
	return false;
}

static bool
search_failed(const struct sock_request *request, struct err *e)
{
	int error = errno;

	if (error != EADDRINUSE) {
		errno = error;
		return err_set_errno(e, "cannot listen on %s port %d",
		    request->address ? request->address : "localhost", request->port);
	}
	if (request->port == 0 || !request->port_is_given)
		return err_set(e, ERR_PORT_BUSY, ERR_NOWHERE, "no port is free from %d on", request->port);
	err_set(e, ERR_PORT_BUSY, ERR_NOWHERE, "port %d is in use", request->port);
	err_set_hint(e, "'ss -ltnp sport = :%d' shows by whom", request->port);
	return false;
}

/* Opens the listeners of the second port behind the first one's, or closes those too. */
static bool
listen_second(
    struct sock_set *set, const struct target_list *list, const struct sock_request *first, struct err *e)
{
	struct sock_request request = *first;
	struct sock_set opened = {0};

	request.port = first->second_port;
	request.port_is_given = true;
	if (!targets_search(&opened, list, &request)) {
		search_failed(&request, e);
		sock_close(set);
		return false;
	}
	for (size_t i = 0; i < opened.count; i++) {
		const struct sock_listener *listener = &opened.listeners[i];

		set_add(set, listener->fd,
		    str_ends(str_of(listener->name), STR("6")) ? SECOND_NAME "6" : SECOND_NAME "4");
	}
	return true;
}

bool
sock_listen(struct sock_set *set, const struct sock_request *request, struct err *e)
{
	struct target_list list = {0};
	bool ok;

	*set = (struct sock_set){0};
	if (!targets_find(&list, request->address, e))
		return false;
	share_ports(request->replaced, true);
	ok = targets_search(set, &list, request);
	if (!ok)
		search_failed(request, e);
	if (ok && request->has_second)
		ok = listen_second(set, &list, request, e);
	share_ports(request->replaced, false);
	share_ports(set, false);
	return ok;
}

/* Adoption */

static bool
descriptor_is_listener(int fd)
{
	int type = 0, is_listening = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof(type)}) != 0)
		return false;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &(socklen_t){sizeof(is_listening)}) != 0)
		return false;
	return type == SOCK_STREAM && is_listening;
}

static bool
descriptors_adopt(struct sock_set *set, size_t count, struct str names, struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		int fd = SOCK_FIRST_FD + (int)i;
		struct str name = str_cut(&names, ':');
		char text[SOCK_NAME_BYTES];

		if (!descriptor_is_listener(fd) || !descriptor_prepare(fd))
			return err_set(e, ERR_OS, ERR_NOWHERE,
			    "LISTEN_FDS: descriptor %d is not a listening stream socket", fd);
		snprintf(text, sizeof(text), "%.*s", STR_ARG(name.len ? name : STR("unknown")));
		set_add(set, fd, text);
	}
	return true;
}

static bool
environment_adopt(struct sock_set *set, struct err *e)
{
	uint64_t pid, count;

	if (!str_to_u64(str_of(getenv("LISTEN_PID")), &pid) || pid != (uint64_t)getpid())
		return true;
	if (!str_to_u64(str_of(getenv("LISTEN_FDS")), &count) || count > SOCK_MAX_LISTENERS)
		return err_set(
		    e, ERR_OS, ERR_NOWHERE, "LISTEN_FDS is not a number from 0 to %d", SOCK_MAX_LISTENERS);
	return descriptors_adopt(set, (size_t)count, str_of(getenv("LISTEN_FDNAMES")), e);
}

bool
sock_adopt(struct sock_set *set, struct err *e)
{
	bool ok;

	*set = (struct sock_set){0};
	ok = environment_adopt(set, e);
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return ok;
}

int
sock_next_fd(const struct sock_set *set)
{
	return SOCK_FIRST_FD + (int)set->count;
}

void
sock_close(struct sock_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		close(set->listeners[i].fd);
	set->count = 0;
}

/* What the listener is bound to. False where that isn't an address of TCP. */
static bool
listener_address(const struct sock_listener *listener, struct sockaddr_storage *address)
{
	socklen_t size_bytes = sizeof(*address);

	*address = (struct sockaddr_storage){0};
	return getsockname(listener->fd, (struct sockaddr *)address, &size_bytes) == 0 &&
	       (address->ss_family == AF_INET || address->ss_family == AF_INET6);
}

bool
sock_is_second(const struct sock_listener *listener)
{
	return str_starts(str_of(listener->name), STR(SECOND_NAME));
}

static uint16_t
first_port(const struct sock_set *set, bool is_second)
{
	struct sockaddr_storage address;

	for (size_t i = 0; i < set->count; i++)
		if (sock_is_second(&set->listeners[i]) == is_second &&
		    listener_address(&set->listeners[i], &address))
			return ntohs(*address_port(&address));
	return 0;
}

uint16_t
sock_port(const struct sock_set *set)
{
	return first_port(set, false);
}

uint16_t
sock_second_port(const struct sock_set *set)
{
	return first_port(set, true);
}

static bool
address_is_wildcard(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *in4 = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;

	return address->ss_family == AF_INET ? in4->sin_addr.s_addr == htonl(INADDR_ANY)
					     : IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

static bool
address_is_loopback(const struct sockaddr_storage *address)
{
	const struct sockaddr_in *in4 = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;

	return address->ss_family == AF_INET ? ntohl(in4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET
					     : IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

enum sock_reach
sock_reach(const struct sock_set *set)
{
	enum sock_reach widest = SOCK_REACH_LOOPBACK;
	struct sockaddr_storage address;

	for (size_t i = 0; i < set->count; i++) {
		if (!listener_address(&set->listeners[i], &address) || address_is_loopback(&address))
			continue;
		if (address_is_wildcard(&address))
			return SOCK_REACH_MACHINE;
		widest = SOCK_REACH_ADDRESS;
	}
	return widest;
}

struct str
sock_network_address(struct arena *a)
{
	struct str found = STR("");
	char host[NI_MAXHOST];
	struct ifaddrs *all;

	if (getifaddrs(&all) != 0)
		return found;
	for (struct ifaddrs *each = all; each != NULL && found.len == 0; each = each->ifa_next)
		if (each->ifa_addr != NULL && each->ifa_addr->sa_family == AF_INET &&
		    (each->ifa_flags & (IFF_UP | IFF_LOOPBACK)) == IFF_UP &&
		    getnameinfo(each->ifa_addr, sizeof(struct sockaddr_in), host, sizeof(host), NULL, 0,
			NI_NUMERICHOST) == 0)
			found = str_dup(a, str_of(host));
	freeifaddrs(all);
	return found;
}

/* The wildcard address can't be connected to everywhere: its loopback address can. */
static void
address_make_reachable(struct sockaddr_storage *address)
{
	struct sockaddr_in *in4 = (struct sockaddr_in *)(void *)address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)address;

	if (!address_is_wildcard(address))
		return;
	if (address->ss_family == AF_INET)
		in4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		in6->sin6_addr = in6addr_loopback;
}

int
sock_accept(int listener, struct sockaddr *address, socklen_t *address_bytes)
{
#ifdef SOCK_NONBLOCK
	return accept4(listener, address, address_bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
	int fd = accept(listener, address, address_bytes);

	if (fd < 0)
		return -1;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
#endif
}

bool
sock_peer_has_closed(int fd)
{
#ifdef POLLRDHUP
	struct pollfd poll_fd = {.fd = fd, .events = POLLRDHUP};

	return poll(&poll_fd, 1, 0) > 0;
#else
	char byte;
	ssize_t got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
#endif
}

bool
sock_tells_sent_bytes(void)
{
#ifdef __linux__
	return true;
#else
	return false;
#endif
}

bool
sock_sent_bytes(int fd, int64_t *bytes)
{
#ifdef __linux__
	struct tcp_info info = {0};

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &(socklen_t){sizeof(info)}) != 0)
		return false;
	*bytes = (int64_t)info.tcpi_bytes_acked;
	return true;
#else
	(void)fd;
	*bytes = 0;
	return false;
#endif
}

struct str
sock_url(struct arena *a, const struct sock_set *set, struct str scheme)
{
	struct sockaddr_storage address;
	char host[NI_MAXHOST];
	bool is_v6;

	for (size_t i = 0; i < set->count; i++) {
		if (!listener_address(&set->listeners[i], &address))
			continue;
		address_make_reachable(&address);
		if (getnameinfo((struct sockaddr *)&address, sizeof(address), host, sizeof(host), NULL, 0,
			NI_NUMERICHOST) != 0)
			continue;
		is_v6 = address.ss_family == AF_INET6;
		return str_format(a, "%.*s://%s%s%s:%d/", STR_ARG(scheme), is_v6 ? "[" : "", host,
		    is_v6 ? "]" : "", ntohs(*address_port(&address)));
	}
	return STR("");
}
