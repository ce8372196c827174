/* IP addresses as text, and networks of them: RFC 4291 §2.2 and §2.3. */
#ifndef EDDY_ADDRESS_H
#define EDDY_ADDRESS_H

#include "base/str.h"

struct address {
	int family;              /* AF_INET or AF_INET6 */
	unsigned char bytes[16]; /* in network order; what an IPv4 address leaves free is zero */
};

/* Without brackets and without a zone. */
bool address_parse(struct str text, struct address *address);

/* 127.0.0.0/8 or ::1 */
bool address_is_loopback(const struct address *address);

struct address_network {
	struct address address;
	unsigned bits; /* of the address that all of it have in common */
};

/* "10.0.0.0/8", or an address alone, which is a network of one. */
bool address_network_parse(struct str text, struct address_network *network);

bool address_is_in(const struct address *address, const struct address_network *network);

#endif
