/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that a signal interrupts, handlers that make the same calls meanwhile, and handlers that do
 * not return to the call. */
#include "same_results.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { LARGE = 64, TEXT = 16, TICK_US = 15000, SMALL_STACK = 8192, OPTION_RCVBUFFORCE = 33 };

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp4 specific",
	"udp4 wildcard connected"};

/* A batch for the main flow and one for the handler. */
struct batch {
	struct mmsghdr messages[LARGE];
	struct iovec vectors[LARGE];
	char texts[LARGE][TEXT];
	struct sockaddr_storage names[LARGE];
	unsigned char control[256];
};
static struct batch batches[2];

enum call {
	CALL_RECVFROM,
	CALL_RECVMSG,
	CALL_RECVMMSG,
	CALL_RECVMMSG_LARGE,
	NUMBER_RECVMSG,
	NUMBER_RECVMMSG_LARGE,
	RECEIVES
};
static const char *const call_names[RECEIVES] = {
	"recvfrom", "recvmsg", "recvmmsg", "recvmmsg of 64", "SYS_recvmsg", "SYS_recvmmsg of 64"};

/* What the handler does, and what came of it. */
enum action { ACT_NOT, ACT_FEED, ACT_CALLS, ACT_JUMP, ACTIONS };
static const char *const action_names[ACTIONS] = {"returns", "feeds", "makes calls", "jumps"};

static struct station station;
static enum action action;
static volatile int ticks;
static volatile long seen[8];
static sigjmp_buf back;

static struct mmsghdr *prepare(struct batch *batch, const struct station *to, bool is_sending)
{
	memset(batch, 0, sizeof(*batch));
	for (int i = 0; i < LARGE; i++) {
		struct msghdr *msg = &batch->messages[i].msg_hdr;

		batch->names[i] = to->dest;
		batch->vectors[i] = (struct iovec){batch->texts[i], TEXT};
		msg->msg_iov = &batch->vectors[i];
		msg->msg_iovlen = 1;
		msg->msg_name = &batch->names[i];
		msg->msg_namelen = is_sending ? to->dest_len : sizeof(batch->names[i]);
	}
	if (!is_sending) {
		batch->messages[0].msg_hdr.msg_control = batch->control;
		batch->messages[0].msg_hdr.msg_controllen = sizeof(batch->control);
	}
	return batch->messages;
}

static long receive(enum call call, int fd, struct batch *batch, int flags)
{
	socklen_t len = sizeof(batch->names[0]);

	switch (call) {
	case CALL_RECVFROM:
		return recvfrom(fd, batch->texts[0], TEXT, flags,
			(struct sockaddr *)&batch->names[0], &len);
	case CALL_RECVMSG:
		return recvmsg(fd, &batch->messages[0].msg_hdr, flags);
	case CALL_RECVMMSG:
		return recvmmsg(fd, batch->messages, 3, flags, NULL);
	case NUMBER_RECVMSG:
		return syscall(SYS_recvmsg, fd, &batch->messages[0].msg_hdr, flags);
	case NUMBER_RECVMMSG_LARGE:
		return syscall(SYS_recvmmsg, fd, batch->messages, LARGE, flags, NULL);
	default:
		return recvmmsg(fd, batch->messages, LARGE, flags, NULL);
	}
}

/* All calls once. */
static void make_all_calls(void)
{
	const struct sockaddr *dest = (const struct sockaddr *)&station.dest;

	for (int call = 0; call <= CALL_RECVMMSG_LARGE; call++) {
		prepare(&batches[1], &station, false);
		seen[call] = receive((enum call)call, station.fd, &batches[1], MSG_DONTWAIT);
	}
	seen[4] = sendto(station.fd, "handler", 7, 0, dest, station.dest_len);
	prepare(&batches[1], &station, true);
	seen[5] = sendmsg(station.fd, &batches[1].messages[0].msg_hdr, 0);
	seen[6] = sendmmsg(station.fd, batches[1].messages, 3, 0);
	seen[7] = sendmmsg(station.fd, batches[1].messages, LARGE, 0);
}

static void on_alarm(int number)
{
	int saved_errno = errno;

	(void)number;
	ticks++;
	/* The second tick ends a call that was begun again. */
	if (action == ACT_FEED || ticks > 1)
		kind_feed(&station, LARGE, 5);
	if (action == ACT_CALLS && ticks == 1)
		make_all_calls();
	if (action == ACT_JUMP && ticks == 1)
		siglongjmp(back, 1);
	errno = saved_errno;
}

static void start_ticks(bool restarts)
{
	const struct itimerval interval = {{0, TICK_US}, {0, TICK_US}};
	struct sigaction how = {.sa_handler = on_alarm};

	how.sa_flags = restarts ? SA_RESTART : 0;
	ticks = 0;
	for (size_t i = 0; i < COUNT_OF(seen); i++)
		seen[i] = -77;
	sigaction(SIGALRM, &how, NULL);
	setitimer(ITIMER_REAL, &interval, NULL);
}

static void stop_ticks(void)
{
	const struct itimerval never = {{0, 0}, {0, 0}};

	setitimer(ITIMER_REAL, &never, NULL);
}

static void open_fed(const struct kind *kind, unsigned int fed)
{
	const int size = 8 << 20;

	kind_open(kind, &station);
	setsockopt(station.fd, SOL_SOCKET, OPTION_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(station.peer, SOL_SOCKET, OPTION_RCVBUFFORCE, &size, sizeof(size));
	kind_meet_peer(&station);
	kind_feed(&station, fed, 10);
}

static void say_batch(void)
{
	for (int i = 0; i < 3; i++)
		say(" {%u,%zu,%#x,%.2s}", batches[0].messages[i].msg_len,
			(size_t)batches[0].messages[i].msg_hdr.msg_controllen,
			(unsigned int)batches[0].messages[i].msg_hdr.msg_flags,
			batches[0].texts[i]);
}

struct part {
	const struct kind *kind;
	bool has_limit, restarts;
	enum call call;
	enum action what;
};

static void run_interrupted(const void *arg)
{
	const struct part *part = arg;
	const struct timeval limit = {.tv_usec = part->has_limit ? 200000 : 0};
	int cancel_state;

	open_fed(part->kind, 0);
	setsockopt(station.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	action = part->what;
	prepare(&batches[0], &station, false);
	say_begin("signals, %s, %s, handler %s, %s%s", part->kind->name, call_names[part->call],
		action_names[part->what], part->restarts ? "restart" : "no restart",
		part->has_limit ? ", limit" : "");
	if (sigsetjmp(back, 1) == 0) {
		start_ticks(part->restarts);
		say_result(receive(part->call, station.fd, &batches[0], 0));
	} else {
		say(" jumped");
	}
	stop_ticks();
	say_batch();
	/* In the handler there was nothing to receive, but it could send. */
	for (size_t i = 0; i < COUNT_OF(seen); i++)
		say(" %ld", seen[i]);
	action = ACT_NOT;
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &cancel_state);
	say(" cancellation %s", cancel_state == PTHREAD_CANCEL_ENABLE ? "on" : "off");
	errno = ERRNO_BEFORE;
	say(" next:");
	say_result(recvfrom(station.fd, batches[0].texts[0], TEXT, MSG_DONTWAIT, NULL, NULL));
	kind_feed(&station, 2 * LARGE, 10);
	prepare(&batches[0], &station, false);
	errno = ERRNO_BEFORE;
	say_result(receive(CALL_RECVMMSG_LARGE, station.fd, &batches[0], MSG_DONTWAIT));
	prepare(&batches[0], &station, true);
	errno = ERRNO_BEFORE;
	say_result(sendmmsg(station.fd, batches[0].messages, LARGE, 0));
	say_end();
	kind_close(&station);
}

/* Each in a process of its own: what is left behind by a jump is not to reach the next. */
static void run_all_interrupted(const struct kind *kind)
{
	for (int bits = 0; bits < 4; bits++)
		for (int call = 0; call < RECEIVES; call++)
			for (int what = 0; what < ACTIONS; what++) {
				const struct part part = {kind, (bits & 1) != 0, (bits & 2) != 0,
					(enum call)call, (enum action)what};

				run_apart(kind->name, run_interrupted, &part);
			}
}

/* ---- A handler with a full queue, wherever the main flow is ---------------------------------- */

static volatile sig_atomic_t handled;

static void on_usr1(int number)
{
	int saved_errno = errno;

	(void)number;
	make_all_calls();
	handled++;
	errno = saved_errno;
}

/* On a stack that has just room for a small handler. */
static void use_small_stack(void)
{
	stack_t stack = {.ss_size = SMALL_STACK};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, SMALL_STACK + page, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* The page below it cannot be touched. */
	if (memory == MAP_FAILED || mprotect(memory, page, PROT_NONE) != 0)
		die("mmap");
	stack.ss_sp = memory + page;
	sigaltstack(&stack, NULL);
}

static void run_handler(const void *arg)
{
	struct sigaction how = {.sa_handler = on_usr1};

	for (int own_stack = 0; own_stack < 2; own_stack++) {
		open_fed(arg, 200);
		if (own_stack != 0)
			use_small_stack();
		how.sa_flags = own_stack != 0 ? SA_ONSTACK : 0;
		sigaction(SIGUSR1, &how, NULL);
		say_begin("signals, handler%s, %s", own_stack != 0 ? " on a small stack" : "",
			((const struct kind *)arg)->name);
		raise(SIGUSR1);
		for (size_t i = 0; i < COUNT_OF(seen); i++)
			say(" %ld", seen[i]);
		say_peer(&station);
		say_left(station.fd);
		say_end();
		kind_close(&station);
	}
}

/* Ten thousand requests and replies while a timer's handler takes and answers some as well: none is
 * lost, none comes twice, and no call fails. */
static volatile unsigned long received, failed;

static void on_timer(int number)
{
	int saved_errno = errno;
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char text[TEXT];

	(void)number;
	if (recvfrom(station.fd, text, sizeof(text), MSG_DONTWAIT, (struct sockaddr *)&from,
		    &len) == 10) {
		received++;
		failed += sendto(station.fd, text, 10, 0, (struct sockaddr *)&from, len) != 10;
	}
	errno = saved_errno;
}

static void run_mixed(const void *arg)
{
	const struct itimerval often = {{0, 200}, {0, 200}};
	struct sigaction how = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
	unsigned long taken = 0, answered = 0;
	sigset_t alarm_only, old;
	char text[TEXT];

	open_fed(arg, 0);
	received = failed = 0;
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigaction(SIGALRM, &how, NULL);
	say_begin("signals, mixed, %s", ((const struct kind *)arg)->name);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int round = 0; round < 1000; round++) {
		long got;

		kind_feed(&station, 10, 10);
		prepare(&batches[0], &station, false);
		got = recvmmsg(station.fd, batches[0].messages, LARGE, MSG_DONTWAIT, NULL);
		for (long i = 0; i < got; i++) {
			struct msghdr *msg = &batches[0].messages[i].msg_hdr;

			msg->msg_controllen = 0;
			batches[0].vectors[i].iov_len = 10;
			failed += sendmsg(station.fd, msg, 0) != 10;
		}
		taken += got > 0 ? (unsigned long)got : 0;
		while (recv(station.peer, text, sizeof(text), MSG_DONTWAIT) == 10)
			answered++;
	}
	stop_ticks();
	sigprocmask(SIG_BLOCK, &alarm_only, &old);
	while (recv(station.fd, text, sizeof(text), MSG_DONTWAIT) == 10)
		taken++, answered++;
	while (recv(station.peer, text, sizeof(text), MSG_DONTWAIT) == 10)
		answered++;
	say(" taken %lu answered %lu failed %lu", taken + received, answered, failed);
	say_end();
	sigprocmask(SIG_SETMASK, &old, NULL);
	kind_close(&station);
}

void family_signals(void)
{
	for (size_t i = 0; i < COUNT_OF(kind_names); i++) {
		const struct kind *kind = kind_find(kind_names[i]);

		if (kind->flags & KIND_DUAL && !wants_dual)
			continue;
		run_all_interrupted(kind);
		run_apart(kind->name, run_handler, kind);
		run_apart(kind->name, run_mixed, kind);
	}
}
