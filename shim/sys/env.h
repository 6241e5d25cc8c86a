/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of this process, from its environment. */
#ifndef SYS_ENV_H
#define SYS_ENV_H

#include "core/settings.h"

/*
 * The settings, read from the environment on the first call and never again, by secure_getenv. A
 * setting that is not understood is logged and left at its default. Never NULL; until another
 * thread that is reading them is through, settings in which all is off.
 */
const struct settings *env_settings(void);

#endif
