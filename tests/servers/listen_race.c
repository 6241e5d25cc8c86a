/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listen_race [-u] [-r] ROUNDS PORT: in each round two threads at the same moment open a listener,
 * one on 0.0.0.0 and one on ::, with the same port. -u takes UDP, -r sets SO_REUSEADDR.
 *
 * It prints "both N": in how many rounds both could; and "changed N": in how many SO_REUSEPORT was
 * not as at first on both behind it.
 */
#include "common.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The command line, written by main alone. */
static int socktype = SOCK_STREAM;
static bool reuse_address;

static pthread_barrier_t barrier;

struct listener {
	struct endpoint local;
	int fd;
	bool is_open;
};

static void *open_listener(void *arg)
{
	struct listener *listener = arg;

	pthread_barrier_wait(&barrier);
	listener->is_open = bind(listener->fd, (struct sockaddr *)&listener->local.addr,
				    listener->local.addr_len) == 0 &&
			    (socktype == SOCK_DGRAM || listen(listener->fd, 16) == 0);
	return NULL;
}

static bool has_reuse_port(int fd)
{
	int value = 1;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &value, &len) < 0)
		die("getsockopt");
	return value != 0;
}

static void run_round(struct listener listeners[2], int *both, int *changed)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++) {
		listeners[i].fd = socket(listeners[i].local.addr.ss_family, socktype, 0);
		if (listeners[i].fd < 0)
			die("socket");
		if (reuse_address)
			set_option(listeners[i].fd, SOL_SOCKET, SO_REUSEADDR, 1);
		if (pthread_create(&threads[i], NULL, open_listener, &listeners[i]) != 0)
			die("pthread_create");
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	*both += listeners[0].is_open && listeners[1].is_open;
	*changed += has_reuse_port(listeners[0].fd) || has_reuse_port(listeners[1].fd);
	for (int i = 0; i < 2; i++)
		close(listeners[i].fd);
}

int main(int argc, char **argv)
{
	struct listener listeners[2];
	int letter, both = 0, changed = 0;

	while ((letter = getopt(argc, argv, "ur")) != -1) {
		if (letter == 'u')
			socktype = SOCK_DGRAM;
		else if (letter == 'r')
			reuse_address = true;
		else
			return 2;
	}
	errno = 0;
	if (argc - optind != 2)
		die("want ROUNDS PORT");
	resolve("0.0.0.0", argv[optind + 1], socktype, &listeners[0].local);
	resolve("::", argv[optind + 1], socktype, &listeners[1].local);
	pthread_barrier_init(&barrier, NULL, 2);
	for (int round = atoi(argv[optind]); round > 0; round--)
		run_round(listeners, &both, &changed);
	printf("both %d\nchanged %d\n", both, changed);
	return 0;
}
