/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvfrom, its fortified form, and recvmsg: on a watched socket all are one reception. */
#include "calls/export.h"
#include "calls/reception.h"
#include "calls/transfer.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"

/* Whether recvfrom can be done by recvmsg: a bad pointer to the length, or a negative length, is
 * the kernel's to refuse, which it does after the datagram is gone. */
static bool is_recvfrom_possible(const struct sockaddr *addr, const socklen_t *addr_len)
{
	if (addr == NULL)
		return true;
	return readable(addr_len, sizeof(*addr_len)) && *addr_len <= INT32_MAX;
}

static ssize_t receive_from(int fd, uint32_t facts, void *buf, size_t n, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	struct iovec iov = {.iov_base = buf, .iov_len = n < TRANSFER_MAX ? n : TRANSFER_MAX};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t len;

	if (addr != NULL) {
		msg.msg_name = addr;
		msg.msg_namelen = *addr_len;
	}
	if (!reception_is_possible(&msg))
		return next_recvfrom(fd, buf, n, flags, addr, addr_len);
	len = reception_receive(fd, facts, &msg, flags);
	if (len >= 0 && addr != NULL)
		*addr_len = msg.msg_namelen;
	return len;
}

EXPORT ssize_t recvfrom(int fd, void *restrict buf, size_t n, int flags,
	struct sockaddr *restrict addr, socklen_t *restrict addr_len)
{
	uint32_t facts = sockets_facts(fd);

	if (!(facts & FACT_WATCHED) || !is_recvfrom_possible(addr, addr_len))
		return next_recvfrom(fd, buf, n, flags, addr, addr_len);
	return receive_from(fd, facts, buf, n, flags, addr, addr_len);
}

ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags,
	struct sockaddr *addr, socklen_t *addr_len);

/* What a program built with _FORTIFY_SOURCE calls for recvfrom; it ends the program if n is more
 * than the buffer holds, which is libc's to do. */
EXPORT ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags,
	struct sockaddr *addr, socklen_t *addr_len)
{
	uint32_t facts = sockets_facts(fd);

	if (n > buflen || !(facts & FACT_WATCHED) || !is_recvfrom_possible(addr, addr_len))
		return next_recvfrom_chk(fd, buf, n, buflen, flags, addr, addr_len);
	return receive_from(fd, facts, buf, n, flags, addr, addr_len);
}

EXPORT ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	uint32_t facts = sockets_facts(fd);
	ssize_t len;

	if (facts & FACT_WATCHED && readable(message, sizeof(*message)) &&
		reception_is_possible(message))
		return reception_receive(fd, facts, message, flags);
	len = next_recvmsg(fd, message, flags);
	if (len >= 0)
		reception_forget_descriptors(message);
	return len;
}
