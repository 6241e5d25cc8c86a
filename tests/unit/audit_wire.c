/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* audit --watch: packets, and the bounded tables of peers and pairs. */
#include "ctl/audit/wire.h"

#include "unit.h"

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>

static struct host_address own[4];
static struct host host = {.addresses = own};
static struct wire wire;

static struct address v4(uint32_t number)
{
	return address_from_v4((struct in_addr){htonl(number)});
}

/* The host has 192.0.2.1 to 192.0.2.3. */
enum { OWN = 0xc0000201, PEER = 0x0a000000, PORT = 53 };

static int setup(void **state)
{
	(void)state;
	memset(&wire, 0, sizeof(wire));
	wire.host = &host;
	for (host.address_count = 0; host.address_count < 3; host.address_count++)
		own[host.address_count].addr = v4(OWN + (uint32_t)host.address_count);
	wire_add_port(&wire, PORT);
	return 0;
}

static void ask(uint32_t peer, uint32_t at)
{
	const struct datagram datagram = {v4(PEER + peer), v4(at), 4000, PORT, 2};

	wire_note(&wire, &datagram, false);
}

static void answer_by(uint32_t ifindex, uint32_t peer, uint32_t from)
{
	const struct datagram datagram = {v4(from), v4(PEER + peer), PORT, 4000, ifindex};

	wire_note(&wire, &datagram, true);
}

static void answer(uint32_t peer, uint32_t from)
{
	answer_by(2, peer, from);
}

static void pairs_are_counted(void **state)
{
	(void)state;
	ask(1, OWN + 1);
	answer(1, OWN);
	ask(2, OWN + 1);
	answer(2, OWN + 1);
	assert_int_equal(wire.pair_count, 2);
	assert_true(wire_is_wrong(&wire.pairs[0]));
	assert_false(wire_is_wrong(&wire.pairs[1]));
	assert_true(wire_has_wrong(&wire));
	ask(1, OWN + 1);
	answer(1, OWN);
	answer(1, OWN);
	assert_int_equal(wire.pairs[0].count, 3);
	assert_true(wire.ports[0].was_asked && wire.ports[0].was_answered);
}

/* A bridge and then its port; the next question may be answered by another way. */
static void an_answer_that_passes_two_devices_counts_once(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		ask(1, OWN);
		answer_by(5 + i, 1, OWN);
		answer_by(2, 1, OWN);
	}
	assert_int_equal(wire.pairs[0].count, 3);
}

/* What the program sends of its own accord, what is forwarded, and other ports. */
static void others_are_left_out(void **state)
{
	struct datagram other = {v4(PEER), v4(OWN), 4000, PORT + 1, 2};

	(void)state;
	answer(1, OWN);
	ask(1, 0xc6336401);
	answer(1, OWN);
	wire_note(&wire, &other, false);
	assert_int_equal(wire.pair_count, 0);
	assert_false(wire.ports[0].was_asked);
}

static void a_flood_is_bounded_and_the_newest_are_known(void **state)
{
	enum { MANY = 100000, KNOWN = 500 };

	(void)state;
	for (uint32_t i = 0; i < MANY; i++)
		ask(i, OWN);
	for (uint32_t i = MANY - KNOWN; i < MANY; i++)
		answer(i, OWN);
	assert_int_equal(wire.pair_count, 1);
	assert_int_equal(wire.pairs[0].count, KNOWN);
	/* A host of more addresses than pairs are kept: the rest is counted as a whole. */
	for (uint32_t i = 0; i < WIRE_PAIRS + 10; i++) {
		ask(1, OWN);
		answer(1, OWN + i);
	}
	assert_int_equal(wire.pair_count, WIRE_PAIRS);
	assert_int_equal(wire.others, 10);
}

static void there_is_a_limit_of_ports(void **state)
{
	(void)state;
	for (uint16_t port = 1000; port < 1000 + WIRE_PORTS - 1; port++)
		assert_true(wire_add_port(&wire, port));
	assert_false(wire_add_port(&wire, 9));
	assert_true(wire_add_port(&wire, 1000));
}

static unsigned char packet[128];

static void make_v4(unsigned char options, uint16_t fragment)
{
	struct iphdr header = {.version = 4,
		.ihl = 5U + options,
		.protocol = IPPROTO_UDP,
		.frag_off = htons(fragment),
		.saddr = htonl(PEER),
		.daddr = htonl(OWN)};

	memset(packet, 0, sizeof(packet));
	memcpy(packet, &header, sizeof(header));
	memcpy(packet + 4UL * header.ihl, "\x12\x34\x00\x35", 4);
}

static void ipv4_packets(void **state)
{
	const struct address own_address = v4(OWN);
	struct datagram datagram;

	(void)state;
	make_v4(0, 0);
	assert_true(wire_parse(packet, sizeof(packet), &datagram));
	assert_int_equal(datagram.source_port, 0x1234);
	assert_int_equal(datagram.destination_port, 53);
	assert_true(address_is_equal(&datagram.destination, &own_address));
	assert_false(wire_parse(packet, 27, &datagram));
	make_v4(10, IP_MF);
	assert_true(wire_parse(packet, sizeof(packet), &datagram));
	assert_int_equal(datagram.destination_port, 53);
	make_v4(0, 100);
	assert_false(wire_parse(packet, sizeof(packet), &datagram));
}

static void ipv6_packets(void **state)
{
	struct ip6_hdr header = {.ip6_nxt = IPPROTO_UDP};
	struct datagram datagram;

	(void)state;
	memset(packet, 0, sizeof(packet));
	header.ip6_vfc = 0x60;
	memcpy(packet, &header, sizeof(header));
	memcpy(packet + 40, "\x12\x34\x00\x35", 4);
	assert_true(wire_parse(packet, sizeof(packet), &datagram));
	assert_int_equal(datagram.destination_port, 53);
	packet[6] = IPPROTO_FRAGMENT;
	memcpy(packet + 40, "\x11\x00\x00\x01\x00\x00\x00\x01\x12\x34\x00\x35", 12);
	assert_true(wire_parse(packet, sizeof(packet), &datagram));
	assert_int_equal(datagram.destination_port, 53);
	packet[42] = 1; /* a later fragment */
	assert_false(wire_parse(packet, sizeof(packet), &datagram));
	packet[6] = IPPROTO_TCP;
	assert_false(wire_parse(packet, sizeof(packet), &datagram));
}

static void no_packet_is_read_beyond(void **state)
{
	struct dice dice = {1};

	(void)state;
	for (int i = 0; i < runs(200000); i++) {
		size_t len = dice_below(&dice, 100);
		unsigned char *bytes = malloc(len + 1);
		struct datagram datagram;

		assert_non_null(bytes);
		dice_fill(&dice, bytes, len);
		if (len > 6)
			bytes[0] = (unsigned char)(i % 2 ? 0x60 : 0x40 | (bytes[0] & 15)),
			bytes[i % 2 ? 6 : 9 % len] = IPPROTO_UDP;
		if (wire_parse(bytes, len, &datagram))
			wire_note(&wire, &datagram, i % 3 == 0);
		free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(pairs_are_counted, setup),
		cmocka_unit_test_setup(an_answer_that_passes_two_devices_counts_once, setup),
		cmocka_unit_test_setup(others_are_left_out, setup),
		cmocka_unit_test_setup(a_flood_is_bounded_and_the_newest_are_known, setup),
		cmocka_unit_test_setup(there_is_a_limit_of_ports, setup),
		cmocka_unit_test_setup(ipv4_packets, setup),
		cmocka_unit_test_setup(ipv6_packets, setup),
		cmocka_unit_test_setup(no_packet_is_read_beyond, setup),
	};

	return cmocka_run_group_tests_name("audit_wire", tests, NULL, NULL);
}
