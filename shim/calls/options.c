/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* setsockopt and getsockopt. The program sees the options that watching uses as it set them itself
 * (replies/app_options.h). Other options are remembered where a later call needs them and cannot
 * ask the kernel. */
#include "attributes.h"
#include "calls/entry.h"
#include "libc/platform.h"
#include "replies/app_options.h"
#include "runtime/readable.h"

#include <netinet/in.h>
#include <string.h>

/* bind logs a warning where it overrides this choice. */
static void note_v6only(int fd, const void *optval)
{
	int value = 0;

	/* The kernel takes a null pointer for 0 at level IPPROTO_IPV6. */
	if (optval != NULL)
		memcpy(&value, optval, sizeof(value));
	if (value != 0)
		fd_flags_change(fd, FD_APP_SET_V6ONLY, FD_APP_CLEARED_V6ONLY);
	else
		fd_flags_change(fd, FD_APP_CLEARED_V6ONLY, FD_APP_SET_V6ONLY);
}

/* The flags for an option by which the program chooses the route or interface of its datagrams. */
static uint32_t find_egress(int level, int optname)
{
	if (level == SOL_SOCKET &&
		(optname == SO_BINDTODEVICE || optname == SO_BINDTOIFINDEX || optname == SO_MARK))
		return FD_APP_EGRESS;
	if (level == IPPROTO_IP && optname == IP_UNICAST_IF)
		return FD_APP_EGRESS;
	if (level == IPPROTO_IP && optname == IP_MULTICAST_IF)
		return FD_APP_EGRESS | FD_APP_MULTICAST_IF;
	if (level == IPPROTO_IPV6 && optname == IPV6_UNICAST_IF)
		return FD_APP_EGRESS | FD_APP_UNICAST_IF;
	return 0;
}

/* Notes an option that the kernel has accepted. */
static void note_option(int fd, int level, int optname, const void *optval)
{
	uint32_t egress = find_egress(level, optname);

	if (egress != 0)
		fd_flags_change(fd, egress, 0);
	else if (level == IPPROTO_IPV6 && optname == IPV6_V6ONLY)
		note_v6only(fd, optval);
}

HOT_INLINE int set_option(
	enum entry entry, int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	int result;

	if (UNLIKELY(app_options_set(fd, level, optname, optval, optlen, &result)))
		return result;
	result = entry_setsockopt(entry, fd, level, optname, optval, optlen);
	if (result == 0 && fd_flags(fd) & FD_INET)
		note_option(fd, level, optname, optval);
	return result;
}

EXPORT int setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	return set_option(ENTRY_NAME, fd, level, optname, optval, optlen);
}

EXPORT_TIME64 int __setsockopt64(
	int fd, int level, int optname, const void *optval, socklen_t optlen);

EXPORT_TIME64 int __setsockopt64(
	int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	return set_option(ENTRY_NAME_TIME64, fd, level, optname, optval, optlen);
}

HOT_INLINE int get_option(
	enum entry entry, int fd, int level, int optname, void *optval, socklen_t *optlen)
{
	int result = entry_getsockopt(entry, fd, level, optname, optval, optlen);

	if (result == 0)
		app_options_get(fd, level, optname, optval, *optlen);
	return result;
}

EXPORT int getsockopt(
	int fd, int level, int optname, void *restrict optval, socklen_t *restrict optlen)
{
	return get_option(ENTRY_NAME, fd, level, optname, optval, optlen);
}

EXPORT_TIME64 int __getsockopt64(int fd, int level, int optname, void *optval, socklen_t *optlen);

EXPORT_TIME64 int __getsockopt64(int fd, int level, int optname, void *optval, socklen_t *optlen)
{
	return get_option(ENTRY_NAME_TIME64, fd, level, optname, optval, optlen);
}
