/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/units/root_files.h"

#include "ctl/units/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FILE_MAX = 1024 * 1024 };

static int open_in(const char *root, const char *path, int flags)
{
	struct open_how how = {.flags = (unsigned int)flags, .resolve = RESOLVE_IN_ROOT};
	int root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, error;

	if (root_fd < 0)
		return -errno;
	/* By the kernel's name: glibc 2.31, that of Debian 11, has no SYS_ name for it. */
	fd = (int)syscall(__NR_openat2, root_fd, path, &how, sizeof(how));
	error = errno;
	close(root_fd);
	return fd < 0 ? -error : fd;
}

static int open_plainly(const char *root, const char *path, int flags)
{
	char *whole = text_format("%s%s", root, path);
	int fd = open(whole, flags), error = errno;

	free(whole);
	/* cppcheck-suppress resourceLeak ; it is the caller's */
	return fd < 0 ? -error : fd;
}

int root_open(const char *root, const char *path, int flags)
{
	int fd = -ENOSYS;

	if (*root != '\0')
		fd = open_in(root, path, flags | O_CLOEXEC);
	/* Filters of containers that do not know the call give EPERM. */
	if (fd == -ENOSYS || fd == -EPERM)
		fd = open_plainly(root, path, flags | O_CLOEXEC);
	return fd;
}

bool root_resolve(const char *root, const char *path, char ret[PATH_MAX])
{
	char link[64];
	int fd = root_open(root, path, O_PATH);
	ssize_t len;

	if (fd < 0)
		return false;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, ret, PATH_MAX - 1);
	close(fd);
	if (len <= 0)
		return false;
	ret[len] = '\0';
	return true;
}

static int read_fd(int fd, char *ret, size_t *len)
{
	for (*len = 0; *len <= FILE_MAX;) {
		ssize_t got = read(fd, ret + *len, FILE_MAX + 1 - *len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return 0;
		*len += (size_t)got;
	}
	return -EFBIG;
}

int root_read(const char *root, const char *path, char **ret)
{
	struct stat file;
	char *text;
	size_t len;
	int fd = root_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY), error;

	if (fd < 0)
		return fd;
	if (fstat(fd, &file) != 0 || (!S_ISREG(file.st_mode) && !S_ISCHR(file.st_mode))) {
		close(fd);
		return -EINVAL;
	}
	text = or_fail(malloc(FILE_MAX + 2));
	error = read_fd(fd, text, &len);
	close(fd);
	if (error != 0) {
		free(text);
		return error;
	}
	text[len] = '\0';
	for (char *nul = memchr(text, '\0', len); nul != NULL;
		nul = memchr(nul, '\0', len - (size_t)(nul - text)))
		*nul = ' ';
	*ret = or_fail(realloc(text, len + 1));
	return 0;
}
