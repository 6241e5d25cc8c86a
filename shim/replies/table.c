/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps the memory that processes share, empty, and keys the table's hash with random bytes. All
 * else is private memory, which forked processes have copies of. */
#include "replies/table.h"

#include "runtime/env.h"
#include "runtime/impl.h"
#include "runtime/log.h"
#include "runtime/status.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

/* The memory that processes share. */
struct shared {
	_Alignas(64) _Atomic uint32_t app_changes;
	_Alignas(64) unsigned char entries[];
};

const struct peers *_Atomic table_peers;
/* Threads that come at the same time make one table each; all but one are wasted. */
enum { MAKERS = 4 };
static struct peers made[MAKERS];
static _Atomic unsigned int makers;
/* Until there is a table, only threads of this process need to know. */
static _Atomic uint32_t local_changes;
static _Atomic uint32_t *_Atomic app_changes = &local_changes;
/* Set after a failure, to try and to warn only once. */
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

/* Before the kernel's generator is ready (early in the boot), and under filters that refuse
 * getrandom, the key comes from the sixteen random bytes that every program gets at exec. */
static void make_key(struct hash_key *key)
{
	const void *at_random = (const void *)getauxval(AT_RANDOM);
	uint64_t seed[2] = {0};
	long got = IMPL_SYSCALL(SYS_getrandom, (long)key, sizeof(*key), GRND_NONBLOCK);

	if (got == (long)sizeof(*key))
		return;
	if (at_random != NULL)
		memcpy(seed, at_random, sizeof(seed));
	for (int i = 0; i <= HASH_WORDS; i++)
		key->k[i] = stretch(&seed[i % 2]);
}

static void log_failure(const struct settings *settings)
{
	if (!atomic_exchange(&has_failed, true))
		log_line(LOG_LEVEL_WARN,
			"no memory for %u peers: late replies may leave from the wrong address; "
			"set a smaller BINDRIGHT_PEERS",
			settings->peers);
}

static void show(const struct peers *peers, uint32_t capacity)
{
	status_note_table(&(struct status_table){
		.entries = (uintptr_t)peers->entries,
		.capacity = capacity,
		.expiry_s = peers->expiry_s,
		.entry_size = sizeof(struct peer_entry),
		.stamp_offset = offsetof(struct peer_entry, stamp_s),
		.source_offset = offsetof(struct peer_entry, record) +
				 offsetof(struct peer_record, source) +
				 offsetof(struct source, addr),
	});
}

static void make(const struct settings *settings)
{
	unsigned int maker = atomic_fetch_add(&makers, 1);
	size_t size = sizeof(struct shared) + peers_size(settings->peers);
	struct shared *shared = maker < MAKERS ? impl_map_shared(size) : NULL;
	const struct peers *none = NULL;
	struct hash_key key;

	if (shared == NULL) {
		log_failure(settings);
		return;
	}
	make_key(&key);
	atomic_store(&shared->app_changes, atomic_load(&local_changes));
	made[maker] = peers_make(shared->entries, settings->peers, settings->expiry_s, &key);
	if (atomic_compare_exchange_strong(&table_peers, &none, &made[maker])) {
		atomic_store(&app_changes, &shared->app_changes);
		show(&made[maker], settings->peers);
	} else {
		impl_unmap(shared, size);
	}
}

void table_make(void)
{
	int saved_errno = errno;

	if (table_find() == NULL && !atomic_load(&has_failed))
		make(env_settings());
	errno = saved_errno;
}

uint32_t table_app_changes(void)
{
	return atomic_load_explicit(
		atomic_load_explicit(&app_changes, memory_order_relaxed), memory_order_relaxed);
}

void table_note_app_change(void)
{
	atomic_fetch_add(atomic_load(&app_changes), 1);
}
