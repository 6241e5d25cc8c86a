/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two memories of peers, asked and told in turn; choose.h has the contract. */
#include "core/choose.h"

_Thread_local struct recent recent = {
	.generation = RECENT_EMPTY,
	.place = {&peers_nowhere, 1},
};

/* The table's key. False for what is no IPv4 or IPv6 address. */
static inline bool make_asker(
	const struct sockaddr *peer, socklen_t len, in_port_t our_port, struct asker *ret)
{
	struct endpoint endpoint;

	if (!endpoint_from_sockaddr(peer, len, &endpoint))
		return false;
	*ret = (struct asker){endpoint.addr, endpoint.scope, endpoint.port, our_port};
	return true;
}

static struct peers *find_table(struct knowledge *known)
{
	return atomic_load_explicit(&known->peers, memory_order_acquire);
}

/* What the socket itself was asked by peer; false if that was nothing. */
static bool forget_own(
	struct knowledge *known, const struct sockaddr *peer, socklen_t len, in_port_t our_port)
{
	struct peers *table = find_table(known);
	bool is_known = recent_forget(peer, len, our_port);
	struct asker asker;

	if (table != NULL && make_asker(peer, len, our_port, &asker))
		is_known |= peers_forget(table, &asker);
	return is_known;
}

void choose_learn_news(struct knowledge *known, const struct sockaddr *peer, socklen_t len,
	in_port_t our_port, const struct source *source, uint32_t now_s)
{
	struct peers *table = find_table(known);
	struct peers_place place = PEERS_NOWHERE;
	struct asker asker;

	if (!make_asker(peer, len, our_port, &asker))
		return;
	recent_settle();
	if (address_is_v6_wildcard(&source->addr)) {
		recent_clear();
		forget_own(known, peer, len, our_port);
		return;
	}
	if (table != NULL)
		place = peers_learn(table, &asker, source, now_s);
	if (UNLIKELY(peers_owe_earlier(&place, now_s))) {
		/* The table has to be asked for each answer now. */
		peers_count(&place, 1);
		recent_clear();
	} else {
		recent_learn(peer, len, our_port, source, &place, now_s);
	}
}

/* Where the table counts instead, this is lost: the peer seems to have asked once more. */
void choose_learn_peeked(void)
{
	if (recent.generation % 2 == 0)
		recent_count_answered();
}

void choose_begin_child(void)
{
	recent_clear();
}

/* What the peer asked last on another socket: TFTP servers answer from a fresh one. */
static bool find_elsewhere(struct knowledge *known, const struct sockaddr *peer, socklen_t len,
	const struct asker *asker, uint32_t now_s, struct source *ret)
{
	struct peers *table = find_table(known);
	uint32_t expiry_s = atomic_load_explicit(&known->expiry_s, memory_order_relaxed);

	if (!atomic_load_explicit(&known->follow, memory_order_relaxed))
		return false;
	return recent_find(peer, len, recent.our_port, now_s, expiry_s, ret) ||
	       (table != NULL && peers_find_elsewhere(table, asker, now_s, ret));
}

enum choice choose_source_otherwise(struct knowledge *known, const struct sockaddr *peer,
	socklen_t len, in_port_t our_port, uint32_t now_s, struct source *ret)
{
	struct peers *table = find_table(known);
	uint32_t expiry_s = atomic_load_explicit(&known->expiry_s, memory_order_relaxed);
	struct asker asker;

	if (!make_asker(peer, len, our_port, &asker))
		return CHOICE_NONE;
	if (table != NULL && peers_find(table, &asker, now_s, ret))
		return CHOICE_TABLE;
	/* Others have pushed it out of the table, or there is none. */
	if (recent_find(peer, len, our_port, now_s, expiry_s, ret)) {
		recent_count_answered();
		return CHOICE_RECENT;
	}
	if (find_elsewhere(known, peer, len, &asker, now_s, ret))
		return CHOICE_ELSEWHERE;
	return CHOICE_NONE;
}

void choose_forget(
	struct knowledge *known, const struct sockaddr *peer, socklen_t len, in_port_t our_port)
{
	struct peers *table = find_table(known);
	struct asker asker;

	if (forget_own(known, peer, len, our_port))
		return;
	recent_forget(peer, len, recent.our_port);
	if (table != NULL && make_asker(peer, len, our_port, &asker))
		peers_forget_elsewhere(table, &asker);
}
