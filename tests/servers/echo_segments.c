/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Many datagrams in one: UDP_GRO delivers a series of datagrams as one long text, with the
 * length of each in a control message; UDP_SEGMENT splits one long text into a series of
 * datagrams (QUIC servers, DNS-over-QUIC and media relays use both). It answers each request
 * with its own text in as many datagrams, and prints "LENGTH SEGMENT" for it.
 *
 *	echo_segments [-c] [-m] [-p] [ADDRESS] PORT
 *
 * The answer's segment length is a socket option or, with -c, a control message. -m receives and
 * sends by recvmmsg and sendmmsg; -p enables PKTINFO too, without using it, so the program has
 * both messages in its buffer.
 */
#include "common.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103 /* linux/udp.h, as the next */
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { BATCH = 4, LONG_TEXT = 65536 };

struct slot {
	struct endpoint peer;
	struct iovec part;
	char text[LONG_TEXT];
	_Alignas(struct cmsghdr) unsigned char control[128];
};

/* Written by main alone. */
static struct slot slots[BATCH];
static struct mmsghdr messages[BATCH];
static bool by_control, by_batch, wants_pktinfo;

static void prepare(void)
{
	for (int i = 0; i < BATCH; i++) {
		struct slot *slot = &slots[i];

		slot->part = (struct iovec){slot->text, sizeof(slot->text)};
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &slot->peer.addr,
			.msg_namelen = sizeof(slot->peer.addr),
			.msg_iov = &slot->part,
			.msg_iovlen = 1,
			.msg_control = slot->control,
			.msg_controllen = sizeof(slot->control),
		};
	}
}

/* The segment length from the kernel; without one, the whole text is a segment. */
static unsigned int read_segment(struct mmsghdr *message, bool *ret_has_pktinfo)
{
	struct msghdr *msg = &message->msg_hdr;
	int segment = (int)message->msg_len;

	*ret_has_pktinfo = false;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO)
			memcpy(&segment, CMSG_DATA(c), sizeof(segment));
		else
			*ret_has_pktinfo = true;
	}
	return (unsigned int)segment;
}

static void write_segment(struct msghdr *msg, uint16_t segment)
{
	struct cmsghdr *cmsg = msg->msg_control;

	msg->msg_controllen = CMSG_SPACE(sizeof(segment));
	*cmsg = (struct cmsghdr){.cmsg_level = IPPROTO_UDP,
		.cmsg_type = UDP_SEGMENT,
		.cmsg_len = CMSG_LEN(sizeof(segment))};
	memcpy(CMSG_DATA(cmsg), &segment, sizeof(segment));
}

static void turn_round(int fd, struct slot *slot, struct mmsghdr *message)
{
	struct msghdr *msg = &message->msg_hdr;
	bool has_pktinfo;
	unsigned int segment = read_segment(message, &has_pktinfo);

	printf("%u %u%s\n", message->msg_len, segment, has_pktinfo ? " pktinfo" : "");
	slot->part.iov_len = message->msg_len;
	msg->msg_controllen = 0;
	if (by_control) {
		write_segment(msg, (uint16_t)segment);
	} else {
		msg->msg_control = NULL;
		set_option(fd, IPPROTO_UDP, UDP_SEGMENT, (int)segment);
	}
}

/* With the socket option, sends each answer before it sets the next one's segment length. */
static void answer(int fd, int count)
{
	for (int i = 0; i < count; i++) {
		turn_round(fd, &slots[i], &messages[i]);
		if (!by_batch && sendmsg(fd, &messages[i].msg_hdr, 0) < 0)
			die("sendmsg");
		if (by_batch && !by_control && sendmmsg(fd, &messages[i], 1, 0) != 1)
			die("sendmmsg");
	}
	fflush(stdout);
	if (by_batch && by_control && sendmmsg(fd, messages, (unsigned int)count, 0) != count)
		die("sendmmsg");
}

static int receive(int fd)
{
	ssize_t got;

	prepare();
	if (by_batch)
		return recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);
	got = recvmsg(fd, &messages[0].msg_hdr, 0);
	messages[0].msg_len = (unsigned int)got;
	return got < 0 ? -1 : 1;
}

int main(int argc, char **argv)
{
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "cmp")) != -1) {
		if (letter == 'c')
			by_control = true;
		else if (letter == 'm')
			by_batch = true;
		else if (letter == 'p')
			wants_pktinfo = true;
		else
			server_letter(letter);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	set_option(fd, IPPROTO_UDP, UDP_GRO, 1);
	if (wants_pktinfo && socket_family(fd) == AF_INET)
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	else if (wants_pktinfo)
		set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	ready();
	for (;;) {
		int count = receive(fd);

		if (count < 0)
			die("receive");
		answer(fd, count);
	}
}
