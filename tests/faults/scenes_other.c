/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listeners; sockets that other processes and other descriptors have; filters and modules. */
#include "libc/platform.h"
#include "scene.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

void serve(int fd)
{
	union address peer;
	socklen_t len;

	client_ask(0, AF_INET, "hello");
	server_receive(fd, &peer, &len);
	server_send(fd, &peer, len, "HELLO");
	client_hear(0);
}

int open_udp(void)
{
	client_open(0, AF_INET);
	return open_bound(AF_INET, SOCK_DGRAM, SERVER_PORT);
}

/* ---- Listeners: on :: first, or on 0.0.0.0 first ------------------------------------------------
 */

/* One line for both calls: whether the port is shared or refused, a program may learn from either.
 */
static int listen_tcp(int family)
{
	union address local;
	socklen_t len =
		address_make(&local, family, family == AF_INET ? "0.0.0.0" : "::", SERVER_PORT);
	int fd = (int)OBSERVE("socket", SYS_socket, 0, 0, 0, socket(family, SOCK_STREAM, 0));
	int result, error;

	server_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	scene_begin(SYS_bind, fd, 0, 0);
	errno = UNTOUCHED;
	result = bind(fd, &local.any, len);
	if (result == 0) {
		scene_begin(SYS_listen, fd, 0, 0);
		result = listen(fd, 5);
	}
	error = errno;
	scene_close();
	say(true, "listener: %s",
		result != 0	     ? strerror(error)
		: error == UNTOUCHED ? "yes"
				     : "yes, and changes errno");
	return fd;
}

void play_tcp(const char *order)
{
	int first_family = strcmp(order, "64") == 0 ? AF_INET6 : AF_INET;
	int first = listen_tcp(first_family);
	int second = listen_tcp(first_family == AF_INET ? AF_INET6 : AF_INET);

	kernel_state(first);
	kernel_state(second);
	client_connect(AF_INET, first, second);
	client_connect(AF_INET6, first, second);
}

static int bind_udp(int family)
{
	int fd;

	scene_set_ours(true);
	fd = open_bound(family, SOCK_DGRAM, SERVER_PORT);
	scene_set_ours(false);
	return fd;
}

static void play_udp(const char *order)
{
	int first_family = strcmp(order, "64") == 0 ? AF_INET6 : AF_INET;
	int first = bind_udp(first_family);
	int second = bind_udp(first_family == AF_INET ? AF_INET6 : AF_INET);

	kernel_state(first);
	kernel_state(second);
}

/* ---- Other processes and descriptors
 * -------------------------------------------------------------*/

static void wait_for(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	say(false, "the child ended with %d", status);
}

static void play_fork(const char *unused)
{
	int fd = open_udp();
	pid_t pid;

	(void)unused;
	pid = scene_fork();
	if (pid == 0) {
		serve(fd);
		_exit(0);
	}
	wait_for(pid);
	serve(fd);
	kernel_state(fd);
}

static void play_exec(const char *argument)
{
	char text[16];
	int fd = argument == NULL ? open_udp() : atoi(argument);
	union address peer;
	socklen_t len;

	if (argument == NULL) {
		serve(fd);
		client_ask(0, AF_INET, "across");
		snprintf(text, sizeof(text), "%d", fd);
		execl(scene_program, scene_program, "exec", text, (char *)NULL);
		say(false, "exec: %s", strerror(errno));
		return;
	}
	server_receive(fd, &peer, &len);
	server_send(fd, &peer, len, "ACROSS");
	client_hear(0);
	serve(fd);
	kernel_state(fd);
}

static void pass(int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {.space = {0}};
	char byte = 0;
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)};
	int pair[2] = {-1, -1}, received;

	OBSERVE("socketpair", SYS_socketpair, 0, 0, 0, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	control.head = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	OBSERVE("sendmsg", SYS_sendmsg, 0, 0, 0, sendmsg(pair[0], &msg, 0));
	memset(&control, 0, sizeof(control));
	OBSERVE("recvmsg", SYS_recvmsg, 0, 0, 0, recvmsg(pair[1], &msg, 0));
	memcpy(&received, CMSG_DATA(&control.head), sizeof(received));
	say(false, "received descriptor %d, control data %d", received, (int)msg.msg_controllen);
	serve(received);
}

static void play_dup(const char *unused)
{
	int fd = open_udp();
	int second = (int)OBSERVE("dup", SYS_dup, fd, 0, 0, dup(fd));
	int third;

	(void)unused;
	serve(second);
	third = (int)OBSERVE("fcntl", SYS_fcntl, fd, 0, 0, fcntl(fd, F_DUPFD_CLOEXEC, 20));
	close(second);
	serve(third);
	OBSERVE("dup2", -1, 0, 0, 0, dup2(third, second));
	serve(second);
	pass(fd);
	kernel_state(fd);
}

static void play_accept(const char *unused)
{
	int fd = listen_tcp(AF_INET), accepted;
	union address server, peer;
	socklen_t len = address_make(&server, AF_INET, "127.0.0.1", SERVER_PORT);
	long client = client_stream(AF_INET);
	char text[8] = "";

	(void)unused;
	syscall(SYS_dup3, client, CLIENT_FD, 0);
	syscall(SYS_close, client);
	syscall(SYS_connect, CLIENT_FD, &server, len);
	accepted = (int)OBSERVE("accept4", SYS_accept4, fd, 0, 0, accept4(fd, NULL, NULL, 0));
	syscall(SYS_write, CLIENT_FD, "hello", 5);
	len = sizeof(peer);
	OBSERVE("recvfrom", SYS_recvfrom, accepted, 0, 0,
		recvfrom(accepted, text, sizeof(text), 0, &peer.any, &len));
	say(false, "received '%.5s'", text);
	OBSERVE("send", SYS_sendto, accepted, 0, 0, send(accepted, "HELLO", 5, 0));
}

/* ---- Filters and modules
 * -------------------------------------------------------------------------*/

/* The program installs a filter that permits all. */
static void play_filter(const char *when)
{
	struct sock_filter step = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = {1, &step};
	int fd = -1;

	if (strcmp(when, "late") == 0)
		fd = open_udp();
	OBSERVE("prctl", SYS_prctl, 0, 0, 0, prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
	if (fd < 0)
		fd = open_udp();
	serve(fd);
	serve(fd);
	kernel_state(fd);
}

/* No smaller than libc, and small enough to leave out ld.so. */
enum { LIBC_MAX = 0x1c0000 };

static void play_dlopen(const char *unused)
{
	Dl_info libc = {0};
	void *module;

	(void)unused;
	dladdr((void *)(uintptr_t)strerror, &libc);
	scene_begin_dlopen(libc.dli_fbase, (const char *)libc.dli_fbase + LIBC_MAX);
	module = dlopen("libresolv.so.2", RTLD_NOW | RTLD_DEEPBIND);
	scene_close();
	say(false, "dlopen: %s", module != NULL ? "loaded" : dlerror());
	serve(open_udp());
}

const struct scene other_scenes[] = {
	{"tcp", play_tcp},
	{"udp", play_udp},
	{"fork", play_fork},
	{"exec", play_exec},
	{"dup", play_dup},
	{"accept", play_accept},
	{"filter", play_filter},
	{"dlopen", play_dlopen},
	{NULL, NULL},
};
