/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sendto, sendmsg and sendmmsg of one message: every row on every kind of descriptor, to a peer that
 * has spoken before. */
#include "same_results.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { USUAL_LEN = 10, INTERNAL_FLAG = INT_MIN, OPTION_SEGMENT = 103, LEVEL_UDP = 17 };

enum { ROW_HEADER = 1 << 0, ROW_ADDR_ZEROES = 1 << 1 };

/* Control data of the program's own. */
enum own {
	OWN_NONE,
	OWN_TTL,
	OWN_TCLASS,
	OWN_IFINDEX,
	OWN_IFINDEX_V6,
	OWN_SOURCE,
	OWN_SOURCE_V6,
	OWN_SOURCE_WRONG,
	OWN_SEGMENT,
	OWN_UNKNOWN,
	OWN_LEN_0,
	OWN_LEN_BEYOND,
};

/* A number that is 0 is the usual one, ZERO is 0. */
struct row {
	const char *name;
	int is;
	int flags;
	int buf, addr; /* places */
	long long n, addr_len;
	int family; /* in the address, instead of its own */
	int header, control, iov;
	enum own own;
	long long control_len, iov_count;
};

static const struct row rows[] = {
	{"usual"},
	{"confirm", 0, MSG_CONFIRM},
	{"don't route", 0, MSG_DONTROUTE},
	{"out of band", 0, MSG_OOB},
	{"end of record", 0, MSG_EOR},
	{"no signal", 0, MSG_NOSIGNAL},
	{"probe", 0, 0x10},
	{"error queue", 0, MSG_ERRQUEUE},
	{"zero copy", 0, MSG_ZEROCOPY},
	{"the kernel's own flag", 0, INTERNAL_FLAG},
	{"n 0", 0, .n = ZERO},
	{"n 0, buf NULL", 0, .n = ZERO, .buf = NIL},
	{"n 0, buf 1", 0, .n = ZERO, .buf = ONE},
	{"n 0, buf top", 0, .n = ZERO, .buf = TOP},
	{"n 9000", 0, .n = 9000},
	{"n 16000", 0, .n = 16000},
	{"n 65507", 0, .n = 65507},
	{"n 65508", 0, .n = 65508},
	{"n 70000", 0, .n = 70000},
	{"n SIZE_MAX", 0, .n = -1},
	{"n SSIZE_MAX", 0, .n = SSIZE_MAX},
	{"n INT_MAX + 1", 0, .n = INT_MAX + 1LL},
	{"buf NULL", 0, .buf = NIL},
	{"buf 1", 0, .buf = ONE},
	{"buf top", 0, .buf = TOP},
	{"buf nowhere", 0, .buf = NONE},
	{"buf read-only", 0, .buf = READ_ONLY},
	{"buf cut at 4", 0, .buf = CUT(4)},
	{"buf cut at 10", 0, .buf = CUT(10)},
	{"buf odd", 0, .buf = ODD},
	{"addr NULL", 0, .addr = NIL},
	{"addr NULL of 0", 0, .addr = NIL, .addr_len = ZERO},
	{"addr 1", 0, .addr = ONE},
	{"addr 1 of 0", 0, .addr = ONE, .addr_len = ZERO},
	{"addr top", 0, .addr = TOP},
	{"addr nowhere", 0, .addr = NONE},
	{"addr read-only", 0, .addr = READ_ONLY},
	{"addr cut at 2", 0, .addr = CUT(2)},
	{"addr cut at 8", 0, .addr = CUT(8)},
	{"addr cut at 16", 0, .addr = CUT(16)},
	{"addr cut at 24", 0, .addr = CUT(24)},
	{"addr cut at 28", 0, .addr = CUT(28)},
	{"addr cut at 28 of 128", 0, .addr = CUT(28), .addr_len = 128},
	{"addr odd", 0, .addr = ODD},
	{"addr of 0", 0, .addr_len = ZERO},
	{"addr of 1", 0, .addr_len = 1},
	{"addr of 2", 0, .addr_len = 2},
	{"addr of 8", 0, .addr_len = 8},
	{"addr of 15", 0, .addr_len = 15},
	{"addr of 16", 0, .addr_len = 16},
	{"addr of 20", 0, .addr_len = 20},
	{"addr of 23", 0, .addr_len = 23},
	{"addr of 24", 0, .addr_len = 24},
	{"addr of 27", 0, .addr_len = 27},
	{"addr of 28", 0, .addr_len = 28},
	{"addr of 128", 0, .addr_len = 128},
	{"addr of 129", 0, .addr_len = 129},
	{"addr of 1024", 0, .addr_len = 1024},
	{"addr of -1", 0, .addr_len = -1},
	{"addr of INT_MIN", 0, .addr_len = INT_MIN},
	{"no family", 0, .family = -1},
	{"AF_UNIX", 0, .family = AF_UNIX},
	{"AF_INET", 0, .family = AF_INET},
	{"AF_INET6", 0, .family = AF_INET6},
	{"port and address 0", ROW_ADDR_ZEROES},
	{"header NULL", ROW_HEADER, .header = NIL},
	{"header 1", ROW_HEADER, .header = ONE},
	{"header top", ROW_HEADER, .header = TOP},
	{"header nowhere", ROW_HEADER, .header = NONE},
	{"header cut at 8", ROW_HEADER, .header = CUT(8)},
	{"header cut at 40", ROW_HEADER, .header = CUT(40)},
	{"header odd", ROW_HEADER, .header = ODD},
	{"vectors NULL", ROW_HEADER, .iov = NIL},
	{"vectors nowhere", ROW_HEADER, .iov = NONE},
	{"vectors cut at 8", ROW_HEADER, .iov = CUT(8)},
	{"no vectors", ROW_HEADER, .iov_count = ZERO},
	{"two vectors", ROW_HEADER, .iov_count = 2},
	{"1024 vectors", ROW_HEADER, .iov_count = 1024},
	{"1025 vectors", ROW_HEADER, .iov_count = 1025},
	{"SIZE_MAX vectors", ROW_HEADER, .iov_count = -1},
	{"control NULL of 0", ROW_HEADER, .control = NIL, .control_len = ZERO},
	{"control NULL of 32", ROW_HEADER, .control = NIL, .control_len = 32},
	{"control of 0", ROW_HEADER, .control_len = ZERO},
	{"control of 8", ROW_HEADER, .own = OWN_TTL, .control_len = 8},
	{"control of 15", ROW_HEADER, .own = OWN_TTL, .control_len = 15},
	{"control of 16", ROW_HEADER, .own = OWN_TTL, .control_len = 16},
	{"control of 19", ROW_HEADER, .own = OWN_TTL, .control_len = 19},
	{"control of 20", ROW_HEADER, .own = OWN_TTL, .control_len = 20},
	{"control of 24", ROW_HEADER, .own = OWN_TTL, .control_len = 24},
	{"control of 30", ROW_HEADER, .own = OWN_TTL, .control_len = 30},
	{"control of 1024", ROW_HEADER, .own = OWN_TTL, .control_len = 1024},
	{"control of 2000", ROW_HEADER, .own = OWN_TTL, .control_len = 2000},
	{"control of SIZE_MAX", ROW_HEADER, .own = OWN_TTL, .control_len = -1},
	{"control of INT_MAX + 1", ROW_HEADER, .own = OWN_TTL, .control_len = INT_MAX + 1LL},
	{"control 1", ROW_HEADER, .control = ONE, .control_len = 32},
	{"control nowhere", ROW_HEADER, .control = NONE, .control_len = 32},
	{"control nowhere of 0", ROW_HEADER, .control = NONE, .control_len = ZERO},
	{"control cut at 24", ROW_HEADER, .control = CUT(24), .own = OWN_TTL},
	{"control cut at 20", ROW_HEADER, .control = CUT(20), .own = OWN_TTL, .control_len = 20},
	{"control cut at 16", ROW_HEADER, .control = CUT(16), .own = OWN_TTL},
	{"control odd", ROW_HEADER, .control = ODD, .own = OWN_TTL},
	{"TTL", ROW_HEADER, .own = OWN_TTL},
	{"traffic class", ROW_HEADER, .own = OWN_TCLASS},
	{"interface", ROW_HEADER, .own = OWN_IFINDEX},
	{"interface, IPv6", ROW_HEADER, .own = OWN_IFINDEX_V6},
	{"source", ROW_HEADER, .own = OWN_SOURCE},
	{"source, IPv6", ROW_HEADER, .own = OWN_SOURCE_V6},
	{"source that is not ours", ROW_HEADER, .own = OWN_SOURCE_WRONG},
	{"segments", ROW_HEADER, .own = OWN_SEGMENT},
	{"unknown", ROW_HEADER, .own = OWN_UNKNOWN},
	{"control length 0", ROW_HEADER, .own = OWN_LEN_0, .control_len = 24},
	{"control length beyond", ROW_HEADER, .own = OWN_LEN_BEYOND, .control_len = 24},
};

enum call { CALL_SENDTO, CALL_SENDMSG, CALL_SENDMMSG, CALLS };
static const char *const call_names[CALLS] = {"sendto", "sendmsg", "sendmmsg"};

struct arguments {
	const void *buf;
	size_t n;
	const void *addr;
	socklen_t addr_len;
	void *header;
	struct mmsghdr before;
};

/* Writes the program's own control message; returns its space. */
static size_t write_own(enum own own, unsigned char *control)
{
	struct cmsghdr head = {.cmsg_len = CMSG_LEN(sizeof(int))};
	const int one = 1, ttl = 7;
	struct in_pktinfo v4 = {.ipi_ifindex = 1};
	struct in6_pktinfo v6 = {.ipi6_ifindex = 1};
	unsigned short segment = 4;
	const void *data = &ttl;
	size_t size = sizeof(ttl);

	switch (own) {
	case OWN_NONE:
		return 0;
	case OWN_TTL:
	case OWN_LEN_0:
	case OWN_LEN_BEYOND:
		head.cmsg_level = IPPROTO_IP;
		head.cmsg_type = IP_TTL;
		break;
	case OWN_TCLASS:
		head.cmsg_level = IPPROTO_IPV6;
		head.cmsg_type = IPV6_TCLASS;
		break;
	case OWN_SOURCE_WRONG:
	case OWN_SOURCE:
		v4.ipi_ifindex = 0;
		v4.ipi_spec_dst.s_addr = htonl(own == OWN_SOURCE ? 0x7f000001 : 0xc6336401);
		/* fall through */
	case OWN_IFINDEX:
		head.cmsg_level = IPPROTO_IP;
		head.cmsg_type = IP_PKTINFO;
		data = &v4;
		size = sizeof(v4);
		break;
	case OWN_SOURCE_V6:
		v6.ipi6_ifindex = 0;
		v6.ipi6_addr = in6addr_loopback;
		/* fall through */
	case OWN_IFINDEX_V6:
		head.cmsg_level = IPPROTO_IPV6;
		head.cmsg_type = IPV6_PKTINFO;
		data = &v6;
		size = sizeof(v6);
		break;
	case OWN_SEGMENT:
		head.cmsg_level = LEVEL_UDP;
		head.cmsg_type = OPTION_SEGMENT;
		data = &segment;
		size = sizeof(segment);
		break;
	case OWN_UNKNOWN:
		head.cmsg_level = 4711;
		head.cmsg_type = 1;
		data = &one;
		break;
	}
	head.cmsg_len = CMSG_LEN(size);
	if (own == OWN_LEN_0)
		head.cmsg_len = 0;
	if (own == OWN_LEN_BEYOND)
		head.cmsg_len = 100;
	memory_put(control, &head, sizeof(head));
	if (memory_reach(control) > sizeof(head))
		memory_put(control + sizeof(head), data, size);
	return CMSG_SPACE(size);
}

static void prepare_address(const struct row *row, const struct station *station, void *at)
{
	struct sockaddr_storage dest = station->dest;

	if (row->family != 0)
		dest.ss_family = (sa_family_t)(row->family < 0 ? AF_UNSPEC : row->family);
	if (row->is & ROW_ADDR_ZEROES)
		memset((char *)&dest + sizeof(dest.ss_family), 0, 40);
	memory_put(at, &dest, sizeof(dest));
}

static void prepare(const struct row *row, const struct station *station, struct arguments *ret)
{
	void *addr = memory_at(SLOT_ADDR, row->addr), *buf = memory_at(SLOT_BUF, row->buf);
	struct msghdr *msg = &ret->before.msg_hdr;
	unsigned char *control = memory_at(SLOT_CONTROL, row->control);
	struct iovec vector;

	prepare_address(row, station, addr);
	ret->addr = addr;
	ret->addr_len = (socklen_t)value_or(row->addr_len, station->dest_len);
	memory_put(buf, "0123456789", 10);
	ret->buf = buf;
	ret->n = (size_t)value_or(row->n, USUAL_LEN);
	memset(&ret->before, 0, sizeof(ret->before));
	msg->msg_name = addr;
	msg->msg_namelen = ret->addr_len;
	vector = (struct iovec){buf, ret->n};
	msg->msg_iov = memory_at(SLOT_IOV, row->iov);
	msg->msg_iovlen = (size_t)value_or(row->iov_count, 1);
	for (int i = 0; i < (row->iov_count >= 1024 ? 1024 : 2); i++)
		memory_put((struct iovec *)msg->msg_iov + i, &vector, sizeof(vector));
	msg->msg_control = control;
	msg->msg_controllen = write_own(row->own, control);
	msg->msg_controllen = (size_t)value_or(row->control_len, (long long)msg->msg_controllen);
	/* Behind the message, where a longer length leads, stands nothing. */
	if (memory_reach(control) > 2048 && row->own != OWN_NONE)
		memset(control + 24, 0, 2000);
	ret->before.msg_len = 77;
	ret->header = memory_at(SLOT_MSG, row->header);
	memory_put(ret->header, &ret->before, sizeof(ret->before));
}

static long make_call(enum call call, int fd, const struct arguments *with, int flags)
{
	switch (call) {
	case CALL_SENDTO:
		return sendto(fd, with->buf, with->n, flags, with->addr, with->addr_len);
	case CALL_SENDMSG:
		return sendmsg(fd, with->header, flags);
	default:
		return sendmmsg(fd, with->header, 1, flags);
	}
}

static void say_header_if_touched(const struct arguments *with)
{
	struct mmsghdr after;

	if (memory_reach(with->header) < sizeof(after))
		return;
	memory_get(&after, with->header, sizeof(after));
	if (after.msg_len != with->before.msg_len)
		say(" msg_len=%u", after.msg_len);
	if (memcmp(&after.msg_hdr, &with->before.msg_hdr, sizeof(after.msg_hdr)) != 0)
		say(" header changed");
}

static void run_row(const struct kind *kind, bool is_stale, enum call call, const struct row *row)
{
	struct arguments with;
	struct station station;

	if (row->is & ROW_HEADER && call == CALL_SENDTO)
		return;
	if (is_stale)
		kind_open_stale(kind, &station);
	else
		kind_open(kind, &station);
	kind_meet_peer(&station);
	prepare(row, &station, &with);
	say_begin("send, %s%s, %s, %s", is_stale ? "stale " : "", kind->name, call_names[call],
		row->name);
	say_result(make_call(call, station.fd, &with, row->flags | MSG_DONTWAIT));
	say_header_if_touched(&with);
	say_peer(&station);
	say_left(station.fd);
	say_end();
	kind_close(&station);
}

static void run_kind(const struct kind *kind, bool is_stale)
{
	for (int call = 0; call < CALLS; call++)
		for (size_t i = 0; i < COUNT_OF(rows); i++)
			run_row(kind, is_stale, (enum call)call, &rows[i]);
}

static void run_fresh(const void *kind)
{
	run_kind(kind, false);
}

static void run_stale(const void *kind)
{
	run_kind(kind, true);
}

void family_send(void)
{
	for (size_t i = 0; i < kinds_count; i++) {
		if (kinds[i].flags & KIND_DUAL && !wants_dual)
			continue;
		run_apart(kinds[i].name, run_fresh, &kinds[i]);
		run_apart(kinds[i].name, run_stale, &kinds[i]);
	}
}
