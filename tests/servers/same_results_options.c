/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setsockopt and getsockopt of the options that the library uses itself: every length and pointer,
 * and the control messages afterwards. */
#include "same_results.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static const struct option {
	const char *name;
	int level, number;
} options[] = {
	{"IP_PKTINFO", IPPROTO_IP, IP_PKTINFO},
	{"IPV6_RECVPKTINFO", IPPROTO_IPV6, IPV6_RECVPKTINFO},
	{"IPV6_2292PKTINFO", IPPROTO_IPV6, 2},
	{"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY},
	{"IP_RECVTTL", IPPROTO_IP, IP_RECVTTL},
	{"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT},
};

static const struct set_row {
	const char *name;
	int value;
	int place;
	int len;
} set_rows[] = {
	{"1", 1, GOOD, 4},
	{"0", 0, GOOD, 4},
	{"-1", -1, GOOD, 4},
	{"256", 256, GOOD, 4},
	{"70000", 70000, GOOD, 4},
	{"0x62720001", 0x62720001, GOOD, 4},
	{"1 of 8", 1, GOOD, 8},
	{"0 of 8", 0, GOOD, 8},
	{"1 of 1000", 1, GOOD, 1000},
	{"1 of 1", 1, GOOD, 1},
	{"0 of 1", 0, GOOD, 1},
	{"256 of 1", 256, GOOD, 1},
	{"256 of 2", 256, GOOD, 2},
	{"1 of 2", 1, GOOD, 2},
	{"0 of 3", 0, GOOD, 3},
	{"1 of 0", 1, GOOD, 0},
	{"0 of 0", 0, GOOD, 0},
	{"NULL of 0", 0, NIL, 0},
	{"nowhere of 0", 0, NONE, 0},
	{"1 of -1", 1, GOOD, -1},
	{"0 of -1", 0, GOOD, -1},
	{"1 of INT_MIN", 1, GOOD, INT_MIN},
	{"1 of INT_MAX", 1, GOOD, INT_MAX},
	{"NULL of 1", 0, NIL, 1},
	{"NULL of 4", 0, NIL, 4},
	{"NULL of 8", 0, NIL, 8},
	{"place 1 of 4", 0, ONE, 4},
	{"top of 4", 0, TOP, 4},
	{"nowhere of 4", 0, NONE, 4},
	{"nowhere of 1", 0, NONE, 1},
	{"read-only of 4", 0, READ_ONLY, 4},
	{"1 cut at 1, of 1", 1, CUT(1), 1},
	{"0 cut at 1, of 1", 0, CUT(1), 1},
	{"1 cut at 2, of 4", 1, CUT(2), 4},
	{"1 cut at 4, of 8", 1, CUT(4), 8},
	{"1 odd", 1, ODD, 4},
};

static const struct get_row {
	const char *name;
	int value_place, len_place;
	int len;
} get_rows[] = {
	{"of 4", GOOD, GOOD, 4},
	{"of 0", GOOD, GOOD, 0},
	{"of 1", GOOD, GOOD, 1},
	{"of 2", GOOD, GOOD, 2},
	{"of 3", GOOD, GOOD, 3},
	{"of 8", GOOD, GOOD, 8},
	{"of 1000", GOOD, GOOD, 1000},
	{"of -1", GOOD, GOOD, -1},
	{"of INT_MIN", GOOD, GOOD, INT_MIN},
	{"NULL of 4", NIL, GOOD, 4},
	{"NULL of 0", NIL, GOOD, 0},
	{"nowhere of 4", NONE, GOOD, 4},
	{"nowhere of 0", NONE, GOOD, 0},
	{"read-only of 4", READ_ONLY, GOOD, 4},
	{"cut at 1, of 1", CUT(1), GOOD, 1},
	{"cut at 2, of 2", CUT(2), GOOD, 2},
	{"cut at 2, of 4", CUT(2), GOOD, 4},
	{"cut at 4, of 8", CUT(4), GOOD, 8},
	{"odd", ODD, ODD, 4},
	{"length NULL", GOOD, NIL, 4},
	{"length 1", GOOD, ONE, 4},
	{"length nowhere", GOOD, NONE, 4},
	{"length read-only", GOOD, READ_ONLY, 4},
	{"length cut at 2", GOOD, CUT(2), 4},
};

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp4 unseen", "udp dual v4 unseen", "udplite4 wildcard", "udp dual v6", "udp4 high",
	"udp4 specific", "udp6 specific", "udp4 unbound", "udp6 unbound", "udp4 wildcard connected",
	"tcp4 connected", "tcp4 unconnected", "unix datagram", "netlink", "raw", "pipe", "null",
	"closed", "-1", "INT_MAX"};

/* When the line's call is made. */
enum moment { BEFORE_BIND, AFTER_BIND, AFTER_BIND_HAVING_SET, STALE, MOMENTS };
static const char *const moment_names[MOMENTS] = {
	"before bind", "after bind", "after bind, having set it", "stale"};

static const struct option *current;
static const struct set_row *current_row;

static void set_current(int fd)
{
	void *value = memory_at(SLOT_BUF, current_row->place);

	memory_put(value, &current_row->value, sizeof(current_row->value));
	errno = ERRNO_BEFORE;
	say_result(setsockopt(
		fd, current->level, current->number, value, (socklen_t)current_row->len));
}

static void run_set(const struct kind *kind, enum moment moment)
{
	struct station station;
	const int on = 1;

	say_begin("options, %s, setsockopt %s, %s, %s", kind->name, current->name,
		current_row->name, moment_names[moment]);
	kind_before_bind = moment == BEFORE_BIND ? set_current : NULL;
	if (moment == STALE)
		kind_open_stale(kind, &station);
	else
		kind_open(kind, &station);
	kind_before_bind = NULL;
	if (moment == AFTER_BIND_HAVING_SET)
		setsockopt(station.fd, current->level, current->number, &on, sizeof(on));
	if (moment != BEFORE_BIND)
		set_current(station.fd);
	say_option("now", station.fd, current->level, current->number);
	kind_feed(&station, 1, 10);
	say_received(station.fd, 256, 0);
	say_end();
	kind_close(&station);
}

static void run_get(const struct kind *kind, enum moment moment, const struct get_row *row)
{
	struct station station;
	void *value, *len;
	const int on = 1;

	if (moment == STALE)
		kind_open_stale(kind, &station);
	else
		kind_open(kind, &station);
	if (moment == AFTER_BIND_HAVING_SET)
		setsockopt(station.fd, current->level, current->number, &on, sizeof(on));
	value = memory_at(SLOT_BUF, row->value_place);
	len = memory_at(SLOT_LEN, row->len_place);
	memory_put(len, &row->len, sizeof(row->len));
	say_begin("options, %s, getsockopt %s, %s, %s", kind->name, current->name, row->name,
		moment_names[moment]);
	/* How much of a value is written to memory that is too short is unspecified. */
	if (say_result(getsockopt(station.fd, current->level, current->number, value, len)) == 0)
		say_memory("value", value, 1000);
	say_memory("len", len, 4);
	say_end();
	kind_close(&station);
}

static void run_kind(const void *arg)
{
	const struct kind *kind = arg;

	for (size_t i = 0; i < COUNT_OF(options); i++) {
		current = &options[i];
		/* Under the default policy it is set, whatever the program does. */
		if (current->number == IPV6_V6ONLY && current->level == IPPROTO_IPV6 && !wants_dual)
			continue;
		for (int moment = 0; moment < MOMENTS; moment++) {
			for (size_t j = 0; j < COUNT_OF(set_rows); j++) {
				current_row = &set_rows[j];
				run_set(kind, (enum moment)moment);
			}
			for (size_t j = 0; j < COUNT_OF(get_rows); j++)
				run_get(kind, (enum moment)moment, &get_rows[j]);
		}
	}
}

void family_options(void)
{
	kinds_run(kind_names, COUNT_OF(kind_names), run_kind);
}
