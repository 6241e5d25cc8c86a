/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "supervise.h"

#include "servers/common.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Where libc makes socket calls by socketcall(2), they cannot be told apart. */
#ifdef SYS_socketcall
static const bool makes_socketcalls = true;
#else
static const bool makes_socketcalls = false;
#endif

enum { LIMIT_MS = 10000, STACK = 65536 };

/* Set by supervise, for the child and the loop. */
static struct window *window;
static int window_fd = -1, output_fd = -1;

static void make_window(void)
{
	if (window != NULL)
		return;
	errno = ENOSYS;
	if (makes_socketcalls)
		die("cannot install the filter");
	window_fd = memfd_create("window", MFD_CLOEXEC);
	output_fd = memfd_create("output", MFD_CLOEXEC);
	if (window_fd < 0 || output_fd < 0 || ftruncate(window_fd, sizeof(*window)) != 0)
		die("memfd_create");
	window = mmap(NULL, sizeof(*window), PROT_READ | PROT_WRITE, MAP_SHARED, window_fd, 0);
	if (window == MAP_FAILED)
		die("mmap");
}

static int install_filter(void)
{
	struct sock_filter steps[64];
	unsigned short count = 0;
	struct sock_fprog program = {0, steps};

	steps[count++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < call_kind_count; i++)
		steps[count++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			(unsigned int)call_kinds[i].number, (unsigned char)(call_kind_count - i),
			0);
	steps[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	steps[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
	program.len = count;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return (int)syscall(
		SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

/* Runs in a process that shares only descriptors with the supervisor, so the supervisor has the
 * listener as soon as this number is in the window. */
static int start(void *arg)
{
	const struct run *run = arg;
	int listener;

	setpgid(0, 0);
	/* Which pages share a place in runtime/readable.c must not differ between runs. */
	personality(ADDR_NO_RANDOMIZE);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (run->preload != NULL)
		setenv("LD_PRELOAD", run->preload, 1);
	else
		unsetenv("LD_PRELOAD");
	if (run->is_watched) {
		listener = install_filter();
		atomic_store(&window->listener, listener >= 0 ? listener : -errno);
		if (listener < 0)
			_exit(126);
		unshare(CLONE_FILES);
		close(listener);
	} else {
		unshare(CLONE_FILES);
	}
	dup2(output_fd, OUTPUT_FD);
	dup2(window_fd, WINDOW_FD);
	if (run->prepare != NULL)
		run->prepare();
	execv(run->argv[0], run->argv);
	_exit(127);
}

static bool is_own(const struct seccomp_data *data)
{
	if (data->nr != atomic_load(&window->number) || atomic_load(&window->own_seen))
		return false;
	/* The library may send a line to the log. */
	if (data->nr == SYS_sendto && (int)data->args[0] != (int)atomic_load(&window->args[0]))
		return false;
	/* The library may set or get other options than the program does. */
	if (data->nr == SYS_setsockopt || data->nr == SYS_getsockopt)
		for (int i = 0; i < WINDOW_ARGS; i++)
			if ((int)data->args[i] != (int)atomic_load(&window->args[i]))
				return false;
	atomic_store(&window->own_seen, 1);
	return true;
}

/* Whether the library makes this call. */
static bool is_library(const struct seccomp_data *data, int thread)
{
	int only = atomic_load(&window->thread);

	if (only != 0 && only != thread)
		return false;
	switch ((enum window_state)atomic_load(&window->state)) {
	case WINDOW_CLOSED:
		return false;
	case WINDOW_START:
		return true;
	case WINDOW_CALL:
		return !is_own(data);
	case WINDOW_DLOPEN:
		return data->nr == SYS_mprotect &&
		       data->instruction_pointer >= atomic_load(&window->libc_start) &&
		       data->instruction_pointer < atomic_load(&window->libc_end);
	}
	return false;
}

/* Before the program's own call was seen, recvmsg comes in place of recvfrom, and sendmsg of
 * sendto. */
static bool is_replacement(const struct seccomp_data *data)
{
	long number = atomic_load(&window->number);

	return atomic_load(&window->state) == WINDOW_CALL && !atomic_load(&window->own_seen) &&
	       ((number == SYS_recvfrom && data->nr == SYS_recvmsg) ||
		       (number == SYS_sendto && data->nr == SYS_sendmsg));
}

/* Filters can tell socket options apart, but not addresses. */
static int count_repetition(const struct seccomp_data *data)
{
	if (atomic_load(&window->state) != WINDOW_CALL ||
		data->nr != atomic_load(&window->number) || data->nr == SYS_setsockopt ||
		data->nr == SYS_getsockopt || !atomic_load(&window->own_seen))
		return 0;
	return atomic_fetch_add(&window->own_seen, 1);
}

/* Counts it, and returns its error, 0 for none. */
static int judge(const struct seccomp_notif *asked, const struct run *run, struct outcome *outcome)
{
	const struct seccomp_data *data = &asked->data;
	const struct fault *fault = &run->fault;
	struct made *made = &outcome->made[outcome->count];
	bool is_hit;

	if (!is_library(data, (int)asked->pid) || outcome->count == MADE_MAX)
		return 0;
	*made = (struct made){
		.kind = call_find(data->nr),
		.is_start = atomic_load(&window->state) == WINDOW_START,
		.is_replacement = is_replacement(data),
		.repetition = count_repetition(data),
		.args = {(long)data->args[0], (long)data->args[1], (long)data->args[2]},
	};
	outcome->count++;
	if (fault->at == 0 || outcome->count < fault->at)
		return 0;
	is_hit = outcome->count == fault->at || fault->mode == MODE_ON ||
		 (fault->mode == MODE_KIND && made->kind == outcome->made[fault->at - 1].kind);
	return is_hit && call_may_fail(made, fault->error, fault->mode) ? fault->error : 0;
}

static bool answer(int listener, const struct run *run, struct outcome *outcome)
{
	struct seccomp_notif asked = {0};
	struct seccomp_notif_resp reply = {0};
	int error;

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0)
		return errno == ENOENT || errno == EINTR;
	error = judge(&asked, run, outcome);
	reply.id = asked.id;
	reply.error = -error;
	reply.flags = error == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0;
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply) == 0 || errno == ENOENT;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wait_for_listener(pid_t pid, int64_t end)
{
	int status;

	while (atomic_load(&window->listener) == 0 && now_ms() < end) {
		if (waitpid(pid, &status, WNOHANG) != 0)
			break;
		sched_yield();
	}
	if (atomic_load(&window->listener) > 0)
		return atomic_load(&window->listener);
	errno = -atomic_load(&window->listener);
	die("cannot install the filter");
}

/* Until the program has ended. Only its listener tells of system calls; a program that is not
 * watched has none. Every scene waits for its own children. */
static bool serve(
	pid_t pid, int listener, const struct run *run, struct outcome *outcome, int64_t end)
{
	struct pollfd ready[] = {
		{.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN},
		{.fd = listener, .events = POLLIN},
	};
	bool is_over = false;

	while (!is_over && now_ms() < end) {
		if (poll(ready, 2, (int)(end - now_ms())) < 0)
			continue;
		if (ready[1].revents & POLLIN) {
			if (!answer(listener, run, outcome))
				die("seccomp notification");
		} else {
			is_over = ready[0].revents & POLLIN;
		}
	}
	close(ready[0].fd);
	return is_over;
}

static void read_output(struct outcome *outcome)
{
	ssize_t len = pread(output_fd, outcome->output, OUTPUT_MAX - 1, 0);

	outcome->output[len > 0 ? len : 0] = '\0';
}

void supervise(const struct run *run, struct outcome *ret)
{
	static _Alignas(64) char stack[STACK];
	int64_t end = now_ms() + LIMIT_MS;
	int listener = -1;
	bool is_over;
	pid_t pid;

	make_window();
	memset(window, 0, sizeof(*window));
	if (ftruncate(output_fd, 0) != 0 || lseek(output_fd, 0, SEEK_SET) != 0)
		die("output");
	ret->count = 0;
	pid = clone(start, stack + STACK, CLONE_FILES | SIGCHLD, (void *)(uintptr_t)run);
	if (pid < 0)
		die("clone");
	if (run->is_watched)
		listener = wait_for_listener(pid, end);
	is_over = serve(pid, listener, run, ret, end);
	if (!is_over)
		kill(-pid, SIGKILL);
	if (listener >= 0)
		close(listener);
	if (waitpid(pid, &ret->status, 0) != pid)
		die("waitpid");
	if (!is_over)
		ret->status = -1;
	read_output(ret);
}
