/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by several unit tests: cmocka with the headers that it needs, a random generator whose
 * seed makes every failure repeatable, distinct keys and sources, memory that ends at a guard page,
 * and children that may crash.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "replies/peers.h"

#include "../runs.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* SplitMix64, because generators differ between C libraries and a seed must mean the same
 * everywhere. */
struct dice {
	uint64_t state;
};

static inline uint64_t dice_roll(struct dice *dice)
{
	uint64_t z = dice->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* A number from 0 to limit - 1; the slight bias of the remainder harms no test. */
static inline uint32_t dice_below(struct dice *dice, uint32_t limit)
{
	return (uint32_t)(dice_roll(dice) >> 16) % limit;
}

static inline void dice_fill(struct dice *dice, void *memory, size_t size)
{
	unsigned char *bytes = memory;

	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)dice_roll(dice);
}

static inline struct hash_key dice_key(struct dice *dice)
{
	struct hash_key key;

	dice_fill(dice, &key, sizeof(key));
	return key;
}

/* The n-th peer: IPv4 for even numbers, IPv6 for odd ones. */
static inline struct peer_key sample_key(uint32_t n)
{
	struct peer_key peer_key = {
		.addr = {{htonl(0x20010db8), htonl(n), n, ~n}},
		.port = htons((uint16_t)(1024 + n)),
		.socket = 53,
	};

	if (n % 2 == 0)
		peer_key.addr = address_from_v4((struct in_addr){htonl(0x0a000000 + n)});
	return peer_key;
}

/* The n-th peer's address as the kernel gives it to a socket of its family. */
struct sample_peer {
	union {
		struct sockaddr sa;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} addr;
	socklen_t len;
	uint32_t socket;
};

static inline struct sample_peer sample_peer(uint32_t n)
{
	struct peer_key peer_key = sample_key(n);
	struct sample_peer peer = {.len = sizeof(peer.addr.v4), .socket = peer_key.socket};

	memset(&peer.addr, 0, sizeof(peer.addr));
	if (address_is_v4(&peer_key.addr)) {
		peer.addr.v4.sin_family = AF_INET;
		peer.addr.v4.sin_port = peer_key.port;
		peer.addr.v4.sin_addr = address_to_v4(&peer_key.addr);
		return peer;
	}
	peer.len = sizeof(peer.addr.v6);
	peer.addr.v6.sin6_family = AF_INET6;
	peer.addr.v6.sin6_port = peer_key.port;
	peer.addr.v6.sin6_addr = address_to_v6(&peer_key.addr);
	return peer;
}

/* The k-th source of the n-th peer. Each of its words depends on n, on k or on both, so a mixture
 * of two sources is never valid. */
static inline struct source sample_source(uint32_t n, uint32_t k)
{
	return (struct source){
		.addr = {{htonl(0xfd000000) ^ (n + 1) * 0x9e3779b1U ^ k * 0x85ebca6bU, n, k,
			(n + 7) * 0xc2b2ae35U + k * 0x27d4eb2fU}},
		.ifindex = n * 31 + k,
	};
}

static inline bool source_is_equal(const struct source *a, const struct source *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* Whether source is a complete source of the n-th peer. */
static inline bool source_belongs_to(const struct source *source, uint32_t n)
{
	const struct source whole = sample_source(n, source->addr.word[2]);

	return source_is_equal(source, &whole);
}

/* An address that can be neither read nor written; the page before it can. */
static inline unsigned char *guarded_end(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_return_code(mprotect(pages + page, page, PROT_NONE), 0);
	return pages + page;
}

static inline void guarded_free(unsigned char *end)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	munmap(end - page, 2 * page);
}

/*
 * Runs body in a forked child and returns its exit status, or minus the signal that ended it. body
 * cannot use cmocka's assertions, which jump out of the child. SIGALRM ends a child that hangs.
 */
static inline int run_in_child(int (*body)(void))
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		alarm(60);
		_exit(body());
	}
	assert_int_not_equal(child, -1);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* For such a body and what it calls: returns 1 with a message, unless the claim holds. */
#define CHECK(claim)                                                                         \
	do {                                                                                 \
		if (!(claim)) {                                                              \
			dprintf(STDOUT_FILENO, "# %s:%d: %s\n", __FILE__, __LINE__, #claim); \
			return 1;                                                            \
		}                                                                            \
	} while (0)

/* Skips a test of what valgrind does otherwise than the kernel. It preloads its own libraries. */
static inline void need_no_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	if (preload != NULL && strstr(preload, "/vgpreload_") != NULL)
		skip();
}

/* How many descriptors are open. */
static inline int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int count = 0;

	if (dir == NULL)
		return -1;
	while (readdir(dir) != NULL)
		count++;
	closedir(dir);
	return count;
}

#endif
