/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Our definitions by names that no other library can take, each beside the one that it belongs to.
 * For syscall, which leads to them: those that are cancellation points go on by number (style.h).
 */
#ifndef CALLS_OWN_H
#define CALLS_OWN_H

#include "core/attributes.h"

#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

HIDDEN int own_bind(int fd, const struct sockaddr *addr, socklen_t len);
HIDDEN int own_connect(int fd, const struct sockaddr *addr, socklen_t len);
HIDDEN ssize_t own_recvfrom(
	int fd, void *buf, size_t n, int flags, struct sockaddr *addr, socklen_t *addr_len);
HIDDEN int own_recvmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags,
	struct timespec *tmo);
HIDDEN int own_recvmmsg_time64(int fd, struct mmsghdr *vmessages, unsigned int vlen,
	mmsg_flags_t flags, struct timespec *tmo);
HIDDEN ssize_t own_recvmsg(int fd, struct msghdr *message, int flags);
HIDDEN int own_sendmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags);
HIDDEN ssize_t own_sendmsg(int fd, const struct msghdr *message, int flags);
HIDDEN ssize_t own_sendto(int fd, const void *buf, size_t n, int flags, const struct sockaddr *addr,
	socklen_t addr_len);
HIDDEN int own_socket(int domain, int type, int protocol);

/* Notes the descriptors that the call of this number has made, if it is one that makes any; result
 * is no failure. */
HIDDEN void own_descriptors(long number, const long arg[], long result);

/* The definition of this name again. */
#define ALIAS_OF(name) __attribute__((alias(#name)))

#endif
