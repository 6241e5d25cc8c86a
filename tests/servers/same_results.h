/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the families of same_results share: memory good and bad to hand to calls, the line that
 * tells of a call all that can be observed, and the kinds of descriptors that calls are made on.
 *
 * Each family makes a fixed list of calls in a fixed order and prints a line for each. Whatever
 * differs from run to run by itself (times, process ids, ephemeral ports) is left out of the lines,
 * so that any difference between two runs is one that somebody made.
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

/* Where a pointer that is handed to a call points. READ_ONLY can be read but not written. CUT(n)
 * can be reached for n bytes, and behind them is a page that cannot. */
enum place { GOOD, NIL, ONE, TOP, NONE, ODD, READ_ONLY, CUT_0 };
#define CUT(bytes) (CUT_0 + (bytes))

/* Each argument has memory of its own. */
enum slot { SLOT_BUF, SLOT_ADDR, SLOT_LEN, SLOT_MSG, SLOT_CONTROL, SLOT_IOV, SLOT_TIMEOUT, SLOTS };
enum { SLOT_SIZE = 16 * 1024 };

void memory_init(void);
/* A libc with times of its own, 64 bits on a machine of 32: it looks at headers before the kernel
 * does, for time stamps to convert, and crashes where the kernel would refuse. */
enum { LIBC_LOOKS = sizeof(time_t) > sizeof(long) };
/* A pointer to this place of the slot, whose memory is FILL now. */
enum { FILL = 0xaa };
void *memory_at(enum slot slot, int place);
/* How many bytes at this pointer can be read, as far as it is one that memory_at gave. */
size_t memory_reach(const void *at);
/* Copies as much as can be reached. */
void memory_put(void *at, const void *from, size_t size);
void memory_get(void *to, const void *at, size_t size);

/* Numbers in tables where 0 means the usual: this one means nothing at all. */
#define ZERO (-1000000L)
long long value_or(long long value, long long usual);

/* ---- Lines ----------------------------------------------------------------------------------- */

/* The first words of a line, and a flush, so that a crash shows what call it was in. Sets errno to
 * a value that no call leaves there. */
void say_begin(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What a call returned and left in errno. Returns it. */
long say_result(long result);
/* size bytes, without those at the end that are FILL still. */
void say_memory(const char *label, const void *at, size_t size);
void say_address(const char *label, const void *addr, socklen_t len);
/* Name, lengths, flags and control messages of a header after a call; before is what it was. */
void say_header(const struct msghdr *header, const struct msghdr *before, size_t control_room);
/* Receives a message with this much room for control data, and tells of it. */
void say_received(int fd, size_t control_room, int flags);
/* What getsockopt tells of an option whose value is an int. */
void say_option(const char *name, int fd, int level, int option);
/* What is still to be received from fd, and with what error that ends. */
void say_left(int fd);
void say_end(void);

/* The errno before each call. */
enum { ERRNO_BEFORE = 122 /* EDQUOT */ };

/* libc's own syscall: what is called so, no library in front of libc sees. */
extern long (*raw_syscall)(long number, ...);
void raw_init(void);

/* ---- Descriptors ----------------------------------------------------------------------------- */

enum { STATION_PORT = 5301, PEER_PORT = 5401, OTHER_PORT = 5501 };

/* A descriptor to make calls on, and its far end. */
struct station {
	int fd;
	int peer;
	struct sockaddr_storage addr; /* where the peer reaches fd; no length: it cannot */
	socklen_t addr_len;
	struct sockaddr_storage dest; /* where fd reaches the peer */
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
	KIND_UNSEEN = 1 << 7, /* made and bound without the library's seeing it */
	KIND_FULL = 1 << 8,   /* tried by number too, and with calls that wait in vain */
	KIND_TCP = 1 << 9,    /* connected, and not shut for sending */
};

struct kind {
	const char *name;
	void (*open)(const struct kind *kind, struct station *ret);
	int flags;
	const char *local; /* the address to bind to, NULL for none */
	const char *addr;  /* the address where the peer asks */
	const char *peer;
	const char *dest; /* the peer's as fd says it */
	int domain, type, protocol;
};

extern const struct kind kinds[];
extern const size_t kinds_count;
const struct kind *kind_find(const char *name);

/* Opens it anew; kind_before_bind, if it is set, is called with a UDP socket before bind. */
void kind_open(const struct kind *kind, struct station *ret);
extern void (*kind_before_bind)(int fd);
/* The same under a number that was a watched socket's, to which the peer had spoken; the library
 * has seen nothing of the change. */
void kind_open_stale(const struct kind *kind, struct station *ret);
void kind_close(struct station *station);
/* Sends it count datagrams of len bytes: 0, 1, ... */
void kind_feed(const struct station *station, unsigned int count, size_t len);
/* The peer asks and is heard, so that its replies are ones that the library knows of. */
void kind_meet_peer(const struct station *station);
/* What the peer has received, and from where. */
void say_peer(const struct station *station);
struct endpoint kind_address(const char *address, int port);

/* ---- Waiting --------------------------------------------------------------------------------- */

/* Whether this thread of ours waits in a call that receives. */
bool ready_is_receiving(pid_t thread);
/* A moment, and all the moments until something is so: false after a time that only something wrong
 * takes. */
void ready_pause(void);
bool ready_wait(bool (*is_so)(const void *arg), const void *arg);

/* ---- Families -------------------------------------------------------------------------------- */

/* Runs one part of a family in a process of its own, so that its end ends nothing else. */
void run_apart(const char *name, void (*part)(const void *), const void *arg);
/* Whether dual-stack kinds are wanted. */
extern bool wants_dual;
/* Runs part apart for each of these kinds that is wanted. */
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
