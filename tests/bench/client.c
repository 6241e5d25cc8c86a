/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One socket asks for all peers, each of which is an address in 127.1.0.0/16 or fd00:b:0:1::/64,
 * named as the source of its request. What is asked is an address that the kernel does not choose
 * by itself, so that a reply of the plain server comes from another. All requests of a window are
 * sent by one call.
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

enum { REQUEST = 64, CONTROL = CMSG_SPACE(sizeof(struct in6_pktinfo)), AWAIT_TRIES = 100 };

/* A busy machine takes its time; a loss does not happen on a loopback interface. */
static const struct timeval limit = {.tv_sec = 10};

static void limit_wait(int fd, const struct timeval *time)
{
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, time, sizeof(*time)) != 0)
		die("setsockopt SO_RCVTIMEO");
}

void client_open(enum family family, uint32_t peers, struct client *ret)
{
	*ret = (struct client){.family = family,
		.peers = peers,
		.window = 1,
		.addresses = 1,
		.ports = 1,
		.base = family == FAMILY_V6 ? "fd00:b::2" : "127.0.0.2"};
	ret->fd = socket(family == FAMILY_V6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ret->fd < 0)
		die("socket");
	limit_wait(ret->fd, &limit);
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

/* The address and port of the next request. */
static void turn_to(const struct client *client, const struct endpoint *first, struct endpoint *ret)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ret->addr;

	*ret = *first;
	if (client->addresses > 1)
		v4->sin_addr.s_addr =
			htonl(ntohl(v4->sin_addr.s_addr) + client->number % client->addresses);
	if (client->ports > 1)
		v4->sin_port =
			htons((uint16_t)(ntohs(v4->sin_port) + client->number % client->ports));
}

static void send_requests(struct client *client, struct endpoint *to)
{
	_Alignas(struct cmsghdr) unsigned char controls[WINDOW_MAX][CONTROL];
	unsigned char texts[WINDOW_MAX][REQUEST_MAX] = {0};
	struct iovec parts[WINDOW_MAX];
	struct mmsghdr batch[WINDOW_MAX];

	for (unsigned int i = 0; i < client->window; i++) {
		parts[i] = (struct iovec){texts[i], REQUEST};
		if (client->write != NULL)
			parts[i].iov_len = client->write(client->number, texts[i]);
		batch[i].msg_hdr = (struct msghdr){.msg_name = &to->addr,
			.msg_namelen = to->addr_len,
			.msg_iov = &parts[i],
			.msg_iovlen = 1,
			.msg_control = controls[i],
			.msg_controllen = write_source(client->family, client->next, controls[i])};
		client->next = client->next + 1 == client->peers ? 0 : client->next + 1;
		client->number++;
	}
	if (sendmmsg(client->fd, batch, client->window, 0) != (int)client->window)
		die("sendmmsg");
}

/* Takes at least one of `count` replies; returns how many, or 0 if none came in time. */
static unsigned int take_replies(
	struct client *client, const struct endpoint *to, unsigned int count)
{
	char texts[WINDOW_MAX][2048];
	struct sockaddr_storage from[WINDOW_MAX];
	struct iovec parts[WINDOW_MAX];
	struct mmsghdr batch[WINDOW_MAX];
	int taken;

	for (unsigned int i = 0; i < count; i++) {
		parts[i] = (struct iovec){texts[i], sizeof(texts[i])};
		batch[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
			.msg_namelen = sizeof(from[i]),
			.msg_iov = &parts[i],
			.msg_iovlen = 1};
	}
	taken = recvmmsg(client->fd, batch, count, MSG_WAITFORONE, NULL);
	for (int i = 0; i < taken; i++)
		if (is_same_address(to, &from[i]))
			client->right++;
		else
			client->wrong++;
	return taken > 0 ? (unsigned int)taken : 0;
}

void client_ask(struct client *client, const struct server *server, unsigned int count)
{
	struct endpoint first, to;
	unsigned int taken;

	resolve(client->base, server->port, SOCK_DGRAM, &first);
	for (; count >= client->window; count -= client->window) {
		turn_to(client, &first, &to);
		send_requests(client, &to);
		for (unsigned int left = client->window; left > 0; left -= taken) {
			taken = take_replies(client, &to, left);
			if (taken == 0)
				die("no reply on port %s", server->port);
		}
	}
}

bool client_await(struct client *client, const struct server *server)
{
	const struct timeval moment = {.tv_usec = 100000};
	const unsigned int window = client->window;
	struct endpoint to;
	bool ret = false;

	resolve(client->base, server->port, SOCK_DGRAM, &to);
	client->window = 1;
	limit_wait(client->fd, &moment);
	for (int i = 0; !ret && i < AWAIT_TRIES; i++) {
		send_requests(client, &to);
		ret = take_replies(client, &to, 1) == 1;
	}
	/* Late ones. */
	while (take_replies(client, &to, 1) == 1)
		;
	limit_wait(client->fd, &limit);
	client->window = window;
	return ret;
}

void client_close(struct client *client)
{
	close(client->fd);
}

int client_connect(const struct server *server)
{
	struct endpoint to;
	int fd;

	resolve("127.0.0.1", server->port, SOCK_STREAM, &to);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to.addr, to.addr_len) != 0)
		die("connect");
	limit_wait(fd, &limit);
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
