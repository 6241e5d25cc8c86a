/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receives for the program; rx.h has the contract. */
#include "replies/rx.h"

#include "libc/next.h"
#include "replies/watch.h"
#include "sockets/sockets.h"

#include <errno.h>
#include <string.h>

void rx_log(int fd, const struct msghdr *msg, const struct source *source)
{
	char peer[ENDPOINT_TEXT], local[ENDPOINT_TEXT], dest[ENDPOINT_TEXT];
	bool is_group = address_is_v6_wildcard(&source->addr);

	log_line(LOG_LEVEL_DEBUG, "fd %d udp %s: request from %s to %s", fd,
		sockets_format_local(fd, local),
		sockaddr_format(msg->msg_name, msg->msg_namelen, peer),
		is_group ? "a broadcast or multicast address"
			 : address_format(&source->addr, dest));
}

static void forget_descriptors(const struct msghdr *msg)
{
	struct control_walk walk = control_begin(msg);
	const struct cmsghdr *cmsg;

	while ((cmsg = control_step(&walk)) != NULL) {
		const unsigned char *fds = control_data(cmsg, SOL_SOCKET, SCM_RIGHTS, sizeof(int));
		size_t end = cmsg->cmsg_len - CMSG_LEN(0);

		for (size_t at = 0; fds != NULL && at + sizeof(int) <= end; at += sizeof(int)) {
			int fd;

			memcpy(&fd, fds + at, sizeof(fd));
			fd_flags_set(fd, 0);
		}
	}
}

void rx_check(int fd, struct msghdr *msg)
{
	forget_descriptors(msg);
	app_options_remove_unexpected(fd, msg);
}

ssize_t rx_receive_plainly(int fd, const struct msghdr *msg, int call_flags, struct sockaddr *addr,
	socklen_t *addr_len)
{
	/* The kernel may return the length of an address that it could not write. */
	if (addr != NULL && *addr_len != msg->msg_namelen)
		*addr_len = msg->msg_namelen;
	if (impl_recvmsg_is_filtered(fd, call_flags, errno))
		watch_stop_filtered(fd);
	else if (errno == EBADF || errno == ENOTSOCK)
		fd_flags_set(fd, 0); /* recvfrom returns its own error */
	else
		return -1;
	return next_recvfrom(
		fd, msg->msg_iov->iov_base, msg->msg_iov->iov_len, call_flags, addr, addr_len);
}
