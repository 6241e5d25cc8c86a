/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One word a binding, in a ring: side, protocol, port, descriptor and process. A descriptor counts
 * where the kernel says that it is what was noted, in the process that noted it as in one that has
 * inherited it. Relatives' descriptors cannot be looked at; there the word says no more than that
 * the port is a matter of this family.
 *
 * Whether a port is in use at all, a bind cannot tell: it fails also because of connections that
 * are long closed (TIME_WAIT). The tables of proc(5) can, /proc/net/tcp and the like, in which
 * listeners come before connections. Sockets that are bound and do not listen are not in them.
 */
#include "listeners/ports.h"

#include "runtime/impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Newer glibc calls it __isoc23_sscanf, which other C libraries lack (libc/libc.h). */
#pragma weak sscanf

enum { WORDS = 512 };

/* A word, as every machine can write it: where 64 bits are too many for one store, compilers call a
 * library for it, and the program may have none. No process is noted while it is written. */
struct halves {
	_Atomic uint32_t upper;
	_Atomic uint32_t lower;
};

struct ports {
	_Atomic int holder; /* the process that has the lock; 0 if none has */
	_Atomic uint32_t next;
	struct halves words[WORDS];
};
/* Set once by ports_init. */
static struct ports *ports;

/* The bits of a word; one that is in use is never 0, for no process is. */
enum { SIDE_SHIFT = 63, PROTOCOL_SHIFT = 60, PORT_SHIFT = 44, FD_SHIFT = 22 };
static const uint64_t pid_bits = 0x3fffff; /* PID_MAX_LIMIT of 64-bit kernels */
static const uint64_t fd_bits = 0x3fffff;

static uint64_t make_binding(enum ports_side side, enum rules_protocol protocol, in_port_t port)
{
	return (uint64_t)side << SIDE_SHIFT | (uint64_t)protocol << PROTOCOL_SHIFT |
	       (uint64_t)port << PORT_SHIFT;
}

static bool is_binding(uint64_t word, uint64_t binding)
{
	return (word & pid_bits) != 0 && word >> PORT_SHIFT == binding >> PORT_SHIFT;
}

static int fd_of(uint64_t word)
{
	return (int)(word >> FD_SHIFT & fd_bits);
}

void ports_init(void)
{
	ports = impl_map_shared(sizeof(*ports));
}

static bool is_gone(pid_t pid)
{
	return IMPL_SYSCALL(SYS_kill, pid, 0) == -ESRCH;
}

/* This process; 0 where a filter keeps that from us. */
static pid_t find_self(void)
{
	long pid = IMPL_SYSCALL(SYS_getpid, 0);

	return pid > 0 ? (pid_t)pid : 0;
}

/* The word in this place; 0 while it is written. */
static uint64_t read_word(uint32_t place)
{
	struct halves *word = &ports->words[place];
	uint32_t lower = atomic_load(&word->lower), upper = atomic_load(&word->upper);

	return atomic_load(&word->lower) == lower ? (uint64_t)upper << 32 | lower : 0;
}

static void write_word(uint32_t place, uint64_t value)
{
	struct halves *word = &ports->words[place];

	atomic_store(&word->lower, 0);
	atomic_store(&word->upper, (uint32_t)(value >> 32));
	atomic_store(&word->lower, (uint32_t)value);
}

/* A descriptor has one word, so that a program's ephemeral ports do not push its listeners out. */
static bool is_of_same_descriptor(uint64_t a, uint64_t b)
{
	return (a ^ b) << (64 - PORT_SHIFT) == 0;
}

/* Where to write the word: over its descriptor's last, or else over one that is nobody's, if one is
 * near. */
static uint32_t find_place(uint64_t word)
{
	enum { NEAR = 16 };
	uint32_t next;

	for (uint32_t place = 0; place < WORDS; place++)
		if (is_of_same_descriptor(word, read_word(place)))
			return place;
	next = atomic_fetch_add(&ports->next, 1);
	for (uint32_t place = next; place != next + NEAR; place++) {
		uint64_t old = read_word(place % WORDS);

		if ((old & pid_bits) == 0 || is_gone((pid_t)(old & pid_bits)))
			return place % WORDS;
	}
	return next % WORDS;
}

void ports_note(enum ports_side side, enum rules_protocol protocol, in_port_t port, int fd)
{
	uint64_t word = make_binding(side, protocol, port) | (uint64_t)fd << FD_SHIFT |
			((uint64_t)find_self() & pid_bits);

	if (ports != NULL && (uint64_t)fd <= fd_bits)
		write_word(find_place(word), word);
}

bool ports_lock(void)
{
	int nobody = 0, holder, self = find_self();

	if (ports == NULL || self == 0)
		return false;
	holder = atomic_load(&ports->holder);
	if (holder != 0 && is_gone(holder))
		nobody = holder;
	return atomic_compare_exchange_strong(&ports->holder, &nobody, self);
}

void ports_unlock(void)
{
	atomic_store(&ports->holder, 0);
}

/* Whether fd is here what was noted of it. */
static bool is_bound_so(int fd, enum ports_side side, enum rules_protocol protocol, in_port_t port)
{
	struct nature nature;
	struct endpoint local;

	return sockets_ask_nature(fd, &nature) && sockets_protocol(&nature) == protocol &&
	       sockets_ask_local(fd, &local) && local.port == port &&
	       address_is_wildcard(&local.addr) &&
	       (side == PORTS_V4 ? nature.domain == AF_INET
				 : nature.domain == AF_INET6 && !sockets_is_v6only(fd));
}

int ports_find(enum ports_side side, enum rules_protocol protocol, in_port_t port, int except)
{
	uint64_t binding = make_binding(side, protocol, port);

	for (int i = 0; ports != NULL && i < WORDS; i++) {
		uint64_t word = read_word((uint32_t)i);

		if (is_binding(word, binding) && fd_of(word) != except &&
			is_bound_so(fd_of(word), side, protocol, port))
			return fd_of(word);
	}
	return -1;
}

/* The kernel's table of a family's sockets, NULL where it has none for the protocol. */
static const char *find_table(int domain, const struct nature *nature)
{
	/* The thread's own, which may have a network namespace of its own. */
	if (sockets_protocol(nature) == RULES_TCP)
		return domain == AF_INET ? "/proc/thread-self/net/tcp"
					 : "/proc/thread-self/net/tcp6";
	if (sockets_protocol(nature) != RULES_UDP)
		return NULL;
	if (nature->protocol == IPPROTO_UDPLITE)
		return domain == AF_INET ? "/proc/thread-self/net/udplite"
					 : "/proc/thread-self/net/udplite6";
	return domain == AF_INET ? "/proc/thread-self/net/udp" : "/proc/thread-self/net/udp6";
}

enum { STATE_LISTEN = 10 };

/* What is looked for in a table. */
struct search {
	unsigned int port;
	bool is_stream;		 /* then only listeners count */
	bool counts_connections; /* ... unless this is asked */
	bool is_of_wildcard;
};

static bool is_found(const struct search *search, const char *line, unsigned int *ret_state)
{
	char address[33];
	unsigned int port;

	/* "   0: 00000000:0016 00000000:0000 0A ...", after a headline. */
	if (sscanf(line, " %*u: %32[0-9A-F]:%x %*[0-9A-F]:%*x %x", address, &port, ret_state) != 3)
		return false;
	if (search->is_of_wildcard && address[strspn(address, "0")] != '\0')
		return false;
	return port == search->port &&
	       (!search->is_stream || search->counts_connections || *ret_state == STATE_LISTEN);
}

/* Looks through the table, line by line. */
static bool search_table(int fd, const struct search *search)
{
	bool ends_with_listeners = search->is_stream && !search->counts_connections;
	char text[4096];
	size_t len = 0;
	long got;

	while ((got = IMPL_SYSCALL(
			SYS_read, fd, (long)(text + len), (long)(sizeof(text) - 1 - len))) > 0) {
		char *line = text, *end;

		len += (size_t)got;
		text[len] = '\0';
		for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			unsigned int state = STATE_LISTEN;

			*end = '\0';
			if (is_found(search, line, &state))
				return true;
			if (ends_with_listeners && state != STATE_LISTEN)
				return false;
		}
		len -= (size_t)(line - text);
		memmove(text, line, len);
	}
	return false;
}

/* Whether the family's table has what is looked for; if_unknown where it cannot be read. */
static bool is_in_table(
	int domain, const struct nature *nature, const struct search *search, bool if_unknown)
{
	const char *table = find_table(domain, nature);
	bool result = if_unknown;
	int fd = table != NULL ? impl_open(table, O_RDONLY, 0) : -1;

	if (fd >= 0) {
		result = search_table(fd, search);
		impl_close(fd);
	}
	return result;
}

bool ports_are_held(int domain, const struct nature *nature, in_port_t port, bool if_unknown)
{
	const struct search search = {
		.port = ntohs(port), .is_stream = nature->type == SOCK_STREAM};

	return is_in_table(domain, nature, &search, if_unknown);
}

bool ports_have_v6_wildcard(const struct nature *nature, in_port_t port)
{
	const struct search search = {.port = ntohs(port),
		.is_stream = nature->type == SOCK_STREAM,
		.is_of_wildcard = true};

	return is_in_table(AF_INET6, nature, &search, false);
}

bool ports_are_noted(enum ports_side side, enum rules_protocol protocol, in_port_t port)
{
	uint64_t binding = make_binding(side, protocol, port);
	uint64_t self = (uint64_t)find_self() & pid_bits;

	for (int i = 0; ports != NULL && i < WORDS; i++) {
		uint64_t word = read_word((uint32_t)i);

		if (is_binding(word, binding) && (word & pid_bits) != self)
			return true;
	}
	return false;
}

/* Whether nobody can bind 0.0.0.0 with this port. */
static bool is_refused(const struct nature *nature, in_port_t port)
{
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = port};
	int fd = impl_socket(AF_INET, nature->type, nature->protocol);
	bool result = false;

	if (fd >= 0) {
		result = IMPL_SYSCALL(SYS_bind, fd, (long)&any, sizeof(any)) == -EADDRINUSE;
		impl_close(fd);
	}
	return result;
}

bool ports_are_promised(const struct nature *nature, in_port_t port)
{
	const struct search search = {
		.port = ntohs(port), .is_stream = true, .counts_connections = true};

	return sockets_protocol(nature) == RULES_TCP &&
	       ports_are_noted(PORTS_V4, RULES_TCP, port) && is_refused(nature, port) &&
	       !is_in_table(AF_INET, nature, &search, true) &&
	       !is_in_table(AF_INET6, nature, &search, true);
}
