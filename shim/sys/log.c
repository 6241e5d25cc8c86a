/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The log's three sinks and the care they need inside somebody else's process; log.h says which. */
/* Before all else: open and fstat would refuse a log past 2 GiB on machines of 32 bits. */
#define _FILE_OFFSET_BITS 64

#include "sys/log.h"

#include "sockets/option.h"
#include "sys/next.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 512 };

/* Set once by log_configure, read by all. */
static struct log_settings sink;
/* What descriptor 2 was at the start, if it is one to write to. Set once by log_configure. */
static struct stat first_stderr;
static bool has_stderr;
_Atomic int log_wanted_level = LOG_LEVEL_OFF;
/* Whether somebody has said already that the sink cannot be written. */
static atomic_bool has_complained;

/* A service that inetd starts has its client's connection for descriptor 2. */
static bool is_connection(int fd)
{
	int domain = AF_UNSPEC;

	return option_ask(fd, SOL_SOCKET, SO_DOMAIN, &domain) && domain != AF_UNIX;
}

void log_configure(const struct log_settings *settings)
{
	int saved_errno = errno;

	sink = *settings;
	has_stderr = fstat(STDERR_FILENO, &first_stderr) == 0 && !is_connection(STDERR_FILENO);
	atomic_store_explicit(&log_wanted_level, (int)settings->level, memory_order_release);
	errno = saved_errno;
}

void log_stop(void)
{
	atomic_store_explicit(&log_wanted_level, LOG_LEVEL_OFF, memory_order_relaxed);
}

static bool can_take_a_line(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	return poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) != 0;
}

/* Takes back a SIGPIPE that our write raised, before the program sees it. */
static void swallow_sigpipe(const sigset_t *sigpipe)
{
	const struct timespec at_once = {0};

	while (sigtimedwait(sigpipe, NULL, &at_once) < 0 && errno == EINTR)
		;
}

static void write_line(int fd, const char *line, size_t len)
{
	sigset_t sigpipe, pending, saved;

	if (!can_take_a_line(fd))
		return;
	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	if (pthread_sigmask(SIG_BLOCK, &sigpipe, &saved) != 0)
		return;
	sigemptyset(&pending);
	sigpending(&pending);
	if (write(fd, line, len) < 0 && errno == EPIPE && !sigismember(&pending, SIGPIPE))
		swallow_sigpipe(&sigpipe);
	pthread_sigmask(SIG_SETMASK, &saved, NULL);
}

static bool is_stderr_still_ours(void)
{
	struct stat now;

	return has_stderr && fstat(STDERR_FILENO, &now) == 0 && now.st_dev == first_stderr.st_dev &&
	       now.st_ino == first_stderr.st_ino;
}

static void write_to_stderr(const char *line, size_t len)
{
	if (is_stderr_still_ours())
		write_line(STDERR_FILENO, line, len);
}

/* A program's name or a path may hold anything; a line is one line all the same. */
static void make_printable(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\177')
			text[i] = '?';
}

/* Says on standard error, once, what errno is about. */
static void complain_of(const char *path)
{
	char line[LOG_PATH + 256];
	int len;

	if (atomic_exchange(&has_complained, true))
		return;
	len = snprintf(line, sizeof(line),
		"bindright: %.64s[%d]: error: BINDRIGHT_LOG: cannot write %s: %m",
		program_invocation_short_name, (int)getpid(), path);
	if ((size_t)len > sizeof(line) - 1)
		len = sizeof(line) - 1;
	make_printable(line, (size_t)len);
	line[len] = '\n';
	write_to_stderr(line, (size_t)len + 1);
}

/* Opened anew for each line: the daemon may close every descriptor or change its root, and an
 * administrator may rotate the file. O_NONBLOCK keeps a fifo without a reader from holding us. */
static void write_to_file(const char *line, size_t len)
{
	int fd = open(
		sink.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0640);

	if (fd < 0) {
		complain_of(sink.path);
		return;
	}
	write_line(fd, line, len);
	close(fd);
}

static int syslog_priority(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return LOG_DAEMON | LOG_ERR;
	case LOG_LEVEL_WARN:
		return LOG_DAEMON | LOG_WARNING;
	case LOG_LEVEL_DEBUG:
		return LOG_DAEMON | LOG_DEBUG;
	default:
		return LOG_DAEMON | LOG_INFO;
	}
}

static const char syslog_path[] = "/dev/log";

/* By a socket of our own, because syslog(3) holds locks, keeps a descriptor open, and would mix our
 * lines with the daemon's under its name. False, and errno, if that cannot be done. */
static bool send_to_syslog(const char *message, size_t len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = next_socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool is_sent;
	int error;

	memcpy(address.sun_path, syslog_path, sizeof(syslog_path));
	is_sent = fd >= 0 && next_sendto(fd, message, len, MSG_NOSIGNAL | MSG_DONTWAIT,
				     (const struct sockaddr *)&address, sizeof(address)) >= 0;
	error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return is_sent;
}

static void write_to_syslog(enum log_level level, const char *line, size_t len)
{
	char message[LINE + 8];
	/* The newline is none of the message. */
	int message_len = snprintf(
		message, sizeof(message), "<%d>%.*s", syslog_priority(level), (int)len - 1, line);

	/* Where the queue is full the line is lost, as with a pipe that nobody empties. */
	if (!send_to_syslog(message, (size_t)message_len) && errno != EAGAIN)
		complain_of(syslog_path);
}

__attribute__((format(printf, 3, 0))) static size_t format_line(
	char line[LINE], enum log_level level, const char *format, va_list args)
{
	static const char *const words[] = {"off", "error", "warn", "info", "debug"};
	const size_t room = LINE - 1; /* the last byte is the newline's */
	size_t len = (size_t)snprintf(line, room,
		"bindright: %.64s[%d]: %s: ", program_invocation_short_name, (int)getpid(),
		words[level]);

	len += (size_t)vsnprintf(line + len, room - len, format, args);
	if (len > room - 1)
		len = room - 1;
	make_printable(line, len);
	line[len] = '\n';
	return len + 1;
}

void log_line(enum log_level level, const char *format, ...)
{
	int saved_errno = errno;
	int cancel_state;
	char line[LINE];
	size_t len;
	va_list args;

	if (!log_wants(level))
		return;
	/* open, write and close are cancellation points; most calls that log are not. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	va_start(args, format);
	len = format_line(line, level, format, args);
	va_end(args);
	switch (sink.sink) {
	case LOG_SINK_STDERR:
		write_to_stderr(line, len);
		break;
	case LOG_SINK_FILE:
		write_to_file(line, len);
		break;
	case LOG_SINK_SYSLOG:
		write_to_syslog(level, line, len);
		break;
	}
	pthread_setcancelstate(cancel_state, NULL);
	errno = saved_errno;
}
