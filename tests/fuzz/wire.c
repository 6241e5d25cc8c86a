/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Packets as bindrightctl audit --watch captures them: anybody on the network writes them. The
 * input is a sequence of them, each behind a byte with its length and one that says whether it goes
 * out. None is read beyond its end, and what is counted is no more than there were.
 */
#include "ctl/audit/wire.h"

#include "fuzz.h"

#include <string.h>

enum { PORT = 53, OTHER_PORT = 69 };

/* 192.0.2.1, from 198.51.100.7 port 4242, and the answer. */
static const uint8_t question_v4[] = {28, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 198, 51, 100,
	7, 192, 0, 2, 1, 0x10, 0x92, 0, PORT, 0, 8, 0, 0};
static const uint8_t answer_v4[] = {28, 1, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 2,
	198, 51, 100, 7, 0, PORT, 0x10, 0x92, 0, 8, 0, 0};
static const uint8_t question_v6[] = {48, 0, 0x60, 0, 0, 0, 0, 8, 17, 64, 0x20, 1, 0xd, 0xb8, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0x10,
	0x92, 0, PORT, 0, 8, 0, 0};
/* The first fragment. */
static const uint8_t answer_v6[] = {56, 1, 0x60, 0, 0, 0, 0, 16, 44, 64, 0x20, 1, 0xd, 0xb8, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 17, 0,
	0, 1, 0, 0, 0, 9, 0, PORT, 0x10, 0x92, 0, 8, 0, 0};

size_t fuzz_seed(unsigned int index, uint8_t data[FUZZ_INPUT_MAX])
{
	size_t len = 0;

	if (index >= 3)
		return 0;
	if (index != 1) {
		memcpy(data, question_v4, sizeof(question_v4));
		memcpy(data + sizeof(question_v4), answer_v4, sizeof(answer_v4));
		len = sizeof(question_v4) + sizeof(answer_v4);
	}
	if (index != 0) {
		memcpy(data + len, question_v6, sizeof(question_v6));
		memcpy(data + len + sizeof(question_v6), answer_v6, sizeof(answer_v6));
		len += sizeof(question_v6) + sizeof(answer_v6);
	}
	return len;
}

/* From memory that ends with the packet. */
static void take_packet(struct wire *wire, const uint8_t *data, size_t size, bool is_outgoing)
{
	unsigned char *packet = malloc(size > 0 ? size : 1);
	struct datagram datagram = {.ifindex = 1};

	FUZZ_CHECK(packet != NULL);
	memcpy(packet, data, size);
	if (wire_parse(packet, size, &datagram))
		wire_note(wire, &datagram, is_outgoing);
	free(packet);
}

static void check_counts(const struct wire *wire, uint64_t packets)
{
	uint64_t counted = wire->others;
	bool has_wrong = false;

	FUZZ_CHECK(wire->port_count == 2 && wire->pair_count <= WIRE_PAIRS);
	for (size_t i = 0; i < wire->pair_count; i++) {
		FUZZ_CHECK(wire->pairs[i].port == PORT || wire->pairs[i].port == OTHER_PORT);
		FUZZ_CHECK(wire->pairs[i].count > 0);
		counted += wire->pairs[i].count;
		has_wrong |= wire_is_wrong(&wire->pairs[i]);
	}
	FUZZ_CHECK(wire->time <= packets && counted <= packets);
	FUZZ_CHECK(wire_has_wrong(wire) == has_wrong);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct wire wire;
	struct host_address own[2] = {
		{.addr = address_from_v4((struct in_addr){htonl(0xc0000201)})},
		{.addr = {{htonl(0x20010db8), 0, 0, htonl(1)}}}};
	const struct host host = {.addresses = own, .address_count = 2};
	uint64_t packets = 0;

	memset(&wire, 0, sizeof(wire));
	wire.host = &host;
	FUZZ_CHECK(wire_add_port(&wire, PORT) && wire_add_port(&wire, OTHER_PORT));
	while (size >= 2) {
		const size_t len = data[0] < size - 2 ? data[0] : size - 2;

		take_packet(&wire, data + 2, len, data[1] % 2 != 0);
		packets++;
		data += 2 + len;
		size -= 2 + len;
	}
	check_counts(&wire, packets);
	return 0;
}
