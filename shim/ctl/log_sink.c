/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the kernel whether a log line could be written, without opening or creating a file. */
#include "ctl/log_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* The log would create the file: checks that its directory permits it. path is absolute. */
static bool judge_directory(const char *path, struct error_line *ret)
{
	char directory[LOG_PATH];
	const size_t len = (size_t)(strrchr(path, '/') - path);

	memcpy(directory, path, len);
	strcpy(directory + len, len == 0 ? "/" : "");
	if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0)
		return true;
	return say_into(ret, "cannot write '%s': its directory: %s", path, strerror(errno));
}

static bool judge_file(const char *path, struct error_line *ret)
{
	struct stat file;
	int error = 0;

	if (stat(path, &file) == 0) {
		if (S_ISDIR(file.st_mode))
			error = EISDIR;
		else if (S_ISSOCK(file.st_mode))
			error = ENXIO; /* what open(2) returns for a socket */
		else if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
			error = errno;
	} else if (errno != ENOENT) {
		error = errno;
	} else if (path[strlen(path) - 1] == '/') {
		error = EISDIR;
	} else if (lstat(path, &file) != 0) {
		return judge_directory(path, ret);
	} /* else a dangling symbolic link, which was prepared for a log that is yet to be created
	   */
	return error == 0 || say_into(ret, "cannot write '%s': %s", path, strerror(error));
}

static bool judge_syslog(struct error_line *ret)
{
	static const struct sockaddr_un address = {AF_UNIX, "/dev/log"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool is_there =
		fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;

	if (!is_there)
		say_into(ret, "no syslog daemon listens on %s: %s", address.sun_path,
			strerror(errno));
	if (fd >= 0)
		close(fd);
	return is_there;
}

bool log_sink_judge(const struct log_settings *log, struct error_line *ret)
{
	if (log->level == LOG_LEVEL_OFF)
		return true;
	switch (log->sink) {
	case LOG_SINK_STDERR:
		break;
	case LOG_SINK_FILE:
		return judge_file(log->path, ret);
	case LOG_SINK_SYSLOG:
		return judge_syslog(ret);
	}
	return true;
}
