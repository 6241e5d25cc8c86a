/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "scene.h"

#include "servers/filter.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LINE = 2048, TEXT = 512, WAIT_MS = 3000, DESCRIPTORS = 110 };

static const char *const first_address[] = {"127.0.0.1", "fd00::1"};
static const char *const second_address[] = {"127.0.0.2", "fd00::2"};

/* Mapped before any constructor runs. */
static struct window *window;
const char *scene_program;
static bool is_outcome_ours;

static void map_window(void)
{
	window = mmap(NULL, sizeof(*window), PROT_READ | PROT_WRITE, MAP_SHARED, WINDOW_FD, 0);
	if (window == MAP_FAILED)
		_exit(3);
	atomic_store(&window->state, WINDOW_START);
	/* Registered first, it runs last of all before a fork. */
	pthread_atfork(scene_close, NULL, NULL);
}

/* Runs before the constructors of all libraries; this program's own runs after them. */
__attribute__((section(".preinit_array"), used)) static void (*const before_all)(void) = map_window;

__attribute__((constructor)) static void end_start(void)
{
	/* musl runs no .preinit_array of a program; the library's start is then left out. */
	if (window == NULL)
		map_window();
	atomic_store(&window->state, WINDOW_CLOSED);
}

void scene_begin(long number, long a0, long a1, long a2)
{
	atomic_store(&window->number, number);
	atomic_store(&window->args[0], a0);
	atomic_store(&window->args[1], a1);
	atomic_store(&window->args[2], a2);
	atomic_store(&window->own_seen, 0);
	atomic_store(&window->state, WINDOW_CALL);
}

void scene_begin_dlopen(const void *first, const void *last)
{
	atomic_store(&window->libc_start, (uintptr_t)first);
	atomic_store(&window->libc_end, (uintptr_t)last);
	atomic_store(&window->state, WINDOW_DLOPEN);
}

static void open_before_fork(void)
{
	scene_begin(-1, 0, 0, 0);
}

pid_t scene_fork(void)
{
	static bool is_registered;

	/* Registered last, it runs first. */
	if (!is_registered)
		pthread_atfork(open_before_fork, NULL, NULL);
	is_registered = true;
	return fork();
}

void scene_set_thread(void)
{
	atomic_store(&window->thread, (int)syscall(SYS_gettid));
}

void scene_close(void)
{
	atomic_store(&window->state, WINDOW_CLOSED);
}

void scene_set_ours(bool is_ours)
{
	is_outcome_ours = is_ours;
}

long scene_end(const char *name, long result)
{
	int error = errno;

	scene_close();
	if (result < 0)
		say(is_outcome_ours, "%s: %s", name, strerror(error));
	else if (error != UNTOUCHED)
		say(is_outcome_ours, "%s: %ld, and changes errno", name, result);
	else
		say(is_outcome_ours, "%s: %ld", name, result);
	return result;
}

void say(bool is_ours, const char *format, ...)
{
	char line[LINE];
	va_list args;
	int len = snprintf(line, sizeof(line), "%s", is_ours ? "~" : "");

	va_start(args, format);
	len += vsnprintf(line + len, sizeof(line) - (size_t)len - 1, format, args);
	va_end(args);
	line[len++] = '\n';
	if (syscall(SYS_write, OUTPUT_FD, line, len) != len)
		_exit(3);
}

const char *text_of(const union address *address, socklen_t len)
{
	static char texts[4][TEXT];
	static int turn;
	char host[INET6_ADDRSTRLEN] = "";
	char *text = texts[turn++ % 4];

	if (len == 0 || address->any.sa_family == AF_UNSPEC)
		return "none";
	if (address->any.sa_family == AF_INET)
		inet_ntop(AF_INET, &address->v4.sin_addr, host, sizeof(host));
	else
		inet_ntop(AF_INET6, &address->v6.sin6_addr, host, sizeof(host));
	snprintf(text, TEXT, "%s port %d, %d bytes", host, ntohs(address->v4.sin_port), (int)len);
	return text;
}

socklen_t address_make(union address *ret, int family, const char *text, int port)
{
	memset(ret, 0, sizeof(*ret));
	ret->any.sa_family = (sa_family_t)family;
	ret->v4.sin_port = htons((in_port_t)port);
	inet_pton(family, text,
		family == AF_INET ? (void *)&ret->v4.sin_addr : (void *)&ret->v6.sin6_addr);
	return family == AF_INET ? sizeof(ret->v4) : sizeof(ret->v6);
}

static int is_v6(int family)
{
	return family == AF_INET6;
}

void client_open(int index, int family)
{
	union address local;
	socklen_t len =
		address_make(&local, family, first_address[is_v6(family)], CLIENT_PORT + index);
	long fd = syscall(SYS_socket, family, SOCK_DGRAM, 0);

	if (fd < 0 || syscall(SYS_bind, fd, &local, len) != 0 ||
		syscall(SYS_dup3, fd, CLIENT_FD + index, 0) < 0 || syscall(SYS_close, fd) != 0)
		say(false, "client %d: %s", index, strerror(errno));
}

void client_ask(int index, int family, const char *text)
{
	union address server;
	socklen_t len = address_make(&server, family, second_address[is_v6(family)], SERVER_PORT);

	if (syscall(SYS_sendto, CLIENT_FD + index, text, strlen(text), 0, &server, len) < 0)
		say(false, "client %d asks: %s", index, strerror(errno));
}

/* On the loopback interface, a datagram has arrived when it was sent. */
void client_hear(int index)
{
	union address from = {{0}};
	socklen_t len = sizeof(from);
	char text[TEXT];
	long got = syscall(
		SYS_recvfrom, CLIENT_FD + index, text, sizeof(text), MSG_DONTWAIT, &from, &len);

	if (got < 0)
		say(false, "client %d hears nothing: %s", index, strerror(errno));
	else
		say(true, "client %d hears '%.*s' from %s", index, (int)got, text,
			text_of(&from, len));
}

static const char *accepted_text(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	struct timespec now = {0, 0};
	long accepted;

	if (syscall(SYS_ppoll, &ready, 1, &now, NULL, 0) != 1 || !(ready.revents & POLLIN))
		return "no";
	accepted = syscall(SYS_accept4, fd, NULL, NULL, SOCK_NONBLOCK);
	if (accepted >= 0)
		syscall(SYS_close, accepted);
	return accepted >= 0 ? "yes" : "fails";
}

/* Closing it resets the connection: one in TIME_WAIT would be in the kernel's tables, which the
 * library reads, in the next run. */
long client_stream(int family)
{
	const struct linger none = {.l_onoff = 1};
	long fd = syscall(SYS_socket, family, SOCK_STREAM, 0);

	syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
	return fd;
}

void client_connect(int family, int first, int second)
{
	union address server;
	socklen_t len = address_make(&server, family, first_address[is_v6(family)], SERVER_PORT);
	long fd = client_stream(family);
	long result = syscall(SYS_connect, fd, &server, len);
	const char *text = result == 0 ? "connected" : strerror(errno);

	say(true, "TCP from %s: %s, first listener %s, second %s", first_address[is_v6(family)],
		text, accepted_text(first), accepted_text(second));
	syscall(SYS_close, fd);
}

int open_bound(int family, int type, int port)
{
	union address local;
	socklen_t len = address_make(&local, family, family == AF_INET ? "0.0.0.0" : "::", port);
	int fd = (int)OBSERVE("socket", SYS_socket, family, type, 0, socket(family, type, 0));

	OBSERVE("bind", SYS_bind, fd, 0, 0, bind(fd, &local.any, len));
	return fd;
}

void server_receive(int fd, union address *peer, socklen_t *len)
{
	char text[TEXT] = "";
	long got;

	memset(peer, 0, sizeof(*peer));
	*len = sizeof(*peer);
	got = OBSERVE("recvfrom", SYS_recvfrom, fd, 0, 0,
		recvfrom(fd, text, sizeof(text), 0, &peer->any, len));
	say(false, "received '%.*s' from %s", got > 0 ? (int)got : 0, text, text_of(peer, *len));
}

void server_send(int fd, const union address *peer, socklen_t len, const char *text)
{
	OBSERVE("sendto", SYS_sendto, fd, 0, 0,
		sendto(fd, text, strlen(text), 0, len != 0 ? &peer->any : NULL, len));
}

void server_option(int fd, int level, int option, int value)
{
	OBSERVE("setsockopt", SYS_setsockopt, fd, level, option,
		setsockopt(fd, level, option, &value, sizeof(value)));
}

void server_see_option(int fd, const char *name, int level, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	OBSERVE("getsockopt", SYS_getsockopt, fd, level, option,
		getsockopt(fd, level, option, &value, &len));
	say(false, "%s is %d, %d bytes", name, value, (int)len);
}

static int kernel_option(int fd, int level, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return syscall(SYS_getsockopt, fd, level, option, &value, &len) == 0 ? value : -1;
}

/* Whether PKTINFO is enabled, for any family: a socket that could not be made V6ONLY needs both.
 * Without the tag in SO_RCVLOWAT, the program would see our messages; the tag alone is harmless,
 * but left over. */
static bool is_pktinfo_enabled(int fd)
{
	return kernel_option(fd, IPPROTO_IP, IP_PKTINFO) > 0 ||
	       kernel_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO) > 0;
}

void kernel_state(int fd)
{
	say(true, "set on descriptor %d: PKTINFO %d, SO_RCVLOWAT %d", fd, is_pktinfo_enabled(fd),
		kernel_option(fd, SOL_SOCKET, SO_RCVLOWAT));
	say(true, "IPV6_V6ONLY on descriptor %d: %d", fd,
		kernel_option(fd, IPPROTO_IPV6, IPV6_V6ONLY));
	say(false, "SO_REUSEPORT on descriptor %d: %d, IP_MULTICAST_IF %d", fd,
		kernel_option(fd, SOL_SOCKET, SO_REUSEPORT),
		kernel_option(fd, IPPROTO_IP, IP_MULTICAST_IF));
}

static void list_descriptors(void)
{
	char text[LINE] = "";
	int len = 0;

	for (int fd = 0; fd < DESCRIPTORS; fd++)
		if (syscall(SYS_fcntl, fd, F_GETFD) >= 0)
			len += snprintf(text + len, sizeof(text) - (size_t)len, " %d", fd);
	say(false, "open descriptors:%s", text);
}

static const struct scene *find_scene(const char *name)
{
	static const struct scene *const lists[] = {udp_scenes, other_scenes, confined_scenes};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (const struct scene *scene = lists[i]; scene->name != NULL; scene++)
			if (strcmp(scene->name, name) == 0)
				return scene;
	return NULL;
}

static void install_filter(void)
{
	optarg = getenv(FILTER_VARIABLE);
	if (optarg == NULL)
		return;
	filter_letter('n');
	filter_letter('A');
	filter_install();
}

int main(int argc, char **argv)
{
	const struct scene *scene = argc > 1 ? find_scene(argv[1]) : NULL;

	if (scene == NULL)
		return 2;
	scene_program = argv[0];
	install_filter();
	scene->play(argv[2]);
	list_descriptors();
	say(false, "end");
	return 0;
}
