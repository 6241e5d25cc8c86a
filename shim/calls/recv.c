/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvfrom, its fortified form, and recvmsg: on a watched socket all are one reception. */
#include "calls/reception.h"
#include "calls/transfer.h"
#include "core/attributes.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"

#include <limits.h>
#include <string.h>

/* Whether recvfrom can be done by recvmsg: a bad pointer to the length, or a negative length, is
 * the kernel's to refuse, which it does after the datagram is gone. */
static inline bool is_possible(const struct sockaddr *addr, const socklen_t *addr_len)
{
	if (addr == NULL)
		return true;
	if (!readable(addr_len, sizeof(*addr_len)) || *addr_len > INT_MAX)
		return false;
	/* A buffer too short for the kernel to write to is one that we have to write to. */
	return reception_has_room_for_name(addr, *addr_len) || readable(addr, *addr_len);
}

/* Cuts the peer's address to the program's buffer, as recvfrom(2) does. */
static void deliver_name(
	const struct msghdr *msg, struct sockaddr *addr, socklen_t *addr_len)
{
	if (UNLIKELY(msg->msg_name != addr))
		memcpy(addr, msg->msg_name,
			msg->msg_namelen < *addr_len ? msg->msg_namelen : *addr_len);
	*addr_len = msg->msg_namelen;
}

/* recvfrom by recvmsg. The program sees no control data, so all of it may be ours. */
static __attribute__((noinline)) ssize_t receive_from(int fd, void *buf, size_t n, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	struct sockaddr_storage name;
	_Alignas(struct cmsghdr) unsigned char control[RECEPTION_CONTROL_EXTRA];
	struct iovec iov = {.iov_base = buf, .iov_len = n < TRANSFER_MAX ? n : TRANSFER_MAX};
	struct msghdr msg = {
		.msg_name = &name,
		.msg_namelen = sizeof(name),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t len;

	if (UNLIKELY(!is_possible(addr, addr_len)))
		return next_recvfrom(fd, buf, n, flags, addr, addr_len);
	if (LIKELY(addr != NULL) && reception_has_room_for_name(addr, *addr_len)) {
		msg.msg_name = addr;
		msg.msg_namelen = *addr_len;
	}
	len = next_recvmsg(fd, &msg, flags);
	if (UNLIKELY(len < 0))
		return len;
	reception_learn(fd, &msg, flags, NULL);
	if (LIKELY(addr != NULL))
		deliver_name(&msg, addr, addr_len);
	return len;
}

static OFF_THE_WAY ssize_t meet_and_receive_from(int fd, void *buf, size_t n,
	int flags, struct sockaddr *addr, socklen_t *addr_len)
{
	if (sockets_meet(fd))
		return receive_from(fd, buf, n, flags, addr, addr_len);
	return next_recvfrom(fd, buf, n, flags, addr, addr_len);
}

EXPORT ssize_t recvfrom(int fd, void *restrict buf, size_t n, int flags,
	struct sockaddr *restrict addr, socklen_t *restrict addr_len)
{
	uint32_t facts = facts_at_hand(fd);

	if (facts & FACT_WATCHED)
		return receive_from(fd, buf, n, flags, addr, addr_len);
	if (facts & FACT_KNOWN)
		return next_recvfrom(fd, buf, n, flags, addr, addr_len);
	return meet_and_receive_from(fd, buf, n, flags, addr, addr_len);
}

ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags,
	struct sockaddr *addr, socklen_t *addr_len);

/* What a program built with _FORTIFY_SOURCE calls for recvfrom; it ends the program if n is more
 * than the buffer holds, which is libc's to do. */
EXPORT ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	if (n > buflen)
		return next_recvfrom_chk(fd, buf, n, buflen, flags, addr, addr_len);
	return recvfrom(fd, buf, n, flags, addr, addr_len);
}

static __attribute__((noinline)) ssize_t receive_message(
	int fd, struct msghdr *message, int flags)
{
	if (!readable(message, sizeof(*message)) || !reception_is_possible(message))
		return next_recvmsg(fd, message, flags);
	return reception_receive(fd, message, flags);
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	ssize_t len;

	if (sockets_is_watched(fd))
		return receive_message(fd, message, flags);
	len = next_recvmsg(fd, message, flags);
	if (len >= 0 && message->msg_controllen != 0)
		reception_forget_descriptors(message);
	return len;
}
