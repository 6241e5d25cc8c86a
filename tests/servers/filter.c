/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "filter.h"
#include "common.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct call {
	const char *name;
	unsigned int number;
	bool is_permitted, is_refused; /* by -p or from the start; by -n */
};

#define CALL(name)                              \
	{                                       \
#name, SYS_##name, false, false \
	}
#define SERVES(name)                           \
	{                                      \
#name, SYS_##name, true, false \
	}

/* The calls of a server, and those that a preload library might make. Changed while the command
 * line is read. */
static struct call calls[] = {
	SERVES(recvfrom),
	SERVES(sendto),
	SERVES(recvmsg),
	SERVES(sendmsg),
	SERVES(read),
	SERVES(write),
	SERVES(exit),
	SERVES(exit_group),
	CALL(bind),
	CALL(bpf),
	CALL(clock_gettime),
	CALL(close),
	CALL(connect),
	CALL(execve),
	CALL(fcntl),
	CALL(fstat),
	CALL(futex),
	CALL(getpeername),
	CALL(getpid),
	CALL(getrandom),
	CALL(getsockname),
	CALL(getsockopt),
	CALL(gettid),
	CALL(gettimeofday),
	CALL(ioctl),
	CALL(lseek),
	CALL(madvise),
	CALL(mmap),
	CALL(munmap),
#ifdef SYS_newfstatat
	CALL(newfstatat),
#endif
	CALL(openat),
	CALL(ppoll),
	CALL(prctl),
	CALL(ptrace),
	CALL(recvmmsg),
	CALL(rt_sigaction),
	CALL(rt_sigpending),
	CALL(rt_sigprocmask),
	CALL(rt_sigtimedwait),
	CALL(seccomp),
	CALL(sendmmsg),
	CALL(setsockopt),
	CALL(socket),
	CALL(tgkill),
	CALL(uname),
	CALL(writev),
#ifdef SYS_poll
	CALL(poll),
#endif
};

enum { CALL_COUNT = sizeof(calls) / sizeof(calls[0]) };

static const struct action {
	const char *name;
	unsigned int value;
} actions[] = {
	{"kill_process", SECCOMP_RET_KILL_PROCESS},
	{"kill_thread", SECCOMP_RET_KILL_THREAD},
	{"trap", SECCOMP_RET_TRAP},
	{"eperm", SECCOMP_RET_ERRNO | EPERM},
	{"eacces", SECCOMP_RET_ERRNO | EACCES},
	{"einval", SECCOMP_RET_ERRNO | EINVAL},
	{"enosys", SECCOMP_RET_ERRNO | ENOSYS},
	{"trace", SECCOMP_RET_TRACE},
	{"user_notif", SECCOMP_RET_USER_NOTIF},
	{"log", SECCOMP_RET_LOG},
};

enum way {
	BY_PRCTL,
	BY_SYS_PRCTL,
	BY_SYS_SECCOMP,
	BY_THREAD,
	BY_TSYNC,
	BY_DIVERGED,
	BY_STRICT,
	BY_MISTAKE
};

static const char *const ways[] = {
	"prctl", "SYS_prctl", "SYS_seccomp", "thread", "tsync", "diverged", "strict", "mistake"};

/* Written while the command line is read. */
static unsigned int action = SECCOMP_RET_KILL_PROCESS;
static enum way way = BY_PRCTL;
static bool permits_all, is_double;

/* From the main thread to the one that installs the filter, and back when it is installed. */
static int begin[2], installed[2];

static struct call *find_call(const char *name)
{
	for (size_t i = 0; i < CALL_COUNT; i++) {
		if (strcmp(name, calls[i].name) == 0)
			return &calls[i];
	}
	errno = 0;
	die("%s: unknown system call", name);
}

static unsigned int find_action(const char *name)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(name, actions[i].name) == 0)
			return actions[i].value;
	}
	errno = 0;
	die("%s: unknown action", name);
}

static enum way find_way(const char *name)
{
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(name, ways[i]) == 0)
			return (enum way)i;
	}
	errno = 0;
	die("%s: unknown way", name);
}

bool filter_letter(int letter)
{
	if (letter == 'p')
		find_call(optarg)->is_permitted = true;
	else if (letter == 'n')
		find_call(optarg)->is_refused = true;
	else if (letter == 'A')
		permits_all = true;
	else if (letter == 'a')
		action = find_action(optarg);
	else if (letter == 'b')
		way = find_way(optarg);
	else if (letter == 'D')
		is_double = true;
	else
		return false;
	return true;
}

void filter_permit(const char *call)
{
	find_call(call)->is_permitted = true;
}

void filter_list_calls(void)
{
	for (size_t i = 0; i < CALL_COUNT; i++)
		puts(calls[i].name);
}

/* Probes the kernel's features by calls that can only fail, as libseccomp does. */
static void probe(void)
{
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL) == 0 || errno != EINVAL)
		die("strict mode with a flag");
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, NULL) == 0 ||
		errno != EFAULT)
		die("seccomp without a filter");
}

static long install_program(struct sock_fprog *program)
{
	switch (way) {
	case BY_SYS_PRCTL:
		return syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program);
	case BY_SYS_SECCOMP:
	case BY_THREAD:
		return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program);
	case BY_MISTAKE:
		/* A flag that no kernel has. */
		return -syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1UL << 31, program) - 1;
	case BY_TSYNC:
		return syscall(
			SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, program);
	case BY_DIVERGED:
		/* The id of the thread that cannot take the filter. */
		return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC,
			       program) > 0
			       ? 0
			       : -1;
	default:
		return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program);
	}
}

/* Writes the filter to steps, and returns its length. For each call there is a comparison, and a
 * step that is skipped if it does not match. */
static unsigned short write_program(struct sock_filter *steps)
{
	unsigned int verdict = permits_all ? action : SECCOMP_RET_ALLOW;
	unsigned short count = 0;

	steps[count++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < CALL_COUNT; i++) {
		if (permits_all ? !calls[i].is_refused
				: calls[i].is_refused || !calls[i].is_permitted)
			continue;
		steps[count++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1);
		steps[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict);
	}
	verdict = permits_all ? SECCOMP_RET_ALLOW : action;
	steps[count++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict);
	return count;
}

static struct sock_filter permissive = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

static void install_filter(void)
{
	struct sock_filter steps[2 * CALL_COUNT + 2];
	struct sock_fprog program = {write_program(steps), steps};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		die("PR_SET_NO_NEW_PRIVS");
	if (way == BY_SYS_SECCOMP || way == BY_TSYNC)
		probe();
	if (install_program(&program) != 0)
		die("seccomp");
	if (is_double && install_program(&(struct sock_fprog){1, &permissive}) != 0)
		_exit(3);
}

/* Of this thread alone, so that no other filter fits all threads. */
static void diverge(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0,
			&(struct sock_fprog){1, &permissive}) != 0)
		die("a thread's own filter");
}

/* It starts after pthread_create has made all calls that a filter might not permit, and does not
 * end, because that may take such calls too. */
static void *install_and_stay(void *unused)
{
	char byte;

	if (read(begin[0], &byte, 1) != 1)
		die("read");
	if (way == BY_DIVERGED)
		diverge();
	else
		install_filter();
	while (write(installed[1], &byte, 1) == 1 && read(begin[0], &byte, 1) == 1)
		continue;
	return unused;
}

static void install_by_thread(void)
{
	pthread_t thread;
	char byte = 0;

	if (pipe(begin) < 0 || pipe(installed) < 0)
		die("pipe");
	errno = pthread_create(&thread, NULL, install_and_stay, NULL);
	if (errno != 0)
		die("pthread_create");
	if (write(begin[1], &byte, 1) != 1 || read(installed[0], &byte, 1) != 1)
		_exit(3);
}

void filter_install(void)
{
	if (is_double) {
		filter_permit("prctl");
		filter_permit("seccomp");
	}
	if (way == BY_THREAD || way == BY_TSYNC || way == BY_DIVERGED)
		install_by_thread();
	if (way == BY_THREAD || way == BY_TSYNC)
		return;
	if (way != BY_STRICT)
		install_filter();
	else if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) < 0)
		die("strict mode");
}
