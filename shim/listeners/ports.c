/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bind(2) cannot tell whether a port is in use, because it also fails for connections closed long
 * ago (TIME_WAIT). The tables of proc(5), /proc/net/tcp and the like, can; they list listeners
 * before connections. They omit stream sockets that are bound but do not listen. */
#include "listeners/ports.h"

#include "runtime/impl.h"

#include <fcntl.h>
#include <string.h>

enum { STATE_LISTEN = 10 };

/* The kernel's table of a family's sockets; NULL if it has none for the protocol. */
static const char *find_table(int domain, const struct kind *kind)
{
	/* Use the thread's own table: a thread may be in another network namespace than its
	 * process. */
	if (sockets_protocol(kind) == RULES_TCP)
		return domain == AF_INET ? "/proc/thread-self/net/tcp"
					 : "/proc/thread-self/net/tcp6";
	if (sockets_protocol(kind) != RULES_UDP)
		return NULL;
	if (kind->protocol == IPPROTO_UDPLITE)
		return domain == AF_INET ? "/proc/thread-self/net/udplite"
					 : "/proc/thread-self/net/udplite6";
	return domain == AF_INET ? "/proc/thread-self/net/udp" : "/proc/thread-self/net/udp6";
}

/* Parses the hexadecimal number at text, in the kernel's upper-case digits. */
static unsigned int parse_hex(const char *text)
{
	unsigned int number = 0;

	for (;; text++) {
		if (*text >= '0' && *text <= '9')
			number = number * 16 + (unsigned int)(*text - '0');
		else if (*text >= 'A' && *text <= 'F')
			number = number * 16 + (unsigned int)(*text - 'A') + 10;
		else
			return number;
	}
}

/* Parses a line such as "   0: 00000000:0016 00000000:0000 0A ..."; false for the heading. */
static bool parse_line(const char *line, unsigned int *ret_port, unsigned int *ret_state)
{
	const char *port = line, *at = line;

	for (int colons = 1; colons <= 3; colons++) {
		at = strchr(at, ':');
		if (at == NULL)
			return false;
		at++;
		if (colons == 2)
			port = at;
	}
	at = strchr(at, ' ');
	if (at == NULL)
		return false;
	*ret_port = parse_hex(port);
	*ret_state = parse_hex(at + 1);
	return true;
}

/* Whether the table has the port. For a stream protocol, only listeners count. */
static bool search_table(int fd, unsigned int port, bool is_stream)
{
	char text[1024]; /* may lie on a signal handler's stack of 8 KiB */
	size_t len = 0;
	long got;

	/* cppcheck-suppress legacyUninitvar ; read fills it */
	while ((got = IMPL_SYSCALL(
			SYS_read, fd, (long)(text + len), (long)(sizeof(text) - 1 - len))) > 0) {
		char *line = text, *end;

		len += (size_t)got;
		text[len] = '\0';
		for (; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			unsigned int found, state;

			*end = '\0';
			if (!parse_line(line, &found, &state))
				continue;
			if (is_stream && state != STATE_LISTEN)
				return false;
			if (found == port)
				return true;
		}
		len -= (size_t)(line - text);
		memmove(text, line, len);
	}
	return false;
}

bool ports_are_held(int domain, const struct kind *kind, in_port_t port, bool if_unknown)
{
	const char *table = find_table(domain, kind);
	bool result = if_unknown;
	int fd = table != NULL ? impl_open(table, O_RDONLY, 0) : -1;

	if (fd >= 0) {
		result = search_table(fd, ntohs(port), kind->type == SOCK_STREAM);
		impl_close(fd);
	}
	return result;
}
