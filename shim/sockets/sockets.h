/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the kernel about a socket. Everything here keeps errno and is safe in signal handlers. */
#ifndef SOCKETS_SOCKETS_H
#define SOCKETS_SOCKETS_H

#include "settings/rules.h"
#include "sockets/address.h"
#include "sockets/fd_flags.h"

#include <net/if.h>

/* The arguments of socket(2). */
struct kind {
	int domain;
	int type;
	int protocol;
};

/* Asks the kernel; false if fd is not a socket. */
bool sockets_get_kind(int fd, struct kind *ret);
/* The same, from the flags of fd if they say enough. */
bool sockets_find_kind(int fd, uint32_t flags, struct kind *ret);
/* The protocol that the rules know it by: MPTCP counts as TCP, UDP-Lite as UDP. */
enum rules_protocol sockets_protocol(const struct kind *kind);
/* Whether IPV6_V6ONLY applies to a socket of this kind. */
bool sockets_is_listener(const struct kind *kind);

/* Whether fd is an AF_INET6 socket with IPV6_V6ONLY set. */
bool sockets_is_v6only(int fd);
/* Sets IPV6_V6ONLY; false if the kernel refuses (EINVAL if already bound). */
bool sockets_set_v6only(int fd, bool on);
/* The local address; false, and *ret untouched, if the kernel gives none. */
bool sockets_get_local(int fd, struct endpoint *ret);
/* The same as text, for a line of log; "socket" if it is unknown. */
const char *sockets_format_local(int fd, char text[ENDPOINT_TEXT]);
bool sockets_is_connected(int fd);
/* The device that fd is bound to (SO_BINDTODEVICE); false and an empty name if none. */
bool sockets_get_device(int fd, char ret_device[IFNAMSIZ]);
/* The socket's id: the lower half of SO_COOKIE (Linux 4.12), the same in all duplicates and in all
 * processes that have the socket. 0 if the kernel gives none. */
uint32_t sockets_get_id(int fd);
/* Whether a seccomp filter, seen or not, refuses getsockopt on fd. */
bool sockets_are_filtered(int fd);

/* The protocol's name in log lines: "udp", "tcp", ... */
const char *sockets_protocol_name(const struct kind *kind);

#endif
