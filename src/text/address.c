#include "text/address.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

enum { BYTE_BITS = 8, IPV4_BITS = 32, IPV6_BITS = 128 };

bool
address_parse(struct str text, struct address *address)
{
	char copy[INET6_ADDRSTRLEN];

	*address = (struct address){.family = str_find_char(text, ':') == STR_NONE ? AF_INET : AF_INET6};
	if (text.len >= sizeof(copy) || str_find_char(text, '\0') != STR_NONE)
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	return inet_pton(address->family, copy, address->bytes) == 1;
}

bool
address_is_loopback(const struct address *address)
{
	static const unsigned char ipv6[16] = {[15] = 1};

	if (address->family == AF_INET)
		return address->bytes[0] == IN_LOOPBACKNET;
	return memcmp(address->bytes, ipv6, sizeof(ipv6)) == 0;
}

bool
address_network_parse(struct str text, struct address_network *network)
{
	size_t slash = str_find_char(text, '/');
	uint64_t bits;
	unsigned all;

	if (!address_parse(str_slice(text, 0, slash), &network->address))
		return false;
	all = network->address.family == AF_INET ? IPV4_BITS : IPV6_BITS;
	network->bits = all;
	if (slash == STR_NONE)
		return true;
	if (!str_to_u64(str_from(text, slash + 1), &bits) || bits > all)
		return false;
	network->bits = (unsigned)bits;
	return true;
}

bool
address_is_in(const struct address *address, const struct address_network *network)
{
	const unsigned char *a = address->bytes, *b = network->address.bytes;
	size_t whole = network->bits / BYTE_BITS;
	unsigned rest = network->bits % BYTE_BITS, mask = (0xFFU << (BYTE_BITS - rest)) & 0xFFU;

	if (address->family != network->address.family || memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || (a[whole] & mask) == (b[whole] & mask);
}
