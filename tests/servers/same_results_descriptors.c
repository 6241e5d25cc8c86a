/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls that make descriptors. */
#include "same_results.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { SPARE_FD = 40 };

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp4 high",
	"udp4 specific", "udp4 unbound", "udp6 unbound", "udp4 wildcard connected",
	"tcp4 connected", "tcp4 listening", "tcp4 unconnected", "unix stream", "unix datagram",
	"netlink", "raw", "packet", "pipe", "null", "closed", "-1", "INT_MAX"};

/* Prints the new descriptor, its flags, and whether it is the right socket. */
static void say_new(const struct station *station, long fd)
{
	socklen_t len = 0;
	char byte[64];

	if (say_result(fd) < 0)
		return;
	say(" fd flags %d, file flags %#x", fcntl((int)fd, F_GETFD), fcntl((int)fd, F_GETFL));
	if (station == NULL)
		return;
	kind_feed(station, 1, 7);
	errno = ERRNO_BEFORE;
	say_result(recvfrom((int)fd, byte, sizeof(byte), MSG_DONTWAIT, NULL, &len));
}

static void close_if(long fd)
{
	if (fd > STDERR_FILENO)
		close((int)fd);
}

/* ---- socket, socketpair ---------------------------------------------------------------------- */

static const int nature_numbers[][3] = {
	{AF_INET, SOCK_DGRAM, 0},
	{AF_INET, SOCK_DGRAM, IPPROTO_UDP},
	{AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE},
	{AF_INET, SOCK_DGRAM, IPPROTO_TCP},
	{AF_INET, SOCK_DGRAM, IPPROTO_ICMP},
	{AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0},
	{AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0},
	{AF_INET6, SOCK_DGRAM, 0},
	{AF_INET6, SOCK_STREAM, IPPROTO_TCP},
	{AF_INET, SOCK_STREAM, 0},
	{AF_INET, SOCK_STREAM, IPPROTO_UDP},
	{AF_INET, SOCK_SEQPACKET, 0},
	{AF_INET, SOCK_RAW, 0},
	{AF_INET, SOCK_RAW, IPPROTO_RAW},
	{AF_INET, 77, 0},
	{AF_INET, -1, 0},
	{AF_INET, SOCK_DGRAM, -1},
	{AF_INET, SOCK_DGRAM, 9999},
	{AF_UNIX, SOCK_DGRAM, 0},
	{AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0},
	{AF_UNIX, SOCK_DGRAM, 1},
	{AF_UNSPEC, SOCK_DGRAM, 0},
	{-1, SOCK_DGRAM, 0},
	{4711, SOCK_DGRAM, 0},
	{AF_NETLINK, SOCK_RAW, 0},
};

static void run_sockets(const void *unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT_OF(nature_numbers); i++) {
		const int *kind = nature_numbers[i];
		int pair[2] = {-5, -5};
		long fd;

		say_begin("descriptors, socket %d %#x %d", kind[0], (unsigned int)kind[1], kind[2]);
		fd = socket(kind[0], kind[1], kind[2]);
		say_new(NULL, fd);
		say_end();
		close_if(fd);
		say_begin("descriptors, socketpair %d %#x %d", kind[0], (unsigned int)kind[1],
			kind[2]);
		say_result(socketpair(kind[0], kind[1], kind[2], pair));
		say(" %d %d", pair[0], pair[1]);
		say_end();
		close_if(pair[0]);
		close_if(pair[1]);
	}
	for (int place = NIL; place <= CUT(4); place++) {
		say_begin("descriptors, socketpair at place %d", place);
		say_result(socketpair(AF_UNIX, SOCK_DGRAM, 0, memory_at(SLOT_BUF, place)));
		say_end();
	}
}

/* ---- accept ---------------------------------------------------------------------------------- */

static const struct accept_row {
	const char *name;
	int addr, len_at, len, flags;
} accept_rows[] = {
	{"usual", GOOD, GOOD, 128, 0},
	{"NULL", NIL, NIL, 0, 0},
	{"NULL, length", NIL, GOOD, 128, 0},
	{"length NULL", GOOD, NIL, 0, 0},
	{"length nowhere", GOOD, NONE, 0, 0},
	{"addr nowhere", NONE, GOOD, 128, 0},
	{"addr nowhere of 0", NONE, GOOD, 0, 0},
	{"cut at 8", CUT(8), GOOD, 128, 0},
	{"of 0", GOOD, GOOD, 0, 0},
	{"of 8", GOOD, GOOD, 8, 0},
	{"of 1024", GOOD, GOOD, 1024, 0},
	{"of -1", GOOD, GOOD, -1, 0},
	{"close on exec", GOOD, GOOD, 128, SOCK_CLOEXEC},
	{"both flags", GOOD, GOOD, 128, SOCK_CLOEXEC | SOCK_NONBLOCK},
	{"wrong flags", GOOD, GOOD, 128, 1 << 30},
};

static void run_accept(const struct kind *kind, const struct accept_row *row, bool is_accept4)
{
	struct station station;
	struct endpoint there = kind_address("127.0.0.1", STATION_PORT);
	void *addr, *len;
	int client = socket(AF_INET, SOCK_STREAM, 0);
	long fd;

	kind_open(kind, &station);
	fcntl(station.fd, F_SETFL, O_NONBLOCK);
	if (strcmp(kind->name, "tcp4 listening") == 0)
		connect(client, (struct sockaddr *)&there.addr, there.addr_len);
	addr = memory_at(SLOT_ADDR, row->addr);
	len = memory_at(SLOT_LEN, row->len_at);
	memory_put(len, &row->len, sizeof(row->len));
	say_begin("descriptors, %s, %s, %s", is_accept4 ? "accept4" : "accept", kind->name,
		row->name);
	fd = is_accept4 ? accept4(station.fd, addr, len, row->flags)
			: accept(station.fd, addr, len);
	say_new(NULL, fd);
	/* The port is ephemeral. */
	if (memory_reach(addr) >= 4 && row->len >= 4)
		memset((char *)addr + 2, 0xee, 2);
	say_memory("addr", addr, 1024);
	say_memory("len", len, 4);
	errno = ERRNO_BEFORE;
	say(" next:");
	say_result(accept(station.fd, NULL, NULL));
	say_end();
	close_if(fd);
	close(client);
	kind_close(&station);
}

static void run_accepts(const void *arg)
{
	for (size_t i = 0; i < COUNT_OF(accept_rows); i++) {
		run_accept(arg, &accept_rows[i], false);
		run_accept(arg, &accept_rows[i], true);
	}
}

/* ---- dup, fcntl ------------------------------------------------------------------------------ */

static void run_dups(const void *kind)
{
	static const int targets[] = {SPARE_FD, -1, INT_MAX, 6000, INT_MIN};
	static const int flags[] = {0, O_CLOEXEC, O_NONBLOCK, -1};
	struct station station;
	long fd;

	kind_open(kind, &station);
	say_begin("descriptors, %s, dup", ((const struct kind *)kind)->name);
	fd = dup(station.fd);
	say_new(&station, fd);
	say_end();
	close_if(fd);
	for (size_t i = 0; i < COUNT_OF(targets); i++) {
		say_begin("descriptors, %s, dup2 to %d", ((const struct kind *)kind)->name,
			targets[i]);
		fd = dup2(station.fd, targets[i]);
		say_new(&station, fd);
		say_end();
		close_if(fd);
	}
	for (size_t i = 0; i < COUNT_OF(flags); i++) {
		say_begin("descriptors, %s, dup3 %#x", ((const struct kind *)kind)->name,
			(unsigned int)flags[i]);
		fd = dup3(station.fd, SPARE_FD, flags[i]);
		say_new(&station, fd);
		say_end();
		close_if(fd);
	}
	say_begin("descriptors, %s, dup2 and dup3 to itself", ((const struct kind *)kind)->name);
	say_new(&station, dup2(station.fd, station.fd));
	errno = ERRNO_BEFORE;
	say_new(&station, dup3(station.fd, station.fd, 0));
	say_end();
	kind_close(&station);
}

static const struct fcntl_row {
	const char *name;
	int command;
	long arg;
} fcntl_rows[] = {
	{"F_DUPFD", F_DUPFD, SPARE_FD},
	{"F_DUPFD from 0", F_DUPFD, 0},
	{"F_DUPFD from -1", F_DUPFD, -1},
	{"F_DUPFD from INT_MAX", F_DUPFD, INT_MAX},
	{"F_DUPFD from high", F_DUPFD, 4500},
	{"F_DUPFD_CLOEXEC", F_DUPFD_CLOEXEC, SPARE_FD},
	{"F_GETFD", F_GETFD, 0},
	{"F_SETFD", F_SETFD, FD_CLOEXEC},
	{"F_GETFL", F_GETFL, 0},
	{"F_SETFL", F_SETFL, O_NONBLOCK},
	{"F_GETOWN", F_GETOWN, 0},
	{"F_SETOWN", F_SETOWN, 0},
	{"F_GETSIG", F_GETSIG, 0},
	{"F_SETSIG wrong", F_SETSIG, 4711},
	{"F_GETLEASE", F_GETLEASE, 0},
	{"F_GETPIPE_SZ", F_GETPIPE_SZ, 0},
	{"F_GET_SEALS", 1034, 0},
	{"F_GETLK at 1", F_GETLK, 1},
	{"F_OFD_GETLK at 1", 36, 1},
	{"unknown", 4711, 1},
	{"-1", -1, 0},
};

/* Programs built with large-file support call this one; musl has no other. */
#ifndef __GLIBC__
#define fcntl64 fcntl
#endif

static void run_fcntl(const struct kind *kind, const struct fcntl_row *row, bool is_64)
{
	struct station station;
	bool makes_one = row->command == F_DUPFD || row->command == F_DUPFD_CLOEXEC;
	long result;

	/* libc itself converts, and so reads, a 32-bit program's locks. */
	if (sizeof(long) == 4 && row->arg == 1 && strstr(row->name, "GETLK") != NULL)
		return;
	kind_open(kind, &station);
	say_begin("descriptors, %s, %s %s", kind->name, is_64 ? "fcntl64" : "fcntl", row->name);
	result = is_64 ? fcntl64(station.fd, row->command, row->arg)
		       : fcntl(station.fd, row->command, row->arg);
	if (makes_one)
		say_new(&station, result);
	else
		say_result(result);
	say_end();
	if (makes_one)
		close_if(result);
	kind_close(&station);
}

static void run_fcntls(const void *kind)
{
	for (size_t i = 0; i < COUNT_OF(fcntl_rows); i++) {
		run_fcntl(kind, &fcntl_rows[i], false);
		run_fcntl(kind, &fcntl_rows[i], true);
	}
}

/* ---- By syscall(2), and pidfd_getfd ---------------------------------------------------------- */

/* Missing in some libcs, or in their headers. */
enum { NUMBER_PIDFD_OPEN = 434, NUMBER_PIDFD_GETFD = 438 };
extern int pidfd_getfd(int pidfd, int fd, unsigned int flags) __attribute__((weak));

static void run_numbers(const void *kind)
{
	const char *name = ((const struct kind *)kind)->name;
	struct station station;

	kind_open(kind, &station);
	say_begin("descriptors, %s, SYS_dup", name);
	say_new(&station, syscall(SYS_dup, station.fd));
	say_end();
	say_begin("descriptors, %s, SYS_dup3", name);
	say_new(&station, syscall(SYS_dup3, station.fd, SPARE_FD, O_CLOEXEC));
	errno = ERRNO_BEFORE;
	say_new(&station, syscall(SYS_dup3, station.fd, SPARE_FD, -1));
	errno = ERRNO_BEFORE;
	say_new(&station, syscall(SYS_dup3, station.fd, station.fd, 0));
	say_end();
	say_begin("descriptors, %s, SYS_fcntl", name);
	for (size_t i = 0; i < COUNT_OF(fcntl_rows); i++) {
		say(" %s:", fcntl_rows[i].name);
		errno = ERRNO_BEFORE;
		say_result(
			syscall(SYS_fcntl, station.fd, fcntl_rows[i].command, fcntl_rows[i].arg));
	}
	say_end();
	say_begin("descriptors, %s, SYS_accept4", name);
	fcntl(station.fd, F_SETFL, O_NONBLOCK);
	say_new(NULL, syscall(SYS_accept4, station.fd, NULL, NULL, SOCK_CLOEXEC));
	errno = ERRNO_BEFORE;
	say_new(NULL, syscall(SYS_accept4, station.fd, NULL, NULL, -1));
	say_end();
	kind_close(&station);
}

static const struct take_row {
	const char *name;
	bool has_process;
	long fd; /* ZERO: the station's */
	unsigned int flags;
} take_rows[] = {
	{"usual", true, ZERO, 0},
	{"of -1", true, -1, 0},
	{"of a closed one", true, 999, 0},
	{"of INT_MAX", true, INT_MAX, 0},
	{"wrong flags", true, ZERO, 1},
	{"all flags", true, ZERO, UINT_MAX},
	{"no process", false, ZERO, 0},
};

/* Takes the station's descriptor from this process itself. */
static void run_takes(const void *kind)
{
	for (size_t i = 0; i < 2 * COUNT_OF(take_rows); i++) {
		const struct take_row *row = &take_rows[i / 2];
		bool by_number = i % 2 != 0;
		struct station station;
		int process = row->has_process ? (int)syscall(NUMBER_PIDFD_OPEN, getpid(), 0) : -1;
		long target, fd;

		kind_open(kind, &station);
		target = row->fd == ZERO ? station.fd : row->fd;
		say_begin("descriptors, %s, %s, %s", ((const struct kind *)kind)->name,
			by_number ? "SYS_pidfd_getfd" : "pidfd_getfd", row->name);
		if (by_number)
			fd = syscall(NUMBER_PIDFD_GETFD, process, target, row->flags);
		else if (pidfd_getfd != NULL)
			fd = pidfd_getfd(process, (int)target, row->flags);
		else
			fd = raw_syscall(NUMBER_PIDFD_GETFD, process, target, row->flags);
		say_new(&station, fd);
		say_end();
		close_if(fd);
		close_if(process);
		kind_close(&station);
	}
}

/* The last arguments of calls that pass through. A wait for a futex that has another value already
 * fails with EAGAIN; with a sixth argument of 0 it is invalid. */
static void run_last_arguments(const void *unused)
{
	int futex = 1;

	(void)unused;
	for (long bits = 0; bits <= 1; bits++) {
		say_begin("descriptors, futex, prctl, %ld", bits);
		say_result(syscall(SYS_futex, &futex, FUTEX_WAIT_BITSET, 0, NULL, NULL, bits));
		/* prctl(2): the last must be 0 here. */
		say_result(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, bits));
		say_result(syscall(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, bits));
		say_end();
	}
}

static void run_pairs_by_number(const void *unused)
{
	int pair[2] = {-5, -5};

	(void)unused;
	say_begin("descriptors, SYS_socketpair");
	say_result(syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, pair));
	say(" %d %d", pair[0], pair[1]);
	errno = ERRNO_BEFORE;
	say_result(syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 77, pair));
	errno = ERRNO_BEFORE;
	say_result(syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, NULL));
	say_end();
}

void family_descriptors(void)
{
	run_apart("sockets", run_sockets, NULL);
	for (size_t i = 0; i < COUNT_OF(kind_names); i++) {
		const struct kind *kind = kind_find(kind_names[i]);

		run_apart(kind->name, run_accepts, kind);
		run_apart(kind->name, run_dups, kind);
		run_apart(kind->name, run_fcntls, kind);
		run_apart(kind->name, run_numbers, kind);
		run_apart(kind->name, run_takes, kind);
	}
	run_apart("pairs", run_pairs_by_number, NULL);
	run_apart("last arguments", run_last_arguments, NULL);
}
