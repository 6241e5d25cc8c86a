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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Called by programs built with _FORTIFY_SOURCE; musl does not have it. */
#ifdef __GLIBC__
ssize_t __recvfrom_chk(int fd, void *buf, size_t n, size_t buflen, int flags, struct sockaddr *addr,
	socklen_t *addr_len);
#else
#define __recvfrom_chk(fd, buf, n, buflen, flags, addr, addr_len) \
	recvfrom(fd, buf, n, flags, addr, addr_len)
#endif

enum { USUAL_ROOM = 64, USUAL_ADDR = 128, FED_COUNT = 2, FED_LEN = 10, INTERNAL_FLAG = INT_MIN };

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
	{.name = "usual"},
	{.name = "waiting", .is = ROW_WAITS},
	{.name = "waiting in vain", .is = ROW_WAITS | ROW_EMPTY},
	{.name = "empty", .is = ROW_EMPTY},
	{.name = "no data", .is = ROW_NO_DATA},
	{.name = "no data, peek", .is = ROW_NO_DATA, .flags = MSG_PEEK},
	{.name = "peek", .flags = MSG_PEEK},
	{.name = "trunc", .flags = MSG_TRUNC, .n = 4},
	{.name = "peek trunc", .flags = MSG_PEEK | MSG_TRUNC, .n = 4},
	{.name = "cut", .n = 4},
	{.name = "all", .flags = MSG_WAITALL},
	{.name = "all, waiting", .is = ROW_WAITS, .flags = MSG_WAITALL, .n = FED_COUNT * FED_LEN},
	{.name = "out of band", .flags = MSG_OOB},
	{.name = "error queue", .flags = MSG_ERRQUEUE},
	{.name = "close on exec", .flags = MSG_CMSG_CLOEXEC},
	{.name = "the kernel's own flag", .flags = INTERNAL_FLAG},
	{.name = "all flags",
		.is = ROW_WAITS,
		.n = FED_COUNT * FED_LEN,
		.flags = -1 & ~(INTERNAL_FLAG | MSG_OOB | MSG_ERRQUEUE | MSG_DONTWAIT)},
	{.name = "n 0", .n = ZERO},
	{.name = "n 0, buf NULL", .n = ZERO, .buf = NIL},
	{.name = "n 0, buf 1", .n = ZERO, .buf = ONE},
	{.name = "n 0, buf top", .n = ZERO, .buf = TOP},
	{.name = "n 0, peek trunc", .flags = MSG_PEEK | MSG_TRUNC, .n = ZERO},
	{.name = "n SIZE_MAX", .n = -1},
	{.name = "n SSIZE_MAX", .n = SSIZE_MAX},
	{.name = "n INT_MAX + 1", .n = INT_MAX + 1LL},
	{.name = "n UINT_MAX", .n = UINT_MAX},
	{.name = "buf NULL", .buf = NIL},
	{.name = "buf 1", .buf = ONE},
	{.name = "buf top", .buf = TOP},
	{.name = "buf nowhere", .buf = NONE},
	{.name = "buf nowhere, peek", .flags = MSG_PEEK, .buf = NONE},
	{.name = "buf read-only", .buf = READ_ONLY},
	{.name = "buf cut at 4", .buf = CUT(4)},
	{.name = "buf cut at 10", .buf = CUT(10)},
	{.name = "buf odd", .buf = ODD},
	{.name = "buf 1, n SIZE_MAX", .buf = ONE, .n = -1},
	{.name = "addr NULL", .addr = NIL},
	{.name = "addr NULL, len NULL", .addr = NIL, .len_at = NIL},
	{.name = "addr NULL, len nowhere", .addr = NIL, .len_at = NONE},
	{.name = "addr NULL, len negative", .addr = NIL, .addr_len = -1},
	{.name = "len NULL", .len_at = NIL},
	{.name = "len 1", .len_at = ONE},
	{.name = "len top", .len_at = TOP},
	{.name = "len nowhere", .len_at = NONE},
	{.name = "len nowhere, peek", .flags = MSG_PEEK, .len_at = NONE},
	{.name = "len cut at 2", .len_at = CUT(2)},
	{.name = "len odd", .len_at = ODD},
	{.name = "addr 1", .addr = ONE},
	{.name = "addr top", .addr = TOP},
	{.name = "addr nowhere", .addr = NONE},
	{.name = "addr nowhere, peek", .flags = MSG_PEEK, .addr = NONE},
	{.name = "addr read-only", .addr = READ_ONLY},
	{.name = "addr nowhere, length 0", .addr = NONE, .addr_len = ZERO},
	{.name = "addr cut at 8", .addr = CUT(8)},
	{.name = "addr cut at 16", .addr = CUT(16)},
	{.name = "addr cut at 20", .addr = CUT(20)},
	{.name = "addr cut at 28", .addr = CUT(28)},
	{.name = "addr odd", .addr = ODD},
	{.name = "addr of 0", .addr_len = ZERO},
	{.name = "addr of 1", .addr_len = 1},
	{.name = "addr of 2", .addr_len = 2},
	{.name = "addr of 4", .addr_len = 4},
	{.name = "addr of 8", .addr_len = 8},
	{.name = "addr of 15", .addr_len = 15},
	{.name = "addr of 16", .addr_len = 16},
	{.name = "addr of 24", .addr_len = 24},
	{.name = "addr of 27", .addr_len = 27},
	{.name = "addr of 28", .addr_len = 28},
	{.name = "addr of 1024", .addr_len = 1024},
	{.name = "addr of INT_MAX", .addr_len = INT_MAX},
	{.name = "addr of -1", .addr_len = -1},
	{.name = "addr of INT_MIN", .addr_len = INT_MIN},
	{.name = "addr of -1, empty", .is = ROW_EMPTY, .addr_len = -1},
	{.name = "header NULL", .is = ROW_HEADER, .header = NIL},
	{.name = "header 1", .is = ROW_HEADER, .header = ONE},
	{.name = "header top", .is = ROW_HEADER, .header = TOP},
	{.name = "header nowhere", .is = ROW_HEADER, .header = NONE},
	{.name = "header cut at 8", .is = ROW_HEADER, .header = CUT(8)},
	{.name = "header cut at 40", .is = ROW_HEADER, .header = CUT(40)},
	{.name = "header odd", .is = ROW_HEADER, .header = ODD},
	{.name = "vectors NULL", .is = ROW_HEADER, .iov = NIL},
	{.name = "vectors 1", .is = ROW_HEADER, .iov = ONE},
	{.name = "vectors nowhere", .is = ROW_HEADER, .iov = NONE},
	{.name = "vectors cut at 8", .is = ROW_HEADER, .iov = CUT(8)},
	{.name = "vectors odd", .is = ROW_HEADER, .iov = ODD},
	{.name = "no vectors", .is = ROW_HEADER, .iov_count = ZERO},
	{.name = "no vectors, NULL", .is = ROW_HEADER, .iov_count = ZERO, .iov = NIL},
	{.name = "two vectors", .is = ROW_HEADER, .iov_count = 2},
	{.name = "1024 vectors", .is = ROW_HEADER, .iov_count = 1024},
	{.name = "1025 vectors", .is = ROW_HEADER, .iov_count = 1025},
	{.name = "SIZE_MAX vectors", .is = ROW_HEADER, .iov_count = -1},
	{.name = "control NULL of 0", .is = ROW_HEADER, .control = NIL, .control_len = ZERO},
	{.name = "control NULL of 256", .is = ROW_HEADER, .control = NIL},
	{.name = "control of 0", .is = ROW_HEADER, .control_len = ZERO},
	{.name = "control of 1", .is = ROW_HEADER, .control_len = 1},
	{.name = "control of 16", .is = ROW_HEADER, .control_len = 16},
	{.name = "control of 64", .is = ROW_HEADER, .control_len = 64},
	{.name = "control of 1024", .is = ROW_HEADER, .control_len = 1024},
	{.name = "control of 1025", .is = ROW_HEADER, .control_len = 1025},
	{.name = "control of 5000", .is = ROW_HEADER, .control_len = 5000},
	{.name = "control of SIZE_MAX", .is = ROW_HEADER, .control_len = -1},
	{.name = "control of INT_MAX + 1", .is = ROW_HEADER, .control_len = INT_MAX + 1LL},
	{.name = "control 1", .is = ROW_HEADER, .control = ONE},
	{.name = "control top", .is = ROW_HEADER, .control = TOP},
	{.name = "control nowhere", .is = ROW_HEADER, .control = NONE},
	{.name = "control nowhere of 0", .is = ROW_HEADER, .control = NONE, .control_len = ZERO},
	{.name = "control read-only", .is = ROW_HEADER, .control = READ_ONLY},
	{.name = "control cut at 8", .is = ROW_HEADER, .control = CUT(8)},
	{.name = "control cut at 24", .is = ROW_HEADER, .control = CUT(24)},
	{.name = "control cut at 64", .is = ROW_HEADER, .control = CUT(64)},
	{.name = "control cut at 128", .is = ROW_HEADER, .control = CUT(128)},
	{.name = "control cut at 128 of 5000",
		.is = ROW_HEADER,
		.control = CUT(128),
		.control_len = 5000},
	{.name = "control odd", .is = ROW_HEADER, .control = ODD},
	{.name = "name NULL of -1, control", .is = ROW_HEADER, .addr = NIL, .addr_len = -1},
	{.name = "name of -1, control", .is = ROW_HEADER, .addr_len = -1},
};

enum call {
	CALL_RECVFROM,
	CALL_RECVFROM_CHK,
	CALL_RECVMSG,
	CALL_RECVMMSG,
	NUMBER_RECVFROM,
	NUMBER_RECVMSG,
	NUMBER_RECVMMSG,
	CALLS
};
static const char *const call_names[CALLS] = {"recvfrom", "recvfrom_chk", "recvmsg", "recvmmsg",
	"SYS_recvfrom", "SYS_recvmsg", "SYS_recvmmsg"};

static bool is_from(enum call call)
{
	return call == CALL_RECVFROM || call == CALL_RECVFROM_CHK || call == NUMBER_RECVFROM;
}

/* All arguments of one call, in their slots. */
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
	case CALL_RECVMMSG:
		return recvmmsg(fd, with->header, 1, flags, NULL);
	case NUMBER_RECVFROM:
		return syscall(
			SYS_recvfrom, fd, with->buf, with->n, flags, with->addr, with->len_at);
	case NUMBER_RECVMSG:
		return syscall(SYS_recvmsg, fd, with->header, flags);
	default:
		return syscall(SYS_recvmmsg, fd, with->header, 1, flags, NULL);
	}
}

static void say_outcome(enum call call, const struct arguments *with)
{
	struct mmsghdr after;

	say_memory("data", with->buf, 2048);
	say_memory("addr", with->addr, 2048);
	if (is_from(call)) {
		say_memory("len", with->len_at, sizeof(socklen_t));
		return;
	}
	memory_get(&after, with->header, sizeof(after));
	if (memory_reach(with->header) < sizeof(after))
		return;
	say_header(&after.msg_hdr, &with->before.msg_hdr, with->control_len);
	if (call == CALL_RECVMMSG || call == NUMBER_RECVMMSG)
		say(" msg_len=%u", after.msg_len);
}

static bool is_wanted(const struct kind *kind, bool is_stale, enum call call, const struct row *row)
{
	bool waits_in_vain = row->is & ROW_EMPTY && row->is & ROW_WAITS;

	if (row->is & ROW_HEADER && is_from(call))
		return false;
	if (LIBC_LOOKS && row->is & ROW_HEADER && row->header != GOOD && row->header != ODD)
		return false;
	if (waits_in_vain && (is_stale || call >= NUMBER_RECVFROM))
		return false;
	return kind->flags & KIND_FULL || (call < NUMBER_RECVFROM && !waits_in_vain);
}

static void run_row(const struct kind *kind, bool is_stale, enum call call, const struct row *row)
{
	struct arguments with;
	struct station station;

	if (!is_wanted(kind, is_stale, call, row))
		return;
	if (is_stale)
		kind_open_stale(kind, &station);
	else
		kind_open(kind, &station);
	if (!(row->is & ROW_EMPTY))
		kind_feed(&station, FED_COUNT, row->is & ROW_NO_DATA ? 0 : FED_LEN);
	prepare(row, &with);
	say_begin("receive, %s%s, %s, %s", is_stale ? "stale " : "", kind->name, call_names[call],
		row->name);
	say_result(make_call(
		call, station.fd, &with, row->flags | (row->is & ROW_WAITS ? 0 : MSG_DONTWAIT)));
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

/* One byte more than the buffer has: libc ends the program. */
static void run_overflow(const void *unused)
{
	unsigned char buf[16];
	int fd = socket(AF_INET, SOCK_DGRAM, 0), status = 0;
	pid_t child;

	(void)unused;
	say_begin("receive, recvfrom_chk, beyond the buffer");
	child = fork();
	if (child == 0) {
		__recvfrom_chk(fd, buf, 9, 8, MSG_DONTWAIT, NULL, NULL);
		_exit(0);
	}
	waitpid(child, &status, 0);
	say(" %s", WIFSIGNALED(status) ? "ends" : "goes on");
	say_end();
}

void family_receive(void)
{
	for (size_t i = 0; i < kinds_count; i++) {
		if (kinds[i].flags & KIND_DUAL && !wants_dual)
			continue;
		run_apart(kinds[i].name, run_fresh, &kinds[i]);
		run_apart(kinds[i].name, run_stale, &kinds[i]);
	}
	run_apart("recvfrom_chk", run_overflow, NULL);
}
