/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls that a signal interrupts while they block; its handler returns, sends the expected data,
 * makes the same calls, or jumps out of the call. */
#include "same_results_flow.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

/* What the handler does. */
enum action { ACT_NOT, ACT_FEED, ACT_CALLS, ACT_JUMP, ACTIONS };
static const char *const action_names[ACTIONS] = {"returns", "feeds", "makes calls", "jumps"};

/* Each in its own process, because a jump leaves state that must not reach the next. */
struct part {
	const struct kind *kind;
	bool has_limit, restarts;
	enum flow_call call;
	enum action action;
};

static enum action action;
static sigjmp_buf back;

/* ---- The interrupting thread ----------------------------------------------------------------- */

static struct {
	pthread_t thread;
	pthread_t main_thread;
	pid_t main_id;
	atomic_int ticks; /* the number of calls of the handler */
	atomic_bool is_over;
} ticker;

static void on_tick(int number)
{
	int saved_errno = errno;
	int tick = ++ticker.ticks;

	(void)number;
	/* The second tick ends a restarted call. */
	if (action == ACT_FEED || tick > 1)
		kind_feed(&flow_station, FLOW_LARGE, 5);
	if (action == ACT_CALLS && tick == 1)
		flow_make_all_calls();
	if (action == ACT_JUMP && tick == 1)
		siglongjmp(back, 1);
	errno = saved_errno;
}

static bool waits_again(const void *ticks)
{
	return ticker.is_over ||
	       (ticker.ticks == *(const int *)ticks && ready_is_receiving(ticker.main_id));
}

/* Sends a signal when the main thread blocks, and another when it blocks again. */
static void *run_ticker(void *unused)
{
	for (int ticks = 0; ticks < 2; ticks++) {
		bool is_waiting = ready_wait(waits_again, &ticks);

		if (ticker.is_over)
			break;
		/* If it blocks, then without data to come; the time limit ends it. */
		if (is_waiting)
			pthread_kill(ticker.main_thread, SIGUSR1);
	}
	return unused;
}

static void start_ticker(bool restarts)
{
	struct sigaction how = {.sa_handler = on_tick, .sa_flags = restarts ? SA_RESTART : 0};

	for (int i = 0; i < FLOW_SEEN; i++)
		flow_seen[i] = -77;
	sigaction(SIGUSR1, &how, NULL);
	ticker.main_thread = pthread_self();
	ticker.main_id = (pid_t)raw_syscall(SYS_gettid);
	if (pthread_create(&ticker.thread, NULL, run_ticker, NULL) != 0)
		die("pthread_create");
}

static void stop_ticker(void)
{
	ticker.is_over = true;
	pthread_join(ticker.thread, NULL);
}

/* ---- The interrupted thread ------------------------------------------------------------------ */

static void say_interrupted(void)
{
	int cancel_state;

	for (int i = 0; i < 3; i++)
		say(" {%u,%zu,%#x,%.2s}", flow_main.messages[i].msg_len,
			(size_t)flow_main.messages[i].msg_hdr.msg_controllen,
			(unsigned int)flow_main.messages[i].msg_hdr.msg_flags, flow_main.texts[i]);
	/* The handler had nothing to receive, but could send. */
	for (int i = 0; i < FLOW_SEEN; i++)
		say(" %ld", flow_seen[i]);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &cancel_state);
	say(" cancellation %s", cancel_state == PTHREAD_CANCEL_ENABLE ? "on" : "off");
}

/* Later calls work as usual. */
static void say_next(void)
{
	errno = ERRNO_BEFORE;
	say(" next:");
	say_result(
		recvfrom(flow_station.fd, flow_main.texts[0], FLOW_TEXT, MSG_DONTWAIT, NULL, NULL));
	kind_feed(&flow_station, 2 * FLOW_LARGE, 10);
	flow_prepare(&flow_main, false);
	errno = ERRNO_BEFORE;
	say_result(flow_receive(FLOW_RECVMMSG_LARGE, &flow_main, MSG_DONTWAIT));
	flow_prepare(&flow_main, true);
	errno = ERRNO_BEFORE;
	say_result(sendmmsg(flow_station.fd, flow_main.messages, FLOW_LARGE, 0));
}

static void run_part(const void *arg)
{
	const struct part *part = arg;
	/* A limit that only a fault reaches; with any timeout, a call is not restarted. */
	const struct timeval limit = {.tv_sec = part->has_limit ? 5 : 0};

	flow_open(part->kind, 0);
	setsockopt(flow_station.fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	action = part->action;
	flow_prepare(&flow_main, false);
	say_begin("signals, %s, %s, handler %s, %s%s", part->kind->name,
		flow_call_names[part->call], action_names[part->action],
		part->restarts ? "restart" : "no restart", part->has_limit ? ", limit" : "");
	if (sigsetjmp(back, 1) == 0) {
		start_ticker(part->restarts);
		say_result(flow_receive(part->call, &flow_main, 0));
	} else {
		say(" jumped");
	}
	stop_ticker();
	say_interrupted();
	say_next();
	say_end();
	kind_close(&flow_station);
}

static void run_kind(const struct kind *kind)
{
	for (int bits = 0; bits < 4; bits++)
		for (int call = 0; call < FLOW_RECEIVES; call++)
			for (int what = 0; what < ACTIONS; what++) {
				const struct part part = {kind, (bits & 1) != 0, (bits & 2) != 0,
					(enum flow_call)call, (enum action)what};

				run_apart(kind->name, run_part, &part);
			}
}

void family_signals(void)
{
	for (size_t i = 0; i < flow_kinds_count; i++) {
		const struct kind *kind = kind_find(flow_kinds[i]);

		if (!(kind->flags & KIND_DUAL) || wants_dual)
			run_kind(kind);
	}
}
