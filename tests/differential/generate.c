/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Makes random sequences. What a slot probably has is tracked, so that most calls make sense; where
 * processes and duplicates make the guess wrong, a call fails, which must be the same in both runs.
 *
 * So that nothing but what allowed.h names can differ:
 *   - The request destination is always the address that routing would choose for the reply. So a
 *     sequence has either one address of each family, or several but no UDP socket on one of them
 *     (neither bound nor connected). The mode "sources" has all at once.
 *   - The kernel spreads datagrams among sockets with SO_REUSEPORT by a hash that differs from one
 *     network namespace to the next. So there each slot has its own port.
 *   - Under auto and dual, which share ports, those of IPv6 sockets are not those of IPv4 ones.
 */
#include "differential.h"
#include "random.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>

enum { SHORTEST = 12, LONGEST = 44 };

enum content { FREE, UDP4, UDP6, TCP4, TCP6, UNIX_DGRAM, UNIX_STREAM, PAIR, EPOLL };

/* What the slots of a process probably have. */
struct guess {
	bool exists, has_thread;
	enum content contents[SLOTS_PER_PROCESS];
	bool is_bound[SLOTS_PER_PROCESS], listens[SLOTS_PER_PROCESS];
	int far_ends[SLOTS_PER_PROCESS]; /* of pairs */
	int options[SLOTS_PER_PROCESS];	 /* the last one that was set, plus 1 */
};

static struct plan *plan;
static struct guess guesses[PROCESSES];
static struct guess *guess;
static struct step *step;

static bool is_udp(enum content kind)
{
	return kind == UDP4 || kind == UDP6;
}

static bool is_v6(enum content kind)
{
	return kind == UDP6 || kind == TCP6;
}

/* ---- Arguments ------------------------------------------------------------------------------- */

static int any_slot(void)
{
	return below(SLOTS_PER_PROCESS);
}

/* A slot with something in it, if there is one soon. */
static int used_slot(void)
{
	for (int i = 0; i < 12; i++) {
		int slot = any_slot();

		if (guess->contents[slot] != FREE)
			return slot;
	}
	return any_slot();
}

static int slot_for_new(void)
{
	for (int i = 0; i < 6; i++) {
		int slot = any_slot();

		if (guess->contents[slot] == FREE)
			return slot;
	}
	return any_slot();
}

static int port_for(enum content kind, int slot, bool is_own)
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

static int some_address(enum content kind)
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

static void choose_local(enum content kind, int slot, struct name *ret)
{
	choose_family(kind, ret);
	ret->port = port_for(ret->kind == NAME_V6 ? UDP6 : UDP4, slot, true);
	if (chance(70) || ((plan->is_wide && plan->mode != MODE_SOURCES) && is_udp(kind)))
		ret->addr = ADDR_ANY;
	cut_at_times(ret);
}

static void choose_remote(enum content kind, int slot, struct name *ret)
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

static void go_bad_at_times(void)
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

/* ---- Steps ----------------------------------------------------------------------------------- */

static void note(int slot, enum content kind, bool is_bound)
{
	guess->contents[slot] = kind;
	guess->is_bound[slot] = is_bound;
	guess->listens[slot] = false;
}

static void make_socket(void)
{
	static const enum content contents[] = {UDP4, UDP4, UDP4, UDP4, UDP6, UDP6, UDP6, UDP6,
		TCP4, TCP6, TCP6, UNIX_DGRAM, UNIX_STREAM};
	enum content kind = one_of(contents);
	bool is_stream = kind == TCP4 || kind == TCP6 || kind == UNIX_STREAM;

	step->op = OP_SOCKET;
	step->slot = slot_for_new();
	step->call = is_v6(kind) ? AF_INET6 : kind >= UNIX_DGRAM ? AF_UNIX : AF_INET;
	step->flags = is_stream ? SOCK_STREAM : SOCK_DGRAM;
	/* A connect of TCP waits, and a send on it may. */
	if (is_stream || chance(50))
		step->flags |= SOCK_NONBLOCK;
	if (chance(30))
		step->flags |= SOCK_CLOEXEC;
	if (is_udp(kind) && chance(12))
		step->value = IPPROTO_UDPLITE;
	else if (chance(2))
		step->value = IPPROTO_SCTP;
	note(step->slot, kind, false);
}

static void make_pair(void)
{
	step->op = OP_PAIR;
	step->slot = slot_for_new();
	step->other = (step->slot + 1 + below(SLOTS_PER_PROCESS - 1)) % SLOTS_PER_PROCESS;
	step->flags = (chance(50) ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK;
	note(step->slot, PAIR, true);
	note(step->other, PAIR, true);
	guess->far_ends[step->slot] = step->other;
	guess->far_ends[step->other] = step->slot;
}

static void make_bind(int slot)
{
	step->op = OP_BIND;
	step->slot = slot;
	choose_local(guess->contents[slot], slot, &step->name);
	go_bad_at_times();
	guess->is_bound[slot] = true;
}

static void make_listen(int slot)
{
	step->op = OP_LISTEN;
	step->slot = slot;
	step->value = 8;
	guess->listens[slot] = true;
}

static void make_accept(int slot)
{
	static const int flags[] = {0, SOCK_NONBLOCK, SOCK_CLOEXEC, SOCK_NONBLOCK, 1};
	static const int sizes[] = {128, 28, 16, 4, 0};

	step->op = OP_ACCEPT;
	step->slot = slot;
	step->other = slot_for_new();
	step->call = below(2);
	step->flags = one_of(flags);
	step->name_size = one_of(sizes);
	go_bad_at_times();
	note(step->other, guess->contents[slot], true);
}

static void make_connect(int slot)
{
	enum content kind = guess->contents[slot];

	step->op = OP_CONNECT;
	step->slot = slot;
	choose_remote(kind, slot, &step->name);
	if (chance(20))
		step->name.kind = NAME_UNSPEC;
	/* See the head of the file: it can only be disconnected. */
	if (plan->is_wide && is_udp(kind))
		step->name.kind = NAME_UNSPEC;
	go_bad_at_times();
}

static void make_send(int slot)
{
	static const int flags[] = {0, 0, 0, 0, MSG_MORE, MSG_CONFIRM, MSG_DONTROUTE, MSG_OOB,
		MSG_EOR, 0x10 /* MSG_PROBE */, MSG_ERRQUEUE};
	static const int lengths[] = {0, 1, 5, 16, 16, 16, 100, 1000, 3000, 70000};
	static const int counts[] = {0, 1, 1, 2, 3, BATCH};

	step->op = OP_SEND;
	step->slot = slot;
	step->call = below(SEND_CALLS);
	step->flags = MSG_NOSIGNAL | one_of(flags);
	step->len = one_of(lengths);
	step->count = one_of(counts);
	step->has_two_parts = chance(8);
	choose_remote(guess->contents[slot], slot, &step->name);
	if (chance(30))
		step->control = (enum control)below(CONTROLS);
	/* These name an address that is not the socket's: see the head of the file. */
	if (plan->is_wide &&
		(step->control == CONTROL_PKTINFO4 || step->control == CONTROL_PKTINFO6 ||
			step->control == CONTROL_TOS_PKTINFO4))
		step->control = CONTROL_PKTINFO4_EMPTY;
	go_bad_at_times();
}

static void make_receive(int slot)
{
	static const int flags[] = {0, 0, 0, 0, 0, MSG_PEEK, MSG_PEEK, MSG_TRUNC,
		MSG_TRUNC | MSG_PEEK, MSG_ERRQUEUE, MSG_ERRQUEUE, MSG_CMSG_CLOEXEC, MSG_WAITFORONE,
		MSG_OOB, MSG_WAITALL};
	static const int lengths[] = {0, 1, 8, 64, 64, 64, 64, 2000};
	static const int controls[] = {
		0, 0, -1, 1, 12, 16, 20, 24, 28, 32, 40, 64, 64, 96, 256, 1000};
	static const int names[] = {-1, 0, 2, 8, 16, 16, 28, 28, 28, 28, 128};
	static const int counts[] = {0, 1, 1, 2, 3, BATCH};

	step->op = OP_RECEIVE;
	step->slot = slot;
	step->call = below(RECEIVE_CALLS);
	step->flags = one_of(flags);
	if (chance(50))
		step->flags |= MSG_DONTWAIT;
	step->len = one_of(lengths);
	step->control_size = one_of(controls);
	step->name_size = one_of(names);
	step->count = step->call == RECEIVE_RECVMMSG || step->call == RECEIVE_SYSCALL
			      ? one_of(counts)
			      : 1;
	step->value = chance(10);
	step->has_two_parts = chance(8);
	go_bad_at_times();
}

static void choose_option(enum content kind)
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

static long choose_value(const struct option *option)
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

static long usual_length(const struct option *option)
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

static void make_option(int slot)
{
	static const int lengths[] = {0, 1, 2, 3, 4, 5, 8, 20, -1};
	const struct option *option;

	step->slot = slot;
	choose_option(guess->contents[slot]);
	if (guess->options[slot] != 0 && chance(35))
		step->option = guess->options[slot] - 1;
	option = &options[step->option];
	step->op = option->is_only_read || chance(45) ? OP_GET : OP_SET;
	if (step->op == OP_SET)
		guess->options[slot] = step->option + 1;
	step->value = choose_value(option);
	step->len = chance(88) ? usual_length(option) : one_of(lengths);
	go_bad_at_times();
}

static void make_dup(int slot)
{
	step->op = OP_DUP;
	step->slot = slot;
	step->other = chance(60) ? slot_for_new() : any_slot();
	step->call = below(DUP_CALLS);
	step->flags = chance(30) ? 02000000 /* O_CLOEXEC */ : 0;
	step->value = below(20);
	if (guess->contents[slot] != FREE && step->other != slot) {
		guess->contents[step->other] = guess->contents[slot];
		guess->is_bound[step->other] = guess->is_bound[slot];
		guess->listens[step->other] = guess->listens[slot];
	}
}

static int find_kind(enum content kind)
{
	for (int i = 0; i < SLOTS_PER_PROCESS; i++)
		if (guess->contents[i] == kind)
			return i;
	return -1;
}

static void make_give(int pair)
{
	step->op = OP_GIVE;
	step->slot = pair;
	step->other = used_slot();
}

static void make_take(int pair)
{
	step->op = OP_TAKE;
	step->slot = pair;
	step->other = slot_for_new();
	step->flags = chance(20) ? MSG_CMSG_CLOEXEC : 0;
	/* What comes is not known; a datagram socket is what it mostly is. */
	if (guess->contents[step->other] == FREE)
		note(step->other, chance(50) ? UDP6 : UDP4, true);
}

static void make_epoll(void)
{
	static const int events[] = {EPOLLIN, EPOLLIN | EPOLLOUT, EPOLLIN | EPOLLET,
		EPOLLIN | EPOLLERR | EPOLLRDHUP, EPOLLIN | EPOLLONESHOT};
	int epoll = find_kind(EPOLL);

	if (epoll < 0) {
		step->op = OP_EPOLL;
		step->slot = slot_for_new();
		note(step->slot, EPOLL, true);
		return;
	}
	step->slot = epoll;
	step->op = chance(50) ? OP_EPOLL_CTL : OP_EPOLL_WAIT;
	step->call = chance(70) ? EPOLL_CTL_ADD : chance(50) ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
	step->other = used_slot();
	step->flags = one_of(events);
}

static int other_process(bool exists)
{
	for (int i = 1; i < PROCESSES; i++)
		if (guesses[i].exists == exists && i != step->process)
			return i;
	return -1;
}

static void make_process(void)
{
	int which = below(100), other;

	step->op = OP_NOTHING;
	if (which < 45 && (other = other_process(false)) > 0) {
		step->op = OP_FORK;
		step->value = other;
		guesses[other] = *guess;
		guesses[other].has_thread = false;
	} else if (which < 60 && (other = other_process(true)) > 0) {
		step->op = OP_END;
		step->value = other;
		guesses[other].exists = false;
	} else if (which < 80) {
		step->op = OP_EXEC;
		guess->has_thread = false;
	} else if ((other = other_process(true)) > 0) {
		step->op = OP_FETCH;
		step->slot = any_slot();
		step->other = slot_for_new();
		step->value = other;
		if (guesses[other].contents[step->slot] != FREE)
			note(step->other, guesses[other].contents[step->slot], true);
	}
}

static void make_small(int slot)
{
	int which = below(100);

	step->slot = slot;
	if (which < 45) {
		step->op = OP_ADDRESSES;
	} else if (which < 60) {
		step->op = OP_FLAGS;
		step->value = guess->contents[slot] >= TCP4 || chance(50);
	} else if (which < 75) {
		step->op = OP_SHUTDOWN;
		step->value = below(4);
	} else {
		step->op = OP_CLOSE;
		step->value = chance(20);
		if (step->value == 0)
			note(slot, FREE, false);
	}
}

/* The next call that makes sense for a slot with a socket. */
static void make_next(int slot)
{
	enum content kind = guess->contents[slot];
	int which = below(100);

	if (kind == FREE || kind == EPOLL)
		make_socket();
	else if (!guess->is_bound[slot] && which < 45)
		make_bind(slot);
	else if ((kind == TCP4 || kind == TCP6 || kind == UNIX_STREAM) && guess->is_bound[slot] &&
		 !guess->listens[slot] && which < 50)
		make_listen(slot);
	else if (guess->listens[slot] && which < 70)
		make_accept(slot);
	else if (which < 10 || (!is_udp(kind) && which < 60))
		make_connect(slot);
	else if (which < 55)
		make_send(slot);
	else
		make_receive(slot);
}

static void make_any(void)
{
	int which = below(100), slot = used_slot();

	if (which < 10)
		make_socket();
	else if (which < 68)
		make_next(slot);
	else if (which < 82)
		make_option(slot);
	else if (which < 86)
		make_dup(slot);
	else if (which < 87)
		make_pair();
	else if (which < 91)
		make_epoll();
	else if (which < 95)
		make_process();
	else
		make_small(slot);
}

/* A new step of some process and thread, mostly the ones of before. */
static int actor;

static void choose_actor(void)
{
	if (chance(25))
		actor = below(PROCESSES);
	if (!guesses[actor].exists)
		actor = 0;
	guess = &guesses[actor];
}

static void next_step(void)
{
	step = &plan->steps[plan->count++];
	step->process = actor;
	step->thread = chance(15);
}

static bool can_be_by_vfork(void)
{
	switch (step->op) {
	case OP_BIND:
	case OP_SET:
	case OP_GET:
	case OP_SEND:
	case OP_RECEIVE:
	case OP_CONNECT:
	case OP_DUP:
	case OP_CLOSE:
		return true;
	default:
		return false;
	}
}

/* ---- Scenes ---------------------------------------------------------------------------------- */

/* A scene needs so many steps. */
enum { LONGEST_SCENE = 12 };

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

static void play_scene(void)
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

static void fill_plan(void)
{
	int count = SHORTEST + below(LONGEST - SHORTEST);

	memset(guesses, 0, sizeof(guesses));
	guesses[0].exists = true;
	guess = &guesses[0];
	actor = 0;
	next_step();
	make_socket();
	while (plan->count < count) {
		if (chance(18) && plan->count + LONGEST_SCENE < STEPS) {
			play_scene();
			continue;
		}
		choose_actor();
		next_step();
		make_any();
		step->by_vfork = can_be_by_vfork() && chance(4);
	}
}

void plan_make(uint64_t seed, int number, struct plan *ret)
{
	static const int addresses[] = {ADDR_LOOPBACK, ADDR_FIRST, ADDR_SECOND};

	memset(ret, 0, sizeof(*ret));
	random_state = seed * 1000003 + (uint64_t)number;
	plan = ret;
	plan->seed = seed;
	plan->number = number;
	plan->mode = plan_mode(number);
	plan->is_wide = plan->mode == MODE_SOURCES || chance(35);
	plan->has_reuse_port = plan->mode != MODE_SOURCES && chance(15);
	plan->address4 = one_of(addresses);
	plan->address6 = one_of(addresses);
	fill_plan();
}
