/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Questions and changes of the library's own; option.h has the contract. */
#include "sockets/option.h"

#include "runtime/impl.h"

#include <errno.h>

bool option_ask(int fd, int level, int optname, int *ret)
{
	int saved_errno = errno;
	int value;
	socklen_t len = sizeof(value);
	bool is_known = impl_getsockopt(fd, level, optname, &value, &len) == 0;

	if (is_known)
		*ret = value;
	errno = saved_errno;
	return is_known;
}

bool option_set(int fd, int level, int optname, int value)
{
	int saved_errno = errno;
	bool is_set = impl_setsockopt(fd, level, optname, &value, sizeof(value)) == 0;

	errno = saved_errno;
	return is_set;
}
