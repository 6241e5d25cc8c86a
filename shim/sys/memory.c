/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps the table of peers, shared and empty, and keys its hash with random bytes. */
#include "sys/memory.h"

#include "sys/env.h"
#include "sys/log.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>

/* The table is set by the first who makes one, then never changed. */
struct knowledge memory_knowledge;
/* Whether making it has failed, so that it is tried, and complained of, once. */
static atomic_bool has_failed;

/* One step of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
 * 2014): stretches a short seed. */
static uint64_t stretch(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* Before the kernel's generator is ready (early in the boot) and under filters that refuse
 * getrandom, the sixteen random bytes that every program gets at exec serve. */
static void make_key(struct hash_key *key)
{
	const void *at_random = (const void *)getauxval(AT_RANDOM);
	uint64_t seed[2] = {0};
	int cancel_state;
	ssize_t got;

	/* getrandom is a cancellation point, where bind is none. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	got = getrandom(key, sizeof(*key), GRND_NONBLOCK);
	pthread_setcancelstate(cancel_state, NULL);
	if (got == (ssize_t)sizeof(*key))
		return;
	if (at_random != NULL)
		memcpy(seed, at_random, sizeof(seed));
	for (int i = 0; i <= HASH_WORDS; i++)
		key->k[i] = stretch(&seed[i % 2]);
}

static struct peers *map_table(const struct settings *settings)
{
	struct hash_key key;
	void *memory = mmap(NULL, peers_size(settings->peers), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return NULL;
	make_key(&key);
	return peers_format(memory, settings->peers, settings->expiry_s, &key);
}

void memory_make_peers(void)
{
	const struct settings *settings = env_settings();
	int saved_errno = errno;
	struct peers *none = NULL, *made;

	if (atomic_load(&memory_knowledge.peers) != NULL || atomic_load(&has_failed))
		return;
	atomic_store_explicit(&memory_knowledge.expiry_s, settings->expiry_s, memory_order_relaxed);
	atomic_store_explicit(&memory_knowledge.follow, settings->follow, memory_order_relaxed);
	made = map_table(settings);
	if (made == NULL) {
		if (!atomic_exchange(&has_failed, true))
			log_line(LOG_LEVEL_WARN,
				"no memory for %u peers (BINDRIGHT_PEERS): late replies may "
				"leave from another address",
				settings->peers);
	} else if (!atomic_compare_exchange_strong(&memory_knowledge.peers, &none, made)) {
		munmap(made, peers_size(settings->peers));
	}
	errno = saved_errno;
}
