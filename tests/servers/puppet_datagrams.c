/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of puppet for datagrams: receive one, and answer it. */
#include "puppet.h"

#include "common.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CONTROL_SIZE = 512 };

/* A received datagram. */
struct arrival {
	struct letter *letter;
	struct iovec iov;
	char control[CONTROL_SIZE];
	struct mmsghdr batch;
};

/* The receive flags in the words from here on. */
static int flags_from(int i)
{
	int flags = 0;

	for (; has_word(i); i++) {
		if (strcmp(word(i), "peek") == 0) {
			flags |= MSG_PEEK;
		} else if (strcmp(word(i), "dontwait") == 0) {
			flags |= MSG_DONTWAIT;
		} else {
			errno = 0;
			die("no flag %s", word(i));
		}
	}
	return flags;
}

static void expect(struct letter *letter, struct arrival *ret)
{
	struct msghdr *msg = &ret->batch.msg_hdr;

	letter->peer.addr_len = sizeof(letter->peer.addr);
	ret->letter = letter;
	ret->iov = (struct iovec){letter->text, sizeof(letter->text) - 1};
	*msg = (struct msghdr){
		.msg_name = &letter->peer.addr,
		.msg_namelen = letter->peer.addr_len,
		.msg_iov = &ret->iov,
		.msg_iovlen = 1,
		.msg_control = ret->control,
		.msg_controllen = sizeof(ret->control),
	};
}

static ssize_t receive_from(int fd, struct arrival *arrival, int flags)
{
	struct endpoint *peer = &arrival->letter->peer;

	arrival->batch.msg_hdr.msg_controllen = 0;
	return recvfrom(fd, arrival->iov.iov_base, arrival->iov.iov_len, flags,
		(struct sockaddr *)&peer->addr, &peer->addr_len);
}

static ssize_t receive_by(const char *call, int fd, struct arrival *arrival, int flags)
{
	struct msghdr *msg = &arrival->batch.msg_hdr;
	ssize_t got;

	if (strcmp(call, "recvfrom") == 0)
		return receive_from(fd, arrival, flags);
	if (strcmp(call, "recvmmsg") == 0)
		got = recvmmsg(fd, &arrival->batch, 1, flags, NULL) == 1
			      ? (ssize_t)arrival->batch.msg_len
			      : -1;
	else if (strcmp(call, "SYS_recvmsg") == 0)
		got = syscall(SYS_recvmsg, fd, msg, flags);
	else
		got = recvmsg(fd, msg, flags);
	arrival->letter->peer.addr_len = msg->msg_namelen;
	return got;
}

/* Prints msg_flags too, if set. */
static void say_control(struct msghdr *msg)
{
	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		size_t len = strlen(answer);

		snprintf(answer + len, sizeof(answer) - len, " %d/%d", cmsg->cmsg_level,
			cmsg->cmsg_type);
	}
	if (msg->msg_flags & MSG_CTRUNC)
		strncat(answer, " cut", sizeof(answer) - strlen(answer) - 1);
}

static int do_hear(void)
{
	struct named_socket *socket = find_socket(word(1));
	const char *call = has_word(2) ? word(2) : "recvfrom";
	int flags = has_word(2) ? flags_from(3) : 0;
	struct arrival arrival;
	ssize_t got;

	snprintf(answer, sizeof(answer), "nothing");
	if (!(flags & MSG_DONTWAIT) && !has_something(socket->fd, LIMIT_MS))
		return 0;
	expect(&socket->heard, &arrival);
	got = receive_by(call, socket->fd, &arrival, flags);
	if (got < 0)
		return -1;
	socket->heard.len = (size_t)got;
	socket->heard.text[got] = '\0';
	snprintf(answer, sizeof(answer), "%s", socket->heard.text);
	say_control(&arrival.batch.msg_hdr);
	return 0;
}

static int do_from(void)
{
	snprintf(answer, sizeof(answer), "%s", address_text(&find_socket(word(1))->heard.peer));
	return 0;
}

static int do_local(void)
{
	struct endpoint local = {.addr_len = sizeof(local.addr)};

	if (getsockname(find_socket(word(1))->fd, (struct sockaddr *)&local.addr, &local.addr_len) <
		0)
		return -1;
	snprintf(answer, sizeof(answer), "%s", address_text(&local));
	return 0;
}

static int do_answer(void)
{
	const struct letter *letter = &find_socket(word(1))->heard;
	int fd = find_socket(word(has_word(2) ? 2 : 1))->fd;
	ssize_t sent = sendto(fd, letter->text, letter->len, 0,
		(const struct sockaddr *)&letter->peer.addr, letter->peer.addr_len);

	return sent < 0 ? -1 : 0;
}

static int do_disconnect(void)
{
	const struct sockaddr unspecified = {.sa_family = AF_UNSPEC};

	return connect(find_socket(word(1))->fd, &unspecified, sizeof(unspecified));
}

const struct command datagram_commands[] = {
	{"hear", do_hear},
	{"from", do_from},
	{"local", do_local},
	{"answer", do_answer},
	{"disconnect", do_disconnect},
	{NULL, NULL},
};
