/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client of ask: its socket, and its request. */
#include "ask.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* As in the kernel's headers; libc's may lack it. */
enum { UDP_LEVEL = 17, UDP_SEGMENT_ = 103 };

/* With the error queue enabled, an unconnected socket learns at once of a closed port. */
static void hear_of_errors(int fd, int family)
{
	if (family == AF_INET)
		set_option(fd, IPPROTO_IP, IP_RECVERR, 1);
	else
		set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 1);
}

static void ask_for_interface(int fd, int family)
{
	if (family == AF_INET)
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	else
		set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

/* Ignores IPv4 datagrams that a daemon still sends to an earlier client's port. */
static void take_ipv6_only(int fd, const struct endpoint *server)
{
	const struct sockaddr_in6 *addr = (const void *)&server->addr;

	if (addr->sin6_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&addr->sin6_addr))
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

void open_client(struct client *c, struct pollfd *p, const char *address, const char *port)
{
	int socktype = wishes.by_tcp ? SOCK_STREAM : SOCK_DGRAM;
	struct endpoint local;

	resolve(address, port, socktype, &c->server);
	p->events = wishes.by_tcp ? POLLOUT : POLLIN;
	p->fd = socket(c->server.addr.ss_family, socktype | SOCK_NONBLOCK, 0);
	if (p->fd < 0)
		die("socket");
	take_ipv6_only(p->fd, &c->server);
	if (!wishes.by_tcp)
		hear_of_errors(p->fd, c->server.addr.ss_family);
	if (wishes.with_interface)
		ask_for_interface(p->fd, c->server.addr.ss_family);
	if (wishes.segment_size != 0)
		set_option(p->fd, UDP_LEVEL, UDP_SEGMENT_, wishes.segment_size);
	if (wishes.broadcast)
		set_option(p->fd, SOL_SOCKET, SO_BROADCAST, 1);
	if (wishes.source == NULL && strcmp(wishes.source_port, "0") == 0)
		return;
	if (wishes.source == NULL)
		wishes.source = c->server.addr.ss_family == AF_INET ? "0.0.0.0" : "::";
	resolve(wishes.source, wishes.source_port, socktype, &local);
	if (bind(p->fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		die("bind to %s", wishes.source);
}

static void write_request(struct client *c, int number, int round)
{
	if (wishes.given_len > 0)
		memcpy(c->request, wishes.given, wishes.given_len);
	else if (wishes.text != NULL)
		snprintf(c->request, sizeof(c->request), "%s", wishes.text);
	else
		snprintf(c->request, sizeof(c->request), "request %d.%d", number, round);
	c->request_len = wishes.given_len > 0 ? wishes.given_len : strlen(c->request);
}

void send_request(struct client *c, struct pollfd *p, int number, int round)
{
	ssize_t sent;

	write_request(c, number, round);
	snprintf(c->verdict, sizeof(c->verdict), "silent");
	sent = sendto(p->fd, c->request, c->request_len, 0, (struct sockaddr *)&c->server.addr,
		c->server.addr_len);
	if (sent < 0)
		die("sendto %s", address_text(&c->server));
}

void start_connect(struct client *c, struct pollfd *p)
{
	int result = connect(p->fd, (struct sockaddr *)&c->server.addr, c->server.addr_len);

	if (result == 0 || errno == EINPROGRESS)
		snprintf(c->verdict, sizeof(c->verdict), "silent");
	else
		snprintf(c->verdict, sizeof(c->verdict), "error %s", errno_name(errno));
}
