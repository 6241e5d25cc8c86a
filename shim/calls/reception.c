/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receiving for the program; reception.h says how. */
#include "calls/reception.h"

#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"

#include <limits.h>
#include <string.h>

size_t reception_control_size(const struct msghdr *theirs)
{
	if (theirs->msg_control == NULL)
		return RECEPTION_CONTROL_EXTRA;
	if (theirs->msg_controllen > RECEPTION_CONTROL_MAX)
		return 0;
	return CMSG_ALIGN(theirs->msg_controllen) + RECEPTION_CONTROL_EXTRA;
}


/* Where the kernel writes it reports a bad pointer; where we write we have to look first. */
bool reception_is_possible(const struct msghdr *theirs)
{
	size_t control_len = theirs->msg_control != NULL ? theirs->msg_controllen : 0;

	/* A negative length of name is the kernel's to refuse. */
	return theirs->msg_namelen <= INT_MAX && readable(theirs->msg_control, control_len);
}

void reception_prepare(const struct reception *rx, const struct msghdr *theirs)
{
	size_t control_size = reception_control_size(theirs);

	*rx->msg = *theirs;
	if (theirs->msg_name == NULL) {
		rx->msg->msg_name = rx->name;
		rx->msg->msg_namelen = sizeof(*rx->name);
	}
	if (control_size != 0) {
		rx->msg->msg_control = rx->control;
		rx->msg->msg_controllen = control_size;
	}
}

void reception_log(
	int fd, uint32_t facts, const struct msghdr *msg, const struct source *source)
{
	char peer[ENDPOINT_TEXT], local[ENDPOINT_TEXT];

	log_line(LOG_LEVEL_DEBUG, "fd %d udp port %u: %s asked at %s", fd, ntohs(facts_port(facts)),
		sockaddr_format(msg->msg_name, msg->msg_namelen, peer), address_format(&source->addr, local));
}

void reception_deliver(
	const struct reception *rx, int fd, uint32_t facts, struct msghdr *theirs, int flags)
{
	const struct msghdr *msg = rx->msg;
	struct control_sink sink = {
		.at = theirs->msg_control,
		.room = theirs->msg_control != NULL ? theirs->msg_controllen : 0,
	};
	size_t room = sink.room;
	socklen_t name_room =
		theirs->msg_name != NULL ? theirs->msg_namelen : sizeof(*rx->name);

	reception_learn(fd, facts, msg, name_room, flags, &sink);
	/* The length that the whole address has, even where it was cut: as recvmsg(2) does. */
	if (theirs->msg_name != NULL)
		theirs->msg_namelen = msg->msg_namelen;
	theirs->msg_controllen = room - sink.room;
	theirs->msg_flags = msg->msg_flags;
	if (sink.is_truncated)
		theirs->msg_flags |= MSG_CTRUNC;
}

ssize_t reception_receive(int fd, uint32_t facts, struct msghdr *theirs, int flags)
{
	struct msghdr msg;
	struct sockaddr_in6 name;
	_Alignas(struct cmsghdr) unsigned char
		control[RECEPTION_CONTROL_MAX + RECEPTION_CONTROL_EXTRA];
	const struct reception rx = {.msg = &msg, .name = &name, .control = control};
	ssize_t len;

	reception_prepare(&rx, theirs);
	len = next_recvmsg(fd, &msg, flags);
	if (len >= 0)
		reception_deliver(&rx, fd, facts, theirs, flags);
	return len;
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
