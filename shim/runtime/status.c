/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps what status.h shows. */
#include "runtime/status.h"

#include "runtime/process.h"

#include <stdio.h>
#include <string.h>

enum { STRIPES = sizeof(((struct status_counts *)0)->stripes) / sizeof(struct status_stripe) };
_Static_assert(sizeof(struct status_counts) <= PROCESS_OWN, "the process has that much of its own");

/* Readers of either word size find everything in the same place. */
_Static_assert(offsetof(struct status, counts) == 104, "as in the first version");
_Static_assert(offsetof(struct status, table) == 120, "as in the first version");
_Static_assert(sizeof(struct status_table) == 32, "as in the first version");
_Static_assert(offsetof(struct status, settings) == 152, "as in the first version");
_Static_assert(sizeof(struct status_stripe) == 64, "a stripe is a cache line");

struct status status_shown = {
	.magic = STATUS_MAGIC,
	.size = sizeof(status_shown),
	.version = PACKAGE_VERSION,
	.stripes = STRIPES,
	.stripe_size = sizeof(struct status_stripe),
};

/* Before the start, and where the kernel gives no memory that fork clears. */
static struct status_counts common;
static struct status_counts *counts = &common;

void status_init(void)
{
	void *own = process_own_memory();

	if (own != NULL)
		counts = own;
	status_shown.counts = (uintptr_t)counts;
}

void status_note_setting(const char *name, const char *value)
{
	const size_t space = sizeof(status_shown.settings), len = strlen(status_shown.settings);
	const int added =
		snprintf(status_shown.settings + len, space - len, "%s=%s\n", name, value);

	if (added < 0 || (size_t)added >= space - len)
		status_shown.settings[len] = '\0';
}

void status_note_state(enum status_state state)
{
	status_shown.state = state;
}

void status_note_table(const struct status_table *table)
{
	status_shown.table = *table;
}

void status_count_event(enum status_event event)
{
	atomic_fetch_add_explicit(&status_shown.events[event], 1, memory_order_relaxed);
}

/* One that has expired is no loss. */
void status_count_evicted(uint32_t age_s)
{
	if (age_s > status_shown.table.expiry_s)
		return;
	atomic_fetch_add_explicit(&counts->evicted, 1, memory_order_relaxed);
}

void status_count_refused(void)
{
	atomic_fetch_add_explicit(&counts->refused, 1, memory_order_relaxed);
}

struct status_stripe *status_take_stripe(void)
{
	static _Atomic unsigned int taken;

	return &counts->stripes[atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed) %
				STRIPES];
}
