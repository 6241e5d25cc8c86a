/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Addresses in one form for both families: sixteen bytes in network order, IPv4 as v4-mapped
 * (RFC 4291, 2.5.5.2). So a peer that a dual-stack socket shows as ::ffff:192.0.2.1 and an AF_INET
 * socket as 192.0.2.1 is one peer, and every room below has one case instead of two.
 */
#ifndef CORE_ADDRESS_H
#define CORE_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
	uint32_t word[4]; /* network byte order */
};

/* The far or near end of a datagram. */
struct endpoint {
	struct address addr;
	uint32_t scope; /* interface index, link-local addresses only; otherwise 0 */
	uint16_t port;	/* host byte order */
};

/* What a reply is to leave from. */
struct source {
	struct address addr;
	uint32_t ifindex; /* link-local addresses only; otherwise 0: routing chooses */
};

/* Room for the longest text of endpoint_format, its NUL included. */
enum { ENDPOINT_TEXT = INET6_ADDRSTRLEN + sizeof("[%4294967295]:65535") };

struct address address_from_v4(struct in_addr v4);
struct address address_from_v6(const struct in6_addr *v6);
struct in_addr address_to_v4(const struct address *addr);
struct in6_addr address_to_v6(const struct address *addr);

/* Whether addr is an IPv4 address, in v4-mapped form. */
static inline bool address_is_v4(const struct address *addr)
{
	return addr->word[0] == 0 && addr->word[1] == 0 && addr->word[2] == htonl(0xffff);
}

static inline bool address_is_equal(const struct address *a, const struct address *b)
{
	return a->word[3] == b->word[3] && a->word[2] == b->word[2] && a->word[1] == b->word[1] &&
	       a->word[0] == b->word[0];
}

/* Whether addr is ::, exactly. 0.0.0.0 is not. */
bool address_is_v6_wildcard(const struct address *addr);
/* Whether addr is :: or 0.0.0.0. */
bool address_is_wildcard(const struct address *addr);
/* Whether addr is one that a datagram may be sent to but not from: multicast of either family, or
 * 255.255.255.255. A subnet's broadcast address cannot be told from here. */
bool address_is_group(const struct address *addr);
/* Whether addr is in fe80::/10. */
bool address_is_link_local(const struct address *addr);

/*
 * Reads an AF_INET or AF_INET6 address; AF_UNSPEC is taken for AF_INET, as the kernel's bind and
 * sendto of an AF_INET socket take it. False, and *ret untouched, for other families and for
 * lengths that the kernel would refuse.
 */
bool endpoint_from_sockaddr(const struct sockaddr *sa, socklen_t len, struct endpoint *ret);

/* Writes "192.0.2.1:53" or "[fe80::1%2]:53" into text and returns it. */
const char *endpoint_format(const struct endpoint *endpoint, char text[ENDPOINT_TEXT]);
/* The same of an address alone: "192.0.2.1" or "fe80::1". */
const char *address_format(const struct address *addr, char text[ENDPOINT_TEXT]);

#endif
