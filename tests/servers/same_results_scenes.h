/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What same_results does to a socket before the call that may return the error. */
#ifndef TESTS_SERVERS_SAME_RESULTS_SCENES_H
#define TESTS_SERVERS_SAME_RESULTS_SCENES_H

#include "same_results.h"

struct scene {
	const char *name;
	void (*happen)(const struct kind *kind, struct station *station, int what);
	int what;
	int family; /* of the addresses; 0: both */
};

extern const struct scene scenes[];
extern const size_t scenes_count;

/* Whether the peer of this kind has an IPv6 address. */
bool scene_is_v6(const struct kind *kind);

/* An address of this host, in the peer's family, and its removal and addition. */
struct endpoint scene_guest(const struct kind *kind, int port);
void scene_set_guest(const struct kind *kind, bool is_here);

#endif
