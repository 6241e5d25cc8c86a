/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* recvmmsg and sendmmsg of many messages: every row on every kind of descriptor. */
#include "same_results_batch.h"

#include "same_results.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_MAX = 2000, TEXT = 16, FED_MAX = 1100, RECEIVE_BUFFER = 8 << 20 };

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp dual v6", "udp4 high",
	"udp4 specific", "udp4 connected", "udp4 wildcard connected", "tcp4 connected",
	"unix datagram", "unix datagram pair", "netlink", "pipe", "closed"};

/* The batch ends at the end of its pages, so a test can make one end early. */
static struct mmsghdr *batch;
static char texts[BATCH_MAX][TEXT];
static struct sockaddr_storage names[BATCH_MAX];
static struct iovec vectors[BATCH_MAX];
static unsigned char controls[BATCH_MAX][64];
static char long_text[70000];

static struct mmsghdr *make_batch(const struct batch_row *row)
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

static unsigned int count_of(const struct batch_row *row)
{
	unsigned int most = row->fault == FAULT_ARRAY_ENDS ? row->at : BATCH_MAX;

	return row->vlen < most ? row->vlen : most;
}

static void spoil_name(enum fault fault, struct msghdr *msg)
{
	struct sockaddr_in *name = msg->msg_name;

	switch (fault) {
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
	case FAULT_PORT_0:
		name->sin_port = 0;
		break;
	case FAULT_FAMILY:
		name->sin_family = AF_UNIX;
		break;
	case FAULT_UNREACHABLE:
		/* 198.51.100.1 (RFC 5737); in an AF_INET6 name, the flow label. */
		name->sin_addr.s_addr = htonl(0xc6336401);
		break;
	default:
		break;
	}
}

static void spoil_control(enum fault fault, struct msghdr *msg)
{
	struct cmsghdr *cmsg = msg->msg_control;

	switch (fault) {
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
	case FAULT_BAD_CONTROL:
		msg->msg_controllen = 32;
		cmsg->cmsg_len = 1000;
		break;
	default:
		break;
	}
}

static void spoil_data(enum fault fault, struct msghdr *msg)
{
	switch (fault) {
	case FAULT_BUF:
		msg->msg_iov->iov_base = memory_at(SLOT_BUF, NONE);
		break;
	case FAULT_IOV:
		msg->msg_iov = memory_at(SLOT_IOV, NONE);
		break;
	case FAULT_IOV_COUNT:
		msg->msg_iovlen = 1025;
		break;
	case FAULT_TOO_LONG:
		msg->msg_iov->iov_base = long_text;
		msg->msg_iov->iov_len = sizeof(long_text);
		break;
	default:
		break;
	}
}

static void make_fault(const struct batch_row *row, struct mmsghdr *message)
{
	spoil_name(row->fault, &message->msg_hdr);
	spoil_control(row->fault, &message->msg_hdr);
	spoil_data(row->fault, &message->msg_hdr);
}

static void prepare(const struct batch_row *row, const struct station *station, bool is_receive)
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

/* The first messages one by one, and a checksum of all. */
static void say_batch(const struct batch_row *row)
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

static void receive_row(const struct kind *kind, bool is_stale, const struct batch_row *row)
{
	const int size = RECEIVE_BUFFER;
	struct station station;
	struct timespec *timeout;
	char byte[64];

	/* libc itself converts, and so reads, what a 32-bit program passes. */
	if (sizeof(long) == 4 && (row->wait == WAIT_NOWHERE || row->wait == WAIT_CUT))
		return;
	if (LIBC_LOOKS && row->fault == FAULT_ARRAY_ENDS)
		return;
	/* It may block forever. */
	if (row->is_blocking && (is_stale || !(kind->flags & KIND_FULL)))
		return;
	if (is_stale)
		kind_open_stale(kind, &station);
	else
		kind_open(kind, &station);
	setsockopt(station.fd, SOL_SOCKET, 33 /* SO_RCVBUFFORCE */, &size, sizeof(size));
	/* An AF_UNIX queue and a pipe are short, and a writer that fills them blocks. */
	kind_feed(&station, kind->flags & KIND_UDP || row->fed < 8 ? row->fed : 8, 10);
	prepare(row, &station, true);
	timeout = make_timeout(row->wait);
	say_begin("batch, %s%s, recvmmsg, %s", is_stale ? "stale " : "", kind->name, row->name);
	say_result(recvmmsg(station.fd, batch, row->vlen,
		row->flags | (row->is_blocking ? 0 : MSG_DONTWAIT), timeout));
	say_batch(row);
	/* The next call on the socket returns an error in the middle. */
	errno = ERRNO_BEFORE;
	say(" next:");
	say_result(recvfrom(station.fd, byte, sizeof(byte), MSG_DONTWAIT, NULL, NULL));
	say_left(station.fd);
	say_end();
	kind_close(&station);
}

static void send_row(const struct kind *kind, bool is_stale, const struct batch_row *row)
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
		for (size_t i = 0; i < batch_receive_count; i++)
			receive_row(kind, stale != 0, &batch_receive_rows[i]);
		for (size_t i = 0; i < batch_send_count; i++)
			send_row(kind, stale != 0, &batch_send_rows[i]);
	}
}

void family_batch(void)
{
	kinds_run(kind_names, COUNT_OF(kind_names), run_kind);
}
