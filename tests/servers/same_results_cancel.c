/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Threads that are cancelled before and in a call: they end in the same calls as with libc alone,
 * and leave no lock held for other threads or for their cleanup handlers. */
#include "same_results_task.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp4 specific", "unix datagram"};

/* The time of the cancellation, and the thread's cancellation type. */
enum moment { BEFORE_CALL, WHILE_WAITING, AT_ONCE_WHILE_WAITING, MOMENTS };
static const char *const moment_names[MOMENTS] = {
	"before", "while waiting", "while waiting, at once"};

/* The thread that is cancelled, and its state. */
static struct {
	pthread_t thread;
	volatile pid_t id;
	enum moment moment;
	unsigned int cleaned;
	long cleaned_result;
	atomic_bool has_ended;
} victim;
static pthread_barrier_t begun;

static void clean_up(void *station)
{
	task_prepare(station, CALL_RECVMMSG_LARGE, MSG_DONTWAIT);
	victim.cleaned++;
	victim.cleaned_result = task_call();
}

static void note_end(void *unused)
{
	(void)unused;
	victim.has_ended = true;
}

static void *run_victim(void *station)
{
	int old;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
	if (victim.moment == AT_ONCE_WHILE_WAITING)
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old);
	victim.id = (pid_t)raw_syscall(SYS_gettid);
	pthread_barrier_wait(&begun);
	pthread_barrier_wait(&begun);
	pthread_cleanup_push(note_end, NULL);
	pthread_cleanup_push(clean_up, station);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old);
	task_run(NULL);
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(1);
	return NULL;
}

static bool is_waiting(const void *unused)
{
	(void)unused;
	return ready_is_receiving(victim.id);
}

static bool has_ended(const void *unused)
{
	(void)unused;
	return victim.has_ended;
}

/* libc's syscall is no cancellation point, except for threads with asynchronous cancellation. */
static bool is_point(int call)
{
	return call < NUMBER_RECVFROM || victim.moment == AT_ONCE_WHILE_WAITING;
}

static void cancel(const struct station *station, int call)
{
	if (victim.moment == BEFORE_CALL) {
		pthread_cancel(victim.thread);
		pthread_barrier_wait(&begun);
		return;
	}
	pthread_barrier_wait(&begun);
	if (!ready_wait(is_waiting, NULL))
		say(" does not wait,");
	pthread_cancel(victim.thread);
	if (is_point(call) && !ready_wait(has_ended, NULL))
		say(" is not cancelled,");
	/* Data ends a call that the cancellation has not ended. */
	kind_feed(station, TASK_LARGE, 5);
}

/* Starts the victim at this call, cancels it, and waits for its end; true if it was cancelled. */
static bool run_victim_at(struct station *station, int call, enum moment moment)
{
	bool may_wait = !task_is_sending(call) && moment != BEFORE_CALL;
	void *end;

	task_prepare(station, call, may_wait ? 0 : MSG_DONTWAIT);
	victim.cleaned = 0;
	victim.cleaned_result = -77;
	victim.moment = moment;
	victim.has_ended = false;
	if (pthread_create(&victim.thread, NULL, run_victim, station) != 0)
		die("pthread_create");
	pthread_barrier_wait(&begun);
	cancel(station, call);
	pthread_join(victim.thread, &end);
	return end == PTHREAD_CANCELED;
}

static void say_others(struct station *station)
{
	say(" others:");
	kind_feed(station, 5, 10);
	task_prepare(station, CALL_RECVMMSG_LARGE, MSG_DONTWAIT);
	task_run(NULL);
	task_say();
	task_prepare(station, CALL_SENDTO, MSG_DONTWAIT);
	task_run(NULL);
	task_say();
	say_left(station->fd);
}

static void run_cancel(const struct kind *kind, int call, enum moment moment, unsigned int fed)
{
	struct station station;

	task_open(kind, &station, fed);
	say_begin(
		"cancel, %s, %s, %s, %u", moment_names[moment], kind->name, call_names[call], fed);
	if (run_victim_at(&station, call, moment)) {
		say(" cancelled, cleaned %u %ld", victim.cleaned, victim.cleaned_result);
	} else {
		say(" went on, cleaned %u", victim.cleaned);
		task_say();
	}
	say_others(&station);
	say_end();
	task_close(&station);
}

/* ---- Repeatedly ------------------------------------------------------------------------------ */

/* The address space in use, in bytes. */
static size_t measure_memory(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (statm == NULL || fscanf(statm, "%lu", &pages) != 1)
		die("/proc/self/statm");
	fclose(statm);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* The memory for a large batch, at least tens of kilobytes, must not leak. */
static void run_again(const struct kind *kind, int call)
{
	enum { WARM_UP = 5, TIMES = 60, SLACK = 1 << 20 };
	struct station station;
	unsigned int cancelled = 0;
	size_t before = 0;

	task_open(kind, &station, 0);
	say_begin("cancel, again and again, %s, %s", kind->name, call_names[call]);
	for (int i = 0; i < WARM_UP + TIMES; i++) {
		if (i == WARM_UP)
			before = measure_memory();
		cancelled += run_victim_at(&station, call, WHILE_WAITING);
		while (recv(station.fd, task.texts[0], 1, MSG_DONTWAIT) >= 0)
			;
	}
	say(" cancelled %u, memory %s", cancelled,
		measure_memory() <= before + SLACK ? "stays" : "is lost");
	say_others(&station);
	say_end();
	task_close(&station);
}

static void run_kind(const void *kind)
{
	pthread_barrier_init(&begun, NULL, 2);
	for (int call = 0; call < CALLS; call++)
		run_cancel(kind, call, BEFORE_CALL, 70);
	for (int call = CALL_RECVFROM; call <= CALL_RECVMMSG_LARGE; call++) {
		run_cancel(kind, call, WHILE_WAITING, 0);
		run_again(kind, call);
	}
	for (int call = NUMBER_RECVFROM; call <= NUMBER_RECVMMSG_LARGE; call++) {
		/* From glibc 2.41 on, pthread_cancel interrupts this call too, although it is no
		 * cancellation point, so the length of the batch is unpredictable. */
		if (call != NUMBER_RECVMMSG_LARGE)
			run_cancel(kind, call, WHILE_WAITING, 0);
		run_cancel(kind, call, AT_ONCE_WHILE_WAITING, 0);
	}
	run_cancel(kind, CALL_RECVMMSG, WHILE_WAITING, 1);
	run_cancel(kind, CALL_RECVMMSG_LARGE, WHILE_WAITING, 20);
}

void family_cancel(void)
{
	kinds_run(kind_names, COUNT_OF(kind_names), run_kind);
}
