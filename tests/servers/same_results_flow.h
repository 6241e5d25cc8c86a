/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A station whose main flow and signal handlers both make calls. */
#ifndef TESTS_SERVERS_SAME_RESULTS_FLOW_H
#define TESTS_SERVERS_SAME_RESULTS_FLOW_H

#include "same_results.h"

#include <sys/uio.h>

enum { FLOW_LARGE = 64, FLOW_TEXT = 16, FLOW_SEEN = 8 };

/* Memory for calls: one for the main flow and one for the handler. */
struct flow_batch {
	struct mmsghdr messages[FLOW_LARGE];
	struct iovec vectors[FLOW_LARGE];
	char texts[FLOW_LARGE][FLOW_TEXT];
	struct sockaddr_storage names[FLOW_LARGE];
	unsigned char control[256];
};
extern struct flow_batch flow_main, flow_handler;

enum flow_call {
	FLOW_RECVFROM,
	FLOW_RECVMSG,
	FLOW_RECVMMSG,
	FLOW_RECVMMSG_LARGE,
	FLOW_SYS_RECVMMSG_LARGE,
	FLOW_RECEIVES
};
extern const char *const flow_call_names[FLOW_RECEIVES];

extern struct station flow_station;
extern const char *const flow_kinds[];
extern const size_t flow_kinds_count;

/* Opens it with large buffers; its peer is known, and has sent this number of datagrams. */
void flow_open(const struct kind *kind, unsigned int fed);
struct mmsghdr *flow_prepare(struct flow_batch *batch, bool is_sending);
long flow_receive(enum flow_call call, struct flow_batch *batch, int flags);

/* For a handler: makes all calls once and returns their results. */
void flow_make_all_calls(void);
extern volatile long flow_seen[FLOW_SEEN];

#endif
