/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bound sockets, for the tests of listeners/. */
#ifndef BOUND_H
#define BOUND_H

#include "sockets/sockets.h"

#include "unit.h"

#include <errno.h>
#include <unistd.h>

static const struct kind tcp4 __attribute__((unused)) = {AF_INET, SOCK_STREAM, IPPROTO_TCP};
static const struct kind tcp6 __attribute__((unused)) = {AF_INET6, SOCK_STREAM, IPPROTO_TCP};
static const struct kind udp4 __attribute__((unused)) = {AF_INET, SOCK_DGRAM, IPPROTO_UDP};
static const struct kind udp6 __attribute__((unused)) = {AF_INET6, SOCK_DGRAM, IPPROTO_UDP};
static const struct kind udplite4 __attribute__((unused)) = {AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE};
static const struct kind sctp4 __attribute__((unused)) = {AF_INET, SOCK_STREAM, IPPROTO_SCTP};

static inline int open_socket(const struct kind *kind)
{
	const int on = 1;
	int fd = socket(kind->domain, kind->type, kind->protocol);

	assert_return_code(fd, errno);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return fd;
}

static inline in_port_t port_of(int fd)
{
	struct sockaddr_in6 local;
	socklen_t len = sizeof(local);

	assert_return_code(getsockname(fd, (struct sockaddr *)&local, &len), errno);
	return local.sin6_port; /* at the same offset in a sockaddr_in */
}

/* A socket on its family's wildcard address and an ephemeral port. */
static inline int open_bound(const struct kind *kind, in_port_t *ret_port)
{
	const struct sockaddr_in6 any = {.sin6_family = (sa_family_t)kind->domain};
	int fd = open_socket(kind);

	assert_return_code(bind(fd, (const struct sockaddr *)&any, sizeof(any)), errno);
	*ret_port = port_of(fd);
	return fd;
}

static inline int start_anew(void **state)
{
	(void)state;
	errno = 77;
	return 0;
}

static inline int look_at_errno(void **state)
{
	(void)state;
	assert_int_equal(errno, 77);
	return 0;
}

/* A test that keeps errno. */
#define TEST(function) cmocka_unit_test_setup_teardown(function, start_anew, look_at_errno)

#endif
