/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The eBPF programs: loads them, attaches them to a control group, and feeds them. What they do
 * ends when the process does that loaded them. */
#ifndef KERNEL_PROGRAMS_H
#define KERNEL_PROGRAMS_H

#include "ctl/say.h"
#include "kernel/shared.h"
#include "settings/settings.h"

#include <stdbool.h>
#include <stdint.h>

/* Loads the programs for these settings, of which settings_check has judged that the kernel can do
 * them. Returns false with a message that says what is missing: rights, or a newer kernel. Where
 * that is so for listeners alone, *ret_no_listeners says why, else it is "". */
bool programs_load(const struct settings *settings, struct error_line *ret_no_listeners,
	struct error_line *error);

/* Attaches them to the group whose directory this descriptor is. Returns false with a message; then
 * none is attached once the process has ended. */
bool programs_attach(int directory, struct error_line *error);

/* The addresses that may be sources. Until programs_trust_addresses is called, and again a few
 * seconds after it, none is named. */
void programs_add_address(const struct kernel_prefix *prefix, bool may_be_source);
void programs_remove_address(const struct kernel_prefix *prefix);
void programs_trust_addresses(bool are_complete);

/* How often programs_trust_addresses has to be called, in seconds. */
enum { PROGRAMS_TRUST_INTERVAL_S = 2 };

#endif
