/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A flood of clients: each of the PEERS has its own address, in 10.0.0.0/8 or fd00::/64, and
 * asks once, the ADDRESSes in turn. One socket sends for all of them, because these networks are
 * local here ("ip route add local ... dev lo") and the server host routes them to this one. It
 * checks that each answer comes from the address that this peer asked.
 *
 *	flood [-n PEERS] [-f FIRST] [-w WINDOW] [-t MILLISECONDS] [-v] PORT ADDRESS...
 *
 * At most WINDOW peers are unanswered at a time. PEERS are numbered from FIRST on. The last line
 * is "N right, N wrong, N mangled, N silent"; -v adds a line for each answer before it, such as
 * "right ttl=64 TEXT" or "wrong ADDRESS ttl=64 TEXT". Exits with 0 only if all are right.
 */
#include "common.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* A window of this number of small datagrams fits into the buffers that main sets. */
enum { BATCH = 64, WINDOW_MAX = 4096, PEERS_MAX = 1 << 24, BUFFER = 16 << 20 };

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78 /* linux/in6.h */
#endif

/* A batch in either direction. */
static struct post {
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
	struct endpoint far[BATCH];
	char texts[BATCH][TEXT_MAX];
	_Alignas(struct cmsghdr) unsigned char controls[BATCH][256];
} post;

/* The command line, written only by main. */
static uint32_t peer_count = 1000, first_peer, window = 64;
static int limit_ms = 2000;
static bool verbose;
static struct endpoint *servers;
static uint32_t server_count;

/* The peers' results. */
static bool is_answered[PEERS_MAX];
static uint32_t right, wrong, mangled;

static const struct endpoint *server_of(uint32_t peer)
{
	return &servers[peer % server_count];
}

static size_t write_request(uint32_t peer, char *text)
{
	return (size_t)snprintf(text, TEXT_MAX, "peer %u", peer);
}

/* Writes the control message that gives peer its address; returns its length. */
static size_t write_source(uint32_t peer, unsigned char *control)
{
	struct cmsghdr *cmsg = (struct cmsghdr *)control;
	struct in_pktinfo v4 = {.ipi_spec_dst.s_addr = htonl(0x0a000001 + peer)};
	struct in6_pktinfo v6 = {.ipi6_addr.s6_addr = {[0] = 0xfd}};
	uint32_t number = htonl(1 + peer);

	if (servers->addr.ss_family == AF_INET) {
		*cmsg = (struct cmsghdr){
			CMSG_LEN(sizeof(v4)), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO};
		memcpy(CMSG_DATA(cmsg), &v4, sizeof(v4));
		return CMSG_SPACE(sizeof(v4));
	}
	memcpy(&v6.ipi6_addr.s6_addr[12], &number, sizeof(number));
	*cmsg = (struct cmsghdr){
		CMSG_LEN(sizeof(v6)), .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO};
	memcpy(CMSG_DATA(cmsg), &v6, sizeof(v6));
	return CMSG_SPACE(sizeof(v6));
}

/* Peers from `from` on ask; returns their number. */
static uint32_t ask_some(int fd, uint32_t from, uint32_t count)
{
	int sent;

	count = count < BATCH ? count : BATCH;
	for (uint32_t i = 0; i < count; i++) {
		const struct endpoint *server = server_of(from + i);
		struct msghdr *msg = &post.messages[i].msg_hdr;

		post.parts[i].iov_base = post.texts[i];
		post.parts[i].iov_len = write_request(from + i, post.texts[i]);
		msg->msg_iov = &post.parts[i];
		msg->msg_iovlen = 1;
		msg->msg_name = (void *)&server->addr;
		msg->msg_namelen = server->addr_len;
		msg->msg_control = post.controls[i];
		msg->msg_controllen = write_source(from + i, post.controls[i]);
	}
	sent = sendmmsg(fd, post.messages, count, 0);
	if (sent < 0)
		die("sendmmsg");
	return (uint32_t)sent;
}

/* The peer to which the answer went, and its TTL. */
static uint32_t read_control(struct msghdr *msg, int *ret_ttl)
{
	uint32_t number = 0;

	*ret_ttl = -1;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			const struct in_pktinfo *info = (const void *)CMSG_DATA(c);

			number = ntohl(info->ipi_addr.s_addr) & 0xffffff;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&number, CMSG_DATA(c) + 12, sizeof(number));
			number = ntohl(number);
		} else {
			memcpy(ret_ttl, CMSG_DATA(c), sizeof(*ret_ttl));
		}
	}
	return number - 1;
}

static bool is_from(const struct endpoint *server, const struct endpoint *far)
{
	const struct sockaddr_in *a = (const void *)&server->addr, *b = (const void *)&far->addr;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->sin_family != b->sin_family || a->sin_port != b->sin_port)
		return false;
	if (a->sin_family == AF_INET)
		return a->sin_addr.s_addr == b->sin_addr.s_addr;
	return memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr)) == 0;
}

static void judge(int index)
{
	struct msghdr *msg = &post.messages[index].msg_hdr;
	char request[TEXT_MAX], *answer = post.texts[index];
	const struct endpoint *far = &post.far[index];
	int ttl;
	uint32_t peer = read_control(msg, &ttl);
	size_t len;

	answer[post.messages[index].msg_len] = '\0';
	if (peer - first_peer >= peer_count || is_answered[peer]) {
		printf("unasked %s\n", answer);
		mangled++;
		return;
	}
	is_answered[peer] = true;
	len = write_request(peer, request);
	if (!is_from(server_of(peer), far)) {
		wrong++;
		if (verbose)
			printf("wrong %s ttl=%d %s\n", address_text(far), ttl, answer);
	} else if (strncmp(request, answer, len) != 0) {
		mangled++;
	} else {
		right++;
		if (verbose)
			printf("right ttl=%d %s\n", ttl, answer);
	}
}

/* Waits for at least one answer; returns their number, 0 on timeout. */
static uint32_t hear_some(int fd)
{
	struct pollfd waiting = {.fd = fd, .events = POLLIN};
	int got;

	if (poll(&waiting, 1, limit_ms) <= 0)
		return 0;
	for (int i = 0; i < BATCH; i++) {
		struct msghdr *msg = &post.messages[i].msg_hdr;

		post.parts[i] = (struct iovec){post.texts[i], TEXT_MAX - 1};
		msg->msg_name = &post.far[i].addr;
		msg->msg_namelen = sizeof(post.far[i].addr);
		msg->msg_control = post.controls[i];
		msg->msg_controllen = sizeof(post.controls[i]);
		post.far[i].addr_len = msg->msg_namelen;
		msg->msg_iov = &post.parts[i];
		msg->msg_iovlen = 1;
	}
	got = recvmmsg(fd, post.messages, BATCH, MSG_DONTWAIT, NULL);
	if (got < 0)
		die("recvmmsg");
	for (int i = 0; i < got; i++)
		judge(i);
	return (uint32_t)got;
}

static int open_socket(int family)
{
	const int size = BUFFER;
	int fd = socket(family, SOCK_DGRAM, 0);

	if (fd < 0)
		die("socket");
	set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, size);
	set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, size);
	if (family == AF_INET) {
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
		set_option(fd, IPPROTO_IP, IP_RECVTTL, 1);
	} else {
		set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
		set_option(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
		set_option(fd, IPPROTO_IPV6, IPV6_FREEBIND, 1);
	}
	return fd;
}

static void parse_letters(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, "n:f:w:t:v")) != -1) {
		if (letter == 'n')
			peer_count = (uint32_t)parse_number(letter, PEERS_MAX / 2);
		else if (letter == 'f')
			first_peer = (uint32_t)parse_number(letter, PEERS_MAX / 2 - 2);
		else if (letter == 'w')
			window = (uint32_t)parse_number(letter, WINDOW_MAX);
		else if (letter == 't')
			limit_ms = parse_number(letter, 60000);
		else if (letter == 'v')
			verbose = true;
		else
			exit(2);
	}
}

int main(int argc, char **argv)
{
	uint32_t asked = 0, answered = 0, got;
	int fd;

	parse_letters(argc, argv);
	server_count = (uint32_t)(argc - optind - 1);
	if (argc - optind < 2)
		die("want PORT ADDRESS...");
	servers = calloc(server_count, sizeof(*servers));
	if (servers == NULL)
		die("calloc");
	for (uint32_t i = 0; i < server_count; i++)
		resolve(argv[optind + 1 + (int)i], argv[optind], SOCK_DGRAM, &servers[i]);
	fd = open_socket(servers->addr.ss_family);
	do {
		while (asked < peer_count && asked - answered < window) {
			uint32_t space = window - (asked - answered), left = peer_count - asked;

			asked += ask_some(fd, first_peer + asked, space < left ? space : left);
		}
		got = hear_some(fd);
		answered += got;
	} while (got > 0 && answered < peer_count);
	printf("%u right, %u wrong, %u mangled, %u silent\n", right, wrong, mangled,
		peer_count - right - wrong - mangled);
	return right == peer_count ? 0 : 1;
}
