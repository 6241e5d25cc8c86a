/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The shared part of the small servers; common.h documents each function.
 *
 * Failures end the program at once with a message on stderr: a test must never wait for a server
 * that could not start.
 */
#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum v6only { V6ONLY_UNTOUCHED, V6ONLY_SET, V6ONLY_CLEARED };

#define OPTIONS_MAX 16

/* Written by server_letter() while the command line is read. */
static enum v6only wanted_v6only;
static bool wanted_inherited, wanted_shared_port, wanted_on_stderr;
static struct wish {
	const char *text;
	bool is_after_bind;
} wanted_options[OPTIONS_MAX];
static int wanted_option_count;

void die(const char *format, ...)
{
	int err = errno;
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	if (err != 0)
		fprintf(stderr, ": %s (%s)", strerror(err), errno_name(err));
	fputc('\n', stderr);
	exit(2);
}

/* strerrorname_np is missing in musl and older glibc. */
const char *errno_name(int err)
{
	static const struct {
		int err;
		const char *name;
	} known[] = {
		{EACCES, "EACCES"},
		{EADDRINUSE, "EADDRINUSE"},
		{EADDRNOTAVAIL, "EADDRNOTAVAIL"},
		{EAFNOSUPPORT, "EAFNOSUPPORT"},
		{EAGAIN, "EAGAIN"},
		{ECONNREFUSED, "ECONNREFUSED"},
		{EHOSTUNREACH, "EHOSTUNREACH"},
		{EINVAL, "EINVAL"},
		{EMSGSIZE, "EMSGSIZE"},
		{ENETUNREACH, "ENETUNREACH"},
		{ENOBUFS, "ENOBUFS"},
		{ENODEV, "ENODEV"},
		{EOPNOTSUPP, "EOPNOTSUPP"},
		{EPERM, "EPERM"},
	};
	static char number[32];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].err == err)
			return known[i].name;
	}
	snprintf(number, sizeof(number), "errno %d", err);
	return number;
}

void resolve(const char *address, const char *port, int socktype, struct endpoint *ret)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_family = AF_UNSPEC,
		.ai_socktype = socktype,
	};
	struct addrinfo *found;
	int err = getaddrinfo(address, port, &hints, &found);

	if (err != 0) {
		errno = 0;
		die("%s port %s: %s", address, port, gai_strerror(err));
	}
	memset(&ret->addr, 0, sizeof(ret->addr));
	memcpy(&ret->addr, found->ai_addr, found->ai_addrlen);
	ret->addr_len = found->ai_addrlen;
	freeaddrinfo(found);
}

const char *address_text(const struct endpoint *endpoint)
{
	static char text[NI_MAXHOST];

	if (getnameinfo((const struct sockaddr *)&endpoint->addr, endpoint->addr_len, text,
		    sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
		return "?";
	return text;
}

void set_option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)) < 0)
		die("setsockopt level %d option %d", level, name);
}

static void put_file_on_stderr(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);

	if (fd < 0)
		die("%s", path);
	close(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static void want_option(const char *text, bool is_after_bind)
{
	errno = 0;
	if (wanted_option_count == OPTIONS_MAX)
		die("more than %d options", OPTIONS_MAX);
	wanted_options[wanted_option_count++] = (struct wish){text, is_after_bind};
}

static int move_to_stderr(int fd)
{
	if (dup2(fd, STDERR_FILENO) < 0)
		die("dup2");
	close(fd);
	return STDERR_FILENO;
}

void server_letter(int letter)
{
	switch (letter) {
	case '6':
		wanted_v6only = V6ONLY_SET;
		break;
	case 'd':
		wanted_v6only = V6ONLY_CLEARED;
		break;
	case 'i':
		wanted_inherited = true;
		break;
	case 'r':
		wanted_shared_port = true;
		break;
	case '2':
		wanted_on_stderr = true;
		break;
	case 'e':
		put_file_on_stderr(optarg);
		break;
	case 'o':
	case 'O':
		want_option(optarg, letter == 'O');
		break;
	default:
		errno = 0;
		die("usage: %s [-6|-d|-i] [-r] [-2|-e FILE] [-o|-O NAME=VALUE]... [OPTION]... [ADDRESS] PORT",
			program_invocation_name);
	}
}

static void set_wanted_options(int fd, bool is_after_bind)
{
	for (int i = 0; i < wanted_option_count; i++)
		if (wanted_options[i].is_after_bind == is_after_bind)
			set_option_by_name(fd, wanted_options[i].text);
}

int parse_number(int letter, int max)
{
	int number = atoi(optarg);

	errno = 0;
	if (number < 1 || number > max)
		die("-%c %s: not within 1 to %d", letter, optarg, max);
	return number;
}

int server_socket(int argc, char **argv, int socktype, struct endpoint *ret_local)
{
	int fd;

	if (argc < 1 || argc > 2)
		server_letter('?');
	resolve(argc == 2 ? argv[0] : "0.0.0.0", argv[argc - 1], socktype, ret_local);
	fd = socket(ret_local->addr.ss_family, socktype, 0);
	if (fd < 0)
		die("socket");
	if (wanted_v6only != V6ONLY_UNTOUCHED)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, wanted_v6only == V6ONLY_SET);
	if (wanted_shared_port)
		set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	set_wanted_options(fd, false);
	return fd;
}

void server_bind_socket(int fd, const struct endpoint *local)
{
	if (bind(fd, (const struct sockaddr *)&local->addr, local->addr_len) < 0)
		die("bind to %s", address_text(local));
	set_wanted_options(fd, true);
}

int server_bind(int argc, char **argv, int socktype)
{
	struct endpoint local;
	int fd;

	if (wanted_inherited)
		return STDIN_FILENO;
	fd = server_socket(argc, argv, socktype, &local);
	server_bind_socket(fd, &local);
	return wanted_on_stderr ? move_to_stderr(fd) : fd;
}

int server_open(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, SERVER_LETTERS)) != -1)
		server_letter(letter);
	return server_bind(argc - optind, argv + optind, SOCK_DGRAM);
}

int socket_family(int fd)
{
	int family;
	socklen_t len = sizeof(family);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0)
		die("getsockopt SO_DOMAIN");
	return family;
}

void ready(void)
{
	puts("ready");
	fflush(stdout);
}

size_t receive_limit(void)
{
	return TEXT_MAX;
}

/* An errno that no call sets, to check that a successful call leaves it. */
enum { ERRNO_BEFORE = 4711 };

static void expect_errno_before(const char *call)
{
	if (errno != ERRNO_BEFORE)
		die("%s succeeded, and changed errno", call);
}

void receive_letter(int fd, struct letter *ret)
{
	ssize_t got;

	ret->peer.addr_len = sizeof(ret->peer.addr);
	errno = ERRNO_BEFORE;
	got = recvfrom(fd, ret->text, sizeof(ret->text), 0, (struct sockaddr *)&ret->peer.addr,
		&ret->peer.addr_len);
	if (got < 0)
		die("recvfrom");
	expect_errno_before("recvfrom");
	ret->len = (size_t)got;
}

void answer_letter(int fd, const struct letter *letter)
{
	errno = ERRNO_BEFORE;
	if (sendto(fd, letter->text, letter->len, 0, (const struct sockaddr *)&letter->peer.addr,
		    letter->peer.addr_len) < 0)
		die("sendto");
	expect_errno_before("sendto");
}

pid_t fork_child(void)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child < 0)
		die("fork");
	if (child == 0 && (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0 || getppid() != parent))
		_exit(2);
	return child;
}

void pass_letter(int pipe_fd, const struct letter *letter)
{
	if (write(pipe_fd, letter, sizeof(*letter)) != sizeof(*letter))
		die("write to pipe");
}

bool take_letter(int pipe_fd, struct letter *ret)
{
	ssize_t got = read(pipe_fd, ret, sizeof(*ret));

	if (got < 0)
		die("read from pipe");
	return got == sizeof(*ret);
}
