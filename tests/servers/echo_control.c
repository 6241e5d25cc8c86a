/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvmsg with control data of its own, then plain sendto: coturn enables TTL and TOS, ntp and
 * chrony time stamps, mosh ECN marks, and none of these the destination address.
 *
 *	echo_control [-s SIZE[-LAST]] [-l LENGTH] [-m] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * -o and -O choose what it enables. The answer contains all that it received, to the byte, so a
 * test can compare two runs; stdout has what getsockopt returns for the options for the
 * destination. -s sets the size of the control buffer, which may be too small or 0; of a range,
 * each request gets the next size, unless its text does not begin with "requ". -l sets the size
 * of the data buffer, -m uses recvmmsg.
 */
#include "common.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define CONTROL_MAX 512
#define UNTOUCHED_BYTE 0xa5
#define BATCH 4

struct report {
	char text[TEXT_MAX + 8 * CONTROL_MAX];
	size_t len;
};

/* A received datagram. */
struct request {
	_Alignas(struct cmsghdr) unsigned char control[CONTROL_MAX + 16];
	size_t control_size;
	struct report report;
	struct endpoint peer;
	struct iovec part;
};

/* The command line, written only by main. */
static size_t first_size = CONTROL_MAX, last_size = CONTROL_MAX, text_size = TEXT_MAX;
static bool by_recvmmsg;

static struct request requests[BATCH];
static struct mmsghdr messages[BATCH];

__attribute__((format(printf, 2, 3))) static void add(
	struct report *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report->len += (size_t)vsnprintf(
		report->text + report->len, sizeof(report->text) - report->len, format, args);
	va_end(args);
	errno = 0;
	if (report->len >= sizeof(report->text))
		die("report too long");
}

/* The time and the number of drops differ from run to run, so the output must not contain them. */
static void mask_varying(struct cmsghdr *cmsg)
{
	int type = cmsg->cmsg_type;

	if (cmsg->cmsg_level == SOL_SOCKET &&
		(type == SO_TIMESTAMP || type == SO_TIMESTAMPNS || type == SO_RXQ_OVFL))
		memset(CMSG_DATA(cmsg), 0, cmsg->cmsg_len - CMSG_LEN(0));
}

static void add_control(struct report *report, struct msghdr *msg, size_t size)
{
	const unsigned char *bytes = msg->msg_control;

	add(report, " controllen=%zu flags=%#x", (size_t)msg->msg_controllen,
		(unsigned int)msg->msg_flags);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		add(report, " %d:%d:%zu", c->cmsg_level, c->cmsg_type, (size_t)c->cmsg_len);
		mask_varying(c);
	}
	/* All of the buffer, including the bytes after the length that recvmsg returned, and after
	 * its size. */
	add(report, " buffer=");
	for (size_t i = 0; i < size + 16; i++)
		add(report, "%02x", bytes[i]);
}

/* The size of the control buffer for the number-th request. */
static size_t nth_size(size_t number)
{
	return first_size + number % (last_size - first_size + 1);
}

static void prepare(struct request *r, struct msghdr *msg, size_t control_size)
{
	memset(r->control, UNTOUCHED_BYTE, sizeof(r->control));
	r->control_size = control_size;
	r->part = (struct iovec){r->report.text, text_size};
	*msg = (struct msghdr){
		.msg_name = &r->peer.addr,
		.msg_namelen = sizeof(r->peer.addr),
		.msg_iov = &r->part,
		.msg_iovlen = 1,
		.msg_control = r->control,
		.msg_controllen = control_size,
	};
}

static int receive(int fd)
{
	ssize_t got;

	if (by_recvmmsg) {
		int count = recvmmsg(fd, messages, BATCH, MSG_WAITFORONE, NULL);

		if (count < 0)
			die("recvmmsg");
		return count;
	}
	got = recvmsg(fd, &messages[0].msg_hdr, 0);
	if (got < 0)
		die("recvmsg");
	messages[0].msg_len = (unsigned int)got;
	return 1;
}

static void answer(int fd, struct request *r, struct mmsghdr *message)
{
	struct msghdr *msg = &message->msg_hdr;

	r->report.len = message->msg_len;
	add_control(&r->report, msg, r->control_size);
	if (sendto(fd, r->report.text, r->report.len, 0, (struct sockaddr *)&r->peer.addr,
		    msg->msg_namelen) < 0)
		die("sendto");
}

static size_t parse_size(const char *text, size_t max, char **ret_end)
{
	size_t size = strtoul(text, ret_end, 10);

	errno = 0;
	if (size > max)
		die("size %s is more than %zu", text, max);
	return size;
}

static void parse_letter(int letter)
{
	char *end;

	if (letter == 's') {
		first_size = last_size = parse_size(optarg, CONTROL_MAX, &end);
		if (*end == '-')
			last_size = parse_size(end + 1, CONTROL_MAX, &end);
	} else if (letter == 'l') {
		text_size = parse_size(optarg, TEXT_MAX, &end);
	} else if (letter == 'm') {
		by_recvmmsg = true;
	} else {
		server_letter(letter);
	}
}

static void say_options(int fd)
{
	printf("IP_PKTINFO %d\n", option_value(fd, "IP_PKTINFO"));
	if (socket_family(fd) != AF_INET6)
		return;
	printf("IPV6_RECVPKTINFO %d\n", option_value(fd, "IPV6_RECVPKTINFO"));
	printf("IPV6_2292PKTINFO %d\n", option_value(fd, "IPV6_2292PKTINFO"));
}

int main(int argc, char **argv)
{
	size_t number = 0;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "s:l:m")) != -1)
		parse_letter(letter);
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	say_options(fd);
	ready();
	for (;;) {
		int count;

		for (size_t i = 0; i < BATCH; i++)
			prepare(&requests[i], &messages[i].msg_hdr, nth_size(number + i));
		count = receive(fd);
		for (int i = 0; i < count; i++) {
			number += strncmp(requests[i].report.text, "requ", 4) == 0;
			answer(fd, &requests[i], &messages[i]);
		}
	}
}
