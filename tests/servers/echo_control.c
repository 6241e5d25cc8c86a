/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvmsg with control data of its own, then plain sendto: coturn asks for TTL and TOS, ntp and
 * chrony for time stamps, mosh for ECN marks, and none of these for the destination address.
 *
 * The answer tells all that recvmsg reported, to the byte, so that a test can hold two runs against
 * each other. -s sets the size of the control buffer, which may be too small or 0; -l that of the
 * data buffer.
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

struct report {
	char text[TEXT_MAX + 8 * CONTROL_MAX];
	size_t len;
};

static void ask_for_control(int fd)
{
	set_option(fd, SOL_SOCKET, SO_TIMESTAMP, 1);
	set_option(fd, IPPROTO_IP, IP_RECVTTL, 1);
	set_option(fd, IPPROTO_IP, IP_RECVTOS, 1);
	if (socket_family(fd) == AF_INET6) {
		set_option(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
		set_option(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
	}
}

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

/* The time differs from run to run: what two runs are compared by must not hold it. */
static void mask_time(struct cmsghdr *cmsg)
{
	if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SO_TIMESTAMP)
		memset(CMSG_DATA(cmsg), 0, cmsg->cmsg_len - CMSG_LEN(0));
}

static void add_control(struct report *report, struct msghdr *msg, size_t size)
{
	const unsigned char *bytes = msg->msg_control;

	add(report, " controllen=%zu flags=%#x", (size_t)msg->msg_controllen,
		(unsigned int)msg->msg_flags);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		add(report, " %d:%d:%zu", c->cmsg_level, c->cmsg_type, (size_t)c->cmsg_len);
		mask_time(c);
	}
	/* All of the buffer, also what lies behind the end that recvmsg told, and behind its size.
	 */
	add(report, " buffer=");
	for (size_t i = 0; i < size + 16; i++)
		add(report, "%02x", bytes[i]);
}

static void answer_one(int fd, size_t text_size, size_t control_size)
{
	_Alignas(struct cmsghdr) unsigned char control[CONTROL_MAX + 16];
	struct report report;
	struct endpoint peer;
	struct iovec part = {report.text, text_size};
	struct msghdr msg = {
		.msg_name = &peer.addr,
		.msg_namelen = sizeof(peer.addr),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = control_size,
	};
	ssize_t got;

	memset(control, UNTOUCHED_BYTE, sizeof(control));
	got = recvmsg(fd, &msg, 0);
	if (got < 0)
		die("recvmsg");
	report.len = (size_t)got;
	add_control(&report, &msg, control_size);
	if (sendto(fd, report.text, report.len, 0, (struct sockaddr *)&peer.addr, msg.msg_namelen) <
		0)
		die("sendto");
}

static size_t parse_size(const char *text, size_t max)
{
	size_t size = strtoul(text, NULL, 10);

	errno = 0;
	if (size > max)
		die("size %s is more than %zu", text, max);
	return size;
}

int main(int argc, char **argv)
{
	size_t control_size = CONTROL_MAX;
	size_t text_size = TEXT_MAX;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "s:l:")) != -1) {
		if (letter == 's')
			control_size = parse_size(optarg, CONTROL_MAX);
		else if (letter == 'l')
			text_size = parse_size(optarg, TEXT_MAX);
		else
			server_letter(letter);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	ask_for_control(fd);
	ready();
	for (;;)
		answer_one(fd, text_size, control_size);
}
