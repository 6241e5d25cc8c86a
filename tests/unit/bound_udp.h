/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bound UDP sockets whose bind the library has not seen. */
#ifndef BOUND_UDP_H
#define BOUND_UDP_H

#include "replies/pktinfo.h"
#include "sockets/classify.h"
#include "sockets/tag.h"

#include "runtime/process.h"

#include "unit.h"

#include <errno.h>
#include <stdlib.h>

enum { BOTH = PKTINFO_V4 | PKTINFO_V6 };

union name {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static inline int start(void **state)
{
	(void)state;
	process_init();
	return setenv("BINDRIGHT_LOG", "off", 1);
}

/* Bound to an ephemeral port of the wildcard or the loopback address. Skips the test if the family
 * is missing. */
static inline int open_bound(int family, int protocol, bool is_wildcard, bool is_v6only)
{
	union name local = {.sa.sa_family = (sa_family_t)family};
	int fd = socket(family, SOCK_DGRAM, protocol), value = is_v6only;

	if (fd == -1)
		skip();
	fd_flags_set(fd, 0);
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof(value));
	if (!is_wildcard && family == AF_INET)
		local.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!is_wildcard && family == AF_INET6)
		local.v6.sin6_addr = in6addr_loopback;
	if (bind(fd, &local.sa, family == AF_INET ? sizeof(local.v4) : sizeof(local.v6)) != 0) {
		close(fd);
		skip();
	}
	return fd;
}

static inline int open_v4(void)
{
	return open_bound(AF_INET, 0, true, false);
}

static inline void connect_to_loopback(int fd)
{
	union name peer = {.v4 = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				   .sin_port = htons(9)}};

	assert_return_code(connect(fd, &peer.sa, sizeof(peer.v4)), errno);
}

static inline void set_int(int fd, int level, int optname, int value)
{
	assert_return_code(setsockopt(fd, level, optname, &value, sizeof(value)), errno);
}

/* Does what watching does, in this process or another. */
static inline void watch_as_another(int fd, unsigned int families, unsigned int app)
{
	const struct tag tag = {.app_families = app, .app_rcvlowat = TAG_RCVLOWAT};

	assert_true(tag_write(fd, &tag));
	assert_int_equal(pktinfo_switch(fd, families, true), families);
}

#endif
