/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes the call of one step, and prints its result and what each descriptor is ready for. */
#include "allowed.h"
#include "libc/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Notes a new descriptor in its slot, and closes what was there. */
static void keep(int slot, int fd)
{
	int *at = &self()->fds[slot];

	if (fd < 0)
		return;
	if (*at >= 0 && *at != fd)
		close(*at);
	*at = fd;
	self()->knows_choice[slot] = false;
}

/* What is sent must not wait for an acknowledgement, which comes at some time. */
static void stop_delay(int fd)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static void do_socket(const struct step *step)
{
	int fd = (int)say_result(socket(step->call, step->flags, (int)step->value));

	keep(step->slot, fd);
	if ((step->flags & 0xf) == SOCK_STREAM && step->call != AF_UNIX)
		stop_delay(fd);
}

static void do_pair(const struct step *step)
{
	int fds[2] = {-1, -1};

	say_result(socketpair(AF_UNIX, step->flags, 0, fds));
	say(" %d %d", fds[0], fds[1]);
	keep(step->slot, fds[0]);
	keep(step->other, fds[1]);
}

/* Whether the step would give a UDP socket an address of its own, in a sequence with several: see
 * the head of generate.c. The generator knows only probably what is in a slot. */
static bool would_narrow(const struct step *step, int fd)
{
	int type = 0, domain = 0;
	socklen_t len = sizeof(int);

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len);
	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);
	if (!shared->plan.is_wide || type != SOCK_DGRAM || domain == AF_UNIX ||
		step->name.kind == NAME_NONE || step->name.kind == NAME_UNSPEC)
		return false;
	return step->op == OP_CONNECT ||
	       (step->name.addr != ADDR_ANY && shared->plan.mode != MODE_SOURCES);
}

typedef int name_call(const struct step *step, void *at, socklen_t len);

static int call_bind(const struct step *step, void *at, socklen_t len)
{
	return allowed_bind(step->slot, fd_of(step->slot), at, len);
}

static int call_connect(const struct step *step, void *at, socklen_t len)
{
	return connect(fd_of(step->slot), at, len);
}

/* Makes a call that takes a name. */
static void do_named(const struct step *step, name_call *call)
{
	socklen_t len;
	void *at =
		name_fill(&step->name, SLOT_ADDR, step->bad == BAD_NAME ? step->place : GOOD, &len);

	if (would_narrow(step, fd_of(step->slot))) {
		say(" left out");
		return;
	}
	errno = ERRNO_BEFORE;
	say_result(call(step, at, len));
}

static void do_bind(const struct step *step)
{
	do_named(step, call_bind);
}

static void do_connect(const struct step *step)
{
	do_named(step, call_connect);
}

static bool would_wait(int fd)
{
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};

	return !(poll(&pollfd, 1, 0) == 1 && pollfd.revents & (POLLIN | POLLHUP)) &&
	       fcntl(fd, F_GETFL) >= 0 && !(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

static void do_accept(const struct step *step)
{
	socklen_t size = (socklen_t)step->name_size;
	struct sockaddr *name = memory_at(SLOT_ADDR, step->bad == BAD_NAME ? step->place : GOOD);
	socklen_t *len = memory_at(SLOT_LEN, step->bad == BAD_NAME_LEN ? step->place : GOOD);
	int fd = fd_of(step->slot);

	if (would_wait(fd)) {
		say(" would wait");
		return;
	}
	memory_put(len, &size, sizeof(size));
	errno = ERRNO_BEFORE;
	if (step->call == 0)
		fd = accept(fd, name, len);
	else
		fd = accept4(fd, name, len, step->flags);
	if (say_result(fd) < 0)
		return;
	say_memory("namelen", len, sizeof(size));
	if (memory_reach(len) >= sizeof(size) && *len >= 16 && *len <= size)
		say_address("name", name, *len);
	keep(step->other, fd);
}

static void say_name(const char *label, struct sockaddr_storage *name, socklen_t len)
{
	/* A name that the kernel chose: a zero and five random digits. */
	if (name->ss_family == AF_UNIX && len == 8)
		memset((char *)name + 3, 'x', 5);
	say_address(label, name, len);
}

static void say_addresses(int fd)
{
	struct sockaddr_storage name = {0};
	socklen_t len = sizeof(name);

	if (say_result(getsockname(fd, (struct sockaddr *)&name, &len)) == 0) {
		allowed_hide_address(&name, len);
		say_name("local", &name, len);
	}
	len = sizeof(name);
	errno = ERRNO_BEFORE;
	if (say_result(getpeername(fd, (struct sockaddr *)&name, &len)) == 0) {
		allowed_hide_address(&name, len);
		say_name("peer", &name, len);
	}
}

static void do_dup(const struct step *step)
{
	int fd = fd_of(step->slot), other = fd_of(step->other), made = -1;
	bool knows = self()->knows_choice[step->slot];

	errno = ERRNO_BEFORE;
	switch (step->call) {
	case DUP_DUP:
		made = dup(fd);
		break;
	case DUP_DUP2:
		made = dup2(fd, other);
		break;
	case DUP_DUP3:
		made = dup3(fd, other, step->flags);
		break;
	case DUP_FCNTL:
		made = fcntl(fd, F_DUPFD, (int)step->value);
		break;
	case DUP_FCNTL_CLOEXEC:
		made = fcntl(fd, F_DUPFD_CLOEXEC, (int)step->value);
		break;
	}
	say_result(made);
	keep(step->other, made);
	if (made >= 0)
		self()->knows_choice[step->other] = knows;
}

/* ---- Descriptors of others ------------------------------------------------------------------- */

static struct msghdr rights_message(struct iovec *vector, void *control)
{
	return (struct msghdr){
		.msg_iov = vector,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = CMSG_SPACE(sizeof(int)),
	};
}

static void do_give(const struct step *step)
{
	_Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(sizeof(int))] = {0};
	char byte = 'r';
	struct iovec vector = {&byte, 1};
	struct msghdr message = rights_message(&vector, control);
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&message);
	int fd = fd_of(step->other);

	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	errno = ERRNO_BEFORE;
	say_result(sendmsg(fd_of(step->slot), &message, MSG_DONTWAIT));
}

static void do_take(const struct step *step)
{
	_Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(sizeof(int))] = {0};
	char byte = 0;
	struct iovec vector = {&byte, 1};
	struct msghdr message = rights_message(&vector, control);
	const struct cmsghdr *cmsg;
	int fd = -1;

	errno = ERRNO_BEFORE;
	if (say_result(recvmsg(fd_of(step->slot), &message, MSG_DONTWAIT | step->flags)) < 0)
		return;
	cmsg = CMSG_FIRSTHDR(&message);
	if (cmsg != NULL && cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(cmsg), sizeof(fd));
	say(" byte=%d flags=%#x control=%zu fd=%d", byte, (unsigned int)message.msg_flags,
		(size_t)message.msg_controllen, fd);
	keep(step->other, fd);
}

/* Not every libc has the two. */
static void do_fetch(const struct step *step)
{
	const struct process *from = &shared->processes[step->value];
	int pid_fd = (int)syscall(SYS_pidfd_open, from->pid, 0);
	int fd;

	errno = ERRNO_BEFORE;
	fd = (int)syscall(SYS_pidfd_getfd, pid_fd, from->fds[step->slot], 0);
	close(pid_fd);
	say_result(fd);
	keep(step->other, fd);
}

/* ---- All ------------------------------------------------------------------------------------- */

/* On descriptors of any kind, and on processes. */
static void make_call_on_descriptors(const struct step *step)
{
	switch (step->op) {
	case OP_DUP:
		do_dup(step);
		break;
	case OP_GIVE:
		do_give(step);
		break;
	case OP_TAKE:
		do_take(step);
		break;
	case OP_FETCH:
		do_fetch(step);
		break;
	case OP_EPOLL:
		keep(step->slot, (int)say_result(epoll_create1(EPOLL_CLOEXEC)));
		break;
	case OP_EPOLL_CTL:
		step_epoll_ctl(step);
		break;
	case OP_EPOLL_WAIT:
		step_epoll_wait(step);
		break;
	case OP_FORK:
		play_fork(step);
		break;
	case OP_END:
		play_end(step);
		break;
	case OP_EXEC:
		play_exec();
	default:
		break;
	}
}

static void make_call(const struct step *step, int number)
{
	int fd = fd_of(step->slot);

	switch (step->op) {
	case OP_SOCKET:
		do_socket(step);
		break;
	case OP_PAIR:
		do_pair(step);
		break;
	case OP_BIND:
		do_bind(step);
		break;
	case OP_LISTEN:
		say_result(listen(fd, (int)step->value));
		break;
	case OP_ACCEPT:
		do_accept(step);
		break;
	case OP_CONNECT:
		do_connect(step);
		break;
	case OP_SEND:
		step_send(step, number);
		break;
	case OP_RECEIVE:
		step_receive(step, number);
		break;
	case OP_SET:
		step_set(step);
		break;
	case OP_GET:
		step_get(step);
		break;
	case OP_ADDRESSES:
		say_addresses(fd);
		break;
	case OP_FLAGS:
		say_result(fcntl(fd, F_SETFL, step->value ? O_NONBLOCK : 0));
		say(" %#x", (unsigned int)fcntl(fd, F_GETFL));
		break;
	case OP_CLOSE:
		say_result(close(fd));
		self()->fds[step->slot] = step->value ? fd : -1;
		break;
	case OP_SHUTDOWN:
		say_result(shutdown(fd, (int)step->value));
		break;
	default:
		make_call_on_descriptors(step);
	}
}

/* What the child opens and closes is its own, and what it does to a socket is its parent's too. */
static __attribute__((noinline)) void make_call_by_vfork(const struct step *step, int number)
{
	struct process before = *self();
	int status = 0;
	pid_t child = vfork();

	if (child == 0) {
		make_call(step, number);
		_exit(0);
	}
	waitpid(child, &status, 0);
	*self() = before;
	say(" by vfork: %d", status);
}

void step_do(const struct step *step, int number)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	text_step(file, step, number);
	fclose(file);
	for (char *at = text; *at != '\0'; at++)
		if (*at == '\n' || *at == '\t')
			*at = ' ';
	say_begin("%d [%d.%d] %s", number, self_process, self_thread, text);
	free(text);
	errno = ERRNO_BEFORE;
	if (step->by_vfork)
		make_call_by_vfork(step, number);
	else
		make_call(step, number);
	settle();
	step_say_ready();
	say_end();
	fflush(stdout);
}
