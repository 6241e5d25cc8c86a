/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls in threads with the smallest stacks, and in threads that are cancelled. */
#include "same_results.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { LARGE = 64, TEXT = 16, HIGH_NUMBER = 90 };

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp4 specific", "unix datagram"};

/* One call and what came of it; the texts and headers are not on the small stacks. */
struct task {
	const struct station *station;
	int spare; /* an unbound socket, of UDP for bind and of TCP for listen */
	int call;
	int flags;
	unsigned int count;
	long result;
	int error;
	bool has_returned;
	struct mmsghdr batch[1024];
	struct iovec vectors[1024];
	char texts[1024][TEXT];
	struct sockaddr_storage names[1024];
	unsigned char control[256];
};
static struct task task;

enum call {
	CALL_RECVFROM,
	CALL_RECVMSG,
	CALL_RECVMMSG,
	CALL_RECVMMSG_LARGE,
	CALL_RECVMMSG_1024,
	CALL_SENDTO,
	CALL_SENDMSG,
	CALL_SENDMMSG,
	CALL_SENDMMSG_LARGE,
	CALL_SENDMMSG_1024,
	CALL_BIND,
	CALL_LISTEN,
	CALL_SOCKET,
	CALL_SOCKETPAIR,
	CALL_DUP,
	CALL_FCNTL,
	CALL_SETSOCKOPT,
	CALL_GETSOCKOPT,
	CALL_ACCEPT,
	NUMBER_RECVFROM,
	NUMBER_RECVMSG,
	NUMBER_RECVMMSG_LARGE,
	NUMBER_SENDTO,
	CALLS
};
static const char *const call_names[CALLS] = {"recvfrom", "recvmsg", "recvmmsg", "recvmmsg of 64",
	"recvmmsg of 1024", "sendto", "sendmsg", "sendmmsg", "sendmmsg of 64", "sendmmsg of 1024",
	"bind", "listen", "socket", "socketpair", "dup", "fcntl", "setsockopt", "getsockopt",
	"accept", "SYS_recvfrom", "SYS_recvmsg", "SYS_recvmmsg of 64", "SYS_sendto"};

static bool is_sending(int call)
{
	return (call >= CALL_SENDTO && call <= CALL_SENDMMSG_1024) || call == NUMBER_SENDTO;
}

static unsigned int count_of(int call)
{
	switch (call) {
	case CALL_RECVMMSG:
	case CALL_SENDMMSG:
		return 3;
	case CALL_RECVMMSG_LARGE:
	case CALL_SENDMMSG_LARGE:
	case NUMBER_RECVMMSG_LARGE:
		return LARGE;
	case CALL_RECVMMSG_1024:
	case CALL_SENDMMSG_1024:
		return 1024;
	default:
		return 1;
	}
}

static void prepare(const struct station *station, int call, int flags)
{
	memset(&task, 0, sizeof(task));
	task.station = station;
	task.call = call;
	task.flags = flags;
	task.count = count_of(call);
	task.spare = socket(AF_INET, call == CALL_LISTEN ? SOCK_STREAM : SOCK_DGRAM, 0);
	for (unsigned int i = 0; i < task.count; i++) {
		struct msghdr *msg = &task.batch[i].msg_hdr;

		task.names[i] = station->dest;
		task.vectors[i] = (struct iovec){task.texts[i], TEXT};
		msg->msg_iov = &task.vectors[i];
		msg->msg_iovlen = 1;
		msg->msg_name = &task.names[i];
		msg->msg_namelen = is_sending(call) ? station->dest_len : sizeof(task.names[i]);
	}
	if (!is_sending(call)) {
		task.batch[0].msg_hdr.msg_control = task.control;
		task.batch[0].msg_hdr.msg_controllen = sizeof(task.control);
	}
}

static long call_others(int fd)
{
	const struct sockaddr_in wildcard = {.sin_family = AF_INET};
	socklen_t len = sizeof(int);
	int pair[2];

	switch (task.call) {
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

static long make_call(void)
{
	int fd = task.station->fd;
	socklen_t len = sizeof(task.names[0]);

	switch (task.call) {
	case CALL_RECVFROM:
		return recvfrom(fd, task.texts[0], TEXT, task.flags,
			(struct sockaddr *)&task.names[0], &len);
	case CALL_RECVMSG:
		return recvmsg(fd, &task.batch[0].msg_hdr, task.flags);
	case CALL_RECVMMSG:
	case CALL_RECVMMSG_LARGE:
	case CALL_RECVMMSG_1024:
		return recvmmsg(fd, task.batch, task.count, task.flags, NULL);
	case CALL_SENDTO:
		return sendto(fd, task.texts[0], TEXT, task.flags,
			(const struct sockaddr *)&task.station->dest, task.station->dest_len);
	case CALL_SENDMSG:
		return sendmsg(fd, &task.batch[0].msg_hdr, task.flags);
	case CALL_SENDMMSG:
	case CALL_SENDMMSG_LARGE:
	case CALL_SENDMMSG_1024:
		return sendmmsg(fd, task.batch, task.count, task.flags);
	case NUMBER_RECVFROM:
		return syscall(
			SYS_recvfrom, fd, task.texts[0], TEXT, task.flags, &task.names[0], &len);
	case NUMBER_RECVMSG:
		return syscall(SYS_recvmsg, fd, &task.batch[0].msg_hdr, task.flags);
	case NUMBER_RECVMMSG_LARGE:
		return syscall(SYS_recvmmsg, fd, task.batch, task.count, task.flags, NULL);
	case NUMBER_SENDTO:
		return syscall(SYS_sendto, fd, task.texts[0], TEXT, task.flags, &task.station->dest,
			task.station->dest_len);
	default:
		return call_others(fd);
	}
}

static void *run_task(void *unused)
{
	errno = ERRNO_BEFORE;
	task.result = make_call();
	task.error = errno;
	task.has_returned = true;
	return unused;
}

static void say_task(void)
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

/* After the last task of a station. */
static void close_all(struct station *station)
{
	kind_close(station);
	for (int fd = STDERR_FILENO + 1; fd < 2 * HIGH_NUMBER; fd++)
		close(fd);
}

static void open_fed(const struct kind *kind, struct station *ret, unsigned int count)
{
	const int size = 8 << 20;

	kind_open(kind, ret);
	setsockopt(ret->fd, SOL_SOCKET, 33 /* SO_RCVBUFFORCE */, &size, sizeof(size));
	setsockopt(ret->peer, SOL_SOCKET, 33 /* SO_RCVBUFFORCE */, &size, sizeof(size));
	/* No limit: a waiting call waits. */
	setsockopt(ret->fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){0}, sizeof(struct timeval));
	kind_meet_peer(ret);
	/* An AF_UNIX queue is short, and who fills it waits. */
	kind_feed(ret, kind->flags & KIND_UDP || count < 8 ? count : 8, 10);
}

/* ---- Small stacks ---------------------------------------------------------------------------- */

static void run_small(const struct kind *kind, int call)
{
	struct station station;
	pthread_attr_t attr;
	pthread_t thread;

	open_fed(kind, &station, is_sending(call) ? 0 : count_of(call));
	prepare(&station, call, MSG_DONTWAIT);
	if (call == CALL_ACCEPT)
		fcntl(station.fd, F_SETFL, O_NONBLOCK);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, (size_t)sysconf(_SC_THREAD_STACK_MIN));
	say_begin("threads, small stack, %s, %s", kind->name, call_names[call]);
	if (pthread_create(&thread, &attr, run_task, NULL) != 0)
		die("pthread_create");
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	say_task();
	say_end();
	close_all(&station);
}

static void run_all_small(const void *kind)
{
	for (int call = 0; call < CALLS; call++)
		run_small(kind, call);
}

/* ---- Cancellation ---------------------------------------------------------------------------- */

/* What a cancelled thread still does. */
static unsigned int cleaned;
static long cleaned_result;

static void clean_up(void *arg)
{
	const struct station *station = arg;

	prepare(station, CALL_RECVMMSG_LARGE, MSG_DONTWAIT);
	cleaned++;
	cleaned_result = make_call();
}

static pthread_barrier_t begun;

/* When the cancellation comes, and of which type the thread is. */
enum moment { BEFORE_CALL, WHILE_WAITING, AT_ONCE_WHILE_WAITING, MOMENTS };
static const char *const moment_names[MOMENTS] = {
	"before", "while waiting", "while waiting, at once"};
static enum moment moment;

static void *run_cancelled(void *station)
{
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	if (moment == AT_ONCE_WHILE_WAITING)
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
	pthread_barrier_wait(&begun);
	pthread_barrier_wait(&begun);
	pthread_cleanup_push(clean_up, station);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	run_task(NULL);
	pthread_cleanup_pop(0);
	return NULL;
}

static void cancel(pthread_t thread, const struct station *station)
{
	const struct timespec a_while = {.tv_nsec = 15000000};

	if (moment == BEFORE_CALL) {
		pthread_cancel(thread);
		pthread_barrier_wait(&begun);
		return;
	}
	pthread_barrier_wait(&begun);
	nanosleep(&a_while, NULL);
	pthread_cancel(thread);
	nanosleep(&a_while, NULL);
	/* Whom the cancellation has not ended, data will. */
	kind_feed(station, LARGE, 5);
}

static void run_cancel(const struct kind *kind, int call, enum moment when, unsigned int fed)
{
	struct station station;
	pthread_t thread;
	void *end;

	open_fed(kind, &station, fed);
	prepare(&station, call, is_sending(call) || when == BEFORE_CALL ? MSG_DONTWAIT : 0);
	if (call == CALL_ACCEPT)
		fcntl(station.fd, F_SETFL, O_NONBLOCK);
	cleaned = 0;
	cleaned_result = -77;
	moment = when;
	pthread_barrier_init(&begun, NULL, 2);
	say_begin("threads, cancelled %s, %s, %s, %u", moment_names[when], kind->name,
		call_names[call], fed);
	pthread_create(&thread, NULL, run_cancelled, &station);
	pthread_barrier_wait(&begun);
	cancel(thread, &station);
	pthread_join(thread, &end);
	say(" %s, cleaned %u %ld", end == PTHREAD_CANCELED ? "cancelled" : "went on", cleaned,
		cleaned_result);
	if (cleaned == 0)
		say_task();
	/* Others go on. */
	kind_feed(&station, 5, 10);
	prepare(&station, CALL_RECVMMSG_LARGE, MSG_DONTWAIT);
	run_task(NULL);
	say(" then:");
	say_task();
	prepare(&station, CALL_SENDTO, 0);
	run_task(NULL);
	say_task();
	say_left(station.fd);
	say_end();
	close_all(&station);
}

static void run_all_cancel(const void *kind)
{
	for (int call = 0; call < CALLS; call++)
		run_cancel(kind, call, BEFORE_CALL, 70);
	for (int call = CALL_RECVFROM; call <= CALL_RECVMMSG_LARGE; call++)
		run_cancel(kind, call, WHILE_WAITING, 0);
	for (int call = NUMBER_RECVFROM; call <= NUMBER_RECVMMSG_LARGE; call++) {
		run_cancel(kind, call, WHILE_WAITING, 0);
		run_cancel(kind, call, AT_ONCE_WHILE_WAITING, 0);
	}
	run_cancel(kind, CALL_RECVMMSG, WHILE_WAITING, 1);
	run_cancel(kind, CALL_RECVMMSG_LARGE, WHILE_WAITING, 20);
}

void family_threads(void)
{
	for (size_t i = 0; i < COUNT_OF(kind_names); i++) {
		const struct kind *kind = kind_find(kind_names[i]);

		if (kind->flags & KIND_DUAL && !wants_dual)
			continue;
		run_apart(kind->name, run_all_small, kind);
		run_apart(kind->name, run_all_cancel, kind);
	}
}
