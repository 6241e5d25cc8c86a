/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A call for a thread to make: any of those that the library interposes. */
#ifndef TESTS_SERVERS_SAME_RESULTS_TASK_H
#define TESTS_SERVERS_SAME_RESULTS_TASK_H

#include "same_results.h"

#include <sys/uio.h>

/* The size of larger batches; the largest is TASK_MAX. */
enum { TASK_LARGE = 64, TASK_MAX = 1024, TASK_TEXT = 16 };

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
	CALL_CONNECT,
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
	NUMBER_RECVMMSG_LARGE,
	NUMBER_SENDTO,
	NUMBER_CONNECT,
	CALLS
};
extern const char *const call_names[CALLS];

/* One call and its result; the texts and headers are not on the thread's stack. */
struct task {
	const struct station *station;
	int spare; /* an unbound socket, of UDP for bind and of TCP for listen */
	int call;
	int flags;
	unsigned int count;
	long result;
	int error;
	bool has_returned;
	struct mmsghdr batch[TASK_MAX];
	struct iovec vectors[TASK_MAX];
	char texts[TASK_MAX][TASK_TEXT];
	struct sockaddr_storage names[TASK_MAX];
	unsigned char control[256];
};
extern struct task task;

/* A station with buffers for all that it receives, at which calls block without a limit; its peer
 * is known. */
void task_open(const struct kind *kind, struct station *ret, unsigned int fed);
/* Closes it, and all that tasks may have opened. */
void task_close(struct station *station);

bool task_is_sending(int call);
/* The number of messages of the call. */
unsigned int task_count(int call);
void task_prepare(const struct station *station, int call, int flags);
long task_call(void);
/* For a thread: makes the call and stores the result. */
void *task_run(void *unused);
void task_say(void);

#endif
