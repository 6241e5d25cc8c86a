/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/verdict.h"

#include <stdio.h>

static bool is_same_device(uint32_t socket, uint32_t device)
{
	return socket == 0 || socket == device;
}

static bool takes(const struct found *found, const struct address *addr)
{
	return address_is_v4(addr) ? found->takes_v4 : found->takes_v6;
}

/* The kernel prefers an AF_INET socket to a dual-stack one, except that a device counts more. */
static bool has_ipv4_beside(const struct found *found, const struct found *group, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_is_wildcard(&group[i].addr) && !group[i].takes_v6 &&
			group[i].ifindex == found->ifindex)
			return true;
	return false;
}

/* Whether datagrams to addr go to another socket of the group, which is bound to it. */
static bool is_taken(const struct found *found, const struct address *addr,
	const struct found *group, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct found *other = &group[i];

		if (is_same_device(other->ifindex, found->ifindex) &&
			address_is_equal(&other->addr, addr))
			return true;
	}
	return false;
}

/* Sets *ret to the source of a reply that differs from addr. */
static bool find_wrong_source(const struct found *found, const struct address *addr,
	struct address *ret, bool *ret_has_client)
{
	const struct host *host = &found->netns->host;

	for (size_t i = 0; i < host->source_count; i++) {
		const struct host_address *source = &host->sources[i];

		if (address_is_v4(&source->addr) != address_is_v4(addr) ||
			!is_same_device(found->ifindex, source->ifindex))
			continue;
		*ret_has_client = true;
		if (address_is_equal(&source->addr, addr))
			continue;
		*ret = source->addr;
		return true;
	}
	return false;
}

/* The addresses at which this socket is asked. */
struct tally {
	size_t all, taken, asked_for; /* asked_for: by the program itself */
	size_t rest[2], wrong;	      /* rest: those of each family that are neither */
	bool has_client;
	struct reply_verdict first;
};

static void add(struct tally *tally, const struct found *found, const struct address *addr)
{
	struct address source;

	tally->rest[address_is_v4(addr)]++;
	if (!find_wrong_source(found, addr, &source, &tally->has_client))
		return;
	if (tally->wrong++ == 0) {
		tally->first.asked_at = *addr;
		tally->first.answers_from = source;
	}
}

static void count_addresses(
	struct tally *tally, const struct found *found, const struct found *group, size_t count)
{
	const struct host *host = &found->netns->host;

	for (size_t i = 0; i < host->address_count; i++) {
		const struct address *addr = &host->addresses[i].addr;
		unsigned int asks = address_is_v4(addr) ? PEEK_ASKS_V4 : PEEK_ASKS_V6;

		if (!takes(found, addr) ||
			!is_same_device(found->ifindex, host->addresses[i].ifindex))
			continue;
		tally->all++;
		if (is_taken(found, addr, group, count))
			tally->taken++;
		else if ((found->peek & asks) != 0)
			tally->asked_for++;
		else
			add(tally, found, addr);
	}
}

static bool asks_for_all(const struct found *found)
{
	return (!found->takes_v4 || (found->peek & PEEK_ASKS_V4) != 0) &&
	       (!found->takes_v6 || (found->peek & PEEK_ASKS_V6) != 0);
}

static enum replies judge_wildcard(const struct found *found, const struct tally *tally)
{
	if ((found->peek & PEEK_TAGGED) != 0)
		return REPLIES_CURED;
	if (asks_for_all(found))
		return REPLIES_ASKS;
	if (found->covered == COVERED_CURED)
		return REPLIES_CURED_IN_KERNEL;
	if (found->netns->host.is_unread)
		return REPLIES_UNSEEN;
	if (tally->all == 0)
		return REPLIES_NO_CLIENT;
	if (tally->taken == tally->all)
		return REPLIES_EACH;
	if (tally->rest[0] <= 1 && tally->rest[1] <= 1 && tally->taken == 0)
		return tally->asked_for > 0 ? REPLIES_ASKS : REPLIES_ONE;
	if (tally->wrong == 0)
		return tally->has_client ? REPLIES_EACH : REPLIES_NO_CLIENT;
	if ((found->peek & PEEK_DONE) == 0 || found->covered == COVERED_UNSEEN)
		return REPLIES_UNSEEN;
	return found->has_library ? REPLIES_LOADED : REPLIES_WRONG;
}

void verdict_judge(struct found *found, const struct found *group, size_t count)
{
	struct tally tally = {0};
	enum replies replies;

	if (found->takes_v6 && has_ipv4_beside(found, group, count))
		found->takes_v4 = false;
	if (!found_is_udp(found) || address_is_group(&found->addr)) {
		replies = REPLIES_NONE;
	} else if (found->holder == HOLDER_KERNEL) {
		replies = REPLIES_KERNEL;
	} else if (!address_is_wildcard(&found->addr)) {
		replies = REPLIES_EACH;
	} else {
		count_addresses(&tally, found, group, count);
		replies = judge_wildcard(found, &tally);
	}
	found->verdict = tally.first;
	found->verdict.replies = replies;
	found->verdict.wrong = tally.wrong;
	found->verdict.addresses = tally.all;
}

static const struct {
	const char *keyword, *text;
} texts[] = {
	[REPLIES_NONE] = {"none", "-"},
	[REPLIES_KERNEL] = {"kernel", "by the kernel itself (--watch tells)"},
	[REPLIES_CURED] = {"cured", "cured by bindright"},
	[REPLIES_CURED_IN_KERNEL] = {"cured", "cured by bindright, in the kernel"},
	[REPLIES_LOADED] = {"loaded", "bindright is loaded, and acts from the first datagram on"},
	[REPLIES_ASKS] = {"asks", "asks for the address itself (--watch tells)"},
	[REPLIES_EACH] = {"right", "right: a socket for each address"},
	[REPLIES_ONE] = {"right", "right: the host has one address"},
	[REPLIES_NO_CLIENT] = {"right", "right: no route to any client"},
	[REPLIES_WRONG] = {"wrong", "WRONG"},
	[REPLIES_UNSEEN] = {"unseen", "not seen"},
};

const char *verdict_keyword(const struct reply_verdict *verdict)
{
	return texts[verdict->replies].keyword;
}

const char *verdict_format(const struct reply_verdict *verdict, char ret[VERDICT_TEXT])
{
	char asked_at[ENDPOINT_TEXT], answers_from[ENDPOINT_TEXT];

	if (verdict->replies != REPLIES_WRONG) {
		snprintf(ret, VERDICT_TEXT, "%s", texts[verdict->replies].text);
		return ret;
	}
	snprintf(ret, VERDICT_TEXT, "WRONG: asked at %s, answers from %s (%zu of %zu addresses)",
		address_format(&verdict->asked_at, asked_at),
		address_format(&verdict->answers_from, answers_from), verdict->wrong,
		verdict->addresses);
	return ret;
}
