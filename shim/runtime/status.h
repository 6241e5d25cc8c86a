/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What this library shows of itself to bindrightctl(8), which looks for STATUS_MAGIC in the
 * writable mappings of libbindright.so and reads the rest by process_vm_readv(2). So it is seen
 * after chroot, setuid, a close of all descriptors and fork, and costs the process no file.
 *
 * The layout is the same for 32 and 64 bits. Later versions only append to struct status and use
 * bytes that are reserved; a reader compares size with the offset of what it wants.
 *
 * Two kinds of counts. Events are inherited: a daemon binds its sockets and then forks, and its
 * children show the same listeners. Counts of datagrams are a process's own, and begin at zero in
 * each forked process (runtime/process.h). They are striped by threads, because a count that
 * threads share costs six times as much; with more threads than stripes, and in signal handlers,
 * single datagrams may be missed.
 */
#ifndef RUNTIME_STATUS_H
#define RUNTIME_STATUS_H

#include "attributes.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Sixteen random bytes. */
#define STATUS_MAGIC                                                                          \
	{                                                                                     \
		0xd5, 0x1e, 0x83, 0x0b, 0x6c, 0xf7, 0x42, 0x99, 0xa0, 0x3d, 0xe8, 0x57, 0x11, \
			0xbe, 0x74, 0xc2                                                      \
	}

enum status_state {
	STATUS_NOT_STARTED,
	STATUS_ACTS,
	STATUS_OFF,	   /* by BINDRIGHT, BINDRIGHT_ONLY or BINDRIGHT_SKIP */
	STATUS_OTHER_LIBC, /* does nothing in this process */
};

enum status_event {
	STATUS_V6ONLY_SET,     /* listeners that were made IPv6 only */
	STATUS_V6ONLY_CLEARED, /* that were made dual-stack */
	STATUS_V6ONLY_LEFT,    /* that were left as the program made them */
	STATUS_WATCHED,	       /* sockets whose requests' destinations are learnt */
	STATUS_WARNINGS,       /* warnings and errors logged */
	STATUS_EVENTS_MAX = 16,
};

/* How the source of a datagram that the program sends is known. */
enum choice {
	CHOICE_NONE,	  /* no request from the peer is remembered */
	CHOICE_LAST,	  /* from this thread's last datagram */
	CHOICE_TABLE,	  /* from the table */
	CHOICE_ELSEWHERE, /* from the peer's request to another socket */
	CHOICES,
};

/* One thread's counts of datagrams. */
struct status_stripe {
	_Alignas(64) uint64_t learnt; /* whose request destination was remembered */
	_Alignas(8) uint64_t sent[CHOICES];
};

/* A process's own counts. Both that are shared by its threads are of rare cases, and wrap. */
struct status_counts {
	_Alignas(64) _Atomic uint32_t evicted; /* peers replaced by others before they expired */
	_Atomic uint32_t refused;	       /* sources that the kernel refused */
	struct status_stripe stripes[62];
};

/* The peer table, as far as a reader needs to know. An entry whose source is all zero is empty. */
struct status_table {
	_Alignas(8) uint64_t entries; /* address; 0 if there is no table */
	uint32_t capacity;
	uint32_t expiry_s;
	uint32_t entry_size;	/* bytes */
	uint32_t stamp_offset;	/* uint32_t: the time of the last request, in seconds (time(2)) */
	uint32_t source_offset; /* struct in6_addr: its destination; v4-mapped for IPv4 */
	uint32_t reserved;
};

struct status {
	unsigned char magic[16];
	uint32_t size; /* of this struct, in bytes */
	uint32_t state;
	char version[16];
	_Atomic uint32_t events[STATUS_EVENTS_MAX];
	_Alignas(8) uint64_t counts; /* address of a struct status_counts */
	uint32_t stripes, stripe_size;
	struct status_table table;
	/* Lines "NAME=value" of all variables, with the values in effect. */
	char settings[1024];
};

extern struct status status_shown;

/* Runs at the library's start, after process_init. */
void status_init(void);

/* Notes a setting; one that does not fit is left out. */
void status_note_setting(const char *name, const char *value);
void status_note_state(enum status_state state);
void status_note_table(const struct status_table *table);

void status_count_event(enum status_event event);
/* An entry of the peer table was replaced, age_s seconds after its last request. */
void status_count_evicted(uint32_t age_s);
void status_count_refused(void);

/* Returns a stripe for the calling thread. Never NULL. */
COLD struct status_stripe *status_take_stripe(void);

#endif
