/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes messages with plain libc calls; say.h describes where they go. */
#include "ctl/say.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

/* The size of a line with its newline: the text and a prefix. */
enum { LINE = sizeof(struct error_line) + 64 };

static const char *tool = "bindright";
static int tool_status = EXIT_REFUSED;

void say_set_tool(const char *name, int status)
{
	tool = name;
	tool_status = status;
}

bool say_is_connection(int fd)
{
	int domain = AF_UNSPEC;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == 0 && domain != AF_UNIX;
}

/* If no syslog daemon listens, the line is lost: there is no other safe place for it. */
static void send_to_syslog(int priority, const char *line, size_t len)
{
	static const struct sockaddr_un address = {AF_UNIX, "/dev/log"};
	char message[LINE + sizeof("<255>")];
	int message_len = snprintf(message, sizeof(message), "<%d>%.*s", priority, (int)len, line);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return;
	sendto(fd, message, (size_t)message_len, MSG_NOSIGNAL | MSG_DONTWAIT,
		(const struct sockaddr *)&address, sizeof(address));
	close(fd);
}

static void write_whole(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t written = write(fd, text, len);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		text += written;
		len -= (size_t)written;
	}
}

/* Restores the signal dispositions afterwards, because the command inherits them. */
static void write_without_signals(int fd, const char *text, size_t len)
{
	static const int signals[] = {SIGPIPE, SIGXFSZ};
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction saved[2];

	for (int i = 0; i < 2; i++)
		sigaction(signals[i], &ignore, &saved[i]);
	write_whole(fd, text, len);
	for (int i = 0; i < 2; i++)
		sigaction(signals[i], &saved[i], NULL);
}

/* Arguments and paths may contain control characters, but a message must stay one line. */
static void make_printable(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\177')
			text[i] = '?';
}

__attribute__((format(printf, 3, 0))) static void say(
	int level, const char *prefix, const char *format, va_list args)
{
	const size_t max = LINE - 1; /* keeps a byte for the newline */
	char line[LINE];
	size_t len = (size_t)snprintf(line, max, "%s: %s", tool, prefix);
	int text_len = vsnprintf(line + len, max - len, format, args);

	len += text_len > 0 ? (size_t)text_len : 0;
	if (len > max - 1)
		len = max - 1;
	make_printable(line, len);
	if (say_is_connection(STDERR_FILENO)) {
		send_to_syslog(LOG_DAEMON | level, line, len);
		return;
	}
	line[len] = '\n';
	write_without_signals(STDERR_FILENO, line, len + 1);
}

void say_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_ERR, "", format, args);
	va_end(args);
}

void say_warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_WARNING, "warning: ", format, args);
	va_end(args);
}

void say_and_exit(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_ERR, "", format, args);
	va_end(args);
	exit(status);
}

void say_and_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(LOG_ERR, "", format, args);
	va_end(args);
	exit(tool_status);
}

bool say_into(struct error_line *ret, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ret->text, sizeof(ret->text), format, args);
	va_end(args);
	return false;
}
