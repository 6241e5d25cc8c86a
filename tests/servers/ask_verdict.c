/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verdicts of ask about an answer, which ask.c lists. */
#include "ask.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static int port_of(const struct endpoint *e)
{
	/* The port is at the same offset in sockaddr_in and sockaddr_in6. */
	return ntohs(((const struct sockaddr_in *)&e->addr)->sin_port);
}

static bool same_address(const struct endpoint *a, const struct endpoint *b)
{
	const struct sockaddr_in *a4 = (const void *)&a->addr, *b4 = (const void *)&b->addr;
	const struct sockaddr_in6 *a6 = (const void *)&a->addr, *b6 = (const void *)&b->addr;

	if (a->addr.ss_family != b->addr.ss_family)
		return false;
	if (a->addr.ss_family == AF_INET)
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0 &&
	       a6->sin6_scope_id == b6->sin6_scope_id;
}

static void judge_error(struct client *c, int err, const char *success)
{
	if (err == 0)
		snprintf(c->verdict, sizeof(c->verdict), "%s", success);
	else if (err == ECONNREFUSED)
		snprintf(c->verdict, sizeof(c->verdict), "refused");
	else
		snprintf(c->verdict, sizeof(c->verdict), "error %s", errno_name(err));
}

static void judge_source(struct client *c, const struct endpoint *from)
{
	const char *name = address_text(from);
	int port = port_of(from);

	if (wishes.broadcast)
		snprintf(c->verdict, sizeof(c->verdict), "from %s", name);
	else if (port != port_of(&c->server) && !wishes.any_port)
		snprintf(c->verdict, sizeof(c->verdict), "wrong %s %d", name, port);
	else if (!same_address(from, &c->server))
		snprintf(c->verdict, sizeof(c->verdict), "wrong %s", name);
	else
		snprintf(c->verdict, sizeof(c->verdict), "right");
}

/* Adds to the verdict the interface that the PKTINFO message in msg names. */
static void add_interface(struct client *c, struct msghdr *msg)
{
	size_t used = strlen(c->verdict);
	unsigned int index = 0;
	char name[IF_NAMESIZE];

	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg); cmsg; cmsg = CMSG_NXTHDR(msg, cmsg)) {
		const void *data = CMSG_DATA(cmsg);

		if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO)
			index = (unsigned int)((const struct in_pktinfo *)data)->ipi_ifindex;
		if (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_PKTINFO)
			index = ((const struct in6_pktinfo *)data)->ipi6_ifindex;
	}
	if (if_indextoname(index, name) == NULL)
		die("interface %u", index);
	snprintf(c->verdict + used, sizeof(c->verdict) - used, " %s", name);
}

void read_answer(struct client *c, int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct endpoint from;
	char answer[ANSWER_MAX];
	struct iovec part = {answer, sizeof(answer) - 1};
	struct msghdr msg = {
		.msg_name = &from.addr,
		.msg_namelen = sizeof(from.addr),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t got = recvmsg(fd, &msg, 0);
	size_t used;

	if (got < 0) {
		judge_error(c, errno, "");
		return;
	}
	from.addr_len = msg.msg_namelen;
	answer[got] = '\0';
	judge_source(c, &from);
	if (wishes.given_len == 0 && strncmp(answer, c->request, c->request_len) != 0 &&
		strncmp(c->verdict, "wrong", 5) != 0)
		snprintf(c->verdict, sizeof(c->verdict), "mangled");
	if (wishes.with_interface)
		add_interface(c, &msg);
	used = strlen(c->verdict);
	if (wishes.verbose)
		snprintf(c->verdict + used, sizeof(c->verdict) - used, " %s", answer);
}

void finish_connect(struct client *c, int fd)
{
	int err = 0;
	socklen_t len = sizeof(err);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
		err = errno;
	judge_error(c, err, "connected");
}

bool is_good(const char *verdict)
{
	return strncmp(verdict, "right", 5) == 0 || strncmp(verdict, "from ", 5) == 0 ||
	       strcmp(verdict, "connected") == 0;
}
