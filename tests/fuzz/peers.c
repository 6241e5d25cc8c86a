/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The peer table, whose entries other processes can write. The input is a sequence of steps: one
 * writes bytes somewhere into the entries, the others use the table. No use touches memory outside
 * the entries, and what a thread has just learnt it finds, whatever stood there before.
 */
#include "replies/last_peer.h"

#include "fuzz.h"

#include <string.h>

enum { CAPACITY = 4 * PEERS_WAYS, EXPIRY_S = 300, NOW_S = 1000, ALIGNMENT = 64 };
enum { SCRIBBLE, LEARN, FIND, FIND_ELSEWHERE, FORGET, FORGET_ELSEWHERE, KNOW, DIE, STEPS };

struct steps {
	const uint8_t *at, *end;
};

static uint8_t take(struct steps *steps)
{
	return steps->at < steps->end ? *steps->at++ : 0;
}

/* Few peers and sockets, so that they meet in the same entries. */
static struct peer_key take_key(struct steps *steps)
{
	const uint8_t byte = take(steps);

	return (struct peer_key){
		.addr = {{htonl(0x20010db8), 0, 0, htonl(byte % 8U)}},
		.socket = byte / 8 % 4U,
		.port = htons(4242),
	};
}

static bool is_within(const struct peers *peers, const struct peers_place *place)
{
	const uintptr_t begin = (uintptr_t)peers->entries, at = (uintptr_t)place->seq;

	return place->seq == &peers_nowhere ||
	       (at >= begin && at - begin < peers_size(CAPACITY) &&
		       (at - begin) % sizeof(struct peer_entry) == 0);
}

static void scribble(const struct peers *peers, struct steps *steps)
{
	const size_t at = (take(steps) | (size_t)take(steps) << 8) % peers_size(CAPACITY);
	size_t len = take(steps) % 64U;
	uint8_t *to = (uint8_t *)peers->entries + at;

	if (len > peers_size(CAPACITY) - at)
		len = peers_size(CAPACITY) - at;
	while (len-- > 0)
		*to++ = take(steps);
}

static void learn(const struct peers *peers, struct steps *steps)
{
	const struct peer_key key = take_key(steps);
	const struct source source = {
		.addr = {{htonl(0x20010db8), 1, take(steps), 1}}, .ifindex = take(steps)};
	const struct peers_place place =
		peers_learn(peers, &key, &source, take(steps) % 2 != 0, NOW_S);
	struct source found;

	FUZZ_CHECK(is_within(peers, &place));
	if (place.seq == &peers_nowhere)
		return;
	FUZZ_CHECK(peers_still_holds(&place) && peers_know(peers, &key));
	FUZZ_CHECK(peers_find(peers, &key, NOW_S, &found));
	FUZZ_CHECK(memcmp(&found, &source, sizeof(found)) == 0);
}

static void find(const struct peers *peers, struct steps *steps, bool elsewhere)
{
	const struct source untouched = {.ifindex = 4711};
	const struct peer_key key = take_key(steps);
	struct source found = untouched;
	const bool is_found = elsewhere ? peers_find_elsewhere(peers, &key, NOW_S, &found)
					: peers_find(peers, &key, NOW_S, &found);

	if (!is_found)
		FUZZ_CHECK(memcmp(&found, &untouched, sizeof(found)) == 0);
	else
		FUZZ_CHECK(!address_is_v6_wildcard(&found.addr) && peers_know(peers, &key));
}

static void forget(const struct peers *peers, struct steps *steps)
{
	const struct peer_key key = take_key(steps);
	struct source ignored;

	peers_forget(peers, &key);
	/* An entry may be odd and stay: but then it is not found either. */
	FUZZ_CHECK(!peers_find(peers, &key, NOW_S, &ignored));
}

static void run_step(const struct peers *peers, struct steps *steps)
{
	struct peer_key key;

	switch (take(steps) % STEPS) {
	case SCRIBBLE:
		scribble(peers, steps);
		break;
	case LEARN:
		learn(peers, steps);
		break;
	case FIND:
		find(peers, steps, false);
		break;
	case FIND_ELSEWHERE:
		find(peers, steps, true);
		break;
	case FORGET:
		forget(peers, steps);
		break;
	case FORGET_ELSEWHERE:
		key = take_key(steps);
		peers_forget_elsewhere(peers, &key);
		break;
	case KNOW:
		key = take_key(steps);
		peers_know(peers, &key);
		break;
	default: /* a writer dies half-way */
		peers->entries[take(steps) % CAPACITY].seq++;
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct steps steps = {data, data + size};
	const struct hash_key key = {{1}};
	void *memory = aligned_alloc(ALIGNMENT, peers_size(CAPACITY));
	struct peers peers;

	FUZZ_CHECK(memory != NULL);
	memset(memory, 0, peers_size(CAPACITY));
	peers = peers_make(memory, CAPACITY, EXPIRY_S, &key);
	while (steps.at < steps.end)
		run_step(&peers, &steps);
	free(memory);
	return 0;
}

size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	static const uint8_t steps[] = {LEARN, 1, 1, 1, 1, FIND, 1, LEARN, 1, 2, 2, 1,
		FIND_ELSEWHERE, 9, DIE, 3, LEARN, 9, 1, 1, 0, KNOW, 1, FORGET_ELSEWHERE, 1, FORGET,
		9, SCRIBBLE, 8, 0, 16, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, LEARN,
		2, 3, 3, 1, FORGET, 2};

	if (index >= 2)
		return 0;
	for (unsigned int i = 0; i <= 8 * index; i++)
		memcpy(data + i * sizeof(steps), steps, sizeof(steps));
	return sizeof(steps) * (8 * index + 1);
}
