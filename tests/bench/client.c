/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One socket asks for all peers, each of which is an address in 127.1.0.0/16 or fd00:b:0:1::/64,
 * named as the source of its request. What is asked is an address that the kernel does not choose
 * by itself, so that a reply of the plain server comes from another.
 */
#include "bench.h"

#include "servers/common.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78 /* linux/in6.h */
#endif

enum { REQUEST = 64 };

static const char *asked(enum family family)
{
	return family == FAMILY_V6 ? "fd00:b::2" : "127.0.0.2";
}

void client_open(enum family family, uint32_t peers, struct client *ret)
{
	const struct timeval limit = {.tv_sec = 2};

	*ret = (struct client){.family = family, .peers = peers, .window = 1};
	ret->fd = socket(family == FAMILY_V6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ret->fd < 0 || setsockopt(ret->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0)
		die("socket");
	if (family == FAMILY_V6)
		set_option(ret->fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
}

/* Writes the control message that gives the peer its address; returns its length. */
static size_t write_source(enum family family, uint32_t peer, unsigned char *control)
{
	struct cmsghdr *cmsg = (struct cmsghdr *)control;
	struct in_pktinfo v4 = {.ipi_spec_dst.s_addr = htonl(0x7f010000 + peer)};
	struct in6_pktinfo v6 = {.ipi6_addr.s6_addr = {[0] = 0xfd,
					 [3] = 0xb,
					 [7] = 1,
					 [13] = (uint8_t)(peer >> 16),
					 [14] = (uint8_t)(peer >> 8),
					 [15] = (uint8_t)peer}};

	if (family != FAMILY_V6) {
		*cmsg = (struct cmsghdr){
			CMSG_LEN(sizeof(v4)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
		memcpy(CMSG_DATA(cmsg), &v4, sizeof(v4));
		return CMSG_SPACE(sizeof(v4));
	}
	*cmsg = (struct cmsghdr){
		CMSG_LEN(sizeof(v6)), .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO};
	memcpy(CMSG_DATA(cmsg), &v6, sizeof(v6));
	return CMSG_SPACE(sizeof(v6));
}

static bool is_same_address(const struct endpoint *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&a->addr;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&a->addr;

	if (a->addr.ss_family == AF_INET)
		return v4->sin_addr.s_addr == ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&v6->sin6_addr, &((const struct sockaddr_in6 *)b)->sin6_addr);
}

static void send_request(struct client *client, struct endpoint *to)
{
	_Alignas(struct cmsghdr) unsigned char control[64];
	char text[REQUEST] = "";
	struct iovec part = {text, sizeof(text)};
	struct msghdr msg = {.msg_name = &to->addr,
		.msg_namelen = to->addr_len,
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control};

	msg.msg_controllen = write_source(client->family, client->next, control);
	client->next = client->next + 1 == client->peers ? 0 : client->next + 1;
	if (sendmsg(client->fd, &msg, 0) < 0)
		die("sendmsg");
}

static void take_reply(struct client *client, const struct endpoint *to, const char *port)
{
	char text[REQUEST];
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);

	if (recvfrom(client->fd, text, sizeof(text), 0, (struct sockaddr *)&from, &len) !=
		sizeof(text))
		die("no reply on port %s", port);
	if (is_same_address(to, &from))
		client->right++;
	else
		client->wrong++;
}

void client_ask(struct client *client, const struct server *server, unsigned int count)
{
	struct endpoint to;

	resolve(asked(client->family), server->port, SOCK_DGRAM, &to);
	for (; count >= client->window; count -= client->window) {
		for (unsigned int i = 0; i < client->window; i++)
			send_request(client, &to);
		for (unsigned int i = 0; i < client->window; i++)
			take_reply(client, &to, server->port);
	}
}

void client_close(struct client *client)
{
	close(client->fd);
}

int client_connect(const struct server *server)
{
	const struct timeval limit = {.tv_sec = 5};
	struct endpoint to;
	int fd;

	resolve("127.0.0.1", server->port, SOCK_STREAM, &to);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
		connect(fd, (struct sockaddr *)&to.addr, to.addr_len) != 0)
		die("connect");
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	return fd;
}

void client_stream(int fd, unsigned int count)
{
	char text[REQUEST] = "";

	while (count-- > 0)
		if (write(fd, text, sizeof(text)) != sizeof(text) ||
			recv(fd, text, sizeof(text), MSG_WAITALL) != sizeof(text))
			die("no reply by TCP");
}

void client_pour(int fd, unsigned int count)
{
	static const char part[65536];
	char byte;

	for (; count > 0; count--) {
		for (size_t sent = 0; sent < BENCH_ORDER; sent += sizeof(part))
			if (write(fd, part, sizeof(part)) != sizeof(part))
				die("write");
		if (read(fd, &byte, 1) != 1)
			die("no reply by TCP");
	}
}
