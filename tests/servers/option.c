/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Socket options of a server's command line, -o and -O NAME=VALUE: those that daemons set from
 * their configuration, and those that enable control messages. */
#include "common.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* As in the kernel's headers; libc's may lack some. */
enum { V6_OLD_PKTINFO = 2, V6_RECVORIGDSTADDR = 74, V6_UNICAST_IF = 76, V6_FREEBIND = 78 };
enum { V4_RECVORIGDSTADDR = 20, UDP_LEVEL = 17, UDP_GRO_ = 104 };

/* The form of the value after the equals sign. */
enum value {
	A_NUMBER,
	AN_ADDRESS,	   /* IPv4; or %INTERFACE, for the longer form without an address */
	A_DEVICE,	   /* the name of an interface, as it is */
	AN_INTERFACE,	   /* the same, as its index */
	AN_INTERFACE_SWAP, /* as its index in network byte order */
	A_GROUP,	   /* GROUP%INTERFACE, joined there */
};

static const struct option {
	const char *name;
	int level, number;
	enum value value;
} options[] = {
	{"IPV6_2292PKTINFO", IPPROTO_IPV6, V6_OLD_PKTINFO, A_NUMBER},
	{"IPV6_FREEBIND", IPPROTO_IPV6, V6_FREEBIND, A_NUMBER},
	{"IPV6_MULTICAST_IF", IPPROTO_IPV6, IPV6_MULTICAST_IF, AN_INTERFACE},
	{"IPV6_RECVERR", IPPROTO_IPV6, IPV6_RECVERR, A_NUMBER},
	{"IPV6_RECVHOPLIMIT", IPPROTO_IPV6, IPV6_RECVHOPLIMIT, A_NUMBER},
	{"IPV6_RECVORIGDSTADDR", IPPROTO_IPV6, V6_RECVORIGDSTADDR, A_NUMBER},
	{"IPV6_RECVPKTINFO", IPPROTO_IPV6, IPV6_RECVPKTINFO, A_NUMBER},
	{"IPV6_RECVTCLASS", IPPROTO_IPV6, IPV6_RECVTCLASS, A_NUMBER},
	{"IPV6_TRANSPARENT", IPPROTO_IPV6, IPV6_TRANSPARENT, A_NUMBER},
	{"IPV6_UNICAST_IF", IPPROTO_IPV6, V6_UNICAST_IF, AN_INTERFACE_SWAP},
	{"IP_FREEBIND", IPPROTO_IP, IP_FREEBIND, A_NUMBER},
	{"IP_MULTICAST_IF", IPPROTO_IP, IP_MULTICAST_IF, AN_ADDRESS},
	{"IP_PKTINFO", IPPROTO_IP, IP_PKTINFO, A_NUMBER},
	{"IP_RECVERR", IPPROTO_IP, IP_RECVERR, A_NUMBER},
	{"IP_RECVORIGDSTADDR", IPPROTO_IP, V4_RECVORIGDSTADDR, A_NUMBER},
	{"IP_RECVTOS", IPPROTO_IP, IP_RECVTOS, A_NUMBER},
	{"IP_RECVTTL", IPPROTO_IP, IP_RECVTTL, A_NUMBER},
	{"IP_TRANSPARENT", IPPROTO_IP, IP_TRANSPARENT, A_NUMBER},
	{"IP_UNICAST_IF", IPPROTO_IP, IP_UNICAST_IF, AN_INTERFACE_SWAP},
	{"MCAST_JOIN_GROUP", IPPROTO_IP, MCAST_JOIN_GROUP, A_GROUP},
	{"SO_BINDTODEVICE", SOL_SOCKET, SO_BINDTODEVICE, A_DEVICE},
	{"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, A_NUMBER},
	{"SO_MARK", SOL_SOCKET, SO_MARK, A_NUMBER},
	{"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, A_NUMBER},
	{"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, A_NUMBER},
	{"SO_RXQ_OVFL", SOL_SOCKET, SO_RXQ_OVFL, A_NUMBER},
	{"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, A_NUMBER},
	{"SO_TIMESTAMP", SOL_SOCKET, SO_TIMESTAMP, A_NUMBER},
	{"SO_TIMESTAMPNS", SOL_SOCKET, SO_TIMESTAMPNS, A_NUMBER},
	{"UDP_GRO", UDP_LEVEL, UDP_GRO_, A_NUMBER},
};

static void set(int fd, const struct option *option, const void *value, size_t size)
{
	if (setsockopt(fd, option->level, option->number, value, (socklen_t)size) < 0)
		die("setsockopt %s", option->name);
}

static int interface_index(const char *name)
{
	unsigned int index = if_nametoindex(name);

	if (index == 0)
		die("interface %s", name);
	return (int)index;
}

static void set_address(int fd, const struct option *option, const char *text)
{
	struct endpoint address;

	if (text[0] == '%') {
		const struct ip_mreqn request = {.imr_ifindex = interface_index(text + 1)};

		set(fd, option, &request, sizeof(request));
		return;
	}
	resolve(text, "0", SOCK_DGRAM, &address);
	set(fd, option, &((struct sockaddr_in *)&address.addr)->sin_addr, sizeof(struct in_addr));
}

/* The option has the same number in both families, at different levels. */
static void join_group(int fd, const struct option *option, const char *text)
{
	struct option of_family = *option;
	struct group_req request = {0};
	char group[TEXT_MAX] = {0};
	struct endpoint address;
	size_t len = strcspn(text, "%");

	memcpy(group, text, len < sizeof(group) ? len : 0);
	resolve(group, "0", SOCK_DGRAM, &address);
	request.gr_interface = text[len] == '%' ? (uint32_t)interface_index(text + len + 1) : 0;
	memcpy(&request.gr_group, &address.addr, sizeof(request.gr_group));
	if (address.addr.ss_family == AF_INET6)
		of_family.level = IPPROTO_IPV6;
	set(fd, &of_family, &request, sizeof(request));
}

static void set_number(int fd, const struct option *option, int number)
{
	set(fd, option, &number, sizeof(number));
}

static void set_value(int fd, const struct option *option, const char *text)
{
	switch (option->value) {
	case A_NUMBER:
		set_number(fd, option, atoi(text));
		break;
	case AN_ADDRESS:
		set_address(fd, option, text);
		break;
	case A_DEVICE:
		set(fd, option, text, strlen(text) + 1);
		break;
	case AN_INTERFACE:
		set_number(fd, option, interface_index(text));
		break;
	case AN_INTERFACE_SWAP:
		set_number(fd, option, (int)htonl((uint32_t)interface_index(text)));
		break;
	case A_GROUP:
		join_group(fd, option, text);
		break;
	}
}

void set_option_by_name(int fd, const char *text)
{
	size_t len = strcspn(text, "=");

	for (size_t i = 0; text[len] == '=' && i < sizeof(options) / sizeof(options[0]); i++) {
		if (strncmp(text, options[i].name, len) == 0 && options[i].name[len] == '\0') {
			set_value(fd, &options[i], text + len + 1);
			return;
		}
	}
	errno = 0;
	die("%s: no such option", text);
}

int option_value(int fd, const char *name)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		int value = -1;
		socklen_t len = sizeof(value);

		if (strcmp(name, options[i].name) != 0)
			continue;
		if (getsockopt(fd, options[i].level, options[i].number, &value, &len) < 0)
			die("getsockopt %s", name);
		return value;
	}
	return -1;
}
