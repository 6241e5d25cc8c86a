/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvmmsg and sendmmsg of many messages: lengths, waiting, timeouts, and errors in the middle. */
#include "same_results.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_MAX = 2000, TEXT = 16, FED_MAX = 1100, RECEIVE_BUFFER = 8 << 20 };

/* What is wrong with one message of a batch. */
enum fault {
	FAULT_NONE,
	FAULT_BUF,
	FAULT_NAME,
	FAULT_NAME_NEGATIVE,
	FAULT_NAME_NULL_NEGATIVE,
	FAULT_CONTROL,
	FAULT_CONTROL_NULL,
	FAULT_CONTROL_CUT,
	FAULT_IOV,
	FAULT_IOV_COUNT,
	FAULT_ARRAY_ENDS,
	FAULT_PORT_0,
	FAULT_FAMILY,
	FAULT_TOO_LONG,
	FAULT_UNREACHABLE,
	FAULT_BAD_CONTROL,
	FAULT_SHORT_NAME,
};

/* What else of a timeout than none. */
enum wait {
	WAIT_NONE,
	WAIT_0,
	WAIT_10_MS,
	WAIT_NEGATIVE,
	WAIT_NANOSECONDS,
	WAIT_NOWHERE,
	WAIT_CUT
};

struct row {
	const char *name;
	unsigned int vlen, fed;
	int flags;
	enum fault fault;
	unsigned int at; /* the message with the fault */
	enum wait wait;
	bool is_blocking;
};

static const struct row receive_rows[] = {
	{.name = "none of none", .vlen = 0, .fed = 0},
	{.name = "none", .vlen = 0, .fed = 2},
	{.name = "one", .vlen = 1, .fed = 3},
	{.name = "three", .vlen = 3, .fed = 3},
	{.name = "three of one", .vlen = 3, .fed = 1},
	{.name = "three of none", .vlen = 3, .fed = 0},
	{.name = "64", .vlen = 64, .fed = 80},
	{.name = "64 of ten", .vlen = 64, .fed = 10},
	{.name = "1024", .vlen = 1024, .fed = 1100},
	{.name = "2000", .vlen = 2000, .fed = 1100},
	{.name = "2000 of one", .vlen = 2000, .fed = 1},
	{.name = "UINT_MAX of two", .vlen = UINT_MAX, .fed = 2},
	{.name = "three, waiting", .vlen = 3, .fed = 3, .is_blocking = true},
	{.name = "three of one, waiting", .vlen = 3, .fed = 1, .is_blocking = true},
	{.name = "three of none, waiting", .vlen = 3, .fed = 0, .is_blocking = true},
	{.name = "64 of 20, waiting", .vlen = 64, .fed = 20, .is_blocking = true},
	{.name = "for one", .vlen = 3, .fed = 1, .flags = MSG_WAITFORONE, .is_blocking = true},
	{.name = "for one of two",
		.vlen = 3,
		.fed = 2,
		.flags = MSG_WAITFORONE,
		.is_blocking = true},
	{.name = "for one of none", .vlen = 3, .flags = MSG_WAITFORONE, .is_blocking = true},
	{.name = "peek", .vlen = 3, .fed = 2, .flags = MSG_PEEK},
	{.name = "trunc", .vlen = 3, .fed = 2, .flags = MSG_TRUNC},
	{.name = "error queue", .vlen = 3, .fed = 2, .flags = MSG_ERRQUEUE},
	{.name = "the kernel's own flag", .vlen = 3, .fed = 2, .flags = INT_MIN},
	{.name = "timeout 0", .vlen = 3, .fed = 2, .wait = WAIT_0, .is_blocking = true},
	{.name = "timeout 0 of none", .vlen = 3, .wait = WAIT_0},
	{.name = "timeout", .vlen = 3, .fed = 2, .wait = WAIT_10_MS, .is_blocking = true},
	{.name = "timeout negative", .vlen = 3, .fed = 2, .wait = WAIT_NEGATIVE},
	{.name = "timeout too many nanoseconds", .vlen = 3, .fed = 2, .wait = WAIT_NANOSECONDS},
	{.name = "timeout nowhere", .vlen = 3, .fed = 2, .wait = WAIT_NOWHERE},
	{.name = "timeout cut", .vlen = 3, .fed = 2, .wait = WAIT_CUT},
	{.name = "timeout nowhere, none", .vlen = 0, .fed = 2, .wait = WAIT_NOWHERE},
	{.name = "buf", .vlen = 4, .fed = 4, .fault = FAULT_BUF, .at = 1},
	{.name = "buf, first", .vlen = 4, .fed = 4, .fault = FAULT_BUF},
	{.name = "buf, peek", .vlen = 4, .fed = 4, .fault = FAULT_BUF, .at = 1, .flags = MSG_PEEK},
	{.name = "name", .vlen = 4, .fed = 4, .fault = FAULT_NAME, .at = 1},
	{.name = "name, first", .vlen = 4, .fed = 4, .fault = FAULT_NAME},
	{.name = "name negative", .vlen = 4, .fed = 4, .fault = FAULT_NAME_NEGATIVE, .at = 1},
	{.name = "name negative, first", .vlen = 4, .fed = 4, .fault = FAULT_NAME_NEGATIVE},
	{.name = "name negative, last but one",
		.vlen = 4,
		.fed = 4,
		.fault = FAULT_NAME_NEGATIVE,
		.at = 2},
	{.name = "name NULL negative",
		.vlen = 4,
		.fed = 4,
		.fault = FAULT_NAME_NULL_NEGATIVE,
		.at = 1},
	{.name = "name NULL negative, first",
		.vlen = 4,
		.fed = 4,
		.fault = FAULT_NAME_NULL_NEGATIVE},
	{.name = "name NULL negative, 40th",
		.vlen = 64,
		.fed = 64,
		.fault = FAULT_NAME_NULL_NEGATIVE,
		.at = 40},
	{.name = "control", .vlen = 4, .fed = 4, .fault = FAULT_CONTROL, .at = 1},
	{.name = "control, first", .vlen = 4, .fed = 4, .fault = FAULT_CONTROL},
	{.name = "control, waiting",
		.vlen = 4,
		.fed = 4,
		.fault = FAULT_CONTROL,
		.at = 1,
		.is_blocking = true},
	{.name = "control NULL", .vlen = 4, .fed = 4, .fault = FAULT_CONTROL_NULL, .at = 1},
	{.name = "control cut", .vlen = 4, .fed = 4, .fault = FAULT_CONTROL_CUT, .at = 1},
	{.name = "control cut, first", .vlen = 4, .fed = 4, .fault = FAULT_CONTROL_CUT},
	{.name = "vectors", .vlen = 4, .fed = 4, .fault = FAULT_IOV, .at = 1},
	{.name = "vectors, first", .vlen = 4, .fed = 4, .fault = FAULT_IOV},
	{.name = "vector count", .vlen = 4, .fed = 4, .fault = FAULT_IOV_COUNT, .at = 1},
	{.name = "array ends", .vlen = 4, .fed = 4, .fault = FAULT_ARRAY_ENDS, .at = 1},
	{.name = "array ends, waiting",
		.vlen = 4,
		.fed = 4,
		.fault = FAULT_ARRAY_ENDS,
		.at = 2,
		.is_blocking = true},
	{.name = "array ends, 40th", .vlen = 64, .fed = 64, .fault = FAULT_ARRAY_ENDS, .at = 40},
};

static const struct row send_rows[] = {
	{.name = "none", .vlen = 0},
	{.name = "one", .vlen = 1},
	{.name = "three", .vlen = 3},
	{.name = "64", .vlen = 64},
	{.name = "1024", .vlen = 1024},
	{.name = "2000", .vlen = 2000},
	{.name = "UINT_MAX, array ends", .vlen = UINT_MAX, .fault = FAULT_ARRAY_ENDS, .at = 3},
	{.name = "out of band", .vlen = 3, .flags = MSG_OOB},
	{.name = "the kernel's own flag", .vlen = 3, .flags = INT_MIN},
	{.name = "buf", .vlen = 4, .fault = FAULT_BUF, .at = 1},
	{.name = "buf, first", .vlen = 4, .fault = FAULT_BUF},
	{.name = "buf, last", .vlen = 4, .fault = FAULT_BUF, .at = 3},
	{.name = "name", .vlen = 4, .fault = FAULT_NAME, .at = 1},
	{.name = "name, first", .vlen = 4, .fault = FAULT_NAME},
	{.name = "name negative", .vlen = 4, .fault = FAULT_NAME_NEGATIVE, .at = 1},
	{.name = "name NULL negative", .vlen = 4, .fault = FAULT_NAME_NULL_NEGATIVE, .at = 1},
	{.name = "name short", .vlen = 4, .fault = FAULT_SHORT_NAME, .at = 1},
	{.name = "control", .vlen = 4, .fault = FAULT_CONTROL, .at = 1},
	{.name = "control, first", .vlen = 4, .fault = FAULT_CONTROL},
	{.name = "control NULL", .vlen = 4, .fault = FAULT_CONTROL_NULL, .at = 1},
	{.name = "control cut", .vlen = 4, .fault = FAULT_CONTROL_CUT, .at = 1},
	{.name = "control malformed", .vlen = 4, .fault = FAULT_BAD_CONTROL, .at = 1},
	{.name = "vectors", .vlen = 4, .fault = FAULT_IOV, .at = 1},
	{.name = "vector count", .vlen = 4, .fault = FAULT_IOV_COUNT, .at = 1},
	{.name = "array ends", .vlen = 4, .fault = FAULT_ARRAY_ENDS, .at = 1},
	{.name = "array ends, first", .vlen = 4, .fault = FAULT_ARRAY_ENDS},
	{.name = "array ends, 40th", .vlen = 64, .fault = FAULT_ARRAY_ENDS, .at = 40},
	{.name = "port 0", .vlen = 4, .fault = FAULT_PORT_0, .at = 1},
	{.name = "port 0, first", .vlen = 4, .fault = FAULT_PORT_0},
	{.name = "family", .vlen = 4, .fault = FAULT_FAMILY, .at = 1},
	{.name = "too long", .vlen = 4, .fault = FAULT_TOO_LONG, .at = 1},
	{.name = "too long, first", .vlen = 4, .fault = FAULT_TOO_LONG},
	{.name = "unreachable", .vlen = 4, .fault = FAULT_UNREACHABLE, .at = 1},
	{.name = "unreachable, first", .vlen = 4, .fault = FAULT_UNREACHABLE},
};

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp dual v6", "udp4 high",
	"udp4 specific", "udp4 connected", "udp4 wildcard connected", "tcp4 connected",
	"unix datagram", "unix datagram pair", "netlink", "pipe", "closed"};

/* The batch ends where its pages do, so that one can be made to end early. */
static struct mmsghdr *batch;
static char texts[BATCH_MAX][TEXT];
static struct sockaddr_storage names[BATCH_MAX];
static struct iovec vectors[BATCH_MAX];
static unsigned char controls[BATCH_MAX][64];
static char long_text[70000];

static struct mmsghdr *make_batch(const struct row *row)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = (BATCH_MAX * sizeof(*batch) + page - 1) / page * page;
	static unsigned char *end;
	struct mmsghdr *first;

	if (end == NULL) {
		unsigned char *memory = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED || mprotect(memory + size, page, PROT_NONE) != 0)
			die("mmap");
		end = memory + size;
	}
	first = (struct mmsghdr *)end - (row->fault == FAULT_ARRAY_ENDS ? row->at : BATCH_MAX);
	return first;
}

static unsigned int count_of(const struct row *row)
{
	unsigned int room = row->fault == FAULT_ARRAY_ENDS ? row->at : BATCH_MAX;

	return row->vlen < room ? row->vlen : room;
}

static void make_fault(const struct row *row, struct mmsghdr *message)
{
	struct msghdr *msg = &message->msg_hdr;
	struct sockaddr_in *name = msg->msg_name;
	struct cmsghdr *cmsg = msg->msg_control;

	switch (row->fault) {
	case FAULT_NONE:
	case FAULT_ARRAY_ENDS:
		break;
	case FAULT_BUF:
		msg->msg_iov->iov_base = memory_at(SLOT_BUF, NONE);
		break;
	case FAULT_NAME:
		msg->msg_name = memory_at(SLOT_ADDR, NONE);
		break;
	case FAULT_NAME_NULL_NEGATIVE:
		msg->msg_name = NULL;
		/* fall through */
	case FAULT_NAME_NEGATIVE:
		msg->msg_namelen = (socklen_t)-1;
		break;
	case FAULT_SHORT_NAME:
		msg->msg_namelen = 8;
		break;
	case FAULT_CONTROL:
		msg->msg_control = memory_at(SLOT_CONTROL, NONE);
		msg->msg_controllen = 64;
		break;
	case FAULT_CONTROL_NULL:
		msg->msg_control = NULL;
		msg->msg_controllen = 64;
		break;
	case FAULT_CONTROL_CUT:
		msg->msg_control = memory_at(SLOT_CONTROL, CUT(80));
		msg->msg_controllen = 128;
		break;
	case FAULT_IOV:
		msg->msg_iov = memory_at(SLOT_IOV, NONE);
		break;
	case FAULT_IOV_COUNT:
		msg->msg_iovlen = 1025;
		break;
	case FAULT_PORT_0:
		name->sin_port = 0;
		break;
	case FAULT_FAMILY:
		name->sin_family = AF_UNIX;
		break;
	case FAULT_TOO_LONG:
		msg->msg_iov->iov_base = long_text;
		msg->msg_iov->iov_len = sizeof(long_text);
		break;
	case FAULT_UNREACHABLE:
		/* 198.51.100.1 (RFC 5737); of an AF_INET6 name just the flow label. */
		name->sin_addr.s_addr = htonl(0xc6336401);
		break;
	case FAULT_BAD_CONTROL:
		msg->msg_controllen = 32;
		cmsg->cmsg_len = 1000;
		break;
	}
}

static void prepare(const struct row *row, const struct station *station, bool is_receive)
{
	unsigned int count = count_of(row);

	batch = make_batch(row);
	for (unsigned int i = 0; i < count; i++) {
		struct msghdr *msg = &batch[i].msg_hdr;

		memset(texts[i], is_receive ? 0 : 'a' + (int)(i % 26), TEXT);
		memset(controls[i], 0, sizeof(controls[i]));
		names[i] = station->dest;
		vectors[i] = (struct iovec){texts[i], TEXT};
		batch[i] = (struct mmsghdr){.msg_len = 77};
		msg->msg_iov = &vectors[i];
		msg->msg_iovlen = 1;
		msg->msg_name = &names[i];
		msg->msg_namelen = is_receive ? sizeof(names[i]) : station->dest_len;
		/* Some of them have a control buffer. */
		msg->msg_control = controls[i];
		msg->msg_controllen = is_receive && i % 3 == 1 ? sizeof(controls[i]) : 0;
	}
	if (row->at < count)
		make_fault(row, &batch[row->at]);
}

static struct timespec *make_timeout(enum wait wait)
{
	struct timespec timeout = {0};
	struct timespec *at;

	if (wait == WAIT_NONE)
		return NULL;
	if (wait == WAIT_NOWHERE)
		return memory_at(SLOT_TIMEOUT, NONE);
	at = memory_at(SLOT_TIMEOUT, wait == WAIT_CUT ? CUT(8) : GOOD);
	if (wait == WAIT_10_MS)
		timeout.tv_nsec = 10000000;
	if (wait == WAIT_NEGATIVE)
		timeout.tv_sec = -1;
	if (wait == WAIT_NANOSECONDS)
		timeout.tv_nsec = 1000000000;
	memory_put(at, &timeout, sizeof(timeout));
	return at;
}

/* The first messages one by one, and all of them in one sum. */
static void say_batch(const struct row *row)
{
	unsigned int count = count_of(row), sum = 0, filled = 0;

	for (unsigned int i = 0; i < count; i++) {
		const struct mmsghdr *message = &batch[i];

		sum = (sum + message->msg_len + (unsigned int)message->msg_hdr.msg_flags +
			      (unsigned int)message->msg_hdr.msg_controllen +
			      message->msg_hdr.msg_namelen + (unsigned char)texts[i][0]) *
		      31;
		filled += message->msg_len != 77;
		if (i >= 5)
			continue;
		say(" {%u %u,%zu,%#x %02x}", message->msg_len, message->msg_hdr.msg_namelen,
			(size_t)message->msg_hdr.msg_controllen,
			(unsigned int)message->msg_hdr.msg_flags, (unsigned char)texts[i][0]);
	}
	say(" filled %u sum %08x", filled, sum);
}

static void receive_row(const struct kind *kind, bool is_stale, const struct row *row)
{
	const int size = RECEIVE_BUFFER;
	struct station station;
	struct timespec *timeout;
	char byte[64];

	if (is_stale)
		kind_open_stale(kind, &station);
	else
		kind_open(kind, &station);
	setsockopt(station.fd, SOL_SOCKET, 33 /* SO_RCVBUFFORCE */, &size, sizeof(size));
	/* An AF_UNIX queue and a pipe are short, and who fills them waits. */
	kind_feed(&station, kind->flags & KIND_UDP || row->fed < 8 ? row->fed : 8, 10);
	prepare(row, &station, true);
	timeout = make_timeout(row->wait);
	say_begin("batch, %s%s, recvmmsg, %s", is_stale ? "stale " : "", kind->name, row->name);
	say_result(recvmmsg(station.fd, batch, row->vlen,
		row->flags | (row->is_blocking ? 0 : MSG_DONTWAIT), timeout));
	say_batch(row);
	/* An error in the middle is told by the next call on the socket. */
	errno = ERRNO_BEFORE;
	say(" next:");
	say_result(recvfrom(station.fd, byte, sizeof(byte), MSG_DONTWAIT, NULL, NULL));
	say_left(station.fd);
	say_end();
	kind_close(&station);
}

static void send_row(const struct kind *kind, bool is_stale, const struct row *row)
{
	const int size = RECEIVE_BUFFER;
	struct station station;

	if (is_stale)
		kind_open_stale(kind, &station);
	else
		kind_open(kind, &station);
	setsockopt(station.peer, SOL_SOCKET, 33 /* SO_RCVBUFFORCE */, &size, sizeof(size));
	kind_meet_peer(&station);
	prepare(row, &station, false);
	say_begin("batch, %s%s, sendmmsg, %s", is_stale ? "stale " : "", kind->name, row->name);
	say_result(sendmmsg(station.fd, batch, row->vlen, row->flags | MSG_DONTWAIT));
	say_batch(row);
	say_peer(&station);
	say(" next:");
	errno = ERRNO_BEFORE;
	say_result(sendto(station.fd, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&station.dest,
		station.dest_len));
	say_left(station.fd);
	say_end();
	kind_close(&station);
}

static void run_kind(const void *arg)
{
	const struct kind *kind = arg;

	for (int stale = 0; stale < 2; stale++) {
		for (size_t i = 0; i < COUNT_OF(receive_rows); i++)
			receive_row(kind, stale != 0, &receive_rows[i]);
		for (size_t i = 0; i < COUNT_OF(send_rows); i++)
			send_row(kind, stale != 0, &send_rows[i]);
	}
}

void family_batch(void)
{
	for (size_t i = 0; i < COUNT_OF(kind_names); i++) {
		const struct kind *kind = kind_find(kind_names[i]);

		if (!(kind->flags & KIND_DUAL) || wants_dual)
			run_apart(kind->name, run_kind, kind);
	}
}
