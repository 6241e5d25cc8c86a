/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sinks for the log under test: a pipe at descriptor 2, and files in a directory of the test group.
 */
#ifndef SINKS_H
#define SINKS_H

#include "runtime/log.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

/* The directory of the test files; the group creates and removes it. */
static char directory[512];

static inline const char *path_of(const char *name)
{
	static char path[600];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static inline void configure_stderr(enum log_level level)
{
	const struct log_settings settings = {.level = level, .sink = LOG_SINK_STDERR};

	log_configure(&settings);
}

static inline void configure_file(enum log_level level, const char *path)
{
	struct log_settings settings = {.level = level, .sink = LOG_SINK_FILE};

	snprintf(settings.path, sizeof(settings.path), "%s", path);
	log_configure(&settings);
}

/* Makes descriptor 2 a pipe and returns its other end, which does not block. */
static inline int pipe_to_stderr(void)
{
	int ends[2];

	if (pipe(ends) != 0 || dup2(ends[1], STDERR_FILENO) == -1)
		_exit(2);
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	return ends[0];
}

/* All that can be read at this moment, as a string. */
static inline const char *read_all(int fd)
{
	static char text[65536];
	size_t len = 0;
	ssize_t got;

	while (len < sizeof(text) - 1 && (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	return text;
}

static inline const char *read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	const char *text = read_all(fd);

	close(fd);
	return text;
}

static inline size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

/* The expected line. */
static inline const char *expected_line(const char *level, const char *message)
{
	static char line[1024];

	snprintf(line, sizeof(line), "bindright: %s[%d]: %s: %s\n", program_invocation_short_name,
		(int)getpid(), level, message);
	return line;
}

static inline int make_directory(void **state)
{
	const char *parent = getenv("TMPDIR");

	(void)state;
	snprintf(directory, sizeof(directory), "%.400s/bindright-log-XXXXXX",
		parent != NULL ? parent : "/tmp");
	return mkdtemp(directory) != NULL ? 0 : -1;
}

static inline int remove_directory(void **state)
{
	static const char *const names[] = {
		"database", "lines.log", "rotated.log", "fifo", "threads.log", "cancelled.log"};

	(void)state;
	for (size_t i = 0; i < LENGTH(names); i++)
		unlink(path_of(names[i]));
	return rmdir(directory);
}

#endif
