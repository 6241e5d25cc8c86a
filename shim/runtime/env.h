/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of this process, read from its environment. */
#ifndef RUNTIME_ENV_H
#define RUNTIME_ENV_H

#include "attributes.h"
#include "settings/settings.h"

#include <stdatomic.h>

/*
 * The settings, read on the first call by secure_getenv and constant afterwards. A variable in
 * error keeps its default, and env_report_errors logs it. With another C library than the one this
 * library was built for, everything is off. Never returns NULL; while another thread is still
 * reading, returns settings in which everything is off.
 */
const struct settings *env_settings(void);

/* How many errors are kept. */
extern HIDDEN _Atomic unsigned int env_errors;
COLD void env_log_errors(void);

/* Call when a socket appears to which the settings matter: logs the errors, one line for each
 * variable. Logs once in a process, and not again in processes forked from it. Keeps errno; safe in
 * signal handlers. */
static inline void env_report_errors(void)
{
	if (UNLIKELY(atomic_load_explicit(&env_errors, memory_order_relaxed) != 0))
		env_log_errors();
}

#endif
