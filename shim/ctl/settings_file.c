/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens, checks and reads settings files; settings_text.c parses them. */
#include "ctl/settings_file.h"

#include "ctl/settings_text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

enum {
	SIZE_MAX_BYTES = SETTINGS_FILE_KIB * 1024,
	/* How long the writer of a pipe may take to close it. */
	PIPE_LIMIT_S = 5,
};

static bool say_unreadable(const char *option, const char *path, int error, struct error_line *ret)
{
	if (error == ENOENT)
		return say_into(ret, "%s: the settings file '%s' does not exist", option, path);
	return say_into(
		ret, "%s: cannot read the settings file '%s': %s", option, path, strerror(error));
}

static bool judge_kind(const char *option, const char *path, enum settings_file_kind kind,
	const struct stat *file, struct error_line *ret)
{
	if (S_ISREG(file->st_mode))
		return true;
	if (S_ISDIR(file->st_mode))
		return say_into(ret, "%s: '%s' is a directory, not a settings file", option, path);
	if (!S_ISFIFO(file->st_mode))
		return say_into(ret, "%s: '%s' is a %s, not a settings file", option, path,
			S_ISSOCK(file->st_mode) ? "socket" : "device");
	if (kind != SETTINGS_FILE_OR_PIPE)
		return say_into(ret,
			"%s: '%s' is a pipe, not a settings file (allowed: a regular file)", option,
			path);
	return true;
}

/* A user who can write the file decides what the library does in the command. */
static bool judge_owner(
	const char *option, const char *path, const struct stat *file, struct error_line *ret)
{
	const uid_t user = geteuid();

	if (file->st_uid != 0 && file->st_uid != user)
		return say_into(ret,
			"%s: the settings file '%s' belongs to uid %ju (allowed: root, and the "
			"user who runs bindright, here uid %ju)",
			option, path, (uintmax_t)file->st_uid, (uintmax_t)user);
	if ((file->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return say_into(ret,
			"%s: the settings file '%s' can be written by %s (mode %04o; "
			"'chmod go-w' fixes it)",
			option, path, (file->st_mode & S_IWOTH) != 0 ? "everyone" : "its group",
			(unsigned int)file->st_mode & 07777U);
	return true;
}

/* A pipe without a name in a file system is only open to processes that were given it. */
static bool is_nameless_pipe(int fd, const struct stat *file)
{
	struct statfs system;

	return S_ISFIFO(file->st_mode) && fstatfs(fd, &system) == 0 &&
	       system.f_type == PIPEFS_MAGIC;
}

/* Checks the kind before opening too, because opening a device can have side effects. */
static int open_file(const char *option, const char *path, enum settings_file_kind kind,
	bool *ret_is_fifo, struct error_line *ret)
{
	struct stat file;
	bool is_nameless;
	int fd;

	if (stat(path, &file) != 0) {
		say_unreadable(option, path, errno, ret);
		return -1;
	}
	if (!judge_kind(option, path, kind, &file, ret))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &file) != 0) {
		say_unreadable(option, path, errno, ret);
		return -1;
	}
	is_nameless = is_nameless_pipe(fd, &file);
	*ret_is_fifo = S_ISFIFO(file.st_mode) && !is_nameless;
	if (judge_kind(option, path, kind, &file, ret) &&
		(is_nameless || judge_owner(option, path, &file, ret)))
		return fd;
	close(fd);
	return -1;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Returns false on timeout. */
static bool wait_for_more(int fd, int64_t end_ms)
{
	struct pollfd ready = {.fd = fd, .events = POLLIN};
	const int64_t left_ms = end_ms - now_ms();

	return left_ms > 0 && poll(&ready, 1, (int)left_ms) != 0;
}

/* Reads to the end of the file, at most size bytes. Returns the length or a negative errno, -ETIME
 * on timeout. */
static ssize_t read_whole(int fd, char *buffer, size_t size)
{
	const int64_t end_ms = now_ms() + PIPE_LIMIT_S * INT64_C(1000);
	size_t len = 0;

	while (len < size) {
		ssize_t got = read(fd, buffer + len, size - len);

		if (got == 0)
			break;
		if (got > 0)
			len += (size_t)got;
		else if (errno == EAGAIN && !wait_for_more(fd, end_ms))
			return -ETIME;
		else if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return (ssize_t)len;
}

bool settings_file_take(const char *option, const char *path, enum settings_file_kind kind,
	struct assignments *assignments, struct error_line *ret)
{
	char text[SIZE_MAX_BYTES + 1];
	bool is_fifo;
	int fd = open_file(option, path, kind, &is_fifo, ret);
	ssize_t len;

	if (fd < 0)
		return false;
	len = read_whole(fd, text, sizeof(text));
	close(fd);
	if (len == -ETIME)
		return say_into(
			ret, "%s: '%s' did not end within %d seconds", option, path, PIPE_LIMIT_S);
	if (len < 0)
		return say_unreadable(option, path, (int)-len, ret);
	/* A fifo that is empty at once has no writer; with one, read_whole would have waited. */
	if (len == 0 && is_fifo)
		return say_into(ret, "%s: no process writes to the fifo '%s'", option, path);
	if (len > SIZE_MAX_BYTES)
		return say_into(ret, "%s: the settings file '%s' is larger than %d KiB", option,
			path, SETTINGS_FILE_KIB);
	return settings_text_parse(text, (size_t)len, path, assignments, ret);
}
