/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sendto, sendmsg and sendmmsg of one message: every row on every kind of descriptor, to a peer
 * that has asked before. */
#include "same_results_own.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { USUAL_LEN = 10, INTERNAL_FLAG = INT_MIN };

enum { ROW_HEADER = 1 << 0, ROW_ADDR_ZEROES = 1 << 1 };

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
	{.name = "usual"},
	{.name = "confirm", .flags = MSG_CONFIRM},
	{.name = "don't route", .flags = MSG_DONTROUTE},
	{.name = "out of band", .flags = MSG_OOB},
	{.name = "end of record", .flags = MSG_EOR},
	{.name = "no signal", .flags = MSG_NOSIGNAL},
	{.name = "probe", .flags = 0x10},
	{.name = "error queue", .flags = MSG_ERRQUEUE},
	{.name = "zero copy", .flags = MSG_ZEROCOPY},
	{.name = "more", .flags = MSG_MORE},
	{.name = "more, TTL", .is = ROW_HEADER, .flags = MSG_MORE, .own = OWN_TTL},
	{.name = "more, too long", .flags = MSG_MORE, .n = 65500},
	{.name = "the kernel's own flag", .flags = INTERNAL_FLAG},
	{.name = "n 0", .n = ZERO},
	{.name = "n 0, buf NULL", .n = ZERO, .buf = NIL},
	{.name = "n 0, buf 1", .n = ZERO, .buf = ONE},
	{.name = "n 0, buf top", .n = ZERO, .buf = TOP},
	{.name = "n 9000", .n = 9000},
	{.name = "n 16000", .n = 16000},
	{.name = "n 65507", .n = 65507},
	{.name = "n 65508", .n = 65508},
	{.name = "n 70000", .n = 70000},
	{.name = "n SIZE_MAX", .n = -1},
	{.name = "n SSIZE_MAX", .n = SSIZE_MAX},
	{.name = "n INT_MAX + 1", .n = INT_MAX + 1LL},
	{.name = "buf NULL", .buf = NIL},
	{.name = "buf 1", .buf = ONE},
	{.name = "buf top", .buf = TOP},
	{.name = "buf nowhere", .buf = NONE},
	{.name = "buf read-only", .buf = READ_ONLY},
	{.name = "buf cut at 4", .buf = CUT(4)},
	{.name = "buf cut at 10", .buf = CUT(10)},
	{.name = "buf odd", .buf = ODD},
	{.name = "addr NULL", .addr = NIL},
	{.name = "addr NULL of 0", .addr = NIL, .addr_len = ZERO},
	{.name = "addr 1", .addr = ONE},
	{.name = "addr 1 of 0", .addr = ONE, .addr_len = ZERO},
	{.name = "addr top", .addr = TOP},
	{.name = "addr nowhere", .addr = NONE},
	{.name = "addr read-only", .addr = READ_ONLY},
	{.name = "addr cut at 2", .addr = CUT(2)},
	{.name = "addr cut at 8", .addr = CUT(8)},
	{.name = "addr cut at 16", .addr = CUT(16)},
	{.name = "addr cut at 24", .addr = CUT(24)},
	{.name = "addr cut at 28", .addr = CUT(28)},
	{.name = "addr cut at 28 of 128", .addr = CUT(28), .addr_len = 128},
	{.name = "addr odd", .addr = ODD},
	{.name = "addr of 0", .addr_len = ZERO},
	{.name = "addr of 1", .addr_len = 1},
	{.name = "addr of 2", .addr_len = 2},
	{.name = "addr of 8", .addr_len = 8},
	{.name = "addr of 15", .addr_len = 15},
	{.name = "addr of 16", .addr_len = 16},
	{.name = "addr of 20", .addr_len = 20},
	{.name = "addr of 23", .addr_len = 23},
	{.name = "addr of 24", .addr_len = 24},
	{.name = "addr of 27", .addr_len = 27},
	{.name = "addr of 28", .addr_len = 28},
	{.name = "addr of 128", .addr_len = 128},
	{.name = "addr of 129", .addr_len = 129},
	{.name = "addr of 1024", .addr_len = 1024},
	{.name = "addr of -1", .addr_len = -1},
	{.name = "addr of INT_MIN", .addr_len = INT_MIN},
	{.name = "no family", .family = -1},
	{.name = "AF_UNIX", .family = AF_UNIX},
	{.name = "AF_INET", .family = AF_INET},
	{.name = "AF_INET6", .family = AF_INET6},
	{.name = "port and address 0", .is = ROW_ADDR_ZEROES},
	{.name = "header NULL", .is = ROW_HEADER, .header = NIL},
	{.name = "header 1", .is = ROW_HEADER, .header = ONE},
	{.name = "header top", .is = ROW_HEADER, .header = TOP},
	{.name = "header nowhere", .is = ROW_HEADER, .header = NONE},
	{.name = "header cut at 8", .is = ROW_HEADER, .header = CUT(8)},
	{.name = "header cut at 40", .is = ROW_HEADER, .header = CUT(40)},
	{.name = "header odd", .is = ROW_HEADER, .header = ODD},
	{.name = "vectors NULL", .is = ROW_HEADER, .iov = NIL},
	{.name = "vectors nowhere", .is = ROW_HEADER, .iov = NONE},
	{.name = "vectors cut at 8", .is = ROW_HEADER, .iov = CUT(8)},
	{.name = "no vectors", .is = ROW_HEADER, .iov_count = ZERO},
	{.name = "two vectors", .is = ROW_HEADER, .iov_count = 2},
	{.name = "1024 vectors", .is = ROW_HEADER, .iov_count = 1024},
	{.name = "1025 vectors", .is = ROW_HEADER, .iov_count = 1025},
	{.name = "SIZE_MAX vectors", .is = ROW_HEADER, .iov_count = -1},
	{.name = "control NULL of 0", .is = ROW_HEADER, .control = NIL, .control_len = ZERO},
	{.name = "control NULL of 32", .is = ROW_HEADER, .control = NIL, .control_len = 32},
	{.name = "control of 0", .is = ROW_HEADER, .control_len = ZERO},
	{.name = "control of 8", .is = ROW_HEADER, .own = OWN_TTL, .control_len = 8},
	{.name = "control of 15", .is = ROW_HEADER, .own = OWN_TTL, .control_len = 15},
	{.name = "control of 16", .is = ROW_HEADER, .own = OWN_TTL, .control_len = 16},
	{.name = "control of 19", .is = ROW_HEADER, .own = OWN_TTL, .control_len = 19},
	{.name = "control of 20", .is = ROW_HEADER, .own = OWN_TTL, .control_len = 20},
	{.name = "control of 24", .is = ROW_HEADER, .own = OWN_TTL, .control_len = 24},
	{.name = "control of 30", .is = ROW_HEADER, .own = OWN_TTL, .control_len = 30},
	{.name = "control of 1024", .is = ROW_HEADER, .own = OWN_TTL, .control_len = 1024},
	{.name = "control of 2000", .is = ROW_HEADER, .own = OWN_TTL, .control_len = 2000},
	{.name = "control of SIZE_MAX", .is = ROW_HEADER, .own = OWN_TTL, .control_len = -1},
	{.name = "control of INT_MAX + 1",
		.is = ROW_HEADER,
		.own = OWN_TTL,
		.control_len = INT_MAX + 1LL},
	{.name = "control 1", .is = ROW_HEADER, .control = ONE, .control_len = 32},
	{.name = "control nowhere", .is = ROW_HEADER, .control = NONE, .control_len = 32},
	{.name = "control nowhere of 0", .is = ROW_HEADER, .control = NONE, .control_len = ZERO},
	{.name = "control cut at 24", .is = ROW_HEADER, .control = CUT(24), .own = OWN_TTL},
	{.name = "control cut at 20",
		.is = ROW_HEADER,
		.control = CUT(20),
		.own = OWN_TTL,
		.control_len = 20},
	{.name = "control cut at 16", .is = ROW_HEADER, .control = CUT(16), .own = OWN_TTL},
	{.name = "control odd", .is = ROW_HEADER, .control = ODD, .own = OWN_TTL},
	{.name = "TTL", .is = ROW_HEADER, .own = OWN_TTL},
	{.name = "traffic class", .is = ROW_HEADER, .own = OWN_TCLASS},
	{.name = "interface", .is = ROW_HEADER, .own = OWN_IFINDEX},
	{.name = "interface, IPv6", .is = ROW_HEADER, .own = OWN_IFINDEX_V6},
	{.name = "source", .is = ROW_HEADER, .own = OWN_SOURCE},
	{.name = "source, IPv6", .is = ROW_HEADER, .own = OWN_SOURCE_V6},
	{.name = "source that is not local", .is = ROW_HEADER, .own = OWN_SOURCE_WRONG},
	{.name = "segments", .is = ROW_HEADER, .own = OWN_SEGMENT},
	{.name = "unknown", .is = ROW_HEADER, .own = OWN_UNKNOWN},
	{.name = "control length 0", .is = ROW_HEADER, .own = OWN_LEN_0, .control_len = 24},
	{.name = "control length beyond",
		.is = ROW_HEADER,
		.own = OWN_LEN_BEYOND,
		.control_len = 24},
};

enum call {
	CALL_SENDTO,
	CALL_SENDMSG,
	CALL_SENDMMSG,
	NUMBER_SENDTO,
	NUMBER_SENDMSG,
	NUMBER_SENDMMSG,
	CALLS
};
static const char *const call_names[CALLS] = {
	"sendto", "sendmsg", "sendmmsg", "SYS_sendto", "SYS_sendmsg", "SYS_sendmmsg"};

struct arguments {
	const void *buf;
	size_t n;
	const void *addr;
	socklen_t addr_len;
	void *header;
	struct mmsghdr before;
};

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
	msg->msg_controllen = own_write(row->own, control);
	msg->msg_controllen = (size_t)value_or(row->control_len, (long long)msg->msg_controllen);
	/* A longer length includes bytes after the message, which are zero. */
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
	case CALL_SENDMMSG:
		return sendmmsg(fd, with->header, 1, flags);
	case NUMBER_SENDTO:
		return syscall(
			SYS_sendto, fd, with->buf, with->n, flags, with->addr, with->addr_len);
	case NUMBER_SENDMSG:
		return syscall(SYS_sendmsg, fd, with->header, flags);
	default:
		return syscall(SYS_sendmmsg, fd, with->header, 1, flags);
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

static bool is_wanted(const struct kind *kind, enum call call, const struct row *row)
{
	if (row->is & ROW_HEADER && (call == CALL_SENDTO || call == NUMBER_SENDTO))
		return false;
	/* How much TCP takes from a buffer that ends in unmapped memory is unspecified. */
	if (kind->flags & KIND_TCP && (size_t)value_or(row->n, USUAL_LEN) > SLOT_SIZE)
		return false;
	return call < NUMBER_SENDTO || kind->flags & KIND_FULL;
}

static void run_row(const struct kind *kind, bool is_stale, enum call call, const struct row *row)
{
	struct arguments with;
	struct station station;

	if (!is_wanted(kind, call, row))
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
	if (row->flags & MSG_MORE) {
		errno = ERRNO_BEFORE;
		say(" rest:");
		say_result(sendto(station.fd, "the rest", 8, MSG_DONTWAIT,
			(struct sockaddr *)&station.dest, station.dest_len));
	}
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
