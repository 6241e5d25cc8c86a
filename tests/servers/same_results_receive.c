/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvfrom, its fortified form, recvmsg and recvmmsg of one message: every row on every kind of
 * descriptor. */
#include "same_results.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags, struct sockaddr *addr,
	socklen_t *addr_len);

enum { USUAL_ROOM = 64, USUAL_ADDR = 128, FED_LEN = 10, INTERNAL_FLAG = INT_MIN };

/* Only recvmsg and recvmmsg have a header, control data and vectors. */
enum { ROW_HEADER = 1 << 0, ROW_WAITS = 1 << 1, ROW_EMPTY = 1 << 2, ROW_NO_DATA = 1 << 3 };

/* A number that is 0 is the usual one, ZERO is 0. */
struct row {
	const char *name;
	int is;
	int flags;
	int buf, addr, len_at; /* places */
	long long n, addr_len;
	int header, control, iov; /* places */
	long long control_len, iov_count;
};

static const struct row rows[] = {
	{"usual"},
	{"waiting", ROW_WAITS},
	{"waiting in vain", ROW_WAITS | ROW_EMPTY},
	{"empty", ROW_EMPTY},
	{"no data", ROW_NO_DATA},
	{"no data, peek", ROW_NO_DATA, MSG_PEEK},
	{"peek", 0, MSG_PEEK},
	{"trunc", 0, MSG_TRUNC, .n = 4},
	{"peek trunc", 0, MSG_PEEK | MSG_TRUNC, .n = 4},
	{"cut", 0, .n = 4},
	{"all", 0, MSG_WAITALL},
	{"all, waiting", ROW_WAITS, MSG_WAITALL},
	{"out of band", 0, MSG_OOB},
	{"error queue", 0, MSG_ERRQUEUE},
	{"close on exec", 0, MSG_CMSG_CLOEXEC},
	{"the kernel's own flag", 0, INTERNAL_FLAG},
	{"all flags", ROW_WAITS, -1 & ~(INTERNAL_FLAG | MSG_OOB | MSG_ERRQUEUE | MSG_DONTWAIT)},
	{"n 0", 0, .n = ZERO},
	{"n 0, buf NULL", 0, .n = ZERO, .buf = NIL},
	{"n 0, buf 1", 0, .n = ZERO, .buf = ONE},
	{"n 0, buf top", 0, .n = ZERO, .buf = TOP},
	{"n 0, peek trunc", 0, MSG_PEEK | MSG_TRUNC, .n = ZERO},
	{"n SIZE_MAX", 0, .n = -1},
	{"n SSIZE_MAX", 0, .n = SSIZE_MAX},
	{"n INT_MAX + 1", 0, .n = INT_MAX + 1LL},
	{"n UINT_MAX", 0, .n = UINT_MAX},
	{"buf NULL", 0, .buf = NIL},
	{"buf 1", 0, .buf = ONE},
	{"buf top", 0, .buf = TOP},
	{"buf nowhere", 0, .buf = NONE},
	{"buf nowhere, peek", 0, MSG_PEEK, .buf = NONE},
	{"buf read-only", 0, .buf = READ_ONLY},
	{"buf cut at 4", 0, .buf = CUT(4)},
	{"buf cut at 10", 0, .buf = CUT(10)},
	{"buf odd", 0, .buf = ODD},
	{"buf 1, n SIZE_MAX", 0, .buf = ONE, .n = -1},
	{"addr NULL", 0, .addr = NIL},
	{"addr NULL, len NULL", 0, .addr = NIL, .len_at = NIL},
	{"addr NULL, len nowhere", 0, .addr = NIL, .len_at = NONE},
	{"addr NULL, len negative", 0, .addr = NIL, .addr_len = -1},
	{"len NULL", 0, .len_at = NIL},
	{"len 1", 0, .len_at = ONE},
	{"len top", 0, .len_at = TOP},
	{"len nowhere", 0, .len_at = NONE},
	{"len nowhere, peek", 0, MSG_PEEK, .len_at = NONE},
	{"len cut at 2", 0, .len_at = CUT(2)},
	{"len odd", 0, .len_at = ODD},
	{"addr 1", 0, .addr = ONE},
	{"addr top", 0, .addr = TOP},
	{"addr nowhere", 0, .addr = NONE},
	{"addr nowhere, peek", 0, MSG_PEEK, .addr = NONE},
	{"addr read-only", 0, .addr = READ_ONLY},
	{"addr nowhere, length 0", 0, .addr = NONE, .addr_len = ZERO},
	{"addr cut at 8", 0, .addr = CUT(8)},
	{"addr cut at 16", 0, .addr = CUT(16)},
	{"addr cut at 20", 0, .addr = CUT(20)},
	{"addr cut at 28", 0, .addr = CUT(28)},
	{"addr odd", 0, .addr = ODD},
	{"addr of 0", 0, .addr_len = ZERO},
	{"addr of 1", 0, .addr_len = 1},
	{"addr of 2", 0, .addr_len = 2},
	{"addr of 4", 0, .addr_len = 4},
	{"addr of 8", 0, .addr_len = 8},
	{"addr of 15", 0, .addr_len = 15},
	{"addr of 16", 0, .addr_len = 16},
	{"addr of 24", 0, .addr_len = 24},
	{"addr of 27", 0, .addr_len = 27},
	{"addr of 28", 0, .addr_len = 28},
	{"addr of 1024", 0, .addr_len = 1024},
	{"addr of INT_MAX", 0, .addr_len = INT_MAX},
	{"addr of -1", 0, .addr_len = -1},
	{"addr of INT_MIN", 0, .addr_len = INT_MIN},
	{"addr of -1, empty", ROW_EMPTY, .addr_len = -1},
	{"header NULL", ROW_HEADER, .header = NIL},
	{"header 1", ROW_HEADER, .header = ONE},
	{"header top", ROW_HEADER, .header = TOP},
	{"header nowhere", ROW_HEADER, .header = NONE},
	{"header cut at 8", ROW_HEADER, .header = CUT(8)},
	{"header cut at 40", ROW_HEADER, .header = CUT(40)},
	{"header odd", ROW_HEADER, .header = ODD},
	{"vectors NULL", ROW_HEADER, .iov = NIL},
	{"vectors 1", ROW_HEADER, .iov = ONE},
	{"vectors nowhere", ROW_HEADER, .iov = NONE},
	{"vectors cut at 8", ROW_HEADER, .iov = CUT(8)},
	{"vectors odd", ROW_HEADER, .iov = ODD},
	{"no vectors", ROW_HEADER, .iov_count = ZERO},
	{"no vectors, NULL", ROW_HEADER, .iov_count = ZERO, .iov = NIL},
	{"two vectors", ROW_HEADER, .iov_count = 2},
	{"1024 vectors", ROW_HEADER, .iov_count = 1024},
	{"1025 vectors", ROW_HEADER, .iov_count = 1025},
	{"SIZE_MAX vectors", ROW_HEADER, .iov_count = -1},
	{"control NULL of 0", ROW_HEADER, .control = NIL, .control_len = ZERO},
	{"control NULL of 256", ROW_HEADER, .control = NIL},
	{"control of 0", ROW_HEADER, .control_len = ZERO},
	{"control of 1", ROW_HEADER, .control_len = 1},
	{"control of 16", ROW_HEADER, .control_len = 16},
	{"control of 64", ROW_HEADER, .control_len = 64},
	{"control of 1024", ROW_HEADER, .control_len = 1024},
	{"control of 1025", ROW_HEADER, .control_len = 1025},
	{"control of 5000", ROW_HEADER, .control_len = 5000},
	{"control of SIZE_MAX", ROW_HEADER, .control_len = -1},
	{"control of INT_MAX + 1", ROW_HEADER, .control_len = INT_MAX + 1LL},
	{"control 1", ROW_HEADER, .control = ONE},
	{"control top", ROW_HEADER, .control = TOP},
	{"control nowhere", ROW_HEADER, .control = NONE},
	{"control nowhere of 0", ROW_HEADER, .control = NONE, .control_len = ZERO},
	{"control read-only", ROW_HEADER, .control = READ_ONLY},
	{"control cut at 8", ROW_HEADER, .control = CUT(8)},
	{"control cut at 24", ROW_HEADER, .control = CUT(24)},
	{"control cut at 64", ROW_HEADER, .control = CUT(64)},
	{"control cut at 128", ROW_HEADER, .control = CUT(128)},
	{"control cut at 128 of 5000", ROW_HEADER, .control = CUT(128), .control_len = 5000},
	{"control odd", ROW_HEADER, .control = ODD},
	{"name NULL of -1, control", ROW_HEADER, .addr = NIL, .addr_len = -1},
	{"name of -1, control", ROW_HEADER, .addr_len = -1},
};

enum call { CALL_RECVFROM, CALL_RECVFROM_CHK, CALL_RECVMSG, CALL_RECVMMSG, CALLS };
static const char *const call_names[CALLS] = {"recvfrom", "recvfrom_chk", "recvmsg", "recvmmsg"};

/* All arguments of one call, as they stand in the slots. */
struct arguments {
	void *buf;
	size_t n;
	void *addr;
	void *len_at;
	void *header;
	struct mmsghdr before;
	size_t control_len;
};

static void prepare(const struct row *row, struct arguments *ret)
{
	socklen_t addr_len = (socklen_t)value_or(row->addr_len, USUAL_ADDR);
	struct msghdr *msg = &ret->before.msg_hdr;
	struct iovec vectors[2];

	ret->buf = memory_at(SLOT_BUF, row->buf);
	ret->n = (size_t)value_or(row->n, USUAL_ROOM);
	ret->addr = memory_at(SLOT_ADDR, row->addr);
	ret->len_at = memory_at(SLOT_LEN, row->len_at);
	memory_put(ret->len_at, &addr_len, sizeof(addr_len));
	ret->control_len = (size_t)value_or(row->control_len, 256);
	vectors[0] = (struct iovec){ret->buf, ret->n};
	vectors[1] = vectors[0];
	if (row->iov_count == 2) {
		vectors[0].iov_len = 3;
		vectors[1].iov_base = (char *)ret->buf + 100;
	}
	memset(&ret->before, 0, sizeof(ret->before));
	msg->msg_name = ret->addr;
	msg->msg_namelen = addr_len;
	msg->msg_iov = memory_at(SLOT_IOV, row->iov);
	msg->msg_iovlen = (size_t)value_or(row->iov_count, 1);
	msg->msg_control = memory_at(SLOT_CONTROL, row->control);
	msg->msg_controllen = ret->control_len;
	msg->msg_flags = 0x5a5a;
	ret->before.msg_len = 77;
	for (int i = 0; i < (row->iov_count > 2 ? 1024 : 1); i++)
		memory_put((struct iovec *)msg->msg_iov + i, &vectors[0], sizeof(vectors[0]));
	if (row->iov_count == 2)
		memory_put((struct iovec *)msg->msg_iov + 1, &vectors[1], sizeof(vectors[1]));
	ret->header = memory_at(SLOT_MSG, row->header);
	memory_put(ret->header, &ret->before, sizeof(ret->before));
}

static long make_call(enum call call, int fd, const struct arguments *with, int flags)
{
	switch (call) {
	case CALL_RECVFROM:
		return recvfrom(fd, with->buf, with->n, flags, with->addr, with->len_at);
	case CALL_RECVFROM_CHK:
		return __recvfrom_chk(
			fd, with->buf, with->n, with->n, flags, with->addr, with->len_at);
	case CALL_RECVMSG:
		return recvmsg(fd, with->header, flags);
	default:
		return recvmmsg(fd, with->header, 1, flags, NULL);
	}
}

static void say_outcome(enum call call, const struct arguments *with)
{
	struct mmsghdr after;

	say_memory("data", with->buf, 2048);
	say_memory("addr", with->addr, 2048);
	if (call == CALL_RECVFROM || call == CALL_RECVFROM_CHK) {
		say_memory("len", with->len_at, sizeof(socklen_t));
		return;
	}
	memory_get(&after, with->header, sizeof(after));
	if (memory_reach(with->header) < sizeof(after))
		return;
	say_header(&after.msg_hdr, &with->before.msg_hdr, with->control_len);
	if (call == CALL_RECVMMSG)
		say(" msg_len=%u", after.msg_len);
}

static void run_row(const struct kind *kind, bool is_stale, enum call call, const struct row *row)
{
	struct arguments with;
	struct station station;

	if (row->is & ROW_HEADER && (call == CALL_RECVFROM || call == CALL_RECVFROM_CHK))
		return;
	if (is_stale)
		kind_open_stale(kind, &station);
	else
		kind_open(kind, &station);
	if (!(row->is & ROW_EMPTY))
		kind_feed(&station, 2, row->is & ROW_NO_DATA ? 0 : FED_LEN);
	prepare(row, &with);
	say_begin("receive, %s%s, %s, %s", is_stale ? "stale " : "", kind->name, call_names[call],
		row->name);
	say_result(make_call(call, station.fd, &with,
		row->flags | (row->is & ROW_WAITS ? 0 : MSG_DONTWAIT)));
	say_outcome(call, &with);
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

void family_receive(void)
{
	for (size_t i = 0; i < kinds_count; i++) {
		if (kinds[i].flags & KIND_DUAL && !wants_dual)
			continue;
		run_apart(kinds[i].name, run_fresh, &kinds[i]);
		run_apart(kinds[i].name, run_stale, &kinds[i]);
	}
}
