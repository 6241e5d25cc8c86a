/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Servers that give up rights between bind and their first receive, and threads. */
#include "scene.h"

#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect(const char *what, bool is_good)
{
	if (is_good)
		return;
	say(false, "%s: %s", what, strerror(errno));
	exit(3);
}

static void limit(int resource, rlim_t value)
{
	const struct rlimit limits = {value, value};

	expect("setrlimit", setrlimit(resource, &limits) == 0);
}

/* ---- chroot -------------------------------------------------------------------------------- */

/* So that this user, who is not root then, cannot open it. */
static void refuse(const char *path, const char *by)
{
	expect(path, mount(by, path, NULL, MS_BIND, NULL) == 0);
}

static void mount_proc(bool is_refused)
{
	expect("mkdir", mkdir("/mnt/proc", 0755) == 0);
	expect("mount /proc", mount("/proc", "/mnt/proc", NULL, MS_BIND | MS_REC, NULL) == 0);
	if (!is_refused)
		return;
	expect("mkdir", mkdir("/mnt/directory", 0) == 0 && mknod("/mnt/file", S_IFREG, 0) == 0);
	refuse("/mnt/proc/thread-self/net", "/mnt/directory");
	refuse("/mnt/proc/self/maps", "/mnt/file");
}

static void enter_root(const char *proc)
{
	expect("unshare", unshare(CLONE_NEWNS) == 0);
	expect("mount /", mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	expect("mount /mnt", mount("none", "/mnt", "tmpfs", 0, NULL) == 0);
	if (strcmp(proc, "without-proc") != 0)
		mount_proc(strcmp(proc, "refused-proc") == 0);
	expect("chroot", chroot("/mnt") == 0 && chdir("/") == 0);
}

static void say_whether_readable(const char *path)
{
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);

	say(false, "%s: %s", path, fd >= 0 ? "readable" : strerror(errno));
	syscall(SYS_close, fd);
}

/* In a user namespace without that user, root it stays. */
static void become_nobody(void)
{
	const int nobody = 65534;
	bool is_done = setgroups(0, NULL) == 0 && setresgid(nobody, nobody, nobody) == 0 &&
		       setresuid(nobody, nobody, nobody) == 0;

	say(false, "nobody: %s", is_done ? "yes" : strerror(errno));
}

static void fork_in_vain(void)
{
	pid_t pid;

	limit(RLIMIT_NPROC, 0);
	pid = scene_fork();
	if (pid == 0)
		_exit(0);
	say(false, "fork: %s", pid < 0 ? strerror(errno) : "done");
	waitpid(pid, NULL, 0);
}

static void play_chroot(const char *proc)
{
	int early = open_udp();

	enter_root(proc);
	become_nobody();
	say_whether_readable("/proc/self/maps");
	say_whether_readable("/proc/thread-self/net/tcp");
	serve(early);
	serve(early);
	kernel_state(early);
	play_tcp("64");
	fork_in_vain();
	serve(early);
}

/* ---- Limits that the server sets, with nothing left to open or to map --------------------------
 */

static void play_limits(const char *resource)
{
	int fd = open_udp();

	if (strcmp(resource, "descriptors") == 0)
		limit(RLIMIT_NOFILE, 3);
	else
		limit(RLIMIT_AS, 0);
	serve(fd);
	serve(fd);
	kernel_state(fd);
}

/* ---- Threads on the smallest stacks: the calls of one fail, another serves meanwhile
 * ------------- */

enum { OTHER_CLIENT = 2, OTHER_REQUESTS = 10 };

static pthread_barrier_t both_ready;

/* What it gets must be right, and is said when the other has ended: the order of lines is fixed. */
static struct {
	int fd, received, sent, changed_errno;
} other;

static void serve_other(void)
{
	union address peer;
	socklen_t len = sizeof(peer);
	char text[16];

	client_ask(OTHER_CLIENT, AF_INET6, "hello");
	errno = UNTOUCHED;
	other.received += recvfrom(other.fd, text, sizeof(text), 0, &peer.any, &len) == 5 &&
			  len == sizeof(peer.v6);
	other.sent += sendto(other.fd, "HELLO", 5, 0, &peer.any, len) == 5;
	other.changed_errno += errno != UNTOUCHED;
}

static void *run_other(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&both_ready);
	for (int i = 0; i < OTHER_REQUESTS; i++)
		serve_other();
	return NULL;
}

static void *run_watched(void *fd)
{
	scene_set_thread();
	pthread_barrier_wait(&both_ready);
	for (int i = 0; i < 3; i++)
		serve(*(int *)fd);
	return NULL;
}

static void start_thread(pthread_t *ret, void *(*run)(void *), void *arg)
{
	long least = sysconf(_SC_THREAD_STACK_MIN);
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(
		&attributes, least > PTHREAD_STACK_MIN ? (size_t)least : PTHREAD_STACK_MIN);
	errno = pthread_create(ret, &attributes, run, arg);
	expect("pthread_create", errno == 0);
	pthread_attr_destroy(&attributes);
}

static void play_threads(const char *unused)
{
	int fd = open_udp();
	pthread_t threads[2];
	union address local;
	socklen_t len = address_make(&local, AF_INET6, "::", SERVER_PORT);

	(void)unused;
	client_open(OTHER_CLIENT, AF_INET6);
	other.fd = (int)OBSERVE("socket", SYS_socket, 0, 0, 0, socket(AF_INET6, SOCK_DGRAM, 0));
	server_option(other.fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	OBSERVE("bind", SYS_bind, other.fd, 0, 0, bind(other.fd, &local.any, len));
	pthread_barrier_init(&both_ready, NULL, 2);
	start_thread(&threads[0], run_other, NULL);
	start_thread(&threads[1], run_watched, &fd);
	pthread_join(threads[1], NULL);
	pthread_join(threads[0], NULL);
	say(false, "the other thread: received %d, sent %d, errno changed %d", other.received,
		other.sent, other.changed_errno);
	for (int i = 0; i < OTHER_REQUESTS; i++)
		client_hear(OTHER_CLIENT);
	kernel_state(fd);
	kernel_state(other.fd);
}

const struct scene confined_scenes[] = {
	{"chroot", play_chroot},
	{"limits", play_limits},
	{"threads", play_threads},
	{NULL, NULL},
};
