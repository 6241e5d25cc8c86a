/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The generator's steps: one call each, with what its slots probably have then. */
#include "generate.h"
#include "random.h"

#include <netinet/in.h>
#include <sys/epoll.h>

void note(int slot, enum content kind, bool is_bound)
{
	guess->contents[slot] = kind;
	guess->is_bound[slot] = is_bound;
	guess->listens[slot] = false;
}

void make_socket(void)
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

void make_pair(void)
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

void make_bind(int slot)
{
	step->op = OP_BIND;
	step->slot = slot;
	choose_local(guess->contents[slot], slot, &step->name);
	go_bad_at_times();
	guess->is_bound[slot] = true;
}

void make_listen(int slot)
{
	step->op = OP_LISTEN;
	step->slot = slot;
	step->value = 8;
	guess->listens[slot] = true;
}

void make_accept(int slot)
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

void make_connect(int slot)
{
	enum content kind = guess->contents[slot];

	step->op = OP_CONNECT;
	step->slot = slot;
	choose_remote(kind, slot, &step->name);
	if (chance(20))
		step->name.kind = NAME_UNSPEC;
	/* See the head of generate.c: it can only be disconnected. */
	if (plan->is_wide && is_udp(kind))
		step->name.kind = NAME_UNSPEC;
	go_bad_at_times();
}

void make_send(int slot)
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
	/* These name an address that is not the socket's: see the head of generate.c. */
	if (plan->is_wide &&
		(step->control == CONTROL_PKTINFO4 || step->control == CONTROL_PKTINFO6 ||
			step->control == CONTROL_TOS_PKTINFO4))
		step->control = CONTROL_PKTINFO4_EMPTY;
	go_bad_at_times();
}

void make_receive(int slot)
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

void make_option(int slot)
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

void make_dup(int slot)
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

void make_give(int pair)
{
	step->op = OP_GIVE;
	step->slot = pair;
	step->other = used_slot();
}

void make_take(int pair)
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

void make_any(void)
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
