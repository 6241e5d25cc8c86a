/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The servers that are measured, each with no more calls than its style needs:
 *
 *	serve STYLE [OPTION]... [ADDRESS] PORT
 *
 *	plain        recvfrom, then sendto
 *	messages     recvmsg, then sendmsg
 *	batches      recvmmsg with up to 32, then sendmmsg
 *	threads      plain, by two threads on one socket
 *	N-sockets    plain, with epoll, on N ports from PORT on
 *	stream       TCP: sends back what it reads
 *	sink         TCP: reads, and sends a byte for each BENCH_ORDER bytes
 *
 * hand-STYLE is what a server's author writes to answer from the request destination: the same with
 * PKTINFO messages, by recvmsg and sendmsg instead of recvfrom and sendto. No preload can cost
 *less.
 */
#include "bench.h"

#include "servers/common.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { BATCH = 32, CONTROL = CMSG_SPACE(sizeof(struct in6_pktinfo)) };

static _Thread_local char buffer[65536];
/* Set at the start. */
static bool is_by_hand;

static void answer_plain(int fd)
{
	struct endpoint peer = {.addr_len = sizeof(peer.addr)};
	ssize_t len = recvfrom(
		fd, buffer, sizeof(buffer), 0, (struct sockaddr *)&peer.addr, &peer.addr_len);

	if (len < 0 || sendto(fd, buffer, (size_t)len, 0, (struct sockaddr *)&peer.addr,
			       peer.addr_len) < 0)
		die("recvfrom or sendto");
}

/* What was received names the source as it is, but for the interface, which routing chooses. */
static void make_source(struct msghdr *msg)
{
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	struct in_pktinfo v4;
	struct in6_pktinfo v6;

	if (cmsg == NULL)
		die("no PKTINFO message");
	if (cmsg->cmsg_level == IPPROTO_IP) {
		memcpy(&v4, CMSG_DATA(cmsg), sizeof(v4));
		v4.ipi_ifindex = 0;
		memcpy(CMSG_DATA(cmsg), &v4, sizeof(v4));
	} else {
		memcpy(&v6, CMSG_DATA(cmsg), sizeof(v6));
		v6.ipi6_ifindex = 0;
		memcpy(CMSG_DATA(cmsg), &v6, sizeof(v6));
	}
}

static void answer_message(int fd)
{
	_Alignas(struct cmsghdr) char control[CONTROL];
	struct sockaddr_storage peer;
	struct iovec part = {buffer, sizeof(buffer)};
	struct msghdr msg = {.msg_name = &peer,
		.msg_namelen = sizeof(peer),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = is_by_hand ? control : NULL,
		.msg_controllen = is_by_hand ? sizeof(control) : 0};
	ssize_t len = recvmsg(fd, &msg, 0);

	if (len < 0)
		die("recvmsg");
	if (is_by_hand)
		make_source(&msg);
	part.iov_len = (size_t)len;
	if (sendmsg(fd, &msg, 0) < 0)
		die("sendmsg");
}

static void answer_batch(int fd)
{
	static _Alignas(struct cmsghdr) char controls[BATCH][CONTROL];
	struct sockaddr_storage peers[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr batch[BATCH];
	int count;

	for (int i = 0; i < BATCH; i++) {
		parts[i] = (struct iovec){buffer + 2048 * (size_t)i, 2048};
		batch[i].msg_hdr = (struct msghdr){.msg_name = &peers[i],
			.msg_namelen = sizeof(peers[i]),
			.msg_iov = &parts[i],
			.msg_iovlen = 1,
			.msg_control = is_by_hand ? controls[i] : NULL,
			.msg_controllen = is_by_hand ? CONTROL : 0};
	}
	count = recvmmsg(fd, batch, BATCH, MSG_WAITFORONE, NULL);
	for (int i = 0; i < count; i++) {
		parts[i].iov_len = batch[i].msg_len;
		if (is_by_hand)
			make_source(&batch[i].msg_hdr);
	}
	if (count < 1 || sendmmsg(fd, batch, (unsigned int)count, 0) != count)
		die("recvmmsg or sendmmsg");
}

static void serve_plain(int fd)
{
	for (;;)
		if (is_by_hand)
			answer_message(fd);
		else
			answer_plain(fd);
}

static void serve_messages(int fd)
{
	for (;;)
		answer_message(fd);
}

static void serve_batches(int fd)
{
	for (;;)
		answer_batch(fd);
}

static void *serve_in_thread(void *fd)
{
	serve_plain(*(int *)fd);
	return NULL;
}

static void serve_threads(int fd)
{
	pthread_t other;

	errno = pthread_create(&other, NULL, serve_in_thread, &fd);
	if (errno != 0)
		die("pthread_create");
	serve_plain(fd);
}

static void serve_stream(int fd, bool echoes)
{
	ssize_t len;
	size_t sum = 0;

	while ((len = read(fd, buffer, sizeof(buffer))) > 0) {
		sum += (size_t)len;
		if (echoes && write(fd, buffer, (size_t)len) != len)
			die("write");
		if (!echoes && sum >= BENCH_ORDER) {
			sum -= BENCH_ORDER;
			if (write(fd, "", 1) != 1)
				die("write");
		}
	}
}

static void prepare(int fd)
{
	if (is_by_hand && socket_family(fd) == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	else if (is_by_hand)
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
}

static void serve_sockets(int count, char **address)
{
	struct epoll_event event = {.events = EPOLLIN};
	int all = epoll_create1(EPOLL_CLOEXEC);
	char port[16], *arguments[] = {address[0], port};

	for (int i = 0; i < count; i++) {
		snprintf(port, sizeof(port), "%d", atoi(address[1]) + i);
		event.data.fd = server_bind(2, arguments, SOCK_DGRAM);
		prepare(event.data.fd);
		if (epoll_ctl(all, EPOLL_CTL_ADD, event.data.fd, &event) != 0)
			die("epoll_ctl");
	}
	ready();
	for (;;) {
		if (epoll_wait(all, &event, 1, -1) != 1)
			die("epoll_wait");
		if (is_by_hand)
			answer_message(event.data.fd);
		else
			answer_plain(event.data.fd);
	}
}

static int start(int argc, char **argv, int socktype)
{
	int fd = server_bind(argc, argv, socktype);

	if (socktype == SOCK_STREAM && listen(fd, 1) != 0)
		die("listen");
	if (socktype == SOCK_DGRAM)
		prepare(fd);
	ready();
	if (socktype == SOCK_STREAM && (fd = accept(fd, NULL, NULL)) < 0)
		die("accept");
	if (socktype == SOCK_STREAM)
		set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	return fd;
}

int main(int argc, char **argv)
{
	const char *style = argc > 1 ? argv[1] : "";
	int letter;

	is_by_hand = strncmp(style, "hand-", 5) == 0;
	style += is_by_hand ? 5 : 0;
	argc--;
	argv++;
	while ((letter = getopt(argc, argv, SERVER_LETTERS)) != -1)
		server_letter(letter);
	argc -= optind;
	argv += optind;
	if (strcmp(style, "plain") == 0)
		serve_plain(start(argc, argv, SOCK_DGRAM));
	else if (strcmp(style, "messages") == 0)
		serve_messages(start(argc, argv, SOCK_DGRAM));
	else if (strcmp(style, "batches") == 0)
		serve_batches(start(argc, argv, SOCK_DGRAM));
	else if (strcmp(style, "threads") == 0)
		serve_threads(start(argc, argv, SOCK_DGRAM));
	else if (strstr(style, "-sockets") != NULL && argc == 2)
		serve_sockets(atoi(style), argv);
	else if (strcmp(style, "stream") == 0 || strcmp(style, "sink") == 0)
		serve_stream(start(argc, argv, SOCK_STREAM), style[1] == 't');
	else
		server_letter('?');
	return 0;
}
