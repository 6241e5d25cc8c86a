/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the families of same_results: good and bad memory for arguments, the line with all that
 * can be observed of a call, and the kinds of descriptors.
 *
 * Each family makes a fixed list of calls in a fixed order and prints a line for each. The lines
 * leave out what always differs from run to run (times, process IDs, ephemeral ports), so any
 * difference between two runs has a cause.
 */
#ifndef TESTS_SERVERS_SAME_RESULTS_H
#define TESTS_SERVERS_SAME_RESULTS_H

#include "common.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Memory ---------------------------------------------------------------------------------- */

/* Where a pointer argument points. READ_ONLY can be read but not written. CUT(n) has n accessible
 * bytes before an inaccessible page. */
enum place { GOOD, NIL, ONE, TOP, NONE, ODD, READ_ONLY, CUT_0 };
#define CUT(bytes) (CUT_0 + (bytes))

/* Each argument has its own memory. */
enum slot { SLOT_BUF, SLOT_ADDR, SLOT_LEN, SLOT_MSG, SLOT_CONTROL, SLOT_IOV, SLOT_TIMEOUT, SLOTS };
enum { SLOT_SIZE = 16 * 1024 };

void memory_init(void);
/* A libc with 64-bit times on a 32-bit machine: it reads headers before the kernel does, to convert
 * time stamps, and crashes where the kernel would fail with EFAULT. */
enum { LIBC_LOOKS = sizeof(time_t) > sizeof(long) };
/* Fills the slot's memory with FILL and returns a pointer to this place in it. */
enum { FILL = 0xaa };
void *memory_at(enum slot slot, int place);
/* The number of readable bytes at a pointer that memory_at returned. */
size_t memory_reach(const void *at);
/* Copies as many bytes as are accessible. */
void memory_put(void *at, const void *from, size_t size);
void memory_get(void *to, const void *at, size_t size);

/* In tables in which 0 means the default, this means 0. */
#define ZERO (-1000000L)
long long value_or(long long value, long long usual);

/* ---- Lines ----------------------------------------------------------------------------------- */

/* Begins a line and flushes it, so a crash shows in which call it was. Sets errno to a value that
 * no call leaves. */
void say_begin(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints the result and errno of a call. Returns the result. */
long say_result(long result);
/* Prints size bytes, without those at the end that are still FILL. */
void say_memory(const char *label, const void *at, size_t size);
void say_address(const char *label, const void *addr, socklen_t len);
/* Prints name, lengths, flags and control messages of a header after a call; before is its earlier
 * state. */
void say_header(const struct msghdr *header, const struct msghdr *before, size_t control_size);
/* Receives a message with a control buffer of this size, and prints it. */
void say_received(int fd, size_t control_size, int flags);
/* Prints the value of an int option. */
void say_option(const char *name, int fd, int level, int option);
/* Prints what can still be received from fd, and the error at the end. */
void say_left(int fd);
void say_end(void);

/* The errno before each call. */
enum { ERRNO_BEFORE = 122 /* EDQUOT */ };

/* libc's own syscall, which bypasses libraries before libc. */
extern long (*raw_syscall)(long number, ...);
void raw_init(void);

/* ---- Descriptors ----------------------------------------------------------------------------- */

enum { STATION_PORT = 5301, PEER_PORT = 5401, OTHER_PORT = 5501 };

/* A descriptor for calls, and its far end. */
struct station {
	int fd;
	int peer;
	struct sockaddr_storage
		addr; /* the address at which the peer reaches fd; no length if it cannot */
	socklen_t addr_len;
	struct sockaddr_storage dest; /* the address at which fd reaches the peer */
	socklen_t dest_len;
};

enum {
	KIND_V6ONLY = 1 << 0,
	KIND_DUAL = 1 << 1, /* needs BINDRIGHT_V6ONLY=off */
	KIND_CONNECTED = 1 << 2,
	KIND_SHUT_READ = 1 << 3,
	KIND_SHUT_WRITE = 1 << 4,
	KIND_HIGH = 1 << 5, /* has a high number */
	KIND_UDP = 1 << 6,
	KIND_UNSEEN = 1 << 7, /* made and bound without the library */
	KIND_FULL = 1 << 8,   /* also tried by syscall(2), and with calls that block */
	KIND_TCP = 1 << 9,    /* connected, and not shut for sending */
};

struct kind {
	const char *name;
	void (*open)(const struct kind *kind, struct station *ret);
	int flags;
	const char *local; /* the address to bind to, NULL for none */
	const char *addr;  /* the address where the peer asks */
	const char *peer;
	const char *dest; /* the peer's address in fd's form */
	int domain, type, protocol;
};

extern const struct kind kinds[];
extern const size_t kinds_count;
const struct kind *kind_find(const char *name);

/* Opens it; kind_before_bind, if set, is called with a UDP socket before bind. */
void kind_open(const struct kind *kind, struct station *ret);
extern void (*kind_before_bind)(int fd);
/* The same under a number that was a watched socket's, which the peer had asked; the library has
 * not seen the change. */
void kind_open_stale(const struct kind *kind, struct station *ret);
void kind_close(struct station *station);
/* Sends it count datagrams of len bytes: 0, 1, ... */
void kind_feed(const struct station *station, unsigned int count, size_t len);
/* The peer asks and its request is received, so the library knows the peer. */
void kind_meet_peer(const struct station *station);
/* Prints what the peer has received, and from where. */
void say_peer(const struct station *station);
struct endpoint kind_address(const char *address, int port);

/* ---- Waiting --------------------------------------------------------------------------------- */

/* Whether this thread is blocked in a receiving call. */
bool ready_is_receiving(pid_t thread);
/* Sleeps for a moment; repeats that until a condition holds: false after a time that only a fault
 * takes. */
void ready_pause(void);
bool ready_wait(bool (*is_so)(const void *arg), const void *arg);

/* ---- Families -------------------------------------------------------------------------------- */

/* Runs one part of a family in its own process, so a crash ends nothing else. */
void run_apart(const char *name, void (*part)(const void *), const void *arg);
/* Whether dual-stack kinds are included. */
extern bool wants_dual;
/* Runs part for each of these kinds that is included, each in its own process. */
void kinds_run(const char *const names[], size_t count, void (*part)(const void *kind));

void family_receive(void);
void family_send(void);
void family_control(void);
void family_batch(void);
void family_options(void);
void family_shared(void);
void family_errors(void);
void family_descriptors(void);
void family_bind(void);
void family_connect(void);
void family_stale(void);
void family_rights(void);
void family_threads(void);
void family_cancel(void);
void family_crowd(void);
void family_handlers(void);
void family_vfork(void);
void family_signals(void);
void family_read_only(void);

#endif
