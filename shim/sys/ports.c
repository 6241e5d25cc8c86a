/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One word a binding, in a ring: side, protocol, port, descriptor and process. A descriptor counts
 * where the kernel says that it still is what was noted, in the process that noted it as in one
 * that has inherited it. A relative's descriptors cannot be looked at; there the word says that the
 * port is a matter of this family, and a bind of our own whether it is in use.
 */
#include "sys/ports.h"

#include "sys/next.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WORDS = 512 };

struct ports {
	_Atomic uint32_t next;
	_Atomic uint64_t words[WORDS];
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
	return word != 0 && word >> PORT_SHIFT == binding >> PORT_SHIFT;
}

static int fd_of(uint64_t word)
{
	return (int)(word >> FD_SHIFT & fd_bits);
}

void ports_init(void)
{
	void *memory = mmap(
		NULL, sizeof(*ports), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory != MAP_FAILED)
		ports = memory;
}

void ports_note(enum ports_side side, enum rules_protocol protocol, in_port_t port, int fd)
{
	uint64_t word = make_binding(side, protocol, port) | (uint64_t)fd << FD_SHIFT |
			((uint64_t)getpid() & pid_bits);

	if (ports == NULL || (uint64_t)fd > fd_bits)
		return;
	for (int i = 0; i < WORDS; i++)
		if (atomic_load_explicit(&ports->words[i], memory_order_relaxed) == word)
			return;
	atomic_store_explicit(&ports->words[atomic_fetch_add(&ports->next, 1) % WORDS], word,
		memory_order_relaxed);
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

int ports_find(enum ports_side side, enum rules_protocol protocol, in_port_t port)
{
	uint64_t binding = make_binding(side, protocol, port);

	for (int i = 0; ports != NULL && i < WORDS; i++) {
		uint64_t word = atomic_load_explicit(&ports->words[i], memory_order_relaxed);

		if (is_binding(word, binding) && is_bound_so(fd_of(word), side, protocol, port))
			return fd_of(word);
	}
	return -1;
}

static bool is_alive(pid_t pid)
{
	int saved_errno = errno;
	bool is_there = kill(pid, 0) == 0 || errno == EPERM;

	errno = saved_errno;
	return is_there;
}

/* Whether nobody can bind 0.0.0.0 with this port. */
static bool is_refused(const struct nature *nature, in_port_t port)
{
	const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = port};
	int saved_errno = errno;
	int fd = next_socket(AF_INET, nature->type | SOCK_CLOEXEC, nature->protocol);
	bool result;

	if (fd < 0) {
		errno = saved_errno;
		return false;
	}
	result = next_bind(fd, (const struct sockaddr *)&any, sizeof(any)) != 0 &&
		 errno == EADDRINUSE;
	close(fd);
	errno = saved_errno;
	return result;
}

bool ports_are_noted(enum ports_side side, enum rules_protocol protocol, in_port_t port)
{
	uint64_t binding = make_binding(side, protocol, port);

	for (int i = 0; ports != NULL && i < WORDS; i++) {
		uint64_t word = atomic_load_explicit(&ports->words[i], memory_order_relaxed);

		if (is_binding(word, binding) && is_alive((pid_t)(word & pid_bits)))
			return true;
	}
	return false;
}

bool ports_are_taken_by_relative(const struct nature *nature, in_port_t port)
{
	uint64_t binding = make_binding(PORTS_V4, sockets_protocol(nature), port);
	pid_t self = getpid();

	for (int i = 0; ports != NULL && i < WORDS; i++) {
		uint64_t word = atomic_load_explicit(&ports->words[i], memory_order_relaxed);
		pid_t pid = (pid_t)(word & pid_bits);

		if (is_binding(word, binding) && pid != self && is_alive(pid))
			return is_refused(nature, port);
	}
	return false;
}

/* The kernel's table of IPv4 sockets (proc(5), /proc/net/tcp), NULL where it has none for it. */
static const char *find_table(const struct nature *nature)
{
	if (sockets_protocol(nature) == RULES_TCP)
		return "/proc/net/tcp";
	if (nature->protocol == IPPROTO_UDPLITE)
		return "/proc/net/udplite";
	return sockets_protocol(nature) == RULES_UDP ? "/proc/net/udp" : NULL;
}

/* Whether a line of such a table is of a listener at this port, or of a datagram socket. */
static bool is_listed(const char *line, unsigned int port, bool is_stream)
{
	enum { LISTEN = 10 };
	unsigned int line_port, state;

	return sscanf(line, " %*u: %*x:%x %*x:%*x %x", &line_port, &state) == 2 &&
	       line_port == port && (!is_stream || state == LISTEN);
}

/* Looks through the table, line by line. */
static bool is_in_table(int fd, unsigned int port, bool is_stream)
{
	char text[4096];
	size_t len = 0;
	ssize_t got;

	while ((got = read(fd, text + len, sizeof(text) - 1 - len)) > 0) {
		char *line = text, *end;

		len += (size_t)got;
		text[len] = '\0';
		for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			*end = '\0';
			if (is_listed(line, port, is_stream))
				return true;
		}
		len -= (size_t)(line - text);
		memmove(text, line, len);
	}
	return false;
}

bool ports_are_in_use(const struct nature *nature, in_port_t port)
{
	const char *table = find_table(nature);
	int saved_errno = errno;
	bool is_found = false;
	int cancel_state, fd;

	if (table == NULL)
		return true;
	/* bind is no cancellation point, as open and read are. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	fd = open(table, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		is_found = is_in_table(fd, ntohs(port), nature->type == SOCK_STREAM);
		close(fd);
	}
	pthread_setcancelstate(cancel_state, NULL);
	errno = saved_errno;
	return is_found;
}
