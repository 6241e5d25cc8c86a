/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signal handlers that receive and answer, also on small stacks, at any point in the main flow's
 * calls. */
#include "same_results_flow.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

enum { SMALL_STACK = 8192 };

/* ---- A handler with a full queue ------------------------------------------------------------- */

static void make_all_calls(int number)
{
	int saved_errno = errno;

	(void)number;
	flow_make_all_calls();
	errno = saved_errno;
}

/* On a stack that just suffices for a small handler. */
static void use_small_stack(void)
{
	stack_t stack = {.ss_size = SMALL_STACK};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, SMALL_STACK + page, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* The page below it is inaccessible. */
	if (memory == MAP_FAILED || mprotect(memory, page, PROT_NONE) != 0)
		die("mmap");
	stack.ss_sp = memory + page;
	sigaltstack(&stack, NULL);
}

static void run_full(const struct kind *kind, bool has_own_stack)
{
	struct sigaction how = {.sa_handler = make_all_calls};

	flow_open(kind, 200);
	if (has_own_stack)
		use_small_stack();
	how.sa_flags = has_own_stack ? SA_ONSTACK : 0;
	sigaction(SIGUSR1, &how, NULL);
	say_begin("handlers, full queue, %s%s", kind->name,
		has_own_stack ? ", on a small stack" : "");
	raise(SIGUSR1);
	for (int i = 0; i < FLOW_SEEN; i++)
		say(" %ld", flow_seen[i]);
	say_peer(&flow_station);
	say_left(flow_station.fd);
	say_end();
	kind_close(&flow_station);
}

/* ---- Both at the same work ------------------------------------------------------------------- */

/* Requests and replies while a timer's handler also receives and answers some: none is lost or
 * duplicated, and no call fails, by single calls or batches. */

enum { ROUNDS = 300, REQUESTS = 20, TEXT_LEN = 10, TICK_US = 100 };

static bool handler_has_batches;
static volatile unsigned long received, failed;
/* The number of answers to each request. */
static unsigned char answers[ROUNDS * REQUESTS];

static void ask(int round)
{
	char text[TEXT_LEN + 1];

	for (int i = 0; i < REQUESTS; i++) {
		snprintf(text, sizeof(text), "%0*d", TEXT_LEN, round * REQUESTS + i);
		sendto(flow_station.peer, text, TEXT_LEN, 0, (struct sockaddr *)&flow_station.addr,
			flow_station.addr_len);
	}
}

static void note_answers(void)
{
	char text[TEXT_LEN + 1] = "";

	while (recv(flow_station.peer, text, TEXT_LEN, MSG_DONTWAIT) == TEXT_LEN) {
		unsigned long number = strtoul(text, NULL, 10);

		if (number < COUNT_OF(answers))
			answers[number]++;
	}
}

static unsigned int count_answered_once(void)
{
	unsigned int count = 0;

	for (size_t i = 0; i < COUNT_OF(answers); i++)
		count += answers[i] == 1;
	return count;
}

/* Receives and answers what is queued; returns the number. */
static unsigned long serve_one(struct flow_batch *batch)
{
	struct sockaddr *from = (struct sockaddr *)&batch->names[0];
	socklen_t len = sizeof(batch->names[0]);
	unsigned long count = 0;

	while (recvfrom(flow_station.fd, batch->texts[0], FLOW_TEXT, MSG_DONTWAIT, from, &len) ==
		TEXT_LEN) {
		count++;
		failed += sendto(flow_station.fd, batch->texts[0], TEXT_LEN, 0, from, len) !=
			  TEXT_LEN;
		len = sizeof(batch->names[0]);
	}
	return count;
}

static unsigned long serve_many(struct flow_batch *batch)
{
	int got, sent;

	flow_prepare(batch, false);
	got = recvmmsg(flow_station.fd, batch->messages, FLOW_LARGE, MSG_DONTWAIT, NULL);
	if (got <= 0)
		return 0;
	for (int i = 0; i < got; i++) {
		struct msghdr *msg = &batch->messages[i].msg_hdr;

		failed += msg->msg_namelen != flow_station.dest_len || msg->msg_controllen != 0 ||
			  msg->msg_flags != 0;
		batch->vectors[i].iov_len = batch->messages[i].msg_len;
	}
	sent = sendmmsg(flow_station.fd, batch->messages, (unsigned int)got, 0);
	failed += sent != got;
	return (unsigned long)got;
}

static void serve_in_handler(int number)
{
	int saved_errno = errno;

	(void)number;
	received += handler_has_batches ? serve_many(&flow_handler) : serve_one(&flow_handler);
	errno = saved_errno;
}

static void run_both(const struct kind *kind, bool main_has_batches)
{
	const struct itimerval often = {{0, TICK_US}, {0, TICK_US}}, never = {{0, 0}, {0, 0}};
	struct sigaction how = {.sa_handler = serve_in_handler, .sa_flags = SA_RESTART};
	unsigned long taken = 0;
	sigset_t alarm_only;

	flow_open(kind, 0);
	received = failed = 0;
	memset(answers, 0, sizeof(answers));
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	sigaction(SIGALRM, &how, NULL);
	say_begin("handlers, both serve, %s, main %s, handler %s", kind->name,
		main_has_batches ? "many" : "one", handler_has_batches ? "many" : "one");
	setitimer(ITIMER_REAL, &often, NULL);
	for (int round = 0; round < ROUNDS; round++) {
		ask(round);
		taken += main_has_batches ? serve_many(&flow_main) : serve_one(&flow_main);
		note_answers();
	}
	setitimer(ITIMER_REAL, &never, NULL);
	sigprocmask(SIG_BLOCK, &alarm_only, NULL);
	taken += serve_one(&flow_main);
	note_answers();
	say(" taken %lu, answered once %u, failed %lu", taken + received, count_answered_once(),
		failed);
	say_end();
	sigprocmask(SIG_UNBLOCK, &alarm_only, NULL);
	kind_close(&flow_station);
}

static void run_kind(const void *kind)
{
	run_full(kind, false);
	run_full(kind, true);
	for (int bits = 0; bits < 4; bits++) {
		handler_has_batches = (bits & 1) != 0;
		run_both(kind, (bits & 2) != 0);
	}
}

void family_handlers(void)
{
	kinds_run(flow_kinds, flow_kinds_count, run_kind);
}
