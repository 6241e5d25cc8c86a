/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/capture.h"

#include "ctl/list.h"
#include "ctl/say.h"

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of each packet, enough for the ports after the longest IPv4 header. Two instructions for each
 * port at either end stay below the kernel's limit, 4096. */
enum { SNAPLEN = 128, FILTER_MAX = 4 * WIRE_PORTS + 32 };

struct program {
	struct sock_filter items[FILTER_MAX];
	unsigned short count;
};

/* Sets X to the length of the header of a UDP datagram and goes on behind the end. Packets begin
 * with the network header. What passes is parsed again, so this need not know fragments by IPv6. */
static const struct sock_filter header_filter[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
	BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 6),
	/* IPv4: the protocol, the fragment's offset */
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 10),
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 8, 0),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_JMP | BPF_JA, 8),
	/* IPv6: the next header */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 5),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_FRAGMENT, 4, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 2),
	BPF_STMT(BPF_LDX | BPF_IMM, 40),
	BPF_STMT(BPF_JMP | BPF_JA, 2),
	BPF_STMT(BPF_RET | BPF_K, 0),
	BPF_STMT(BPF_RET | BPF_K, SNAPLEN),
};

static void put(struct program *program, struct sock_filter item)
{
	program->items[program->count++] = item;
}

static void accept_ports(struct program *program, const struct wire *wire, uint32_t offset)
{
	put(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_H | BPF_IND, offset));
	for (size_t i = 0; i < wire->port_count; i++) {
		put(program, (struct sock_filter)BPF_JUMP(
				     BPF_JMP | BPF_JEQ | BPF_K, wire->ports[i].port, 0, 1));
		put(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SNAPLEN));
	}
}

static void write_filter(struct program *program, const struct wire *wire)
{
	memcpy(program->items, header_filter, sizeof(header_filter));
	program->count = sizeof(header_filter) / sizeof(*header_filter);
	accept_ports(program, wire, 0);
	accept_ports(program, wire, 2);
	put(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0));
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

static void open_wire(struct netns *netns, void *data)
{
	struct report *report = data;
	struct wire *wire = &report->wire[netns - report->netns->items];

	if (wire->port_count > 0)
		wire->fd = open_socket(wire);
}

void capture_open(struct report *report)
{
	report->wire = or_fail(calloc(report->netns->count, sizeof(*report->wire)));
	for (size_t i = 0; i < report->netns->count; i++) {
		report->wire[i].fd = -1;
		report->wire[i].host = &report->netns->items[i].host;
		add_ports(report, i);
	}
	netns_each(report->netns, open_wire, report);
}

/* On the loopback device each packet comes twice, out and in: each way counts once. */
static void read_packets(struct wire *wire)
{
	unsigned char packet[SNAPLEN];
	struct sockaddr_ll from = {0};
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
			wire_parse(packet, (size_t)len, &datagram)) {
			datagram.ifindex = (uint32_t)from.sll_ifindex;
			wire_note(wire, &datagram, from.sll_pkttype == PACKET_OUTGOING);
		}
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
	static const int numbers[] = {SIGINT, SIGTERM, SIGALRM};
	const struct sigaction action = {.sa_handler = interrupt};
	sigset_t held;

	sigemptyset(&held);
	for (int i = 0; i < 3; i++) {
		sigaddset(&held, numbers[i]);
		sigaction(numbers[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &held, ret_before);
	for (int i = 0; i < 3; i++)
		sigdelset(ret_before, numbers[i]);
}

static bool list_sockets(const struct report *report, struct pollfd *polls)
{
	bool has_any = false;

	for (size_t i = 0; i < report->netns->count; i++) {
		polls[i] = (struct pollfd){report->wire[i].fd, POLLIN, 0};
		has_any |= polls[i].fd >= 0;
	}
	return has_any;
}

void capture_run(const struct report *report)
{
	struct pollfd polls[NETNS_MAX];
	sigset_t signals;

	if (!list_sockets(report, polls))
		return;
	hold_signals(&signals);
	alarm((unsigned int)report->question->watch_s);
	while (!is_interrupted) {
		if (ppoll(polls, report->netns->count, NULL, &signals) <= 0)
			continue;
		for (size_t i = 0; i < report->netns->count; i++)
			if (polls[i].revents != 0)
				read_packets(&report->wire[i]);
	}
}
