/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/wire.h"

#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <string.h>

bool wire_add_port(struct wire *wire, uint16_t port)
{
	for (size_t i = 0; i < wire->port_count; i++)
		if (wire->ports[i].port == port)
			return true;
	if (wire->port_count == WIRE_PORTS)
		return false;
	wire->ports[wire->port_count++] = (struct wire_port){.port = port};
	return true;
}

static bool parse_ports(const unsigned char *packet, size_t len, size_t at, struct datagram *ret)
{
	if (len < at + sizeof(struct udphdr))
		return false;
	ret->source_port = (uint16_t)(packet[at] << 8 | packet[at + 1]);
	ret->destination_port = (uint16_t)(packet[at + 2] << 8 | packet[at + 3]);
	return true;
}

static bool parse_v4(const unsigned char *packet, size_t len, struct datagram *ret)
{
	struct iphdr header;

	memcpy(&header, packet, sizeof(header));
	if (header.protocol != IPPROTO_UDP || (ntohs(header.frag_off) & IP_OFFMASK) != 0 ||
		header.ihl < 5)
		return false;
	ret->source = address_from_v4((struct in_addr){header.saddr});
	ret->destination = address_from_v4((struct in_addr){header.daddr});
	return parse_ports(packet, len, (size_t)4 * header.ihl, ret);
}

/* The first fragment of a long answer has a header for that in between. */
static bool parse_v6(const unsigned char *packet, size_t len, struct datagram *ret)
{
	struct ip6_hdr header;
	struct ip6_frag fragment;
	size_t at = sizeof(header);
	uint8_t next;

	if (len < sizeof(header) + sizeof(fragment))
		return false;
	memcpy(&header, packet, sizeof(header));
	next = header.ip6_nxt;
	if (next == IPPROTO_FRAGMENT) {
		memcpy(&fragment, packet + at, sizeof(fragment));
		if ((fragment.ip6f_offlg & IP6F_OFF_MASK) != 0)
			return false;
		next = fragment.ip6f_nxt;
		at += sizeof(fragment);
	}
	ret->source = address_from_v6(&header.ip6_src);
	ret->destination = address_from_v6(&header.ip6_dst);
	return next == IPPROTO_UDP && parse_ports(packet, len, at, ret);
}

bool wire_parse(const unsigned char *packet, size_t len, struct datagram *ret)
{
	if (len < sizeof(struct iphdr))
		return false;
	switch (packet[0] >> 4) {
	case 4:
		return parse_v4(packet, len, ret);
	case 6:
		return parse_v6(packet, len, ret);
	default:
		return false;
	}
}

static struct wire_port *find_port(struct wire *wire, uint16_t port)
{
	for (size_t i = 0; i < wire->port_count; i++)
		if (wire->ports[i].port == port)
			return &wire->ports[i];
	return NULL;
}

/* A router forwards what is asked at other hosts. Loopback and link-local datagrams are never
 * forwarded. */
static bool is_ours(const struct wire *wire, const struct address *addr)
{
	const struct in6_addr v6 = address_to_v6(addr);

	if (address_is_link_local(addr) || IN6_IS_ADDR_LOOPBACK(&v6) ||
		(address_is_v4(addr) && ntohl(addr->word[3]) >> 24 == IN_LOOPBACKNET))
		return true;
	for (size_t i = 0; i < wire->host->address_count; i++)
		if (address_is_equal(&wire->host->addresses[i].addr, addr))
			return true;
	return false;
}

static bool is_peer(
	const struct wire_peer *peer, const struct address *addr, uint16_t peer_port, uint16_t port)
{
	return peer->time != 0 && peer->port == port && peer->peer_port == peer_port &&
	       address_is_equal(&peer->addr, addr);
}

/* Every bit counts for every other (murmur3's finalizer), because peers differ in few. */
static uint32_t hash_peer(const struct address *addr, uint16_t peer_port, uint16_t port)
{
	uint32_t hash = addr->word[0] ^ addr->word[1] ^ addr->word[2] ^ addr->word[3];

	hash ^= (uint32_t)port << 16 | peer_port;
	hash = (hash ^ hash >> 16) * 0x85ebca6b;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35;
	return hash ^ hash >> 16;
}

/* Returns the peer's entry; if there is none, the one to use for it if is_new, else NULL. */
static struct wire_peer *find_peer(struct wire *wire, const struct address *addr,
	uint16_t peer_port, uint16_t port, bool is_new)
{
	struct wire_peer *set = wire->peers[hash_peer(addr, peer_port, port) % WIRE_SETS], *oldest;

	oldest = set;
	for (int i = 0; i < WIRE_WAYS; i++) {
		if (is_peer(&set[i], addr, peer_port, port))
			return &set[i];
		if (set[i].time < oldest->time)
			oldest = &set[i];
	}
	return is_new ? oldest : NULL;
}

static void note_question(struct wire *wire, const struct datagram *datagram)
{
	struct wire_port *port = find_port(wire, datagram->destination_port);
	struct wire_peer *peer;

	if (port == NULL || !is_ours(wire, &datagram->destination))
		return;
	port->was_asked = true;
	peer = find_peer(
		wire, &datagram->source, datagram->source_port, datagram->destination_port, true);
	*peer = (struct wire_peer){datagram->source, datagram->destination, datagram->source_port,
		datagram->destination_port, 0, wire->time};
}

static void count_pair(struct wire *wire, uint16_t port, const struct address *asked_at,
	const struct address *answered_from)
{
	for (size_t i = 0; i < wire->pair_count; i++) {
		struct wire_pair *pair = &wire->pairs[i];

		if (pair->port == port && address_is_equal(&pair->asked_at, asked_at) &&
			address_is_equal(&pair->answered_from, answered_from)) {
			pair->count++;
			return;
		}
	}
	if (wire->pair_count < WIRE_PAIRS)
		wire->pairs[wire->pair_count++] =
			(struct wire_pair){port, *asked_at, *answered_from, 1};
	else
		wire->others++;
}

/* What leaves by a bridge, a bond or a VLAN passes their ports after them: it counts once. */
static void note_answer(struct wire *wire, const struct datagram *datagram)
{
	struct wire_port *port = find_port(wire, datagram->source_port);
	struct wire_peer *peer;

	if (port == NULL)
		return;
	peer = find_peer(wire, &datagram->destination, datagram->destination_port,
		datagram->source_port, false);
	if (peer == NULL || (peer->ifindex != 0 && peer->ifindex != datagram->ifindex))
		return;
	peer->ifindex = datagram->ifindex;
	port->was_answered = true;
	count_pair(wire, port->port, &peer->asked_at, &datagram->source);
}

void wire_note(struct wire *wire, const struct datagram *datagram, bool is_outgoing)
{
	wire->time++;
	if (is_outgoing)
		note_answer(wire, datagram);
	else
		note_question(wire, datagram);
}

bool wire_has_wrong(const struct wire *wire)
{
	for (size_t i = 0; i < wire->pair_count; i++)
		if (wire_is_wrong(&wire->pairs[i]))
			return true;
	return false;
}
