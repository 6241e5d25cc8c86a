/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The generator's scenes: several steps that belong together, as a request and its reply do. */
#include "generate.h"
#include "random.h"

#include <netinet/in.h>

/* Replaces most arguments that make a call fail. */
static void make_plausible(void)
{
	if (!chance(75))
		return;
	step->bad = BAD_NONE;
	step->has_two_parts = false;
	step->name.cut = 0;
	if (step->op == OP_SEND) {
		step->flags = MSG_NOSIGNAL;
		step->len = 1 + below(40);
		if (step->call == SEND_SEND || step->call == SEND_WRITE)
			step->call = SEND_SENDTO + below(4);
		if (step->count == 0)
			step->count = 1;
	} else if (step->op == OP_RECEIVE) {
		step->flags &= MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC;
		if (step->count == 0)
			step->count = 1;
	}
}

/* What the keyword default respects. */
static void choose_v6only_at_times(int slot)
{
	if (!is_v6(guess->contents[slot]) || !chance(30))
		return;
	next_step();
	step->op = OP_SET;
	step->slot = slot;
	step->option = option_find("IPV6_V6ONLY");
	step->value = chance(30);
	step->len = 4;
	if (!chance(20))
		return;
	next_step();
	make_dup(slot);
}

static int open_udp(enum content kind, bool binds)
{
	int slot;

	next_step();
	step->op = OP_SOCKET;
	step->slot = slot = slot_for_new();
	step->call = kind == UDP6 ? AF_INET6 : AF_INET;
	step->flags = SOCK_DGRAM;
	step->value = chance(10) ? IPPROTO_UDPLITE : 0;
	note(slot, kind, false);
	if (!binds)
		return slot;
	choose_v6only_at_times(slot);
	next_step();
	make_bind(slot);
	make_plausible();
	if (step->bad == BAD_NONE) {
		step->name.kind = kind == UDP6 ? NAME_V6 : NAME_V4;
		step->name.port = port_for(kind, slot, true);
		if (step->name.addr != ADDR_ANY)
			step->name.addr = some_address(kind);
	}
	return slot;
}

static int find_udp(enum content kind, bool is_bound, int except)
{
	for (int i = 0; i < 20; i++) {
		int slot = any_slot();

		if (guess->contents[slot] == kind && guess->is_bound[slot] == is_bound &&
			slot != except)
			return slot;
	}
	return -1;
}

static void send_to(int from, int to)
{
	next_step();
	make_send(from);
	make_plausible();
	if (to < 0) {
		step->name.kind = NAME_PEER;
		step->name.of = from;
		return;
	}
	step->name.kind = NAME_OF;
	step->name.of = to;
	step->name.addr = some_address(guess->contents[to]);
}

static void receive_at(int slot)
{
	next_step();
	make_receive(slot);
	make_plausible();
}

/* A server is asked, and answers: what the library is for. */
static void play_exchange(void)
{
	enum content kind = chance(50) ? UDP4 : UDP6;
	int server = find_udp(kind, true, -1), client;

	if (server < 0 || chance(20))
		server = open_udp(kind, true);
	client = find_udp(kind, chance(50), server);
	if (client < 0)
		client = open_udp(kind, false);
	send_to(client, server);
	if (chance(25)) {
		next_step();
		make_option(server);
	}
	receive_at(server);
	if (chance(12)) {
		next_step();
		make_connect(server);
	}
	send_to(server, chance(85) ? -1 : client);
	receive_at(client);
	if (chance(30)) {
		send_to(client, server);
		send_to(client, server);
		receive_at(server);
	}
}

/* What was sent to a closed port comes back as an error. */
static void play_refusal(void)
{
	enum content kind = chance(50) ? UDP4 : UDP6;
	int slot = find_udp(kind, chance(50), -1);

	if (slot < 0)
		slot = open_udp(kind, chance(50));
	if (chance(75)) {
		next_step();
		step->op = OP_SET;
		step->slot = slot;
		step->option = option_find(kind == UDP6 ? "IPV6_RECVERR" : "IP_RECVERR");
		step->value = 1;
		step->len = 4;
	}
	send_to(slot, slot);
	step->name.kind = kind == UDP6 ? NAME_V6 : NAME_V4;
	step->name.addr = some_address(kind);
	step->name.port = PORT_CLOSED;
	receive_at(slot);
	step->flags |= chance(70) ? MSG_ERRQUEUE : 0;
	send_to(slot, -1);
	receive_at(slot);
}

static void play_stream(void)
{
	enum content kind = chance(50) ? TCP4 : TCP6;
	int listener = slot_for_new(), client, taken;

	for (int i = 0; i < 2; i++) {
		next_step();
		step->op = OP_SOCKET;
		step->slot = i == 0 ? listener : slot_for_new();
		step->call = kind == TCP6 ? AF_INET6 : AF_INET;
		step->flags = SOCK_STREAM | SOCK_NONBLOCK;
		note(step->slot, kind, false);
		client = step->slot;
		if (i != 0)
			break;
		next_step();
		make_bind(listener);
		make_plausible();
		next_step();
		make_listen(listener);
	}
	next_step();
	make_connect(client);
	make_plausible();
	step->name = (struct name){.kind = NAME_OF, .of = listener, .addr = some_address(kind)};
	next_step();
	make_accept(listener);
	taken = step->other;
	send_to(client, listener);
	receive_at(taken);
	send_to(taken, -1);
	receive_at(client);
}

static void ask_option(int slot, const char *name)
{
	next_step();
	step->op = OP_GET;
	step->slot = slot;
	step->option = option_find(name);
	step->len = usual_length(&options[step->option]);
}

/* A port is taken, and the socket must be as it was before its bind. */
static void play_conflict(void)
{
	static const enum content all[] = {UDP4, UDP6, UDP6, TCP4, TCP6, TCP6};
	enum content kind = one_of(all);
	int port = port_for(kind, 0, true), slots[2];

	for (int i = 0; i < 2; i++) {
		next_step();
		step->op = OP_SOCKET;
		step->slot = slots[i] = slot_for_new();
		step->call = is_v6(kind) ? AF_INET6 : AF_INET;
		step->flags = (is_udp(kind) ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK;
		note(slots[i], kind, false);
		choose_v6only_at_times(slots[i]);
		next_step();
		make_bind(slots[i]);
		make_plausible();
		if (step->bad == BAD_NONE)
			step->name = (struct name){is_v6(kind) ? NAME_V6 : NAME_V4, ADDR_ANY,
				plan->has_reuse_port ? port_for(kind, slots[i], true) : port, 0, 0};
		if (!is_udp(kind) && chance(50)) {
			next_step();
			make_listen(slots[i]);
		}
	}
	ask_option(slots[1], chance(60) ? "IPV6_V6ONLY" : "SO_REUSEPORT");
	ask_option(slots[0], chance(40) ? "IPV6_V6ONLY" : "SO_REUSEPORT");
	next_step();
	make_bind(slots[1]);
}

static void play_rights(void)
{
	int pair = find_kind(PAIR);

	if (pair < 0) {
		next_step();
		make_pair();
		pair = step->slot;
	}
	next_step();
	make_give(pair);
	if (chance(40)) {
		next_step();
		make_any();
	}
	next_step();
	make_take(guess->far_ends[pair]);
}

void play_scene(void)
{
	int which = below(100);

	choose_actor();
	if (which < 65)
		play_exchange();
	else if (which < 77)
		play_refusal();
	else if (which < 85)
		play_stream();
	else if (which < 93)
		play_conflict();
	else
		play_rights();
}
