/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log: one line an event, written whole with one write, to standard error, to a file or to
 * syslog(3)'s /dev/log.
 *
 * Never blocks (a pipe or terminal that cannot take the line loses it), raises no signal, is no
 * cancellation point, keeps errno, allocates nothing, looks into no locale (so no %m in a format).
 * Standard error gets a line only while descriptor 2 is still the file that it was at the start: a
 * daemon may close it and open a database in its place; and never if that is a network connection,
 * for then it is inetd's client that would read it. Errors and warnings that standard error does
 * not take go to syslog. Where the journal reads standard error (JOURNAL_STREAM), a line begins
 * with its priority, as in <4>. A file or syslog that cannot be written is told of once, on
 * standard error or, if that is gone, by syslog.
 */
#ifndef RUNTIME_LOG_H
#define RUNTIME_LOG_H

#include "attributes.h"
#include "settings/settings.h"

#include <stdatomic.h>

/* Once, before the first line; until then nothing is logged. The settings are copied. */
void log_configure(const struct log_settings *settings);

/* The level wanted; LOG_LEVEL_OFF until log_configure is through. Written by it alone. */
extern HIDDEN _Atomic int log_wanted_level;

/* Whether lines of this level are wanted: spares the caller the making of them. */
static inline bool log_wants(enum log_level level)
{
	return UNLIKELY(
		(int)level <= atomic_load_explicit(&log_wanted_level, memory_order_relaxed));
}

/* "bindright: PROGRAM[PID]: LEVEL: ..." and a newline. A longer line than 511 bytes is cut. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What strerror(3) says of an error, without its locale, for the few that matter here; of others
 * the number, put into text. */
enum { LOG_ERROR_TEXT = sizeof("error -2147483648") };
const char *log_error_text(int error, char text[LOG_ERROR_TEXT]);

#endif
