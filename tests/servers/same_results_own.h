/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Control messages that a program sends. */
#ifndef TESTS_SERVERS_SAME_RESULTS_OWN_H
#define TESTS_SERVERS_SAME_RESULTS_OWN_H

#include "same_results.h"

enum own {
	OWN_NONE,
	OWN_TTL,
	OWN_TCLASS,
	OWN_IFINDEX,
	OWN_IFINDEX_V6,
	OWN_SOURCE,
	OWN_SOURCE_V6,
	OWN_SOURCE_WRONG,
	OWN_SEGMENT,
	OWN_UNKNOWN,
	OWN_LEN_0,
	OWN_LEN_BEYOND,
};

/* Writes the message as far as memory permits; returns its space. */
size_t own_write(enum own own, unsigned char *control);

#endif
