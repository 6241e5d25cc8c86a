/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arguments of the generator's steps: slots, ports, names, bad places and options. */
#include "generate.h"
#include "random.h"

#include <netinet/in.h>
#include <sys/time.h>

int any_slot(void)
{
	return below(SLOTS_PER_PROCESS);
}

int used_slot(void)
{
	for (int i = 0; i < 12; i++) {
		int slot = any_slot();

		if (guess->contents[slot] != FREE)
			return slot;
	}
	return any_slot();
}

int slot_for_new(void)
{
	for (int i = 0; i < 6; i++) {
		int slot = any_slot();

		if (guess->contents[slot] == FREE)
			return slot;
	}
	return any_slot();
}

int find_kind(enum content kind)
{
	for (int i = 0; i < SLOTS_PER_PROCESS; i++)
		if (guess->contents[i] == kind)
			return i;
	return -1;
}

int port_for(enum content kind, int slot, bool is_own)
{
	int first = PORT_FIRST, count = PORT_LAST;

	if (plan->mode == MODE_AUTO || plan->mode == MODE_DUAL) {
		count = PORT_LAST / 2;
		if (is_v6(kind))
			first += count;
	}
	if (chance(8))
		return PORT_0;
	if (!is_own && chance(4))
		return PORT_CLOSED;
	if (is_own && plan->has_reuse_port)
		return first + slot % count;
	return first + below(count);
}

int some_address(enum content kind)
{
	int wide[] = {ADDR_LOOPBACK, ADDR_FIRST, ADDR_SECOND, ADDR_THIRD};
	int all[] = {ADDR_LOOPBACK, ADDR_FIRST, ADDR_SECOND, ADDR_THIRD, ADDR_OTHER_LOOPBACK};

	if (plan->mode == MODE_SOURCES)
		return one_of(all);
	if (plan->is_wide)
		return one_of(wide);
	return kind == UDP6 || kind == TCP6 ? plan->address6 : plan->address4;
}

/* An address of the slot's family, or at times of another. */
static void choose_family(enum content kind, struct name *ret)
{
	if (kind == UNIX_DGRAM || kind == UNIX_STREAM || kind == PAIR)
		ret->kind = NAME_UNIX;
	else if (is_v6(kind))
		ret->kind = chance(20) && plan->mode == MODE_OFF ? NAME_MAPPED : NAME_V6;
	else
		ret->kind = NAME_V4;
	if (chance(4))
		ret->kind = NAME_V4;
	else if (chance(4))
		ret->kind = NAME_V6;
	else if (chance(2))
		ret->kind = NAME_UNIX;
	ret->addr = some_address(ret->kind == NAME_V6 ? UDP6 : UDP4);
}

static void cut_at_times(struct name *name)
{
	static const int cuts[] = {4, 1, 8, 12, 14, 15, -4, -50};

	if (chance(4))
		name->cut = one_of(cuts);
}

void choose_local(enum content kind, int slot, struct name *ret)
{
	choose_family(kind, ret);
	ret->port = port_for(ret->kind == NAME_V6 ? UDP6 : UDP4, slot, true);
	if (chance(70) || ((plan->is_wide && plan->mode != MODE_SOURCES) && is_udp(kind)))
		ret->addr = ADDR_ANY;
	cut_at_times(ret);
}

void choose_remote(enum content kind, int slot, struct name *ret)
{
	int which = below(100);

	choose_family(kind, ret);
	ret->port = port_for(ret->kind == NAME_V6 ? UDP6 : UDP4, slot, false);
	if (which < 35) {
		ret->kind = NAME_PEER;
		ret->of = chance(85) ? slot : any_slot();
	} else if (which < 55) {
		ret->kind = NAME_OF;
		ret->of = used_slot();
		ret->addr = some_address(guess->contents[ret->of]);
	} else if (which < 58) {
		ret->kind = NAME_UNSPEC;
	} else if (which < 60) {
		ret->kind = NAME_NONE;
	}
	cut_at_times(ret);
}

void go_bad_at_times(void)
{
	static const int places[] = {NIL, ONE, NONE, CUT(4), CUT(8), CUT(20), CUT(60)};

	if (!chance(6))
		return;
	step->bad = (enum bad)(1 + below(BADS - 1));
	step->place = one_of(places);
	/* The C library reads the header itself on some machines. */
	if (step->bad == BAD_HEADER && (LIBC_LOOKS || step->place == NIL))
		step->bad = BAD_DATA;
}

void choose_option(enum content kind)
{
	int number;

	/* The first of the table are those that the library knows. */
	step->option = below(chance(50) ? 8 : options_count);
	number = options[step->option].number;
	if (options[step->option].level == IPPROTO_IPV6 && !is_v6(kind) && chance(80))
		step->option = option_find("IP_PKTINFO");
	if (options[step->option].level == SOL_SOCKET && number == SO_REUSEPORT &&
		!plan->has_reuse_port)
		step->option = option_find("SO_REUSEADDR");
}

long choose_value(const struct option *option)
{
	static const int usual[] = {0, 0, 1, 1, 1, 1, 1, 1, 2, 5, -1, 255, 4096};

	switch (option->type) {
	case TYPE_TIME:
		return below(20);
	case TYPE_PKTINFO6:
		return plan->is_wide ? ADDR_ANY : plan->address6;
	case TYPE_DEVICE:
	case TYPE_INDEX:
	case TYPE_LINGER:
		return below(2);
	case TYPE_INT:
		break;
	}
	return one_of(usual);
}

long usual_length(const struct option *option)
{
	static const int lengths[] = {
		[TYPE_INT] = 4,
		[TYPE_TIME] = sizeof(struct timeval),
		[TYPE_DEVICE] = 3,
		[TYPE_INDEX] = 4,
		[TYPE_LINGER] = 8,
		[TYPE_PKTINFO6] = sizeof(struct in6_pktinfo),
	};

	return lengths[option->type];
}
