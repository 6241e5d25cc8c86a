/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listen_race [-u] [-r] [-p] [-s] ROUNDS PORT: in each round two threads open a listener on the
 * same port at the same time, one on 0.0.0.0 and one on ::. With -s there is one on :: already, and
 * both open 0.0.0.0. -p uses processes instead of threads, -u UDP, -r sets SO_REUSEADDR.
 *
 * It prints the number of rounds in which both succeeded ("both N") or one did ("one N"), and in
 * which a socket kept SO_REUSEPORT ("changed N").
 */
#include "common.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The command line, written only by main. */
static int socktype = SOCK_STREAM;
static bool reuse_address, by_processes, has_third;

struct listener {
	struct endpoint local;
	int fd;
	bool is_open;
};

/* In memory shared with children. */
static struct race {
	pthread_barrier_t barrier;
	struct listener contenders[2], third;
	int both, one, changed;
} * race;

static void open_listener(struct listener *listener)
{
	listener->is_open = bind(listener->fd, (struct sockaddr *)&listener->local.addr,
				    listener->local.addr_len) == 0 &&
			    (socktype == SOCK_DGRAM || listen(listener->fd, 16) == 0);
}

static void *contend(void *arg)
{
	pthread_barrier_wait(&race->barrier);
	open_listener(arg);
	return NULL;
}

static void open_socket(struct listener *listener)
{
	listener->fd = socket(listener->local.addr.ss_family, socktype, 0);
	if (listener->fd < 0)
		die("socket");
	if (reuse_address)
		set_option(listener->fd, SOL_SOCKET, SO_REUSEADDR, 1);
}

static bool has_reuse_port(int fd)
{
	int value = 1;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &value, &len) < 0)
		die("getsockopt");
	return value != 0;
}

static void run_threads(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, contend, &race->contenders[i]) != 0)
			die("pthread_create");
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}

static void run_processes(void)
{
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();

		if (child < 0)
			die("fork");
		if (child == 0) {
			contend(&race->contenders[i]);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		continue;
}

static void run_round(void)
{
	struct listener *contenders = race->contenders;

	if (has_third) {
		open_socket(&race->third);
		open_listener(&race->third);
	}
	for (int i = 0; i < 2; i++)
		open_socket(&contenders[i]);
	if (by_processes)
		run_processes();
	else
		run_threads();
	race->both += contenders[0].is_open && contenders[1].is_open;
	race->one += contenders[0].is_open != contenders[1].is_open;
	race->changed += has_reuse_port(contenders[0].fd) || has_reuse_port(contenders[1].fd) ||
			 (has_third && has_reuse_port(race->third.fd));
	for (int i = 0; i < 2; i++)
		close(contenders[i].fd);
	if (has_third)
		close(race->third.fd);
}

static void prepare(const char *port)
{
	pthread_barrierattr_t attributes;

	race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (race == MAP_FAILED)
		die("mmap");
	pthread_barrierattr_init(&attributes);
	pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&race->barrier, &attributes, 2);
	resolve("0.0.0.0", port, socktype, &race->contenders[0].local);
	resolve(has_third ? "0.0.0.0" : "::", port, socktype, &race->contenders[1].local);
	resolve("::", port, socktype, &race->third.local);
}

int main(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, "urps")) != -1) {
		if (letter == '?')
			return 2;
		socktype = letter == 'u' ? SOCK_DGRAM : socktype;
		reuse_address |= letter == 'r';
		by_processes |= letter == 'p';
		has_third |= letter == 's';
	}
	errno = 0;
	if (argc - optind != 2)
		die("want ROUNDS PORT");
	prepare(argv[optind + 1]);
	for (int round = atoi(argv[optind]); round > 0; round--)
		run_round();
	printf("both %d\none %d\nchanged %d\n", race->both, race->one, race->changed);
	return 0;
}
