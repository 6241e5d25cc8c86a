/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The services that have a settings file: SERVICE.conf in one directory. */
#ifndef CTL_SERVICES_H
#define CTL_SERVICES_H

#include "ctl/say.h"

#include <limits.h>
#include <stdbool.h>

/* Sets ret to the path of the service's settings file, which may be anything that exists. Returns
 * false if the name is not valid or there is no such file: *error_line says so, and lists the
 * services that there are. */
bool services_find(const char *directory, const char *service, char ret[PATH_MAX],
	struct error_line *error_line);

#endif
