/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which settings the kernel back end can do: those that it cannot are refused. */
#ifndef KERNEL_SETTINGS_CHECK_H
#define KERNEL_SETTINGS_CHECK_H

#include "ctl/say.h"
#include "settings/settings.h"

#include <stdbool.h>

/* Returns false with a message that names the setting and what is allowed. Where BINDRIGHT_V6ONLY
 * is not set, it becomes auto, because the library's default is none of the kernel's keywords. */
bool settings_check(struct settings *settings, struct error_line *error);

#endif
