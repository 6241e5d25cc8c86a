/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many threads that receive and answer on one socket, or each on its own at the same port
 * (SO_REUSEPORT): every request is answered once, to its sender and with its text. */
#include "same_results.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

enum { THREADS = 8, CLIENTS = 16, ROUNDS = 40, BATCH = 16, TEXT = 16 };

static const struct site {
	const char *name;
	int domain;
	const char *local, *addr;
	bool is_dual;
} sites[] = {
	{"udp4 wildcard", AF_INET, "0.0.0.0", "127.0.0.1", false},
	{"udp6 wildcard", AF_INET6, "::", "::1", false},
	{"udp dual v4", AF_INET6, "::", "127.0.0.1", true},
	{"udp4 specific", AF_INET, "127.0.0.1", "127.0.0.1", false},
};

enum way { BY_FROM, BY_MSG, BY_MMSG, WAYS };
static const char *const way_names[WAYS] = {
	"recvfrom and sendto", "recvmsg and sendmsg", "recvmmsg and sendmmsg"};

struct part {
	const struct site *site;
	enum way way;
	bool has_own_sockets;
};

static atomic_bool is_over;
static atomic_uint failed;

/* ---- The servers ----------------------------------------------------------------------------- */

static int open_server(const struct part *part)
{
	/* A wait ends now and then, to check for the end. */
	const struct timeval soon = {.tv_usec = 5000};
	struct endpoint local = kind_address(part->site->local, STATION_PORT);
	int fd = socket(part->site->domain, SOCK_DGRAM, 0);

	if (part->site->domain == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !part->site->is_dual);
	if (part->has_own_sockets)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	if (bind(fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		die("bind");
	return fd;
}

struct server {
	pthread_t thread;
	int fd;
	enum way way;
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	struct sockaddr_storage names[BATCH];
	char texts[BATCH][TEXT];
};

static void prepare(struct server *server)
{
	memset(server->messages, 0, sizeof(server->messages));
	for (int i = 0; i < BATCH; i++) {
		server->vectors[i] = (struct iovec){server->texts[i], TEXT};
		server->messages[i].msg_hdr = (struct msghdr){.msg_iov = &server->vectors[i],
			.msg_iovlen = 1,
			.msg_name = &server->names[i],
			.msg_namelen = sizeof(server->names[i])};
	}
}

static void serve_by_from(struct server *server)
{
	struct sockaddr *from = (struct sockaddr *)&server->names[0];
	socklen_t len = sizeof(server->names[0]);
	ssize_t got = recvfrom(server->fd, server->texts[0], TEXT, 0, from, &len);

	if (got >= 0)
		failed += sendto(server->fd, server->texts[0], (size_t)got, 0, from, len) != got;
}

static void serve_by_msg(struct server *server)
{
	ssize_t got = recvmsg(server->fd, &server->messages[0].msg_hdr, 0);

	server->vectors[0].iov_len = (size_t)got;
	if (got >= 0)
		failed += sendmsg(server->fd, &server->messages[0].msg_hdr, 0) != got;
}

static void serve_by_mmsg(struct server *server)
{
	int got = recvmmsg(server->fd, server->messages, BATCH, MSG_WAITFORONE, NULL);

	for (int i = 0; i < got; i++)
		server->vectors[i].iov_len = server->messages[i].msg_len;
	if (got > 0)
		failed += sendmmsg(server->fd, server->messages, (unsigned int)got, 0) != got;
}

static void *run_server(void *arg)
{
	static void (*const serve[WAYS])(struct server *) = {
		serve_by_from, serve_by_msg, serve_by_mmsg};
	struct server *server = arg;

	while (!is_over) {
		prepare(server);
		serve[server->way](server);
	}
	return NULL;
}

static void start_servers(const struct part *part, struct server servers[THREADS])
{
	int shared = part->has_own_sockets ? -1 : open_server(part);

	for (int i = 0; i < THREADS; i++) {
		servers[i].fd = part->has_own_sockets ? open_server(part) : shared;
		servers[i].way = part->way;
	}
	for (int i = 0; i < THREADS; i++)
		if (pthread_create(&servers[i].thread, NULL, run_server, &servers[i]) != 0)
			die("pthread_create");
}

static void stop_servers(struct server servers[THREADS])
{
	is_over = true;
	for (int i = 0; i < THREADS; i++)
		pthread_join(servers[i].thread, NULL);
}

/* ---- The clients ----------------------------------------------------------------------------- */

static int open_client(const struct part *part)
{
	/* A limit that only a fault reaches. */
	const struct timeval limit = {.tv_sec = 2};
	struct endpoint server = kind_address(part->site->addr, STATION_PORT);
	int fd = socket(server.addr.ss_family, SOCK_DGRAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&server.addr, server.addr_len) < 0)
		die("connect");
	return fd;
}

static void run_part(const void *arg)
{
	static struct server servers[THREADS];
	const struct part *part = arg;
	unsigned int right = 0;
	int clients[CLIENTS];
	char text[TEXT], answer[TEXT];

	start_servers(part, servers);
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = open_client(part);
	say_begin("crowd, %s, %s, %s", part->site->name, way_names[part->way],
		part->has_own_sockets ? "a socket each" : "one socket");
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < CLIENTS; i++) {
			snprintf(text, sizeof(text), "%d of %d", round, i);
			send(clients[i], text, strlen(text), 0);
		}
		for (int i = 0; i < CLIENTS; i++) {
			size_t len = (size_t)snprintf(text, sizeof(text), "%d of %d", round, i);
			ssize_t got = recv(clients[i], answer, sizeof(answer), 0);

			right += got == (ssize_t)len && memcmp(answer, text, len) == 0;
		}
	}
	stop_servers(servers);
	for (int i = 0; i < CLIENTS; i++)
		right -= recv(clients[i], answer, sizeof(answer), MSG_DONTWAIT) >= 0;
	say(" %u of %u right, %u failed", right, (unsigned int)(ROUNDS * CLIENTS),
		(unsigned int)failed);
	say_end();
}

void family_crowd(void)
{
	for (size_t i = 0; i < COUNT_OF(sites); i++)
		for (int bits = 0; bits < 2 * WAYS; bits++) {
			const struct part part = {&sites[i], (enum way)(bits / 2), bits % 2 != 0};

			if (!sites[i].is_dual || wants_dual)
				run_apart(sites[i].name, run_part, &part);
		}
}
