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
	if (theirs->msg_namelen > INT_MAX)
		return false;
	if (theirs->msg_name != NULL && !reception_has_room_for_name(theirs->msg_name, theirs->msg_namelen) &&
		!readable(theirs->msg_name, theirs->msg_namelen))
		return false;
	return readable(theirs->msg_control, control_len);
}

void reception_prepare(const struct reception *rx, const struct msghdr *theirs)
{
	size_t control_size = reception_control_size(theirs);

	*rx->msg = *theirs;
	if (!reception_has_room_for_name(theirs->msg_name, theirs->msg_namelen)) {
		rx->msg->msg_name = rx->name;
		rx->msg->msg_namelen = sizeof(*rx->name);
	}
	if (control_size != 0) {
		rx->msg->msg_control = rx->control;
		rx->msg->msg_controllen = control_size;
	}
}

void reception_log(int fd, const struct far_end *far, const struct source *source)
{
	char peer[ENDPOINT_TEXT], local[ENDPOINT_TEXT];

	log_line(LOG_LEVEL_DEBUG, "fd %d udp port %u: %s asked at %s", fd, ntohs(far->our_port),
		sockaddr_format(far->peer, far->len, peer), address_format(&source->addr, local));
}

static void deliver_name(const struct msghdr *msg, struct msghdr *theirs)
{
	size_t len = msg->msg_namelen < theirs->msg_namelen ? msg->msg_namelen
							    : theirs->msg_namelen;

	if (theirs->msg_name == NULL)
		return;
	if (theirs->msg_name != msg->msg_name)
		memcpy(theirs->msg_name, msg->msg_name, len);
	/* The length that the whole address has, even where it was cut: as recvmsg(2) does. */
	theirs->msg_namelen = msg->msg_namelen;
}

void reception_deliver(const struct reception *rx, int fd, struct msghdr *theirs, int flags)
{
	const struct msghdr *msg = rx->msg;
	struct control_sink sink = {
		.at = theirs->msg_control,
		.room = theirs->msg_control != NULL ? theirs->msg_controllen : 0,
	};
	size_t room = sink.room;

	reception_learn(fd, msg, flags, &sink);
	deliver_name(msg, theirs);
	theirs->msg_controllen = room - sink.room;
	theirs->msg_flags = msg->msg_flags;
	if (sink.is_truncated)
		theirs->msg_flags |= MSG_CTRUNC;
}

ssize_t reception_receive(int fd, struct msghdr *theirs, int flags)
{
	struct msghdr msg;
	struct sockaddr_storage name;
	_Alignas(struct cmsghdr) unsigned char
		control[RECEPTION_CONTROL_MAX + RECEPTION_CONTROL_EXTRA];
	const struct reception rx = {.msg = &msg, .name = &name, .control = control};
	ssize_t len;

	reception_prepare(&rx, theirs);
	len = next_recvmsg(fd, &msg, flags);
	if (len >= 0)
		reception_deliver(&rx, fd, theirs, flags);
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
