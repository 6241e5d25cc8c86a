/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An echo server in a sandbox: a seccomp filter that kills for every system call but those that the
 * server itself makes, as chrony, OpenSSH, vsftpd and many others have.
 *
 *	echo_filtered [-s] [-n] [-l] [-w] [SERVER OPTIONS] [ADDRESS] PORT
 *
 * The filter allows recvfrom, sendto, recvmsg, sendmsg, read, write and exit; -n (narrow) leaves
 *out recvmsg and sendmsg. -s installs it by syscall(SYS_seccomp), as libseccomp does, not by prctl.
 *-l (late) does so before the socket is opened and bound, for which it allows socket and bind, too.
 * -w says "request" for each and waits for a line on stdin before it is answered.
 */
#include "common.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ALLOW(number)                                        \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* One that no kernel has. */
#define NO_CALL 0x7fffffff

/* Written by main while the command line is read. */
static bool by_number, is_narrow, is_late, waits;

static void install(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(SYS_recvfrom),
		ALLOW(SYS_sendto),
		ALLOW(SYS_read),
		ALLOW(SYS_write),
		ALLOW(SYS_exit_group),
		ALLOW(is_narrow ? NO_CALL : SYS_recvmsg),
		ALLOW(is_narrow ? NO_CALL : SYS_sendmsg),
		ALLOW(is_late ? SYS_socket : NO_CALL),
		ALLOW(is_late ? SYS_bind : NO_CALL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
	long result;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		die("PR_SET_NO_NEW_PRIVS");
	if (by_number)
		result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program);
	else
		result = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	if (result < 0)
		die("seccomp");
}

/* stdio would ask for more than the filter allows. */
static void say(const char *line)
{
	if (write(STDOUT_FILENO, line, strlen(line)) < 0)
		_exit(3);
}

static void wait_for_line(void)
{
	char byte;

	say("request\n");
	while (read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n')
		continue;
}

static void read_command_line(int argc, char **argv)
{
	int letter;

	while ((letter = getopt(argc, argv, SERVER_LETTERS "snlw")) != -1) {
		if (letter == 's')
			by_number = true;
		else if (letter == 'n')
			is_narrow = true;
		else if (letter == 'l')
			is_late = true;
		else if (letter == 'w')
			waits = true;
		else
			server_letter(letter);
	}
}

/* Late: resolving comes before the filter, for it may want anything. */
static int open_late(int argc, char **argv)
{
	struct endpoint local;
	int fd;

	errno = 0;
	if (argc != 2)
		die("want ADDRESS PORT");
	resolve(argv[0], argv[1], SOCK_DGRAM, &local);
	install();
	fd = socket(local.addr.ss_family, SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		_exit(4);
	return fd;
}

int main(int argc, char **argv)
{
	struct letter letter;
	int fd;

	read_command_line(argc, argv);
	if (is_late) {
		fd = open_late(argc - optind, argv + optind);
	} else {
		fd = server_bind(argc - optind, argv + optind, SOCK_DGRAM);
		install();
	}
	say("ready\n");
	for (;;) {
		receive_letter(fd, &letter);
		if (waits)
			wait_for_line();
		answer_letter(fd, &letter);
	}
}
