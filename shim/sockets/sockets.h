/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions to the kernel about a socket. Everything here keeps errno. */
#ifndef SOCKETS_SOCKETS_H
#define SOCKETS_SOCKETS_H

#include "settings/rules.h"
#include "sockets/address.h"
#include "sockets/fd_flags.h"

#include <net/if.h>

/* What socket(2) was told. */
struct kind {
	int domain;
	int type;
	int protocol;
};

/* Asks the kernel; false if fd is no socket. */
bool sockets_get_kind(int fd, struct kind *ret);
/* The same, from the flags of fd where they say it. */
bool sockets_find_kind(int fd, uint32_t flags, struct kind *ret);
/* Which rules are about it. MPTCP is TCP to whoever writes a rule, and UDP-Lite is UDP. */
enum rules_protocol sockets_protocol(const struct kind *kind);
/* Whether IPV6_V6ONLY matters to a socket of this kind. */
bool sockets_is_listener(const struct kind *kind);

/* Whether fd is an AF_INET6 socket with IPV6_V6ONLY set. */
bool sockets_is_v6only(int fd);
/* Sets IPV6_V6ONLY; false if the kernel would not (bound already: EINVAL). */
bool sockets_set_v6only(int fd, bool on);
/* The local address; false if there is none to be had. */
bool sockets_get_local(int fd, struct endpoint *ret);
bool sockets_is_connected(int fd);
/* The device that fd is bound to (SO_BINDTODEVICE); false, and an empty name, if it is to none. */
bool sockets_get_device(int fd, char ret_device[IFNAMSIZ]);
/* What no two sockets of a host have in common: the lower half of SO_COOKIE (Linux 4.12), which
 * duplicates and whoever inherits the socket find the same. 0 if the kernel does not say. */
uint32_t sockets_get_id(int fd);
/* Whether a seccomp filter, known or not, refuses questions about fd. */
bool sockets_are_filtered(int fd);

/* "udp", "tcp", ...: the protocol's name for the log. */
const char *sockets_protocol_name(const struct kind *kind);

#endif
