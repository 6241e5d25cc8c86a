/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks in advance whether the sink in BINDRIGHT_LOG can be written. Creates nothing. */
#ifndef CTL_LOG_SINK_H
#define CTL_LOG_SINK_H

#include "ctl/say.h"
#include "settings/settings.h"

#include <stdbool.h>

/* Returns false, and the reason in *ret, if a line that the effective user logs now would be lost.
 * A log that is off or goes to standard error is always accepted. */
bool log_sink_judge(const struct log_settings *log, struct error_line *ret);

#endif
