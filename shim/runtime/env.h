/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of this process, from its environment. */
#ifndef RUNTIME_ENV_H
#define RUNTIME_ENV_H

#include "attributes.h"
#include "settings/settings.h"

#include <stdatomic.h>

/*
 * The settings, read from the environment on the first call and never again, by secure_getenv. A
 * setting that is not understood is left at its default, and a line about it kept for
 * env_report_errors. Where the C library is another one than the library was built for, all is off.
 * Never NULL; until another thread that is reading them is through, settings in which all is off.
 */
const struct settings *env_settings(void);

/* How many lines are kept. */
extern HIDDEN _Atomic unsigned int env_errors;
COLD void env_log_errors(void);

/*
 * A socket is here that the settings matter to: logs what was not understood of them, a line for
 * each variable. Once in a process, and in none that is forked afterwards. Keeps errno; safe in
 * signal handlers.
 */
static inline void env_report_errors(void)
{
	if (UNLIKELY(atomic_load_explicit(&env_errors, memory_order_relaxed) != 0))
		env_log_errors();
}

#endif
