/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each call in a thread with the smallest stack that programs use. */
#include "same_results_task.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp4 specific", "unix datagram"};

/* glibc's PTHREAD_STACK_MIN; musl's is less than its own functions take. */
enum { STACK_MIN = 16 * 1024 };

static size_t stack_size(void)
{
	long least = sysconf(_SC_THREAD_STACK_MIN);

	return least > STACK_MIN ? (size_t)least : STACK_MIN;
}

static void run_small(const struct kind *kind, int call)
{
	struct station station;
	pthread_attr_t attr;
	pthread_t thread;

	task_open(kind, &station, task_is_sending(call) ? 0 : task_count(call));
	task_prepare(&station, call, MSG_DONTWAIT);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, stack_size());
	say_begin("threads, small stack, %s, %s", kind->name, call_names[call]);
	if (pthread_create(&thread, &attr, task_run, NULL) != 0)
		die("pthread_create");
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	task_say();
	say_end();
	task_close(&station);
}

static void run_kind(const void *kind)
{
	for (int call = 0; call < CALLS; call++)
		run_small(kind, call);
}

void family_threads(void)
{
	kinds_run(kind_names, COUNT_OF(kind_names), run_kind);
}
