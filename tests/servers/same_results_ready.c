/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waits for the state of other threads, instead of a fixed time. */
#include "same_results.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The interval and the number of checks. */
enum { STEP_NS = 50000, STEPS = 100000 };

static bool is_receiving_number(long number)
{
#ifdef SYS_socketcall
	if (number == SYS_socketcall)
		return true;
#endif
#ifdef SYS_recvmmsg_time64
	if (number == SYS_recvmmsg_time64)
		return true;
#endif
	return number == SYS_recvfrom || number == SYS_recvmsg || number == SYS_recvmmsg;
}

/* The kernel reports the call in which a thread is blocked, or "running". */
bool ready_is_receiving(pid_t thread)
{
	char path[64], text[32] = "";
	ssize_t len = 0;
	char *end;
	long number;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", (int)thread);
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		len = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	if (fd < 0 || len <= 0)
		die("%s cannot be read", path);
	number = strtol(text, &end, 10);
	return end != text && is_receiving_number(number);
}

void ready_pause(void)
{
	const struct timespec step = {.tv_nsec = STEP_NS};

	nanosleep(&step, NULL);
}

bool ready_wait(bool (*is_so)(const void *arg), const void *arg)
{
	for (int step = 0; step < STEPS; step++) {
		if (is_so(arg))
			return true;
		ready_pause();
	}
	return false;
}
