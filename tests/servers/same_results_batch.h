/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rows of the family batch: valid and invalid batches of many messages. */
#ifndef TESTS_SERVERS_SAME_RESULTS_BATCH_H
#define TESTS_SERVERS_SAME_RESULTS_BATCH_H

#include <stdbool.h>
#include <stddef.h>

/* The fault in one message of a batch. */
enum fault {
	FAULT_NONE,
	FAULT_BUF,
	FAULT_NAME,
	FAULT_NAME_NEGATIVE,
	FAULT_NAME_NULL_NEGATIVE,
	FAULT_CONTROL,
	FAULT_CONTROL_NULL,
	FAULT_CONTROL_CUT,
	FAULT_IOV,
	FAULT_IOV_COUNT,
	FAULT_ARRAY_ENDS,
	FAULT_PORT_0,
	FAULT_FAMILY,
	FAULT_TOO_LONG,
	FAULT_UNREACHABLE,
	FAULT_BAD_CONTROL,
	FAULT_SHORT_NAME,
};

/* The kinds of timeout. */
enum wait {
	WAIT_NONE,
	WAIT_0,
	WAIT_10_MS,
	WAIT_NEGATIVE,
	WAIT_NANOSECONDS,
	WAIT_NOWHERE,
	WAIT_CUT
};

struct batch_row {
	const char *name;
	unsigned int vlen, fed;
	int flags;
	enum fault fault;
	unsigned int at; /* the message with the fault */
	enum wait wait;
	bool is_blocking;
};

extern const struct batch_row batch_receive_rows[], batch_send_rows[];
extern const size_t batch_receive_count, batch_send_count;

#endif
