/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Control data: every size of buffer, with messages that the program has enabled before and after
 * bind, one by one and all together. */
#include "same_results.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* As in the kernel's headers; libc's may lack some. */
enum {
	V4_RECVFRAGSIZE = 25,
	V4_CHECKSUM = 23,
	V4_ORIGDSTADDR = 20,
	V4_PASSSEC = 18,
	V6_FLOWINFO = 11,
	V6_ORIGDSTADDR = 74,
	V6_OLD_PKTINFO = 2,
	V6_OLD_HOPLIMIT = 8,
	SO_RXQ_OVFL_ = 40,
	SO_RCVMARK_ = 75,
	LEVEL_UDP = 17,
	UDP_GRO_ = 104,
	UDP_SEGMENT_ = 103,
};
/* SOF_TIMESTAMPING_RX_SOFTWARE and _SOFTWARE. */
enum { STAMP_IN_SOFTWARE = 1 << 3 | 1 << 4 };

struct wish {
	int level, name, value;
};

static const struct wish_list {
	const char *name;
	int domain; /* 0: any */
	bool overflows;
	struct wish wishes[12];
} lists[] = {
	{"nothing", 0, false, {{0, 0, 0}}},
	{"TTL", AF_INET, false, {{IPPROTO_IP, IP_RECVTTL, 1}}},
	{"TOS", AF_INET, false, {{IPPROTO_IP, IP_RECVTOS, 1}}},
	{"pktinfo", AF_INET, false, {{IPPROTO_IP, IP_PKTINFO, 1}}},
	{"pktinfo off", AF_INET, false, {{IPPROTO_IP, IP_PKTINFO, 0}}},
	{"pktinfo, TTL", AF_INET, false,
		{{IPPROTO_IP, IP_PKTINFO, 1}, {IPPROTO_IP, IP_RECVTTL, 1}}},
	{"hop limit", AF_INET6, false, {{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1}}},
	{"traffic class", AF_INET6, false, {{IPPROTO_IPV6, IPV6_RECVTCLASS, 1}}},
	{"pktinfo", AF_INET6, false, {{IPPROTO_IPV6, IPV6_RECVPKTINFO, 1}}},
	{"pktinfo off", AF_INET6, false, {{IPPROTO_IPV6, IPV6_RECVPKTINFO, 0}}},
	{"pktinfo of RFC 2292", AF_INET6, false, {{IPPROTO_IPV6, V6_OLD_PKTINFO, 1}}},
	{"IPv4's pktinfo", AF_INET6, false, {{IPPROTO_IP, IP_PKTINFO, 1}}},
	{"both pktinfos", AF_INET6, false,
		{{IPPROTO_IP, IP_PKTINFO, 1}, {IPPROTO_IPV6, IPV6_RECVPKTINFO, 1}}},
	{"time", 0, false, {{SOL_SOCKET, SO_TIMESTAMP, 1}}},
	{"nanoseconds", 0, false, {{SOL_SOCKET, SO_TIMESTAMPNS, 1}}},
	{"time stamping", 0, false, {{SOL_SOCKET, SO_TIMESTAMPING, STAMP_IN_SOFTWARE}}},
	{"drops", 0, true, {{SOL_SOCKET, SO_RXQ_OVFL_, 1}}},
	{"mark", 0, false, {{SOL_SOCKET, SO_RCVMARK_, 1}}},
	{"GRO", 0, false, {{LEVEL_UDP, UDP_GRO_, 1}}},
	{"GRO of segments", 0, false, {{LEVEL_UDP, UDP_GRO_, 1}}},
	{"errors", AF_INET, false, {{IPPROTO_IP, IP_RECVERR, 1}}},
	{"all", AF_INET, true,
		{{IPPROTO_IP, IP_RECVTTL, 1}, {IPPROTO_IP, IP_RECVTOS, 1},
			{IPPROTO_IP, IP_PKTINFO, 1}, {IPPROTO_IP, V4_ORIGDSTADDR, 1},
			{IPPROTO_IP, V4_CHECKSUM, 1}, {IPPROTO_IP, V4_RECVFRAGSIZE, 1},
			{IPPROTO_IP, IP_RECVOPTS, 1}, {SOL_SOCKET, SO_TIMESTAMPNS, 1},
			{SOL_SOCKET, SO_TIMESTAMPING, STAMP_IN_SOFTWARE},
			{SOL_SOCKET, SO_RXQ_OVFL_, 1}, {SOL_SOCKET, SO_RCVMARK_, 1},
			{LEVEL_UDP, UDP_GRO_, 1}}},
	{"all but pktinfo", AF_INET, true,
		{{IPPROTO_IP, IP_RECVTTL, 1}, {IPPROTO_IP, IP_RECVTOS, 1},
			{IPPROTO_IP, V4_PASSSEC, 1}, {IPPROTO_IP, V4_ORIGDSTADDR, 1},
			{IPPROTO_IP, V4_CHECKSUM, 1}, {IPPROTO_IP, V4_RECVFRAGSIZE, 1},
			{IPPROTO_IP, IP_RETOPTS, 1}, {SOL_SOCKET, SO_TIMESTAMPNS, 1},
			{SOL_SOCKET, SO_TIMESTAMPING, STAMP_IN_SOFTWARE},
			{SOL_SOCKET, SO_RXQ_OVFL_, 1}, {SOL_SOCKET, SO_RCVMARK_, 1},
			{LEVEL_UDP, UDP_GRO_, 1}}},
	{"all", AF_INET6, true,
		{{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1}, {IPPROTO_IPV6, IPV6_RECVTCLASS, 1},
			{IPPROTO_IPV6, IPV6_RECVPKTINFO, 1}, {IPPROTO_IPV6, V6_ORIGDSTADDR, 1},
			{IPPROTO_IPV6, V6_OLD_PKTINFO, 1}, {IPPROTO_IPV6, V6_OLD_HOPLIMIT, 1},
			{IPPROTO_IPV6, V6_FLOWINFO, 1}, {SOL_SOCKET, SO_TIMESTAMPNS, 1},
			{IPPROTO_IP, IP_RECVTTL, 1}, {SOL_SOCKET, SO_RXQ_OVFL_, 1},
			{IPPROTO_IP, IP_PKTINFO, 1}, {LEVEL_UDP, UDP_GRO_, 1}}},
	{"all but pktinfo", AF_INET6, true,
		{{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1}, {IPPROTO_IPV6, IPV6_RECVTCLASS, 1},
			{IPPROTO_IP, IP_RECVTOS, 1}, {IPPROTO_IPV6, V6_ORIGDSTADDR, 1},
			{IPPROTO_IPV6, V6_OLD_PKTINFO, 1}, {IPPROTO_IPV6, V6_OLD_HOPLIMIT, 1},
			{IPPROTO_IPV6, V6_FLOWINFO, 1}, {SOL_SOCKET, SO_TIMESTAMPNS, 1},
			{IPPROTO_IP, IP_RECVTTL, 1}, {SOL_SOCKET, SO_RXQ_OVFL_, 1},
			{LEVEL_UDP, UDP_GRO_, 1}}},
};

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v6",
	"udp dual v4", "udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp4 high",
	"udp4 specific", "udp4 wildcard connected"};

/* One part: a kind, and when its options are set. */
struct part {
	const struct kind *kind;
	bool is_before;
};

static const struct wish_list *current;

static void make_wishes(int fd)
{
	for (size_t i = 0; i < COUNT_OF(current->wishes); i++) {
		const struct wish *wish = &current->wishes[i];

		if (wish->level != 0 || wish->name != 0)
			setsockopt(fd, wish->level, wish->name, &wish->value, sizeof(wish->value));
	}
}

/* More than the receive buffer holds, so some are dropped, which later messages report. */
static void overflow(const struct station *station)
{
	char byte;
	const int little = 1, usual = 200000;

	setsockopt(station->fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof(little));
	kind_feed(station, 20, 1000);
	while (recv(station->fd, &byte, 1, MSG_DONTWAIT) >= 0)
		;
	setsockopt(station->fd, SOL_SOCKET, SO_RCVBUF, &usual, sizeof(usual));
}

static void receive_with(const struct station *station, const struct part *part, long control_len,
	int flags, bool is_batch)
{
	struct iovec vector = {memory_at(SLOT_BUF, GOOD), 64};
	const struct mmsghdr before = {
		.msg_hdr = {
			.msg_iov = &vector,
			.msg_iovlen = 1,
			.msg_control = memory_at(SLOT_CONTROL, control_len < 0 ? NIL : GOOD),
			.msg_controllen = control_len < 0 ? 0 : (size_t)control_len,
		}};
	struct mmsghdr message = before;

	kind_feed(station, 1, 10);
	say_begin("control, %s, %s %s bind, %s %ld, flags %#x", part->kind->name, current->name,
		part->is_before ? "before" : "after", is_batch ? "recvmmsg" : "recvmsg",
		control_len, (unsigned int)flags);
	if (is_batch)
		say_result(recvmmsg(station->fd, &message, 1, flags, NULL));
	else
		say_result(recvmsg(station->fd, &message.msg_hdr, flags));
	say_header(&message.msg_hdr, &before.msg_hdr, before.msg_hdr.msg_controllen);
	say_left(station->fd);
	say_end();
}

static void run_list(const struct part *part)
{
	static const long large[] = {256, 300, 500, 1000, 1016, 1023, 1024, 1025, 2000, 5000, -1};
	struct station station;

	kind_before_bind = part->is_before ? make_wishes : NULL;
	kind_open(part->kind, &station);
	kind_before_bind = NULL;
	if (!part->is_before)
		make_wishes(station.fd);
	if (current->overflows)
		overflow(&station);
	if (strcmp(current->name, "GRO of segments") == 0)
		setsockopt(station.peer, LEVEL_UDP, UDP_SEGMENT_, &(int){4}, sizeof(int));
	for (long control_len = 0; control_len <= 200; control_len++)
		receive_with(&station, part, control_len, MSG_DONTWAIT, control_len % 2 != 0);
	for (size_t i = 0; i < COUNT_OF(large); i++) {
		receive_with(&station, part, large[i], MSG_DONTWAIT, false);
		receive_with(&station, part, large[i], MSG_DONTWAIT, true);
		receive_with(&station, part, large[i], MSG_DONTWAIT | MSG_PEEK, false);
	}
	kind_close(&station);
}

static void run_part(const void *arg)
{
	const struct part *part = arg;

	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		if (lists[i].domain != 0 && lists[i].domain != part->kind->domain)
			continue;
		current = &lists[i];
		run_list(part);
	}
}

/* The kernel begins to time-stamp datagrams a while after the first socket has enabled it, and
 * stops after the last one: so one socket has it enabled as long as this family runs, and the
 * family waits until it takes effect. */
static void begin_stamping(struct station *ret)
{
	const struct timespec soon = {.tv_nsec = 1000000};
	const int how = STAMP_IN_SOFTWARE;
	char control[256];
	struct msghdr message;
	int tries = 0;

	kind_open(kind_find("udp4 connected"), ret);
	setsockopt(ret->fd, SOL_SOCKET, SO_TIMESTAMPING, &how, sizeof(how));
	do {
		message =
			(struct msghdr){.msg_control = control, .msg_controllen = sizeof(control)};
		kind_feed(ret, 1, 1);
		recvmsg(ret->fd, &message, MSG_DONTWAIT);
		nanosleep(&soon, NULL);
	} while (message.msg_controllen == 0 && ++tries < 5000);
}

void family_control(void)
{
	struct station stamped;

	begin_stamping(&stamped);
	close(stamped.peer); /* frees its port for the parts */
	for (size_t i = 0; i < COUNT_OF(kind_names); i++) {
		struct part part = {.kind = kind_find(kind_names[i])};

		if (part.kind->flags & KIND_DUAL && !wants_dual)
			continue;
		for (int before = 0; before < 2; before++) {
			part.is_before = before != 0;
			run_apart(kind_names[i], run_part, &part);
		}
	}
	close(stamped.fd);
}
