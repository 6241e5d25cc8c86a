/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judges beforehand whether the log can be written where BINDRIGHT_LOG says. Creates nothing. */
#ifndef CTL_LOG_SINK_H
#define CTL_LOG_SINK_H

#include "ctl/say.h"
#include "settings/settings.h"

#include <stdbool.h>

/* False if a line that the effective user logs there now would be lost: *ret says why. A log that
 * is off, or goes to standard error, is always good. */
bool log_sink_judge(const struct log_settings *log, struct error_line *ret);

#endif
