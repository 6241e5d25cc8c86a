/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By the next definitions: what the program asks of its own socket goes by ours. */
#include "sockets/option.h"

#include "sys/next.h"

#include <errno.h>

bool option_ask(int fd, int level, int optname, int *ret)
{
	int saved_errno = errno;
	int value;
	socklen_t len = sizeof(value);
	bool is_known = next_getsockopt(fd, level, optname, &value, &len) == 0;

	if (is_known)
		*ret = value;
	errno = saved_errno;
	return is_known;
}

bool option_set(int fd, int level, int optname, int value)
{
	int saved_errno = errno;
	bool is_set = next_setsockopt(fd, level, optname, &value, sizeof(value)) == 0;

	errno = saved_errno;
	return is_set;
}
