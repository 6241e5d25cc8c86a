/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends and receives. */
#include "allowed.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Memory for each message of a batch. */
enum { DATA_SIZE = SLOT_SIZE / BATCH, NAME_SIZE = 128, CONTROL_SIZE = 1280 };

static int place_of(const struct step *step, enum bad what)
{
	return step->bad == what ? step->place : GOOD;
}

/* Nothing may wait: not a send for space, nor a receive for what has not come, or for more of it. A
 * pending error alone is no reason to call without MSG_DONTWAIT: poll shows those that only
 * MSG_ERRQUEUE returns, too. */
static int flags_of(const struct step *step)
{
	struct pollfd pollfd = {.fd = fd_of(step->slot), .events = POLLIN};

	if (step->op == OP_RECEIVE && step->count <= 1 &&
		!(step->flags & (MSG_WAITALL | MSG_PEEK)) && poll(&pollfd, 1, 0) == 1 &&
		pollfd.revents & (POLLIN | POLLHUP))
		return step->flags;
	return step->flags | MSG_DONTWAIT;
}

/* ---- Sends ----------------------------------------------------------------------------------- */

static void *fill_data(const struct step *step, int number)
{
	unsigned char *at = memory_at(SLOT_BUF, place_of(step, BAD_DATA));
	size_t reach = memory_reach(at),
	       size = (size_t)step->len < reach ? (size_t)step->len : reach;

	memset(at, 'a' + number % 26, size);
	return at;
}

struct sending {
	void *data, *name;
	socklen_t name_len;
	struct iovec vectors[2];
	struct mmsghdr messages[BATCH];
};

static void prepare_send(const struct step *step, int number, struct sending *ret)
{
	struct msghdr *msg = &ret->messages[0].msg_hdr;
	size_t control_len;

	memset(ret, 0, sizeof(*ret));
	ret->data = fill_data(step, number);
	ret->name = name_fill(&step->name, SLOT_ADDR, place_of(step, BAD_NAME), &ret->name_len);
	ret->vectors[0] = (struct iovec){ret->data, (size_t)step->len};
	msg->msg_control = control_fill(step->control, place_of(step, BAD_CONTROL), &control_len);
	msg->msg_controllen = control_len;
	msg->msg_name = ret->name;
	msg->msg_namelen = ret->name_len;
	msg->msg_iov = step->bad == BAD_IOV ? memory_at(SLOT_IOV, step->place) : ret->vectors;
	msg->msg_iovlen = step->has_two_parts ? 2 : 1;
	for (int i = 1; i < BATCH; i++)
		ret->messages[i] = ret->messages[0];
}

/* The header where the call is to find it. */
static void *put_header(const struct step *step, const void *header, size_t size)
{
	void *at = memory_at(SLOT_MSG, place_of(step, BAD_HEADER));

	memory_put(at, header, size);
	return at;
}

void step_send(const struct step *step, int number)
{
	struct sending sending;
	int fd = fd_of(step->slot), flags = flags_of(step);
	unsigned int count = (unsigned int)step->count;
	size_t len = (size_t)step->len;
	struct mmsghdr *batch;
	struct msghdr *msg;

	prepare_send(step, number, &sending);
	if (step->call == SEND_SENDMMSG || step->call == SEND_SYSCALL) {
		batch = put_header(step, sending.messages, count * sizeof(*batch));
		errno = ERRNO_BEFORE;
		say_result(step->call == SEND_SENDMMSG
				   ? sendmmsg(fd, batch, count, flags)
				   : syscall(SYS_sendmmsg, fd, batch, count, flags));
		memory_get(sending.messages, batch, count * sizeof(*batch));
		for (unsigned int i = 0; i < count; i++)
			say(" %u", sending.messages[i].msg_len);
		return;
	}
	msg = put_header(step, &sending.messages[0].msg_hdr, sizeof(*msg));
	errno = ERRNO_BEFORE;
	switch (step->call) {
	case SEND_SEND:
		say_result(send(fd, sending.data, len, flags));
		break;
	case SEND_SENDTO:
		say_result(sendto(fd, sending.data, len, flags, sending.name, sending.name_len));
		break;
	case SEND_SENDMSG:
		say_result(sendmsg(fd, msg, flags));
		break;
	default:
		say_result(write(fd, sending.data, len));
	}
}

/* ---- Receives -------------------------------------------------------------------------------- */

struct receiving {
	unsigned char *data, *names, *control;
	struct iovec vectors[BATCH][2];
	struct mmsghdr messages[BATCH], before[BATCH];
};

/* A message's part of the memory; a bad place is all messages'. */
static void *part(const struct step *step, enum bad what, unsigned char *at, int offset)
{
	return step->bad == what ? at : at + offset;
}

static void prepare_receive(const struct step *step, struct receiving *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->data = memory_at(SLOT_BUF, place_of(step, BAD_DATA));
	ret->names = memory_at(SLOT_ADDR, place_of(step, BAD_NAME));
	ret->control = memory_at(SLOT_CONTROL, place_of(step, BAD_CONTROL));
	for (int i = 0; i < BATCH; i++) {
		struct msghdr *msg = &ret->messages[i].msg_hdr;

		ret->vectors[i][0] = (struct iovec){
			part(step, BAD_DATA, ret->data, i * DATA_SIZE), (size_t)step->len};
		msg->msg_iov = step->bad == BAD_IOV && i == 0 ? memory_at(SLOT_IOV, step->place)
							      : ret->vectors[i];
		msg->msg_iovlen = step->has_two_parts ? 2 : 1;
		if (step->name_size >= 0) {
			msg->msg_name = part(step, BAD_NAME, ret->names, i * NAME_SIZE);
			msg->msg_namelen = (socklen_t)step->name_size;
		}
		if (step->control_size > 0) {
			msg->msg_control = part(step, BAD_CONTROL, ret->control, i * CONTROL_SIZE);
			msg->msg_controllen = (size_t)step->control_size;
		} else if (step->control_size < 0) {
			msg->msg_controllen = 64;
		}
		msg->msg_flags = 0x5a5a;
	}
	memcpy(ret->before, ret->messages, sizeof(ret->before));
}

static void say_name(const struct step *step, unsigned char *name, socklen_t len)
{
	size_t size = step->name_size < NAME_SIZE ? (size_t)step->name_size : NAME_SIZE;

	if (memory_reach(name) == 0)
		return;
	if (len >= 16 && size >= len && memory_reach(name) >= len) {
		memcpy(&self()->peers[step->slot], name, len);
		self()->peer_lens[step->slot] = len;
		allowed_hide_address(name, len);
		say_address("name", name, len);
	} else if (len != 0) {
		/* Cut before the end of its port, it may have half of an ephemeral one. */
		say_memory("name", name, size < 2 ? size : 2);
	}
}

static void say_one(const struct step *step, struct receiving *receiving, int i, long len)
{
	struct msghdr *msg = &receiving->messages[i].msg_hdr;

	allowed_hide_control(msg);
	allowed_hide_rest(step, msg);
	say_header(msg, &receiving->before[i].msg_hdr,
		step->control_size > 0 ? (size_t)step->control_size : 0);
	if (msg->msg_name != NULL)
		say_name(step, msg->msg_name, msg->msg_namelen);
	say_memory("data", part(step, BAD_DATA, receiving->data, i * DATA_SIZE),
		len > 0 && len < DATA_SIZE ? (size_t)len + 8 : 8);
}

static void receive_batch(const struct step *step, struct receiving *receiving)
{
	unsigned int count = (unsigned int)step->count;
	struct mmsghdr *batch =
		put_header(step, receiving->messages, count * sizeof(receiving->messages[0]));
	struct timespec timeout = {0, 0};
	int fd = fd_of(step->slot), flags = flags_of(step);
	long got;

	errno = ERRNO_BEFORE;
	if (step->call == RECEIVE_RECVMMSG)
		got = recvmmsg(fd, batch, count, flags, step->value ? &timeout : NULL);
	else
		got = syscall(SYS_recvmmsg, fd, batch, count, flags, NULL);
	say_result(got);
	memory_get(receiving->messages, batch, count * sizeof(*batch));
	for (int i = 0; i < got; i++) {
		say(" | %u", receiving->messages[i].msg_len);
		say_one(step, receiving, i, receiving->messages[i].msg_len);
	}
	/* One that fails may change this all the same. */
	for (int i = got > 0 ? (int)got : 0; i < step->count; i++)
		say(" %u", (unsigned int)receiving->messages[i].msg_hdr.msg_namelen);
}

static void receive_message(const struct step *step, struct receiving *receiving)
{
	struct msghdr *msg = put_header(step, &receiving->messages[0].msg_hdr, sizeof(*msg));
	int flags = flags_of(step);
	long got;

	errno = ERRNO_BEFORE;
	got = say_result(recvmsg(fd_of(step->slot), msg, flags));
	memory_get(&receiving->messages[0].msg_hdr, msg, sizeof(*msg));
	if (memory_reach(msg) >= sizeof(*msg))
		say_one(step, receiving, 0, got);
}

static void receive_plain(const struct step *step, struct receiving *receiving)
{
	socklen_t size = (socklen_t)step->name_size, *name_len = NULL;
	int fd = fd_of(step->slot), flags = flags_of(step);
	unsigned char *name = NULL;
	long got;

	if (step->call == RECEIVE_RECVFROM && step->name_size >= 0) {
		name = receiving->names;
		name_len = memory_at(SLOT_LEN, place_of(step, BAD_NAME_LEN));
		memory_put(name_len, &size, sizeof(size));
	}
	errno = ERRNO_BEFORE;
	if (step->call == RECEIVE_RECV)
		got = recv(fd, receiving->data, (size_t)step->len, flags);
	else if (step->call == RECEIVE_RECVFROM)
		got = recvfrom(fd, receiving->data, (size_t)step->len, flags,
			(struct sockaddr *)name, name_len);
	else
		got = flags & MSG_DONTWAIT
			      ? recv(fd, receiving->data, (size_t)step->len, MSG_DONTWAIT)
			      : read(fd, receiving->data, (size_t)step->len);
	say_result(got);
	if (name_len != NULL)
		say_memory("namelen", name_len, sizeof(size));
	if (got >= 0 && memory_reach(name_len) >= sizeof(size))
		say_name(step, name, *name_len);
	say_memory("data", receiving->data, got > 0 && got < DATA_SIZE ? (size_t)got + 8 : 8);
}

void step_receive(const struct step *step, int number)
{
	struct receiving receiving;

	(void)number;
	prepare_receive(step, &receiving);
	if (step->call == RECEIVE_RECVMMSG || step->call == RECEIVE_SYSCALL)
		receive_batch(step, &receiving);
	else if (step->call == RECEIVE_RECVMSG)
		receive_message(step, &receiving);
	else
		receive_plain(step, &receiving);
}
