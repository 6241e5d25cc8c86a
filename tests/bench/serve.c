/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The servers that are measured, each with no more calls than its style needs:
 *
 *	serve STYLE [OPTION]... [ADDRESS] PORT
 *
 *	plain        recvfrom, then sendto
 *	handwritten  what a server's author writes to answer from the request destination: recvmsg
 *	             and sendmsg with PKTINFO messages. No preload can cost less
 *	messages     recvmsg, then sendmsg
 *	batches      recvmmsg with up to 32, then sendmmsg
 *	threads      plain, by two threads on one socket
 *	stream       TCP: sends back what it reads
 *	sink         TCP: reads, and sends a byte for each BENCH_ORDER bytes
 */
#include "bench.h"

#include "servers/common.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static char buffer[65536];

static void serve_plain(int fd)
{
	struct endpoint peer;
	ssize_t len;

	for (;;) {
		peer.addr_len = sizeof(peer.addr);
		len = recvfrom(fd, buffer, sizeof(buffer), 0, (struct sockaddr *)&peer.addr,
			&peer.addr_len);
		if (len < 0 || sendto(fd, buffer, (size_t)len, 0, (struct sockaddr *)&peer.addr,
				       peer.addr_len) < 0)
			die("recvfrom or sendto");
	}
}

static void serve_messages(int fd)
{
	struct sockaddr_storage peer;
	ssize_t len;

	for (;;) {
		struct iovec part = {buffer, sizeof(buffer)};
		struct msghdr msg = {.msg_name = &peer,
			.msg_namelen = sizeof(peer),
			.msg_iov = &part,
			.msg_iovlen = 1};

		len = recvmsg(fd, &msg, 0);
		part.iov_len = (size_t)len;
		if (len < 0 || sendmsg(fd, &msg, 0) < 0)
			die("recvmsg or sendmsg");
	}
}

enum { BATCH = 32 };

static void serve_batches(int fd)
{
	struct sockaddr_storage peers[BATCH];
	struct iovec parts[BATCH];
	struct mmsghdr batch[BATCH];
	int count;

	for (;;) {
		for (int i = 0; i < BATCH; i++) {
			parts[i] = (struct iovec){buffer + 2048 * (size_t)i, 2048};
			batch[i].msg_hdr = (struct msghdr){.msg_name = &peers[i],
				.msg_namelen = sizeof(peers[i]),
				.msg_iov = &parts[i],
				.msg_iovlen = 1};
		}
		count = recvmmsg(fd, batch, BATCH, MSG_WAITFORONE, NULL);
		for (int i = 0; i < count; i++)
			parts[i].iov_len = batch[i].msg_len;
		if (count < 1 || sendmmsg(fd, batch, (unsigned int)count, 0) != count)
			die("recvmmsg or sendmmsg");
	}
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

static void serve_handwritten(int fd)
{
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct sockaddr_storage peer;
	ssize_t len;

	if (socket_family(fd) == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
	else
		set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
	for (;;) {
		struct iovec part = {buffer, sizeof(buffer)};
		struct msghdr msg = {.msg_name = &peer,
			.msg_namelen = sizeof(peer),
			.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control)};

		len = recvmsg(fd, &msg, 0);
		if (len < 0)
			die("recvmsg");
		make_source(&msg);
		part.iov_len = (size_t)len;
		if (sendmsg(fd, &msg, 0) < 0)
			die("sendmsg");
	}
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

static int start(int argc, char **argv, int socktype)
{
	int letter, fd;

	while ((letter = getopt(argc, argv, SERVER_LETTERS)) != -1)
		server_letter(letter);
	fd = server_bind(argc - optind, argv + optind, socktype);
	if (socktype == SOCK_STREAM && listen(fd, 1) != 0)
		die("listen");
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

	argc--;
	argv++;
	if (strcmp(style, "plain") == 0)
		serve_plain(start(argc, argv, SOCK_DGRAM));
	else if (strcmp(style, "handwritten") == 0)
		serve_handwritten(start(argc, argv, SOCK_DGRAM));
	else if (strcmp(style, "messages") == 0)
		serve_messages(start(argc, argv, SOCK_DGRAM));
	else if (strcmp(style, "batches") == 0)
		serve_batches(start(argc, argv, SOCK_DGRAM));
	else if (strcmp(style, "threads") == 0)
		serve_threads(start(argc, argv, SOCK_DGRAM));
	else if (strcmp(style, "stream") == 0 || strcmp(style, "sink") == 0)
		serve_stream(start(argc, argv, SOCK_STREAM), style[1] == 't');
	else
		server_letter('?');
	return 0;
}
