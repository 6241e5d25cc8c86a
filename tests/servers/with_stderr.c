/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Starts a command with another kind of standard error, and writes what arrives there to a file.
 *
 *	with_stderr terminal|journal|other FILE COMMAND [ARGUMENT]...
 *
 * terminal: the command is a background job on a terminal that stops jobs that write to it (stty
 * tostop); prints "stopped" if that happens. journal: a stream socket as systemd gives to services,
 * with its JOURNAL_STREAM. other: the same, with the JOURNAL_STREAM of another socket.
 */
#include "common.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Opens both ends of a terminal, and becomes its session leader. */
static void open_terminal(int ends[2])
{
	struct termios modes;

	ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
	if (ends[0] < 0 || grantpt(ends[0]) < 0 || unlockpt(ends[0]) < 0 || setsid() < 0)
		die("terminal");
	ends[1] = open(ptsname(ends[0]), O_RDWR);
	if (ends[1] < 0 || ioctl(ends[1], TIOCSCTTY, 0) < 0 || tcgetattr(ends[1], &modes) < 0)
		die("terminal");
	modes.c_lflag |= TOSTOP;
	if (tcsetattr(ends[1], TCSANOW, &modes) < 0)
		die("tcsetattr");
}

static void open_journal(int ends[2], int other)
{
	char stream[64];
	struct stat status;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 || fstat(ends[1], &status) < 0)
		die("socketpair");
	snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)status.st_dev,
		(unsigned long long)status.st_ino + (unsigned int)other);
	setenv("JOURNAL_STREAM", stream, 1);
}

/* The reader ends with this process. */
static void hear(int from, const char *path)
{
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	char buf[4096];
	ssize_t len;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while ((len = read(from, buf, sizeof(buf))) > 0)
		if (write(to, buf, (size_t)len) != len)
			break;
	_exit(0);
}

/* A job: a terminal stops only a process whose parent is in the same session and another group
 * (POSIX's orphaned process groups). It ends with this process. */
static void start_job(void)
{
	pid_t job = fork();
	int status;

	if (job == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (setpgid(0, 0) < 0)
			die("setpgid");
		return;
	}
	if (waitpid(job, &status, WUNTRACED) != job)
		die("waitpid");
	if (WIFSTOPPED(status)) {
		puts("stopped");
		kill(job, SIGKILL);
	}
	exit(0);
}

int main(int argc, char **argv)
{
	const char *kind = argc > 3 ? argv[1] : "";
	int ends[2];
	pid_t reader;

	if (strcmp(kind, "terminal") == 0)
		open_terminal(ends);
	else if (strcmp(kind, "journal") == 0 || strcmp(kind, "other") == 0)
		open_journal(ends, strcmp(kind, "other") == 0);
	else
		die("want terminal, journal or other, FILE and COMMAND");
	reader = fork();
	if (reader == 0)
		hear(ends[0], argv[2]);
	if (strcmp(kind, "terminal") == 0)
		start_job();
	dup2(ends[1], STDERR_FILENO);
	close(ends[0]);
	close(ends[1]);
	execvp(argv[3], argv + 3);
	die("exec");
}
