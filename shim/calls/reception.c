/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receiving for the program; reception.h says how. */
#include "calls/reception.h"

#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"

#include <limits.h>
#include <string.h>

void reception_log(int fd, uint32_t facts, const struct msghdr *msg, const struct source *source)
{
	char peer[ENDPOINT_TEXT], local[ENDPOINT_TEXT];
	bool is_group = address_is_v6_wildcard(&source->addr);

	log_line(LOG_LEVEL_DEBUG, "fd %d udp port %u: %s asked at %s", fd, ntohs(facts_port(facts)),
		sockaddr_format(msg->msg_name, msg->msg_namelen, peer),
		is_group ? "a broadcast or multicast address"
			 : address_format(&source->addr, local));
}

void reception_forget_descriptors(const struct msghdr *message)
{
	struct control_walk walk = control_begin(message);
	const struct cmsghdr *cmsg;

	while ((cmsg = control_step(&walk)) != NULL) {
		const unsigned char *fds = control_data(cmsg, SOL_SOCKET, SCM_RIGHTS, sizeof(int));
		size_t end = cmsg->cmsg_len - CMSG_LEN(0);

		for (size_t at = 0; fds != NULL && at + sizeof(int) <= end; at += sizeof(int)) {
			int fd;

			memcpy(&fd, fds + at, sizeof(fd));
			facts_set(fd, 0);
		}
	}
}
