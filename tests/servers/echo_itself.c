/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A server and its clients in one thread: each round asks and answers, in the same instructions.
 *
 *	echo_itself STYLE FAMILY PEERS
 *
 *	STYLE: from (recvfrom, sendto), msg (recvmsg, sendmsg), batch (recvmmsg, sendmmsg, 32
 *requests a round). FAMILY: 4, 6, dual (asked by IPv4). PEERS: how many take turns; 0: a new one
 *each time.
 *
 * The clients write and never read, which no library sees; their replies wait in their sockets. At
 *the end each reply must have come from where its request went, unless ANY_SOURCE is set: a client
 *is connected, so the kernel gives it no other.
 *
 * tests/servers/steps runs this, and counts the instructions of each round; strace(1) finds each
 *phase of it between two calls of getppid.
 */
#include "common.h"
#include "steps.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { WARM_ROUNDS = 200, ROUNDS = 15, ROUNDS_OF_BATCHES = 3, BATCH = 32, PEERS_MAX = 400 };

static int clients[PEERS_MAX];
static int client_count, next_client, round_size = 1;

/* Replies that each client has not read. */
static unsigned int asked[PEERS_MAX];

static void phase(void)
{
	getppid();
}

static int make_client(const struct endpoint *to)
{
	const struct timeval limit = {.tv_sec = 5};
	int fd = socket(to->addr.ss_family, SOCK_DGRAM, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0 ||
		connect(fd, (const struct sockaddr *)&to->addr, to->addr_len) != 0)
		die("client");
	return fd;
}

static void ask(void)
{
	if (write(clients[next_client], "request", 8) != 8)
		die("write");
	asked[next_client]++;
	next_client = next_client + 1 < client_count ? next_client + 1 : 0;
}

static void serve_from(int fd)
{
	char text[TEXT_MAX];
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	ssize_t n = recvfrom(fd, text, sizeof(text), 0, (struct sockaddr *)&peer, &len);

	if (n < 0 || sendto(fd, text, (size_t)n, 0, (struct sockaddr *)&peer, len) < 0)
		die("recvfrom or sendto");
}

static void serve_msg(int fd)
{
	char text[TEXT_MAX];
	struct sockaddr_storage peer;
	struct iovec part = {text, sizeof(text)};
	struct msghdr msg = {
		.msg_name = &peer, .msg_namelen = sizeof(peer), .msg_iov = &part, .msg_iovlen = 1};
	ssize_t n = recvmsg(fd, &msg, 0);

	part.iov_len = (size_t)n;
	if (n < 0 || sendmsg(fd, &msg, 0) < 0)
		die("recvmsg or sendmsg");
}

static void serve_batch(int fd)
{
	static char texts[BATCH][TEXT_MAX];
	static struct sockaddr_storage peers[BATCH];
	static struct iovec parts[BATCH];
	static struct mmsghdr batch[BATCH];

	for (int i = 0; i < BATCH; i++) {
		parts[i] = (struct iovec){texts[i], sizeof(texts[i])};
		batch[i].msg_hdr = (struct msghdr){.msg_name = &peers[i],
			.msg_namelen = sizeof(peers[i]),
			.msg_iov = &parts[i],
			.msg_iovlen = 1};
	}
	if (recvmmsg(fd, batch, BATCH, 0, NULL) != BATCH)
		die("recvmmsg");
	for (int i = 0; i < BATCH; i++)
		parts[i].iov_len = batch[i].msg_len;
	if (sendmmsg(fd, batch, BATCH, 0) != BATCH)
		die("sendmmsg");
}

/* A reply from another address would not have reached the client. */
static void check_replies(void)
{
	char text[TEXT_MAX];

	for (int i = 0; i < client_count; i++)
		for (; asked[i] > 0; asked[i]--)
			if (read(clients[i], text, sizeof(text)) != 8)
				die("a reply is lost, or came from another address");
}

static void rounds(void (*serve)(int), int fd, int count, bool checks)
{
	while (count-- > 0) {
		steps_round();
		for (int i = 0; i < round_size; i++)
			ask();
		serve(fd);
		if (checks)
			check_replies();
	}
	steps_round();
}

/* What a resolver does for a query: a new socket on a port that the kernel chooses. */
static void query(const struct endpoint *to, int server)
{
	int fd = socket(to->addr.ss_family, SOCK_DGRAM, 0);
	char text[TEXT_MAX];
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);

	if (sendto(fd, "query", 6, 0, (const struct sockaddr *)&to->addr, to->addr_len) != 6)
		die("sendto");
	serve_from(server);
	if (recvfrom(fd, text, sizeof(text), 0, (struct sockaddr *)&from, &len) != 6)
		die("recvfrom");
	close(fd);
}

static int open_server(const char *family, struct endpoint *ret_to)
{
	static char any[] = "::", any_v4[] = "0.0.0.0", port_text[] = "0";
	char *wildcard[] = {family[0] == '4' ? any_v4 : any, port_text};
	struct endpoint local;
	int fd;

	if (family[0] != '4')
		server_letter(family[0] == '6' ? '6' : 'd');
	fd = server_socket(2, wildcard, SOCK_DGRAM, &local);
	/* A port of the program's own choice: one that the kernel chooses is a client's. */
	for (unsigned int port = 20000 + (unsigned int)getpid() % 10000;; port++) {
		if (local.addr.ss_family == AF_INET)
			((struct sockaddr_in *)&local.addr)->sin_port = htons((uint16_t)port);
		else
			((struct sockaddr_in6 *)&local.addr)->sin6_port = htons((uint16_t)port);
		if (bind(fd, (struct sockaddr *)&local.addr, local.addr_len) == 0)
			break;
		if (errno != EADDRINUSE)
			die("bind");
	}
	resolve(family[0] == '6' ? "::1" : "127.0.0.2", "0", SOCK_DGRAM, ret_to);
	/* The port is at the same place in both. */
	((struct sockaddr_in *)&ret_to->addr)->sin_port =
		((struct sockaddr_in *)&local.addr)->sin_port;
	return fd;
}

static void (*find_style(const char *name))(int)
{
	if (strcmp(name, "from") == 0)
		return serve_from;
	if (strcmp(name, "msg") == 0)
		return serve_msg;
	if (strcmp(name, "batch") != 0)
		die("style %s", name);
	round_size = BATCH;
	return serve_batch;
}

int main(int argc, char **argv)
{
	const bool checks = getenv("ANY_SOURCE") == NULL;
	void (*serve)(int);
	struct endpoint to, other_to;
	int fd, other;

	if (argc != 4)
		die("usage: echo_itself STYLE FAMILY PEERS");
	serve = find_style(argv[1]);
	fd = open_server(argv[2], &to);
	client_count = atoi(argv[3]);
	if (client_count < 0 || client_count > PEERS_MAX)
		die("PEERS");
	if (client_count == 0)
		client_count = PEERS_MAX;
	for (int i = 0; i < client_count; i++)
		clients[i] = make_client(&to);
	rounds(serve, fd, WARM_ROUNDS, checks);
	steps_begin();
	rounds(serve, fd, round_size > 1 ? ROUNDS_OF_BATCHES : ROUNDS, false);
	steps_end();
	if (checks)
		check_replies();
	if (round_size > 1)
		return 0;
	other = open_server(argv[2], &other_to);
	connect(clients[0], (struct sockaddr *)&other_to.addr, other_to.addr_len);
	for (int i = 0; i < 3; i++) {
		phase();
		if (write(clients[0], "request", 8) != 8)
			die("write");
		serve(other);
	}
	phase();
	query(&to, fd);
	phase();
	query(&to, fd);
	phase();
	return 0;
}
