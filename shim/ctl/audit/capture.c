/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/capture.h"

#include "ctl/audit/netns.h"
#include "ctl/list.h"
#include "ctl/say.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Of each packet, enough for the ports after the longest IPv4 header. Two instructions for each
 * port at either end stay below the kernel's limit, 4096. */
enum { SNAPLEN = 128, FILTER_MAX = 4 * WIRE_PORTS + 32 };

struct program {
	struct sock_filter items[FILTER_MAX];
	unsigned short count;
};

static void put(struct program *program, unsigned int code, uint32_t k)
{
	program->items[program->count++] = (struct sock_filter){(uint16_t)code, 0, 0, k};
}

/* Jumps over the next instruction if the test holds, or if it does not. */
static void skip_next(struct program *program, unsigned int test, uint32_t k, bool if_it_holds)
{
	put(program, BPF_JMP | test | BPF_K, k);
	program->items[program->count - 1].jt = if_it_holds;
	program->items[program->count - 1].jf = !if_it_holds;
}

static void drop(struct program *program)
{
	put(program, BPF_RET | BPF_K, 0);
}

static void accept_ports(struct program *program, const struct wire *wire, uint32_t offset)
{
	put(program, BPF_LD | BPF_H | BPF_IND, offset);
	for (size_t i = 0; i < wire->port_count; i++) {
		skip_next(program, BPF_JEQ, wire->ports[i].port, false);
		put(program, BPF_RET | BPF_K, SNAPLEN);
	}
}

/* Packets begin with the network header. What the filter lets through is parsed again, so it need
 * not know fragments by IPv6. */
static void write_filter(struct program *program, const struct wire *wire)
{
	unsigned short jump, v6_jump;

	program->count = 0;
	put(program, BPF_LD | BPF_B | BPF_ABS, 0);
	put(program, BPF_ALU | BPF_RSH | BPF_K, 4);
	skip_next(program, BPF_JEQ, 4, true);
	v6_jump = program->count;
	put(program, BPF_JMP | BPF_JA, 0);

	put(program, BPF_LD | BPF_B | BPF_ABS, 9); /* the protocol */
	skip_next(program, BPF_JEQ, IPPROTO_UDP, true);
	drop(program);
	put(program, BPF_LD | BPF_H | BPF_ABS, 6); /* the fragment's offset */
	skip_next(program, BPF_JSET, 0x1fff, false);
	drop(program);
	put(program, BPF_LDX | BPF_B | BPF_MSH, 0); /* the header's length */
	jump = program->count;
	put(program, BPF_JMP | BPF_JA, 0);

	program->items[v6_jump].k = program->count - v6_jump - 1U;
	skip_next(program, BPF_JEQ, 6, true);
	drop(program);
	put(program, BPF_LD | BPF_B | BPF_ABS, 6); /* the next header */
	skip_next(program, BPF_JEQ, IPPROTO_FRAGMENT, false);
	put(program, BPF_RET | BPF_K, SNAPLEN);
	skip_next(program, BPF_JEQ, IPPROTO_UDP, true);
	drop(program);
	put(program, BPF_LDX | BPF_IMM, 40);

	program->items[jump].k = program->count - jump - 1U;
	accept_ports(program, wire, 0);
	accept_ports(program, wire, 2);
	drop(program);
}

/* Opened for no protocol, it receives nothing until it has its filter. Only ETH_P_ALL shows what
 * goes out. */
static int open_socket(const struct wire *wire)
{
	static struct program program;
	struct sockaddr_ll everything = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	struct sock_fprog filter = {0, program.items};
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	write_filter(&program, wire);
	filter.len = program.count;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) == 0 &&
		bind(fd, (struct sockaddr *)&everything, sizeof(everything)) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool is_watched(const struct found *found)
{
	return found->protocol == IPPROTO_UDP && address_is_wildcard(&found->addr);
}

static void add_ports(const struct report *report, size_t netns)
{
	for (size_t i = 0; i < report->rows.count; i++) {
		const struct found *found = report->rows.items[i].found;

		if (found->netns == &report->netns->items[netns] && is_watched(found) &&
			!wire_add_port(&report->wire[netns], found->port))
			say_and_fail("--watch: more than %d ports; name one", WIRE_PORTS);
	}
}

void capture_open(struct report *report)
{
	report->wire = or_fail(calloc(report->netns->count, sizeof(*report->wire)));
	for (size_t i = 0; i < report->netns->count; i++) {
		struct wire *wire = &report->wire[i];

		wire->fd = -1;
		wire->host = &report->netns->items[i].host;
		add_ports(report, i);
		if (wire->port_count == 0 || !netns_enter(&report->netns->items[i]))
			continue;
		wire->fd = open_socket(wire);
		wire->is_open = wire->fd >= 0;
	}
	netns_enter(&report->netns->items[0]);
}

/* On the loopback device each packet comes twice, out and in: each way counts once. */
static void read_packets(struct wire *wire)
{
	unsigned char packet[SNAPLEN];
	struct sockaddr_ll from;
	struct datagram datagram;

	for (int i = 0; i < 1000; i++) {
		socklen_t from_len = sizeof(from);
		ssize_t len = recvfrom(
			wire->fd, packet, sizeof(packet), 0, (struct sockaddr *)&from, &from_len);

		if (len < 0)
			return;
		if ((from.sll_protocol == htons(ETH_P_IP) ||
			    from.sll_protocol == htons(ETH_P_IPV6)) &&
			(from.sll_pkttype == PACKET_HOST || from.sll_pkttype == PACKET_OUTGOING) &&
			wire_parse(packet, (size_t)len, &datagram))
			wire_note(wire, &datagram, from.sll_pkttype == PACKET_OUTGOING);
	}
}

static volatile sig_atomic_t is_interrupted;

static void interrupt(int number)
{
	(void)number;
	is_interrupted = 1;
}

/* They arrive only in ppoll, which they end. */
static void hold_signals(sigset_t *ret_before)
{
	const struct sigaction action = {.sa_handler = interrupt};
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigprocmask(SIG_BLOCK, &held, ret_before);
	sigdelset(ret_before, SIGINT);
	sigdelset(ret_before, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static struct timespec time_left(const struct timespec *end)
{
	struct timespec now;
	long long left_ns;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left_ns = (long long)(end->tv_sec - now.tv_sec) * 1000000000 + end->tv_nsec - now.tv_nsec;
	if (left_ns < 0)
		left_ns = 0;
	return (struct timespec){left_ns / 1000000000, (long)(left_ns % 1000000000)};
}

static nfds_t list_sockets(const struct report *report, struct pollfd *polls)
{
	nfds_t count = 0;

	for (size_t i = 0; i < report->netns->count; i++) {
		polls[i] = (struct pollfd){report->wire[i].fd, POLLIN, 0};
		count += report->wire[i].is_open;
	}
	return count;
}

void capture_run(const struct report *report)
{
	struct pollfd polls[NETNS_MAX];
	struct timespec end, left;
	sigset_t signals;

	if (list_sockets(report, polls) == 0)
		return;
	hold_signals(&signals);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += report->question->watch_s;
	for (left = time_left(&end); !is_interrupted && (left.tv_sec > 0 || left.tv_nsec > 0);
		left = time_left(&end)) {
		if (ppoll(polls, report->netns->count, &left, &signals) <= 0)
			continue;
		for (size_t i = 0; i < report->netns->count; i++)
			if (polls[i].revents != 0)
				read_packets(&report->wire[i]);
	}
}
