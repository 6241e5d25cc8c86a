/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files of the differential test, which plays random sequences of calls bare and with
 * the library and compares every result. differential.c says how it works as a whole.
 *
 * A sequence is an array of steps. Each step is complete in itself: it refers to descriptors by
 * slot and to addresses by their number in a table, never to an earlier step. So any step can be
 * dropped and the rest still means something, which is what shrinking needs.
 */
#ifndef TESTS_DIFFERENTIAL_H
#define TESTS_DIFFERENTIAL_H

#include "same_results.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

enum { STEPS = 64, SLOTS_PER_PROCESS = 8, PROCESSES = 3, BATCH = 4 };

/* ---- A sequence ------------------------------------------------------------------------------ */

enum op {
	OP_SOCKET,    /* s[slot] = socket(call, flags, value) */
	OP_PAIR,      /* socketpair of AF_UNIX: s[slot], s[other] */
	OP_BIND,      /* to name */
	OP_LISTEN,    /* backlog value */
	OP_ACCEPT,    /* s[other] = accept, or accept4 with flags */
	OP_CONNECT,   /* to name */
	OP_SEND,      /* by call */
	OP_RECEIVE,   /* by call */
	OP_SET,	      /* setsockopt: option, value, len */
	OP_GET,	      /* getsockopt: option, len */
	OP_ADDRESSES, /* getsockname, getpeername */
	OP_DUP,	      /* s[other] = s[slot], by call */
	OP_FLAGS,     /* F_SETFL: O_NONBLOCK or not */
	OP_CLOSE,
	OP_SHUTDOWN,  /* value */
	OP_GIVE,      /* sends s[other] over s[slot] by SCM_RIGHTS */
	OP_TAKE,      /* s[other] = what comes over s[slot] */
	OP_FETCH,     /* s[other] = s[slot] of process value, by pidfd_getfd */
	OP_EPOLL,     /* s[slot] = epoll_create1 */
	OP_EPOLL_CTL, /* s[slot]: call (add, modify, delete) s[other] with flags */
	OP_EPOLL_WAIT,
	OP_FORK, /* process value begins */
	OP_END,	 /* process value ends */
	OP_EXEC,
	OP_NOTHING,
};

enum send_call {
	SEND_SEND,
	SEND_SENDTO,
	SEND_SENDMSG,
	SEND_SENDMMSG,
	SEND_SYSCALL,
	SEND_WRITE,
	SEND_CALLS
};

enum receive_call {
	RECEIVE_RECV,
	RECEIVE_RECVFROM,
	RECEIVE_RECVMSG,
	RECEIVE_RECVMMSG,
	RECEIVE_SYSCALL,
	RECEIVE_READ,
	RECEIVE_CALLS
};

enum dup_call { DUP_DUP, DUP_DUP2, DUP_DUP3, DUP_FCNTL, DUP_FCNTL_CLOEXEC, DUP_CALLS };

enum name_kind {
	NAME_NONE,
	NAME_V4,
	NAME_V6,
	NAME_MAPPED,
	NAME_UNIX,
	NAME_UNSPEC,
	NAME_PEER, /* the last one that s[of] received from */
	NAME_OF,   /* where s[of] is bound; a wildcard's is the address number addr */
};

/* Numbers of addresses; the same host has all of them. */
enum { ADDR_ANY, ADDR_LOOPBACK, ADDR_FIRST, ADDR_SECOND, ADDR_THIRD, ADDR_OTHER_LOOPBACK, ADDRS };

/* Ports are numbers too, so that no sequence has an earlier one's. */
enum { PORT_0 = 0, PORT_FIRST = 1, PORT_LAST = 4, PORT_CLOSED = 5, PORTS_PER_SEQUENCE = 6 };

struct name {
	enum name_kind kind;
	int addr, port, of;
	int cut; /* so many bytes fewer than there are, or more if negative */
};

/* Control data that a send takes along. */
enum control {
	CONTROL_NONE,
	CONTROL_PKTINFO4,
	CONTROL_PKTINFO6,
	CONTROL_PKTINFO4_EMPTY, /* names neither address nor interface */
	CONTROL_PKTINFO6_EMPTY,
	CONTROL_TOS,
	CONTROL_TTL,
	CONTROL_TCLASS,
	CONTROL_HOPLIMIT,
	CONTROL_TOS_PKTINFO4,
	CONTROL_SEGMENT,
	CONTROL_UNKNOWN,
	CONTROL_SHORT, /* a message that says it is shorter than its header */
	CONTROL_LONG,  /* a message that says it is longer than the buffer */
	CONTROL_TAIL,  /* a few bytes after the message */
	CONTROL_BIG,   /* more than the library copies */
	CONTROLS
};

/* The argument that points to a bad place. */
enum bad { BAD_NONE, BAD_DATA, BAD_NAME, BAD_NAME_LEN, BAD_CONTROL, BAD_IOV, BAD_HEADER, BADS };

struct step {
	enum op op;
	int process, thread;
	bool by_vfork; /* a child made by vfork makes the call, and ends */
	int slot, other;
	int call, flags;
	struct name name;
	long value, len;
	bool has_two_parts; /* the second one is empty, at NULL */
	enum control control;
	int control_size; /* a receive's; -1 for a size without a buffer */
	int name_size;	  /* a receive's; -1 for no name */
	int count;	  /* messages of a batch */
	enum bad bad;
	int place;
	int option;
};

/* What is tested, and what the sequences may have. */
enum mode {
	MODE_OFF,
	MODE_AUTO,
	MODE_FORCE,
	MODE_DEFAULT,
	MODE_DUAL,
	MODE_INTERFACE,
	MODE_SOURCES,
	MODES
};

struct plan {
	uint64_t seed;
	int number;
	enum mode mode;
	bool is_wide;	     /* all addresses, but no UDP socket on one of them */
	bool has_reuse_port; /* one socket a port */
	int address4, address6;
	int count;
	struct step steps[STEPS];
};

/* The sequence of this seed and number; the mode follows from the number. */
void plan_make(uint64_t seed, int number, struct plan *ret);
enum mode plan_mode(int number);
/* Keeps only the steps with a true in keep, and has only processes that exist make calls. */
void plan_keep(struct plan *plan, const bool keep[STEPS]);
/* In steps: "0,3,7". False if text is no such list. */
bool plan_parse(const char *text, bool keep[STEPS]);

/* The settings of a mode, as NAME=VALUE; NULL after the last. */
const char *const *mode_settings(enum mode mode);
extern const char *const mode_names[MODES];

/* ---- Options --------------------------------------------------------------------------------- */

enum option_type { TYPE_INT, TYPE_TIME, TYPE_DEVICE, TYPE_INDEX, TYPE_LINGER, TYPE_PKTINFO6 };

struct option {
	const char *level_name, *name;
	int level, number;
	enum option_type type;
	bool is_only_read;
};

extern const struct option options[];
extern const int options_count;
int option_find(const char *name);

/* ---- A run ----------------------------------------------------------------------------------- */

/* Where a process's descriptors and last peers are. Threads and programs executed anew find them in
 * shared memory. */
struct process {
	pid_t pid;
	int fds[SLOTS_PER_PROCESS];
	struct sockaddr_storage peers[SLOTS_PER_PROCESS];
	socklen_t peer_lens[SLOTS_PER_PROCESS];
	bool knows_choice[SLOTS_PER_PROCESS]; /* for allowed.c */
};

struct shared {
	_Atomic int turn;
	bool is_reference; /* see allowed.h */
	struct plan plan;
	struct process processes[PROCESSES];
};

extern struct shared *shared;
/* This thread's own. */
extern _Thread_local int self_process, self_thread;
static inline struct process *self(void)
{
	return &shared->processes[self_process];
}

/* Plays the sequence in shared, and prints a line for each step. */
void play(void);
/* Continues after exec, from step on. */
_Noreturn void play_on(int process, int step);
/* The memfd of shared, and the socket of settle; high, so that a sequence's have low numbers. */
enum { SHARED_FD = 900, MARK_FD };
/* Waits until what was sent so far has arrived, and what was sent in answer to that. */
void settle(void);
_Noreturn void play_exec(void);
void play_fork(const struct step *step);
void play_end(const struct step *step);

/* Makes the call of a step and prints its result. */
void step_do(const struct step *step, int number);
void step_send(const struct step *step, int number);
void step_receive(const struct step *step, int number);
void step_set(const struct step *step);
void step_get(const struct step *step);
void step_epoll_ctl(const struct step *step);
void step_epoll_wait(const struct step *step);
/* What each of the process's descriptors is ready for. */
void step_say_ready(void);

/* The bytes of a name at a place; *ret_len is its length. */
void *name_fill(const struct name *name, enum slot slot, int place, socklen_t *ret_len);
const char *name_address(enum name_kind kind, int addr);
int name_port(int port);
/* Control data at SLOT_CONTROL. */
void *control_fill(enum control control, int place, size_t *ret_len);
/* The bytes of an option's value, at SLOT_MSG. */
void *option_fill(const struct step *step);

/* The descriptor of a slot: -1 if it has none. */
static inline int fd_of(int slot)
{
	return self()->fds[slot];
}

/* ---- Text ------------------------------------------------------------------------------------ */

/* The call of a step as C, without its result. */
void text_step(FILE *file, const struct step *step, int number);
/* The calls of a sequence, and a program that makes them. */
void text_calls(FILE *file, const struct plan *plan);
void text_program(FILE *file, const struct plan *plan);

#endif
