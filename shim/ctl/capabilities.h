/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The capabilities of a file, in the form in which the kernel keeps them (capabilities(7)). */
#ifndef CTL_CAPABILITIES_H
#define CTL_CAPABILITIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Without the inheritable ones, which a user as a rule cannot gain. */
struct file_capabilities {
	uint64_t permitted;
	bool is_effective;
};

/* Parses the value of the extended attribute security.capability. Returns false if the kernel would
 * not use it here: if it is malformed, or of another user namespace than this process's. */
bool capabilities_parse(const void *value, size_t len, struct file_capabilities *ret);

/* Writes them as getcap(8) does, such as "cap_net_raw=ep", as far as there is space. Returns ret.
 */
const char *capabilities_format(
	const struct file_capabilities *capabilities, char *ret, size_t size);

#endif
