/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvmmsg: on a watched socket, as many receptions as the kernel fills in one call. */
#include "calls/batch.h"
#include "calls/own.h"
#include "calls/reception.h"
#include "core/attributes.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"

/* What receiving for theirs takes of a batch's room. */
static size_t measure(const struct msghdr *theirs)
{
	return batch_size(sizeof(struct mmsghdr)) + batch_size(sizeof(struct sockaddr_in6)) +
	       batch_size(reception_control_size(theirs));
}

/* How many messages from the first on can be received for, and what room they take. The batch ends
 * before one that only the kernel should look at. */
static unsigned int count_possible(
	const struct mmsghdr *theirs, unsigned int vlen, size_t room, size_t *ret_size)
{
	unsigned int count;

	*ret_size = 0;
	for (count = 0; count < vlen; count++) {
		const struct msghdr *msg = &theirs[count].msg_hdr;

		if (!readable(&theirs[count], sizeof(theirs[count])) ||
			!reception_is_possible(msg) || *ret_size + measure(msg) > room)
			break;
		*ret_size += measure(msg);
	}
	return count;
}

static int receive_batch(int fd, uint32_t facts, struct mmsghdr *theirs, unsigned int vlen,
	int flags, struct timespec *tmo)
{
	struct batch_room room;
	struct mmsghdr *ours;
	size_t size;
	unsigned int count = count_possible(theirs, vlen, SIZE_MAX, &size);
	int received;

	batch_open(&room, size);
	if (size > room.left)
		count = count_possible(theirs, count, room.left, &size);
	ours = batch_take(&room, count * sizeof(*ours));
	for (unsigned int i = 0; i < count; i++) {
		struct reception rx = {.msg = &ours[i].msg_hdr};

		rx.name = batch_take(&room, sizeof(*rx.name));
		rx.control = batch_take(&room, reception_control_size(&theirs[i].msg_hdr));
		reception_prepare(&rx, &theirs[i].msg_hdr);
	}
	received = next_recvmmsg(fd, ours, count, flags, tmo);
	for (int i = 0; i < received; i++) {
		const struct reception rx = {.msg = &ours[i].msg_hdr};

		reception_deliver(&rx, fd, facts, &theirs[i].msg_hdr, flags);
		theirs[i].msg_len = ours[i].msg_len;
	}
	batch_close(&room);
	return received;
}

EXPORT int recvmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags,
	struct timespec *tmo)
{
	uint32_t facts = sockets_facts(fd, FACT_WATCHED);
	int received;

	if (facts & FACT_WATCHED && vlen > 0 && readable(vmessages, sizeof(*vmessages)) &&
		reception_is_possible(&vmessages->msg_hdr))
		return receive_batch(fd, facts, vmessages, vlen, (int)flags, tmo);
	received = next_recvmmsg(fd, vmessages, vlen, (int)flags, tmo);
	for (int i = 0; i < received; i++)
		reception_forget_descriptors(&vmessages[i].msg_hdr);
	return received;
}

int own_recvmmsg(int fd, struct mmsghdr *vmessages, unsigned int vlen, mmsg_flags_t flags,
	struct timespec *tmo) ALIAS_OF(recvmmsg);
