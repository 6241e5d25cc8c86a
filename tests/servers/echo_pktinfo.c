/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program that enables PKTINFO itself. iodined, radsecproxy and snmpd do so and still answer with
 * a plain sendto, which is the default here. With -s it names the source in sendmsg, as PowerDNS,
 * Unbound and other careful servers do; the library must leave those alone. With -t sendmsg sets a
 * time to live and names no source.
 *
 * The answer's text has the destinations received, and stdout what getsockopt returns for the
 * option before and after the program sets it, and after it clears it.
 */
#include "common.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define CONTROL_SIZE 256

struct request {
	struct letter letter;
	struct msghdr msg;
	struct iovec part;
	_Alignas(struct cmsghdr) unsigned char control[CONTROL_SIZE];
};

static void ask_for(int fd, int level, int number, const char *name)
{
	printf("%s %d", name, option_value(fd, name));
	set_option(fd, level, number, 1);
	printf(" %d", option_value(fd, name));
	set_option(fd, level, number, 0);
	printf(" %d\n", option_value(fd, name));
	set_option(fd, level, number, 1);
}

static void receive(int fd, struct request *r)
{
	ssize_t got;

	r->part = (struct iovec){r->letter.text, sizeof(r->letter.text) / 2};
	r->msg = (struct msghdr){
		.msg_name = &r->letter.peer.addr,
		.msg_namelen = sizeof(r->letter.peer.addr),
		.msg_iov = &r->part,
		.msg_iovlen = 1,
		.msg_control = r->control,
		.msg_controllen = sizeof(r->control),
	};
	got = recvmsg(fd, &r->msg, 0);
	if (got < 0)
		die("recvmsg");
	r->letter.peer.addr_len = r->msg.msg_namelen;
	r->letter.len = (size_t)got;
}

static void add_address(struct letter *letter, const char *label, int family, const void *addr)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family, addr, text, sizeof(text));
	letter->len += (size_t)snprintf(letter->text + letter->len,
		sizeof(letter->text) - letter->len, " %s=%s", label, text);
}

/* Writes the destinations to the text, and turns each message into one that names the source. */
static void read_destinations(struct request *r)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&r->msg); c != NULL; c = CMSG_NXTHDR(&r->msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			struct in_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			add_address(&r->letter, "ipv4", AF_INET, &info.ipi_spec_dst);
			info.ipi_ifindex = 0;
			memcpy(CMSG_DATA(c), &info, sizeof(info));
		}
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			add_address(&r->letter, "ipv6", AF_INET6, &info.ipi6_addr);
		}
	}
}

static void answer_from_source(int fd, struct request *r)
{
	r->part.iov_len = r->letter.len;
	if (sendmsg(fd, &r->msg, 0) < 0)
		die("sendmsg");
}

static void answer_with_time_to_live(int fd, struct request *r)
{
	bool is_v4 = r->letter.peer.addr.ss_family == AF_INET;
	struct cmsghdr *c = (struct cmsghdr *)r->control;
	int hops = 9;

	r->part.iov_len = r->letter.len;
	r->msg.msg_controllen = CMSG_SPACE(sizeof(hops));
	c->cmsg_len = CMSG_LEN(sizeof(hops));
	c->cmsg_level = is_v4 ? IPPROTO_IP : IPPROTO_IPV6;
	c->cmsg_type = is_v4 ? IP_TTL : IPV6_HOPLIMIT;
	memcpy(CMSG_DATA(c), &hops, sizeof(hops));
	if (sendmsg(fd, &r->msg, 0) < 0)
		die("sendmsg");
}

int main(int argc, char **argv)
{
	static struct request request;
	bool names_source = false, names_time_to_live = false;
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "st")) != -1) {
		if (letter == 's')
			names_source = true;
		else if (letter == 't')
			names_time_to_live = true;
		else
			server_letter(letter);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	if (socket_family(fd) == AF_INET6)
		ask_for(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, "IPV6_RECVPKTINFO");
	ask_for(fd, IPPROTO_IP, IP_PKTINFO, "IP_PKTINFO");
	ready();
	for (;;) {
		receive(fd, &request);
		read_destinations(&request);
		if (names_source)
			answer_from_source(fd, &request);
		else if (names_time_to_live)
			answer_with_time_to_live(fd, &request);
		else
			answer_letter(fd, &request.letter);
	}
}
