/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats log lines and writes them to the sink; the contract is in log.h. */
#include "runtime/log.h"

#include "runtime/impl.h"
#include "runtime/output.h"
#include "runtime/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { LINE = 512, PREFIX = sizeof("<31>") - 1 };

/* A line, with space before it for a priority. */
struct line {
	enum log_level level;
	size_t len; /* of the text, including its newline */
	char bytes[PREFIX + LINE];
};

static char *text_of(struct line *line)
{
	return line->bytes + PREFIX;
}

/* Each level's keyword and its severity in syslog(3). */
static const struct {
	const char *keyword;
	int severity;
} levels[] = {
	[LOG_LEVEL_OFF] = {"off", 0},
	[LOG_LEVEL_ERROR] = {"error", 3},
	[LOG_LEVEL_WARN] = {"warn", 4},
	[LOG_LEVEL_INFO] = {"info", 6},
	[LOG_LEVEL_DEBUG] = {"debug", 7},
};
enum { FACILITY_DAEMON = 3 << 3 };

/* Set once by log_configure, read by all. */
static struct log_settings sink;
/* What descriptor 2 was at the start, whether that is known, and whether the journal reads it. */
static struct output first_stderr;
static bool has_stderr, is_journal;
_Atomic int log_wanted_level = LOG_LEVEL_OFF;
/* Set once a failure to write to the sink has been logged. */
static atomic_bool has_reported;

/* systemd.exec(5): JOURNAL_STREAM is the device and inode of the stream that the journal reads. The
 * program's standard error may be another stream. */
static bool is_read_by_journal(const struct output *output)
{
	const char *value = secure_getenv("JOURNAL_STREAM");
	char stream[sizeof("18446744073709551615:18446744073709551615")];

	if (value == NULL || output->kind != OUTPUT_SOCKET)
		return false;
	snprintf(stream, sizeof(stream), "%llu:%llu",
		(unsigned long long)makedev(output->device_major, output->device_minor),
		(unsigned long long)output->inode);
	return strcmp(value, stream) == 0;
}

void log_configure(const struct log_settings *settings)
{
	int saved_errno = errno;

	sink = *settings;
	has_stderr = output_identify(STDERR_FILENO, &first_stderr);
	is_journal = has_stderr && is_read_by_journal(&first_stderr);
	atomic_store_explicit(&log_wanted_level, (int)settings->level, memory_order_release);
	errno = saved_errno;
}

/* Puts a priority before the line. Returns the start of the result. */
static const char *put_priority(struct line *line, int priority, size_t *ret_len)
{
	char prefix[PREFIX + 1];
	size_t len = (size_t)snprintf(prefix, sizeof(prefix), "<%d>", priority);
	char *start = text_of(line) - len;

	memcpy(start, prefix, len);
	*ret_len = len + line->len;
	return start;
}

/* False if standard error is no longer the same file, or fails for a reason other than being
 * full. */
static bool write_to_stderr(struct line *line)
{
	const char *start = text_of(line);
	size_t len = line->len;
	struct output now;
	int result;

	if (!has_stderr || !output_identify(STDERR_FILENO, &now) ||
		!output_is_same(&now, &first_stderr))
		return false;
	if (is_journal)
		start = put_priority(line, levels[line->level].severity, &len);
	result = output_write(STDERR_FILENO, now.kind, start, len);
	return result == 0 || result == -EAGAIN;
}

static const char syslog_path[] = "/dev/log";

/* Sends by a socket of our own, because syslog(3) takes locks, keeps a descriptor open, and would
 * mix these lines with the daemon's under its name. Returns 0 or a negative errno. */
static int send_to_syslog(struct line *line)
{
	size_t len;
	const char *start =
		put_priority(line, FACILITY_DAEMON | levels[line->level].severity, &len);

	/* The newline is not part of the message. */
	return output_send(syslog_path, start, len - 1);
}

/* A program's name or a path may contain control characters, which must not split the line. */
static void make_printable(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '\177')
			text[i] = '?';
}

__attribute__((format(printf, 3, 0))) static void format_line(
	struct line *line, enum log_level level, const char *format, va_list args)
{
	const size_t space = LINE - 1; /* the last byte is for the newline */
	long pid = IMPL_SYSCALL(SYS_getpid, 0);
	char *text = text_of(line);
	size_t len = (size_t)snprintf(text, space,
		"bindright: %.64s[%ld]: %s: ", program_invocation_short_name, pid > 0 ? pid : 0,
		levels[level].keyword);

	len += (size_t)vsnprintf(text + len, space - len, format, args);
	if (len > space - 1)
		len = space - 1;
	make_printable(text, len);
	text[len] = '\n';
	line->len = len + 1;
	line->level = level;
}

/* Reports once, on standard error or to syslog, that the sink cannot be written. */
__attribute__((format(printf, 1, 2))) static void log_failure(const char *format, ...)
{
	struct line line;
	va_list args;

	if (atomic_exchange(&has_reported, true))
		return;
	va_start(args, format);
	format_line(&line, LOG_LEVEL_ERROR, format, args);
	va_end(args);
	if (!write_to_stderr(&line))
		send_to_syslog(&line);
}

static void report_failure(const char *path, int error)
{
	char text[LOG_ERROR_TEXT];

	log_failure("BINDRIGHT_LOG: cannot write %.384s: %s", path, log_error_text(error, text));
}

/* Opens the file for each line: the daemon may close all descriptors or change its root, and an
 * administrator may rotate the file. O_NONBLOCK keeps a fifo without a reader from blocking us. */
static void write_to_file(struct line *line)
{
	int fd = impl_open(sink.path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0640);
	int result = fd;
	struct output file;

	if (fd >= 0) {
		result = output_identify(fd, &file)
				 ? output_write(fd, file.kind, text_of(line), line->len)
				 : -EPERM;
		impl_close(fd);
	}
	if (result < 0 && result != -EAGAIN)
		report_failure(sink.path, -result);
}

static void write_to_syslog(struct line *line)
{
	int result = send_to_syslog(line);

	/* If the queue is full the line is lost, as in a full pipe. */
	if (result < 0 && result != -EAGAIN)
		report_failure(syslog_path, -result);
}

void log_line(enum log_level level, const char *format, ...)
{
	int saved_errno = errno;
	struct line line;
	va_list args;

	if (!log_wants(level))
		return;
	if (level <= LOG_LEVEL_WARN)
		status_count_event(STATUS_WARNINGS);
	va_start(args, format);
	format_line(&line, level, format, args);
	va_end(args);
	switch (sink.sink) {
	case LOG_SINK_STDERR:
		/* The daemon has closed it, or inetd started the daemon. */
		if (!write_to_stderr(&line) && level <= LOG_LEVEL_WARN)
			send_to_syslog(&line);
		break;
	case LOG_SINK_FILE:
		write_to_file(&line);
		break;
	case LOG_SINK_SYSLOG:
		write_to_syslog(&line);
		break;
	}
	errno = saved_errno;
}

/* The texts of strerror(3) in the C locale. */
static const struct {
	int error;
	const char *text;
} errors[] = {
	{EACCES, "Permission denied"},
	{EADDRNOTAVAIL, "Cannot assign requested address"},
	{ECONNREFUSED, "Connection refused"},
	{EDQUOT, "Disk quota exceeded"},
	{EFBIG, "File too large"},
	{EHOSTUNREACH, "No route to host"},
	{EINVAL, "Invalid argument"},
	{EIO, "Input/output error"},
	{EISDIR, "Is a directory"},
	{ELOOP, "Too many levels of symbolic links"},
	{EMFILE, "Too many open files"},
	{ENAMETOOLONG, "File name too long"},
	{ENETUNREACH, "Network is unreachable"},
	{ENFILE, "Too many open files in system"},
	{ENODEV, "No such device"},
	{ENOENT, "No such file or directory"},
	{ENOSPC, "No space left on device"},
	{ENOTDIR, "Not a directory"},
	{ENXIO, "No such device or address"},
	{EPERM, "Operation not permitted"},
	{EPIPE, "Broken pipe"},
	{EPROTOTYPE, "Protocol wrong type for socket"},
	{EROFS, "Read-only file system"},
};

const char *log_error_text(int error, char text[LOG_ERROR_TEXT])
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].error == error)
			return errors[i].text;
	snprintf(text, LOG_ERROR_TEXT, "error %d", error);
	return text;
}
