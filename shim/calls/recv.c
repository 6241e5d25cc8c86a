/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvfrom, its fortified form, and recvmsg: on a watched socket all are one reception. */
#include "calls/own.h"
#include "calls/reception.h"
#include "calls/style.h"
#include "calls/transfer.h"
#include "core/attributes.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"
#include "sys/time64.h"

#include <limits.h>

/* Whether recvfrom can be done by recvmsg: a bad pointer to the length, or a negative length, is
 * the kernel's to refuse, which it does after the datagram is gone. */
static inline bool is_possible(const struct sockaddr *addr, const socklen_t *addr_len)
{
	return UNLIKELY(addr == NULL) ||
	       (readable(addr_len, sizeof(*addr_len)) && *addr_len <= INT_MAX);
}

/* What a failed recvmsg leaves to be done for recvfrom. */
OFF_THE_WAY static bool is_to_be_repeated(
	int fd, const struct msghdr *msg, const struct sockaddr *addr, socklen_t *addr_len)
{
	/* The kernel may tell the length of an address that it could not write. */
	if (addr != NULL && *addr_len != msg->msg_namelen)
		*addr_len = msg->msg_namelen;
	/* Of what is no socket any more, recvfrom has its own way to say so. */
	return sockets_is_gone(fd);
}

/* On a watched socket done by recvmsg. The program sees no control data, so all of it is ours. */
ON_THE_WAY ssize_t receive_from(enum style style, int fd, void *buf, size_t n, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	struct sockaddr_in6 name;
	_Alignas(struct cmsghdr) unsigned char control[RECEPTION_CONTROL_EXTRA];
	struct iovec iov;
	struct msghdr msg;
	socklen_t name_room;
	uint32_t facts = sockets_facts(fd, FACT_WATCHED);
	ssize_t len;

	if (!(facts & FACT_WATCHED) || UNLIKELY(!is_possible(addr, addr_len)))
		return style_recvfrom(style, fd, buf, n, flags, addr, addr_len);
	name_room = LIKELY(addr != NULL) ? *addr_len : sizeof(name);
	transfer_prepare(style, &msg, &iov, buf, n);
	transfer_set_name(&msg, LIKELY(addr != NULL) ? (void *)addr : &name, name_room);
	transfer_set_control(&msg, control, sizeof(control));
	len = style_recvmsg(style, fd, &msg, transfer_flags(flags));
	if (UNLIKELY(len < 0)) {
		if (is_to_be_repeated(fd, &msg, addr, addr_len))
			return style_recvfrom(style, fd, buf, n, flags, addr, addr_len);
		return len;
	}
	reception_learn(fd, facts, &msg, name_room, flags, NULL);
	if (LIKELY(addr != NULL))
		*addr_len = msg.msg_namelen;
	return len;
}

EXPORT ssize_t recvfrom(int fd, void *restrict buf, size_t n, int flags,
	struct sockaddr *restrict addr, socklen_t *restrict addr_len)
{
	return receive_from(BY_NAME, fd, buf, n, flags, addr, addr_len);
}

ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags, struct sockaddr *addr,
	socklen_t *addr_len);

/* What a program built with _FORTIFY_SOURCE calls for recvfrom; it ends the program if n is more
 * than the buffer holds, which is libc's to do. */
EXPORT ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	if (n > buflen)
		return next_recvfrom_chk(fd, buf, n, buflen, flags, addr, addr_len);
	return receive_from(BY_NAME, fd, buf, n, flags, addr, addr_len);
}

ssize_t own_recvfrom(
	int fd, void *buf, size_t n, int flags, struct sockaddr *addr, socklen_t *addr_len)
{
	return receive_from(BY_NUMBER, fd, buf, n, flags, addr, addr_len);
}

/* recvmsg on a watched socket. */
ON_THE_WAY ssize_t receive_watched(
	enum style style, int fd, uint32_t facts, struct msghdr *theirs, int flags)
{
	struct msghdr msg;
	struct sockaddr_in6 name;
	_Alignas(struct cmsghdr) unsigned char
		control[RECEPTION_CONTROL_MAX + RECEPTION_CONTROL_EXTRA];
	const struct reception rx = {.msg = &msg, .name = &name, .control = control};
	ssize_t len;

	reception_prepare(&rx, theirs);
	len = style_recvmsg(style, fd, &msg, flags);
	if (len >= 0)
		reception_deliver(&rx, fd, facts, theirs, flags);
	else
		reception_tell_name(&msg, theirs);
	return len;
}

ON_THE_WAY ssize_t receive_message(enum style style, int fd, struct msghdr *message, int flags)
{
	uint32_t facts = sockets_facts(fd, FACT_WATCHED);
	ssize_t len;

	if (facts & FACT_WATCHED && readable(message, sizeof(*message)))
		return receive_watched(style, fd, facts, message, flags);
	len = style_recvmsg(style, fd, message, flags);
	if (len >= 0 && message->msg_controllen != 0)
		reception_forget_descriptors(message);
	return len;
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	return receive_message(BY_NAME, fd, message, flags);
}

EXPORT_TIME64 ssize_t __recvmsg64(int fd, struct msghdr *message, int flags);

EXPORT_TIME64 ssize_t __recvmsg64(int fd, struct msghdr *message, int flags)
{
	return receive_message(BY_NAME_TIME64, fd, message, flags);
}

ssize_t own_recvmsg(int fd, struct msghdr *message, int flags)
{
	return receive_message(BY_NUMBER, fd, message, flags);
}
