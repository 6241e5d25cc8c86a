/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls of same_results_task.h, and what each needs. */
#include "same_results_task.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* The lowest number for F_DUPFD. */
enum { HIGH_NUMBER = 90, OPTION_RCVBUFFORCE = 33 };

struct task task;

const char *const call_names[CALLS] = {"recvfrom", "recvmsg", "recvmmsg", "recvmmsg of 64",
	"recvmmsg of 1024", "sendto", "sendmsg", "sendmmsg", "sendmmsg of 64", "sendmmsg of 1024",
	"connect", "bind", "listen", "socket", "socketpair", "dup", "fcntl", "setsockopt",
	"getsockopt", "accept", "SYS_recvfrom", "SYS_recvmmsg of 64", "SYS_sendto", "SYS_connect"};

bool task_is_sending(int call)
{
	return (call >= CALL_SENDTO && call <= CALL_SENDMMSG_1024) || call == NUMBER_SENDTO;
}

unsigned int task_count(int call)
{
	switch (call) {
	case CALL_RECVMMSG:
	case CALL_SENDMMSG:
		return 3;
	case CALL_RECVMMSG_LARGE:
	case CALL_SENDMMSG_LARGE:
	case NUMBER_RECVMMSG_LARGE:
		return TASK_LARGE;
	case CALL_RECVMMSG_1024:
	case CALL_SENDMMSG_1024:
		return TASK_MAX;
	default:
		return 1;
	}
}

void task_prepare(const struct station *station, int call, int flags)
{
	memset(&task, 0, sizeof(task));
	task.station = station;
	task.call = call;
	task.flags = flags;
	task.count = task_count(call);
	task.spare = socket(AF_INET, call == CALL_LISTEN ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (call == CALL_ACCEPT)
		fcntl(station->fd, F_SETFL, O_NONBLOCK);
	for (unsigned int i = 0; i < task.count; i++) {
		struct msghdr *msg = &task.batch[i].msg_hdr;

		task.names[i] = station->dest;
		task.vectors[i] = (struct iovec){task.texts[i], TASK_TEXT};
		msg->msg_iov = &task.vectors[i];
		msg->msg_iovlen = 1;
		msg->msg_name = &task.names[i];
		msg->msg_namelen =
			task_is_sending(call) ? station->dest_len : sizeof(task.names[i]);
	}
	if (!task_is_sending(call)) {
		task.batch[0].msg_hdr.msg_control = task.control;
		task.batch[0].msg_hdr.msg_controllen = sizeof(task.control);
	}
}

static long call_others(int fd)
{
	const struct sockaddr *dest = (const struct sockaddr *)&task.station->dest;
	const struct sockaddr_in wildcard = {.sin_family = AF_INET};
	socklen_t len = sizeof(int);
	int pair[2];

	switch (task.call) {
	case CALL_CONNECT:
		return connect(fd, dest, task.station->dest_len);
	case NUMBER_CONNECT:
		return syscall(SYS_connect, fd, dest, task.station->dest_len);
	case CALL_BIND:
		return bind(task.spare, (const struct sockaddr *)&wildcard, sizeof(wildcard));
	case CALL_LISTEN:
		return listen(task.spare, 1);
	case CALL_SOCKET:
		return socket(AF_INET, SOCK_DGRAM, 0);
	case CALL_SOCKETPAIR:
		return socketpair(AF_UNIX, SOCK_DGRAM, 0, pair);
	case CALL_DUP:
		return dup(fd);
	case CALL_FCNTL:
		return fcntl(fd, F_DUPFD, HIGH_NUMBER);
	case CALL_SETSOCKOPT:
		return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &(int){1}, len);
	case CALL_GETSOCKOPT:
		return getsockopt(fd, IPPROTO_IP, IP_PKTINFO, pair, &len);
	default:
		return accept(fd, NULL, NULL);
	}
}

long task_call(void)
{
	int fd = task.station->fd;
	socklen_t len = sizeof(task.names[0]);

	switch (task.call) {
	case CALL_RECVFROM:
		return recvfrom(fd, task.texts[0], TASK_TEXT, task.flags,
			(struct sockaddr *)&task.names[0], &len);
	case CALL_RECVMSG:
		return recvmsg(fd, &task.batch[0].msg_hdr, task.flags);
	case CALL_RECVMMSG:
	case CALL_RECVMMSG_LARGE:
	case CALL_RECVMMSG_1024:
		return recvmmsg(fd, task.batch, task.count, task.flags, NULL);
	case CALL_SENDTO:
		return sendto(fd, task.texts[0], TASK_TEXT, task.flags,
			(const struct sockaddr *)&task.station->dest, task.station->dest_len);
	case CALL_SENDMSG:
		return sendmsg(fd, &task.batch[0].msg_hdr, task.flags);
	case CALL_SENDMMSG:
	case CALL_SENDMMSG_LARGE:
	case CALL_SENDMMSG_1024:
		return sendmmsg(fd, task.batch, task.count, task.flags);
	case NUMBER_RECVFROM:
		return syscall(SYS_recvfrom, fd, task.texts[0], TASK_TEXT, task.flags,
			&task.names[0], &len);
	case NUMBER_RECVMMSG_LARGE:
		return syscall(SYS_recvmmsg, fd, task.batch, task.count, task.flags, NULL);
	case NUMBER_SENDTO:
		return syscall(SYS_sendto, fd, task.texts[0], TASK_TEXT, task.flags,
			&task.station->dest, task.station->dest_len);
	default:
		return call_others(fd);
	}
}

void *task_run(void *unused)
{
	errno = ERRNO_BEFORE;
	task.result = task_call();
	task.error = errno;
	task.has_returned = true;
	return unused;
}

void task_say(void)
{
	if (!task.has_returned) {
		say(" has not returned");
		return;
	}
	errno = task.error;
	say_result(task.result);
	for (unsigned int i = 0; i < task.count && i < 3; i++)
		say(" {%u,%zu,%#x}", task.batch[i].msg_len,
			(size_t)task.batch[i].msg_hdr.msg_controllen,
			(unsigned int)task.batch[i].msg_hdr.msg_flags);
}

void task_close(struct station *station)
{
	kind_close(station);
	for (int fd = STDERR_FILENO + 1; fd < 2 * HIGH_NUMBER; fd++)
		close(fd);
}

void task_open(const struct kind *kind, struct station *ret, unsigned int fed)
{
	const int size = 8 << 20;

	kind_open(kind, ret);
	setsockopt(ret->fd, SOL_SOCKET, OPTION_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(ret->peer, SOL_SOCKET, OPTION_RCVBUFFORCE, &size, sizeof(size));
	/* No limit, so a call can block. */
	setsockopt(ret->fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0}, sizeof(struct timeval));
	kind_meet_peer(ret);
	/* An AF_UNIX queue is short, and a writer that fills it blocks. */
	kind_feed(ret, kind->flags & KIND_UDP || fed < 8 ? fed : 8, 10);
}
