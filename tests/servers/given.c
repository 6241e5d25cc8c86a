/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ways of given.h, each as a program would do it, and each by syscall(). */
#include "given.h"

#include "common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Missing in some libcs, or in their headers. */
enum { NUMBER_PIDFD_OPEN = 434, NUMBER_PIDFD_GETFD = 438 };
extern int pidfd_getfd(int pidfd, int fd, unsigned int flags) __attribute__((weak));

/* ---- As it is -------------------------------------------------------------------------------- */

static int take_as_it_is(const struct given *given)
{
	return given->number;
}

/* As sd_listen_fds(3) does. */
static int take_from_environment(const struct given *given)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

	(void)given;
	errno = 0;
	if (pid == NULL || count == NULL || atol(pid) != getpid() || atoi(count) != 1)
		return -1;
	return 3;
}

/* ---- Duplicates ------------------------------------------------------------------------------ */

static int take_dup(const struct given *given)
{
	(void)given;
	return dup(STDIN_FILENO);
}

static int take_dup2(const struct given *given)
{
	return dup2(STDIN_FILENO, given->number);
}

static int take_dup3(const struct given *given)
{
	return dup3(STDIN_FILENO, given->number, O_CLOEXEC);
}

static int take_dupfd(const struct given *given)
{
	return fcntl(STDIN_FILENO, F_DUPFD, given->number);
}

static int take_dupfd_cloexec(const struct given *given)
{
	return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, given->number);
}

/* What fcntl is in a program with _FILE_OFFSET_BITS=64; musl has no such name. */
extern int fcntl64(int fd, int cmd, ...) __attribute__((weak));

static int take_dupfd_64(const struct given *given)
{
	return (fcntl64 != NULL ? fcntl64 : fcntl)(STDIN_FILENO, F_DUPFD, given->number);
}

static int take_dup_by_number(const struct given *given)
{
	(void)given;
	return (int)syscall(SYS_dup, STDIN_FILENO);
}

#ifdef SYS_dup2
static int take_dup2_by_number(const struct given *given)
{
	return (int)syscall(SYS_dup2, STDIN_FILENO, given->number);
}
#endif

static int take_dup3_by_number(const struct given *given)
{
	return (int)syscall(SYS_dup3, STDIN_FILENO, given->number, O_CLOEXEC);
}

static int take_dupfd_by_number(const struct given *given)
{
	return (int)syscall(SYS_fcntl, STDIN_FILENO, F_DUPFD, given->number);
}

/* ---- Messages -------------------------------------------------------------------------------- */

/* A buffer for a message of inherit. */
struct mail {
	struct mmsghdr batch;
	struct iovec part;
	char text[64];
	union {
		struct cmsghdr head;
		unsigned char bytes[CMSG_SPACE(sizeof(int))];
	} control;
};

static struct msghdr *prepare_mail(struct mail *mail)
{
	memset(mail, 0, sizeof(*mail));
	mail->part = (struct iovec){mail->text, sizeof(mail->text) - 1};
	mail->batch.msg_hdr = (struct msghdr){
		.msg_iov = &mail->part,
		.msg_iovlen = 1,
		.msg_control = &mail->control,
		.msg_controllen = sizeof(mail->control),
	};
	return &mail->batch.msg_hdr;
}

static int open_mail(const struct mail *mail, long result)
{
	int fd;

	if (result <= 0)
		return -1;
	errno = 0;
	if (mail->batch.msg_hdr.msg_controllen < CMSG_LEN(sizeof(fd)) ||
		mail->control.head.cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(&mail->control.head), sizeof(fd));
	return fd;
}

static int take_by_recvmsg(const struct given *given)
{
	struct mail mail;

	(void)given;
	return open_mail(&mail, recvmsg(STDIN_FILENO, prepare_mail(&mail), 0));
}

/* A peek installs a descriptor that stays; the message brings another one later. */
static int take_by_peek(const struct given *given)
{
	struct mail mail;

	(void)given;
	return open_mail(&mail, recvmsg(STDIN_FILENO, prepare_mail(&mail), MSG_PEEK));
}

static int take_by_recvmmsg(const struct given *given)
{
	struct mail mail;

	(void)given;
	prepare_mail(&mail);
	return open_mail(&mail, recvmmsg(STDIN_FILENO, &mail.batch, 1, 0, NULL));
}

/* Moves a descriptor out of the way: the next one gets the lowest free number. */
static int move_up(int fd)
{
	enum { HIGH = 60 };
	int high = (int)syscall(SYS_fcntl, fd, F_DUPFD, HIGH);

	syscall(SYS_close, fd);
	return high;
}

/* In the second of two messages, over a pair of sockets of its own. */
static int take_second_by_recvmmsg(const struct given *given)
{
	const int fd = STDIN_FILENO;
	struct mail sent, got[2];
	struct mmsghdr batch[2];
	int pair[2], count;

	(void)given;
	if (syscall(SYS_socketpair, AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
		return -1;
	pair[0] = move_up(pair[0]);
	pair[1] = move_up(pair[1]);
	prepare_mail(&sent)->msg_controllen = CMSG_SPACE(sizeof(fd));
	sent.control.head = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
		.cmsg_len = CMSG_LEN(sizeof(fd))};
	memcpy(CMSG_DATA(&sent.control.head), &fd, sizeof(fd));
	if (write(pair[0], "first", 5) != 5 || sendmsg(pair[0], &sent.batch.msg_hdr, 0) < 0)
		return -1;
	for (int i = 0; i < 2; i++) {
		prepare_mail(&got[i]);
		batch[i] = got[i].batch;
	}
	count = recvmmsg(pair[1], batch, 2, 0, NULL);
	got[1].batch = batch[1];
	return open_mail(&got[1], count - 1);
}

static int take_by_recvmsg_by_number(const struct given *given)
{
	struct mail mail;

	(void)given;
	return open_mail(&mail, syscall(SYS_recvmsg, STDIN_FILENO, prepare_mail(&mail), 0));
}

/* ---- pidfd_getfd ----------------------------------------------------------------------------- */

static int take_by_pidfd_by_number(const struct given *given)
{
	return (int)syscall(NUMBER_PIDFD_GETFD, given->pidfd, given->their_fd, 0);
}

/* Bare, an older libc lacks this name; the library has it. */
static int take_by_pidfd(const struct given *given)
{
	if (pidfd_getfd != NULL)
		return pidfd_getfd(given->pidfd, given->their_fd, 0);
	return take_by_pidfd_by_number(given);
}

/* ---------------------------------------------------------------------------------------------- */

static const struct way ways[] = {
	{"LISTEN_FDS", take_from_environment, false, false},
	{"dup", take_dup, false, false},
	{"dup2", take_dup2, true, false},
	{"dup3", take_dup3, true, false},
	{"F_DUPFD", take_dupfd, true, false},
	{"F_DUPFD_CLOEXEC", take_dupfd_cloexec, true, false},
	{"fcntl64", take_dupfd_64, true, false},
	{"SYS_dup", take_dup_by_number, false, false},
#ifdef SYS_dup2
	{"SYS_dup2", take_dup2_by_number, true, false},
#endif
	{"SYS_dup3", take_dup3_by_number, true, false},
	{"SYS_fcntl", take_dupfd_by_number, true, false},
	{"recvmsg", take_by_recvmsg, false, false},
	{"peek", take_by_peek, false, false},
	{"recvmmsg", take_by_recvmmsg, false, false},
	{"recvmmsg second", take_second_by_recvmmsg, false, false},
	{"SYS_recvmsg", take_by_recvmsg_by_number, false, false},
	{"pidfd_getfd", take_by_pidfd, false, true},
	{"SYS_pidfd_getfd", take_by_pidfd_by_number, false, true},
};

static const struct way as_it_is = {"as it is", take_as_it_is, false, false};

static const struct way *find_way(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i].name, name) == 0)
			return &ways[i];
	errno = 0;
	if (name[0] < '0' || name[0] > '9')
		die("no such way: %s", name);
	return &as_it_is;
}

/* The process in which inherit left the socket. */
static void open_process(struct given *given)
{
	char text[64] = "";
	int pid;

	if (recv(STDIN_FILENO, text, sizeof(text) - 1, 0) < 0)
		die("recv");
	errno = 0;
	if (sscanf(text, "%d %d", &pid, &given->their_fd) != 2)
		die("no process: %s", text);
	given->pidfd = (int)syscall(NUMBER_PIDFD_OPEN, pid, 0);
	if (given->pidfd < 0)
		die("pidfd_open %d", pid);
}

void given_prepare(const char *way, int number, struct given *ret)
{
	*ret = (struct given){.way = find_way(way), .number = number};
	if (ret->way == &as_it_is)
		ret->number = atoi(way);
	if (ret->way->is_by_pidfd)
		open_process(ret);
}
