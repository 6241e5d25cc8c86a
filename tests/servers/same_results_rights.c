/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Descriptors in messages: none may be lost or leak, whatever the size of the receiver's buffer;
 * also if the receiving number was a watched socket's before. */
#include "same_results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPTION_PASSPIDFD = 76, OPTION_PASSSEC = 34, RIGHTS_MAX = 5 };
/* Larger than any message here, and a number above any descriptor here. */
enum { BUFFER_MAX = 112, LAST_FD = 20 };

/* The lowest free number: a descriptor that was received, or leaked, changes it. */
static int find_lowest(void)
{
	int lowest = (int)raw_syscall(SYS_dup, STDIN_FILENO);

	raw_syscall(SYS_close, lowest);
	return lowest;
}

static void close_all(void)
{
	for (int fd = STDERR_FILENO + 1; fd < LAST_FD; fd++)
		raw_syscall(SYS_close, fd);
}

static void send_rights(int fd, int count, int what)
{
	union {
		struct cmsghdr head;
		unsigned char bytes[CMSG_SPACE(RIGHTS_MAX * sizeof(int))];
	} control;
	struct iovec vector = {(char[]){"rights"}, 6};
	struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1};
	int fds[RIGHTS_MAX];

	for (int i = 0; i < RIGHTS_MAX; i++)
		fds[i] = what;
	memset(&control, 0, sizeof(control));
	if (count > 0) {
		control.head = (struct cmsghdr){
			CMSG_LEN((size_t)count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
		memcpy(CMSG_DATA(&control.head), fds, (size_t)count * sizeof(int));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
	}
	if (sendmsg(fd, &message, 0) < 0)
		die("sendmsg");
}

/* How a message with descriptors is received: with a buffer of this size, or by a call without
 * one. */
enum { BY_RECVFROM = -1, BY_NULL = -2, BY_RECVMMSG = -3 };

static const struct pass {
	const char *name;
	int option;
} passes[] = {
	{"nothing", 0},
	{"credentials", SO_PASSCRED},
	{"process", OPTION_PASSPIDFD},
	{"security", OPTION_PASSSEC},
};

static void receive_rights(int fd, long buffer, int flags)
{
	struct iovec vector = {memory_at(SLOT_BUF, GOOD), 64};
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &vector, .msg_iovlen = 1}};

	errno = ERRNO_BEFORE;
	switch (buffer) {
	case BY_RECVFROM:
		say_result(recvfrom(fd, vector.iov_base, 64, flags | MSG_DONTWAIT, NULL, NULL));
		break;
	case BY_NULL:
		say_result(recvmsg(fd, &message.msg_hdr, flags | MSG_DONTWAIT));
		say(" flags %#x", (unsigned int)message.msg_hdr.msg_flags);
		break;
	case BY_RECVMMSG:
		message.msg_hdr.msg_control = memory_at(SLOT_CONTROL, GOOD);
		message.msg_hdr.msg_controllen = 64;
		say_result(recvmmsg(fd, &message, 1, flags | MSG_DONTWAIT, NULL));
		say(" flags %#x", (unsigned int)message.msg_hdr.msg_flags);
		break;
	default:
		say_received(fd, (size_t)buffer, flags);
		break;
	}
}

/* Without a control buffer the kernel reports truncated security labels, even if there are none. A
 * stale descriptor, for which the library adds a buffer, hides that. */
static bool is_limit(bool is_stale, const struct pass *pass, long buffer)
{
	return is_stale && pass->option == OPTION_PASSSEC && buffer == BY_NULL;
}

static void run_rights(
	const struct kind *kind, bool is_stale, int count, const struct pass *pass, int flags)
{
	const long step = flags == 0 ? 1 : 7;

	for (long buffer = BY_RECVMMSG; buffer <= BUFFER_MAX; buffer += buffer < 0 ? 1 : step) {
		struct station station;
		int before, fds[2];

		if (is_limit(is_stale, pass, buffer))
			continue;
		if (is_stale)
			kind_open_stale(kind, &station);
		else
			kind_open(kind, &station);
		if (pass->option != 0)
			setsockopt(station.fd, SOL_SOCKET, pass->option, &(int){1}, sizeof(int));
		if (pipe(fds) < 0)
			die("pipe");
		send_rights(station.peer, count, fds[0]);
		before = find_lowest();
		say_begin("rights, %s%s, %d, %s, flags %#x, buffer %ld", is_stale ? "stale " : "",
			kind->name, count, pass->name, (unsigned int)flags, buffer);
		receive_rights(station.fd, buffer, flags);
		say(" lowest %+d", find_lowest() - before);
		say_left(station.fd);
		say_end();
		close_all();
	}
}

static void run_all_rights(const void *kind)
{
	static const int flags[] = {0, MSG_PEEK, MSG_CMSG_CLOEXEC};

	for (int stale = 0; stale < 2; stale++)
		for (size_t i = 0; i < COUNT_OF(passes); i++)
			for (size_t j = 0; j < COUNT_OF(flags); j++)
				for (int count = 0; count <= RIGHTS_MAX; count += 2)
					run_rights(kind, stale != 0, count, &passes[i], flags[j]);
}

/* A process that closes any descriptor of a file loses its locks on that file, so the library must
 * not open and close a descriptor that the kernel would not have opened. (It does so for stale
 * numbers: it closes what arrives without a buffer. So there only messages with a buffer are
 * tested.) */
static void run_lock(const void *arg)
{
	static const long buffers[] = {BY_RECVFROM, BY_NULL, 0, 16, 64};
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	(void)arg;
	for (int stale = 0; stale < 2; stale++)
		for (size_t i = 0; i < COUNT_OF(buffers); i++) {
			struct station station;
			FILE *file;
			int status = 0;
			pid_t child;

			if (stale != 0 && buffers[i] < (long)CMSG_LEN(sizeof(int)))
				continue;
			file = tmpfile();
			if (file == NULL || fcntl(fileno(file), F_SETLK, &lock) != 0)
				die("lock");
			if (stale != 0)
				kind_open_stale(kind_find("unix datagram pair"), &station);
			else
				kind_open(kind_find("unix datagram pair"), &station);
			send_rights(station.peer, 1, fileno(file));
			say_begin("rights, lock, %s, buffer %ld", stale != 0 ? "stale" : "fresh",
				buffers[i]);
			receive_rights(station.fd, buffers[i], 0);
			child = fork();
			if (child == 0)
				_exit(fcntl(fileno(file), F_SETLK, &lock) == 0);
			waitpid(child, &status, 0);
			say(" lock is %s", WEXITSTATUS(status) != 0 ? "lost" : "held");
			say_end();
			fclose(file);
			kind_close(&station);
		}
}

void family_rights(void)
{
	run_apart("unix datagram pair", run_all_rights, kind_find("unix datagram pair"));
	run_apart("unix stream", run_all_rights, kind_find("unix stream"));
	run_apart("lock", run_lock, NULL);
}
