/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages of the tools: whole lines on standard error; or to syslog if standard error is a network
 * connection, because under inetd the client would read them.
 *
 * Never raises SIGPIPE or SIGXFSZ, which would change the exit status. The library's log, which
 * belongs to the command, is runtime/log.h.
 */
#ifndef CTL_SAY_H
#define CTL_SAY_H

#include <errno.h>
#include <stdbool.h>

/* The exit status if bindright itself fails. */
enum { EXIT_REFUSED = 125 };

/* Returns errno after a call that has failed: never 0, which analysers cannot know. */
static inline int say_why(void)
{
	const int why = errno;

	return why > 0 ? why : EIO;
}

/* Says which tool this is: its name begins messages, and say_and_fail exits with status. Without
 * this call it is the wrapper: "bindright" and EXIT_REFUSED. */
void say_set_tool(const char *name, int status);

/* An error message without a newline: long enough for a path (4096) and the text around it. */
struct error_line {
	char text[8192];
};

/* Formats *ret, truncated if too long. Always returns false, for callers to return in turn. */
bool say_into(struct error_line *ret, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Writes "TOOL: ..." or "TOOL: warning: ..." and a newline. Control characters become
 * '?'; bytes above 127 stay, so UTF-8 is kept. */
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Each does what say_error does, then exits: with this status, or with the tool's. */
_Noreturn void say_and_exit(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
_Noreturn void say_and_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Returns whether fd is a network connection: a socket of another family than AF_UNIX. */
bool say_is_connection(int fd);

#endif
