/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log: one line per event, written with a single write, to standard error, to a file or to
 * syslog(3)'s /dev/log.
 *
 * Logging never blocks (a pipe or terminal that cannot take the line loses it), raises no signal,
 * is not a cancellation point, keeps errno, allocates nothing, and uses no locale (so no %m in a
 * format).
 *
 * Standard error gets a line only while descriptor 2 is still the file that it was at the start,
 * because a daemon may close it and open a database in its place. It gets none if it is a network
 * connection, which under inetd leads to the client. Errors and warnings that standard error does
 * not take go to syslog. If the journal reads standard error (JOURNAL_STREAM), a line begins with
 * its priority, such as <4>. If a file or syslog cannot be written, this is logged once, on
 * standard error or else to syslog.
 */
#ifndef RUNTIME_LOG_H
#define RUNTIME_LOG_H

#include "attributes.h"
#include "settings/settings.h"

#include <stdatomic.h>

/* Call once, before the first line; until then nothing is logged. Copies the settings. */
void log_configure(const struct log_settings *settings);

/* The level wanted; LOG_LEVEL_OFF until log_configure, which alone writes it, has finished. */
extern HIDDEN _Atomic int log_wanted_level;

/* Whether lines of this level are wanted. Spares the caller from preparing unwanted ones. */
static inline bool log_wants(enum log_level level)
{
	return UNLIKELY(
		(int)level <= atomic_load_explicit(&log_wanted_level, memory_order_relaxed));
}

/* Writes "bindright: PROGRAM[PID]: LEVEL: ..." and a newline. Cuts a line to 511 bytes. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The text of strerror(3) for an error, without its locale. For an error that is not in the list of
 * log.c, writes its number to text and returns that. */
enum { LOG_ERROR_TEXT = sizeof("error -2147483648") };
const char *log_error_text(int error, char text[LOG_ERROR_TEXT]);

#endif
