/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tools say to people: whole lines, on standard error; or to syslog, where standard error
 * is a network connection, for then it is inetd's client that would read them.
 *
 * Never raises SIGPIPE or SIGXFSZ, so that exit statuses stay our own. The library's log is another
 * thing: that one is the command's (runtime/log.h).
 */
#ifndef CTL_SAY_H
#define CTL_SAY_H

#include <stdbool.h>

/* The exit status of whatever bindright itself fails in. */
enum { EXIT_REFUSED = 125 };

/* What is wrong, as one line without its end: room for a path and what is said of it. */
struct error_line {
	char text[8192];
};

/* Writes *ret. Always false, for the caller to return. */
bool say_into(struct error_line *ret, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* "bindright: ..." with a newline; what is not printable ASCII or part of a longer character
 * becomes
 * '?'. A warning is "bindright: warning: ...". */
void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same as say_error, and the end of the process. */
_Noreturn void say_and_exit(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether fd is a network connection: a socket that is not AF_UNIX. */
bool say_is_connection(int fd);

#endif
