/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judges whether the kernel can cure a unit, for enable --kernel. */
#ifndef CTL_UNITS_JUDGE_KERNEL_H
#define CTL_UNITS_JUDGE_KERNEL_H

#include "ctl/say.h"
#include "ctl/units/unit.h"
#include "settings/settings.h"

#include <stdbool.h>

/* Judges the unit and the settings. The first time also writes warnings where a part of the cure is
 * missing and, without --root, judges this kernel and this process's rights, by loading the eBPF
 * programs without attaching them. helper is the name of helper_unit.h. Returns false with a
 * message if the unit cannot be cured. */
bool judge_kernel(const struct unit *unit, const char *helper, struct settings *settings,
	bool is_first, struct error_line *ret);

#endif
