/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads and updates the last-peer cache and the peer table; select.h has the contract. */
#include "replies/select.h"

#include "replies/table.h"
#include "runtime/impl.h"

_Thread_local struct last_peer last_peer = {
	.generation = LAST_PEER_EMPTY,
	.place = {&peers_nowhere, 1},
};

/* How long the thread's own last datagram takes precedence over newer entries in the table. After
 * that it counts as one that needs no answer, and the thread answers what another received. */
enum { UNANSWERED_S = 5 };

static void forget(const struct peers *table, const struct sockaddr *peer, socklen_t len,
	const struct peer_key *peer_key)
{
	last_peer_forget(peer, len, peer_key->socket);
	if (table != NULL)
		peers_forget(table, peer_key);
}

void select_learn(const struct sockaddr *peer, socklen_t len, uint32_t socket,
	const struct source *source, bool may_be_followed, uint32_t now_s)
{
	const struct peers *table = table_find();
	struct peers_place place = PEERS_NOWHERE;
	struct peer_key peer_key;

	if (!peer_key_make(peer, len, socket, &peer_key))
		return;
	if (UNLIKELY(address_is_v6_wildcard(&source->addr))) {
		forget(table, peer, len, &peer_key);
		return;
	}
	if (LIKELY(table != NULL))
		place = peers_learn(table, &peer_key, source, may_be_followed, now_s);
	last_peer_learn(peer, len, socket, source, &place, now_s);
}

/* Selects by the peer's last request to another socket: TFTP servers answer from a fresh one. From
 * then on the table holds it for this socket too. */
COLD static bool follow(const struct peers *table, const struct lookup *lookup,
	const struct peer_key *peer_key, uint32_t now_s, struct source *ret)
{
	if (!lookup->follows || !peers_find_elsewhere(table, peer_key, now_s, ret))
		return false;
	peers_learn(table, peer_key, ret, false, now_s);
	return true;
}

static inline uint32_t find_time(const struct lookup *lookup)
{
	if (*lookup->now_s == 0)
		*lookup->now_s = impl_now_s();
	return *lookup->now_s;
}

HOT_INLINE enum choice select_known(const struct lookup *lookup, struct source *ret)
{
	const struct peers *table = table_find();
	uint32_t now_s = find_time(lookup), age_s = 0;
	struct last_peer_state last = {.stamp_s = 0};
	bool has_last = last_peer_find(lookup->peer, lookup->len, lookup->socket, &last);
	struct peer_key peer_key;

	if (!peer_key_make(lookup->peer, lookup->len, lookup->socket, &peer_key))
		return CHOICE_NONE;
	if (has_last)
		age_s = peers_age_s(last.stamp_s, now_s);
	if (has_last && !last.is_answered && age_s <= UNANSWERED_S) {
		last_peer_note_answered();
		*ret = last.source;
		return CHOICE_LAST;
	}
	if (table != NULL && peers_find(table, &peer_key, now_s, ret))
		return CHOICE_TABLE;
	/* Other peers have evicted it from the table, or there is no table. */
	if (has_last && !last.still_holds && (table == NULL || age_s <= table->expiry_s)) {
		*ret = last.source;
		return CHOICE_LAST;
	}
	if (table != NULL && follow(table, lookup, &peer_key, now_s, ret))
		return CHOICE_ELSEWHERE;
	return CHOICE_NONE;
}

enum choice select_source(const struct lookup *lookup, struct source *ret)
{
	enum choice choice = select_known(lookup, ret);

	/* Other processes can write anything to the table. */
	if (choice != CHOICE_NONE)
		select_limit_interface(ret, lookup->names_interfaces);
	last_peer_counts(&last_peer)->sent[choice]++;
	return choice;
}

bool select_knows_peer(const struct sockaddr *peer, socklen_t len)
{
	const struct peers *table = table_find();
	struct peer_key peer_key;

	return table != NULL && peer_key_make(peer, len, 0, &peer_key) &&
	       peers_know(table, &peer_key);
}

void select_forget(const struct lookup *lookup)
{
	const struct peers *table = table_find();
	struct peer_key peer_key;

	if (!peer_key_make(lookup->peer, lookup->len, lookup->socket, &peer_key))
		return;
	forget(table, lookup->peer, lookup->len, &peer_key);
	if (table != NULL && lookup->follows)
		peers_forget_elsewhere(table, &peer_key);
}
