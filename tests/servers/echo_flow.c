/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recvfrom, then sendto to an IPv6 address with more fields than recvfrom set: a flow label, as
 * media servers set one, and a scope ID, which means nothing for a global address but is set by
 * programs that always fill in their only interface.
 *
 *	echo_flow [-m] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * -m answers by sendmsg.
 */
#include "common.h"

#include <netinet/in.h>
#include <stdint.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LABEL = 0x12345, SCOPE = 1 };

/* From linux/in6.h, which conflicts with netinet/in.h on some systems. */
enum { V6_FLOWLABEL_MGR = 32, V6_FLOWINFO_SEND = 33 };
enum { ACTION_GET = 0, FLAG_CREATE = 1, SHARE_ANY = 255 };
struct flow_request {
	struct in6_addr dst;
	uint32_t label;
	uint8_t action, share;
	uint16_t flags, expires, linger;
	uint32_t padding;
};

/* The kernel grants a label for each peer. */
static void borrow_label(int fd, const struct in6_addr *peer)
{
	const struct flow_request request = {
		.dst = *peer,
		.label = htonl(LABEL),
		.action = ACTION_GET,
		.share = SHARE_ANY,
		.flags = FLAG_CREATE,
	};

	if (setsockopt(fd, IPPROTO_IPV6, V6_FLOWLABEL_MGR, &request, sizeof(request)) < 0)
		die("setsockopt IPV6_FLOWLABEL_MGR");
}

static void answer_by_sendmsg(int fd, struct letter *letter)
{
	struct iovec part = {letter->text, letter->len};
	const struct msghdr msg = {
		.msg_name = &letter->peer.addr,
		.msg_namelen = letter->peer.addr_len,
		.msg_iov = &part,
		.msg_iovlen = 1,
	};

	if (sendmsg(fd, &msg, 0) < 0)
		die("sendmsg");
}

int main(int argc, char **argv)
{
	bool by_sendmsg = false;
	int option, fd;

	while ((option = getopt(argc, argv, SERVER_LETTERS "m")) != -1) {
		if (option == 'm')
			by_sendmsg = true;
		else
			server_letter(option);
	}
	fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
	set_option(fd, IPPROTO_IPV6, V6_FLOWINFO_SEND, 1);
	ready();
	for (;;) {
		struct letter letter;
		struct sockaddr_in6 *peer = (struct sockaddr_in6 *)&letter.peer.addr;

		receive_letter(fd, &letter);
		borrow_label(fd, &peer->sin6_addr);
		peer->sin6_flowinfo = htonl(LABEL);
		if (peer->sin6_scope_id == 0)
			peer->sin6_scope_id = SCOPE;
		if (by_sendmsg)
			answer_by_sendmsg(fd, &letter);
		else
			answer_letter(fd, &letter);
	}
}
