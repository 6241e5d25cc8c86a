/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvfrom, then sendmsg or sendmmsg with a source of the program's choice, whatever the request
 * destination: a name server with a configured source address, a cluster that answers from one
 * address only.
 *
 *	echo_source [-f FORM] [-s SOURCE] [-x INTERFACE] [-m] [-t] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * FORM is the control message: v4 (IP_PKTINFO), v6 (IPV6_PKTINFO, for a v4-mapped SOURCE too) or
 * old (RFC 2292's IPV6_PKTINFO). -x names INTERFACE in it; without -s it names nothing else. -m
 * uses sendmmsg. -t puts a TTL or hop limit before it.
 */
#include "common.h"

#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CONTROL_SIZE = 256, OLD_PKTINFO = 2, HOPS = 33 };

/* The command line, written only by main. */
static const char *form = "v4", *source;
static unsigned int interface;
static bool by_sendmmsg, with_hops;

static void add(struct msghdr *msg, int level, int type, const void *data, size_t len)
{
	unsigned char *at = (unsigned char *)msg->msg_control + msg->msg_controllen;
	const struct cmsghdr header = {
		.cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(len)};

	memcpy(at, &header, sizeof(header));
	memcpy(at + CMSG_LEN(0), data, len);
	msg->msg_controllen += CMSG_SPACE(len);
}

static void add_v4(struct msghdr *msg)
{
	struct in_pktinfo info = {.ipi_ifindex = (int)interface};
	struct endpoint address;

	if (source != NULL) {
		resolve(source, "0", SOCK_DGRAM, &address);
		info.ipi_spec_dst = ((struct sockaddr_in *)&address.addr)->sin_addr;
	}
	add(msg, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}

static void add_v6(struct msghdr *msg)
{
	struct in6_pktinfo info = {.ipi6_ifindex = interface};
	struct endpoint address;

	if (source != NULL) {
		resolve(source, "0", SOCK_DGRAM, &address);
		info.ipi6_addr = ((struct sockaddr_in6 *)&address.addr)->sin6_addr;
	}
	add(msg, IPPROTO_IPV6, strcmp(form, "old") == 0 ? OLD_PKTINFO : IPV6_PKTINFO, &info,
		sizeof(info));
}

static void add_source(struct msghdr *msg, int family)
{
	const int hops = HOPS;

	if (with_hops && family == AF_INET)
		add(msg, IPPROTO_IP, IP_TTL, &hops, sizeof(hops));
	else if (with_hops)
		add(msg, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof(hops));
	if (strcmp(form, "v4") == 0)
		add_v4(msg);
	else
		add_v6(msg);
}

static void answer(int fd, struct letter *letter)
{
	_Alignas(struct cmsghdr) unsigned char control[CONTROL_SIZE] = {0};
	struct iovec part = {letter->text, letter->len};
	struct mmsghdr message = {.msg_hdr = {
					  .msg_name = &letter->peer.addr,
					  .msg_namelen = letter->peer.addr_len,
					  .msg_iov = &part,
					  .msg_iovlen = 1,
					  .msg_control = control,
				  }};

	add_source(&message.msg_hdr, letter->peer.addr.ss_family);
	if (by_sendmmsg && sendmmsg(fd, &message, 1, 0) != 1)
		die("sendmmsg");
	if (!by_sendmmsg && sendmsg(fd, &message.msg_hdr, 0) < 0)
		die("sendmsg");
}

static void parse_letter(int letter)
{
	if (letter == 'f')
		form = optarg;
	else if (letter == 's')
		source = optarg;
	else if (letter == 'x')
		interface = if_nametoindex(optarg);
	else if (letter == 'm')
		by_sendmmsg = true;
	else if (letter == 't')
		with_hops = true;
	else
		server_letter(letter);
}

int main(int argc, char **argv)
{
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "f:s:x:mt")) != -1)
		parse_letter(letter);
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	ready();
	for (;;) {
		struct letter request;

		receive_letter(fd, &request);
		answer(fd, &request);
	}
}
