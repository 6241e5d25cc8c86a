/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Loops over getaddrinfo(AI_PASSIVE) and binds each result, as sshd did for years, and vsftpd,
 * stunnel, rbldnsd and most servers with "IPv6 support" still do. On Linux the second bind or
 * listen fails, because an IPv6 socket on :: takes the IPv4 port too.
 *
 *	listeners [-4first|-6first] [-r] [-a] [-u] [-d] [-b|-n] [-f 4|6] [-l ADDRESS] PORT...
 *	listeners -i
 *
 * A PORT may have its protocol before it: tcp/22, udp/53, mptcp/22, udplite/53.
 *
 * It sorts the addresses itself instead of leaving that to gai.conf: -4first (the default) or
 * -6first. -r sets SO_REUSEADDR. -a binds all, and only then listens on all. -u uses UDP. -d
 * clears IPV6_V6ONLY before bind, as Java and libuv do. -b binds each socket a second time, -n
 * not at all. -f uses one family, -l one address instead of the wildcards. -i listens on
 * descriptor 0, which is already bound.
 *
 * It prints "bind ADDRESS ok|ERRNO" and "listen ADDRESS ok|ERRNO" for each, "port N" if PORT is
 * 0, then "ready", and stays until stdin closes or a signal ends it.
 */
#include "common.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTENERS_MAX 16
#define PROTOCOL_MPTCP 262 /* missing in musl and older glibc */

struct listener {
	struct endpoint local;
	int socktype, protocol;
	int fd;
};

/* Written by main while it reads the command line. */
static int first_family = AF_INET;
static int only_family = AF_UNSPEC;
static int socktype = SOCK_STREAM;
static bool reuse_address, bind_all_first, clear_v6only, bind_twice, bind_never;
static const char *only_address;

/* Filled by add_results(), in the order of binding. */
static struct listener listeners[LISTENERS_MAX];
static int listener_count;

static bool say(const char *call, const struct endpoint *local, int result)
{
	int err = errno;

	printf("%s %s %s\n", call, address_text(local), result < 0 ? errno_name(err) : "ok");
	return result == 0;
}

static void add_results(
	const struct addrinfo *results, bool of_first_family, int type, int protocol)
{
	for (const struct addrinfo *ai = results; ai != NULL; ai = ai->ai_next) {
		struct listener *l = &listeners[listener_count];

		if ((ai->ai_family == first_family) != of_first_family)
			continue;
		if (listener_count == LISTENERS_MAX)
			die("more than %d addresses", LISTENERS_MAX);
		l->fd = -1;
		l->socktype = type;
		l->protocol = protocol;
		l->local.addr_len = ai->ai_addrlen;
		memcpy(&l->local.addr, ai->ai_addr, ai->ai_addrlen);
		listener_count++;
	}
}

/* The port after the protocol, if there is one, which sets *type and *protocol. */
static const char *parse_port(const char *text, int *type, int *protocol)
{
	static const struct {
		const char *name;
		int type, protocol;
	} known[] = {
		{"tcp/", SOCK_STREAM, IPPROTO_TCP},
		{"mptcp/", SOCK_STREAM, PROTOCOL_MPTCP},
		{"udp/", SOCK_DGRAM, IPPROTO_UDP},
		{"udplite/", SOCK_DGRAM, IPPROTO_UDPLITE},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strncmp(text, known[i].name, strlen(known[i].name)) != 0)
			continue;
		*type = known[i].type;
		*protocol = known[i].protocol;
		return text + strlen(known[i].name);
	}
	return text;
}

static void find_addresses(const char *text)
{
	int type = socktype, protocol = 0;
	const char *port = parse_port(text, &type, &protocol);
	/* The addresses do not depend on the protocol, and libc knows only two protocols. */
	struct addrinfo hints = {
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_family = only_family,
		.ai_socktype = type,
	};
	struct addrinfo *results;
	int err = getaddrinfo(only_address, port, &hints, &results);

	if (err != 0) {
		errno = 0;
		die("getaddrinfo: %s", gai_strerror(err));
	}
	add_results(results, true, type, protocol);
	add_results(results, false, type, protocol);
	freeaddrinfo(results);
}

static int bind_to(const struct listener *l)
{
	return bind(l->fd, (const struct sockaddr *)&l->local.addr, l->local.addr_len);
}

static bool bind_listener(struct listener *l)
{
	l->fd = socket(l->local.addr.ss_family, l->socktype, l->protocol);
	if (l->fd < 0)
		die("socket");
	if (reuse_address)
		set_option(l->fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (clear_v6only && l->local.addr.ss_family == AF_INET6)
		set_option(l->fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	if (bind_never)
		return true;
	if (say("bind", &l->local, bind_to(l))) {
		if (bind_twice)
			say("bind", &l->local, bind_to(l));
		return true;
	}
	close(l->fd);
	l->fd = -1;
	return false;
}

static void listen_on(const struct listener *l)
{
	if (l->socktype == SOCK_STREAM)
		say("listen", &l->local, listen(l->fd, 16));
}

static void open_all(void)
{
	for (int i = 0; i < listener_count; i++) {
		if (bind_listener(&listeners[i]) && !bind_all_first)
			listen_on(&listeners[i]);
	}
	for (int i = 0; bind_all_first && i < listener_count; i++) {
		if (listeners[i].fd >= 0)
			listen_on(&listeners[i]);
	}
}

static int port_of(const struct sockaddr_storage *addr)
{
	/* The port is at the same offset in sockaddr_in and sockaddr_in6. */
	return ntohs(((const struct sockaddr_in *)addr)->sin_port);
}

static void say_ports(void)
{
	for (int i = 0; i < listener_count; i++) {
		struct sockaddr_storage addr;
		socklen_t len = sizeof(addr);

		if (getsockname(listeners[i].fd, (struct sockaddr *)&addr, &len) == 0)
			printf("port %d\n", port_of(&addr));
	}
}

static _Noreturn void listen_on_inherited(void)
{
	struct listener l = {.local.addr_len = sizeof(l.local.addr), .socktype = SOCK_STREAM};

	if (getsockname(l.fd, (struct sockaddr *)&l.local.addr, &l.local.addr_len) < 0)
		die("getsockname");
	listen_on(&l);
	ready();
	for (;;)
		pause();
}

static int first_family_named(int letter, const char *rest)
{
	errno = 0;
	if (strcmp(rest, "first") != 0)
		die("-%c%s: want -4first or -6first", letter, rest);
	return letter == '4' ? AF_INET : AF_INET6;
}

static void parse_letter(int letter)
{
	switch (letter) {
	case '4':
	case '6':
		first_family = first_family_named(letter, optarg);
		break;
	case 'r':
		reuse_address = true;
		break;
	case 'a':
		bind_all_first = true;
		break;
	case 'u':
		socktype = SOCK_DGRAM;
		break;
	case 'd':
		clear_v6only = true;
		break;
	case 'b':
		bind_twice = true;
		break;
	case 'n':
		bind_never = true;
		break;
	case 'f':
		only_family = optarg[0] == '6' ? AF_INET6 : AF_INET;
		break;
	case 'l':
		only_address = optarg;
		break;
	case 'i':
		listen_on_inherited();
	default:
		exit(2);
	}
}

int main(int argc, char **argv)
{
	bool has_ephemeral = false;
	int letter;

	while ((letter = getopt(argc, argv, "4:6:raudbnf:l:i")) != -1)
		parse_letter(letter);
	errno = 0;
	if (optind == argc)
		die("want PORT...");
	for (; optind < argc; optind++) {
		find_addresses(argv[optind]);
		has_ephemeral |= port_of(&listeners[listener_count - 1].local.addr) == 0;
	}
	open_all();
	if (has_ephemeral)
		say_ports();
	ready();
	while (getchar() != EOF)
		continue;
	return 0;
}
