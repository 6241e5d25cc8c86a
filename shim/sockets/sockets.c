/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the kernel about the program's sockets; sockets.h has the contract. */
#include "sockets/sockets.h"

#include "libc/platform.h"
#include "runtime/impl.h"

#include <errno.h>
#include <string.h>

bool sockets_get_kind(int fd, struct kind *ret)
{
	return impl_get_option(fd, SOL_SOCKET, SO_DOMAIN, &ret->domain) &&
	       impl_get_option(fd, SOL_SOCKET, SO_TYPE, &ret->type) &&
	       impl_get_option(fd, SOL_SOCKET, SO_PROTOCOL, &ret->protocol);
}

bool sockets_find_kind(int fd, uint32_t flags, struct kind *ret)
{
	if (!(flags & (FD_TCP | FD_UDP)))
		return sockets_get_kind(fd, ret);
	ret->domain = flags & FD_INET6 ? AF_INET6 : AF_INET;
	ret->type = flags & FD_UDP ? SOCK_DGRAM : SOCK_STREAM;
	ret->protocol = flags & FD_UDPLITE ? IPPROTO_UDPLITE
			: flags & FD_UDP   ? IPPROTO_UDP
					   : IPPROTO_TCP;
	return true;
}

static bool is_udp(const struct kind *kind)
{
	if (kind->domain != AF_INET && kind->domain != AF_INET6)
		return false;
	if (kind->type != SOCK_DGRAM)
		return false;
	return kind->protocol == 0 || kind->protocol == IPPROTO_UDP ||
	       kind->protocol == IPPROTO_UDPLITE;
}

enum rules_protocol sockets_protocol(const struct kind *kind)
{
	bool is_inet = kind->domain == AF_INET || kind->domain == AF_INET6;

	if (is_udp(kind))
		return RULES_UDP;
	if (is_inet && kind->type == SOCK_STREAM &&
		(kind->protocol == 0 || kind->protocol == IPPROTO_TCP ||
			kind->protocol == IPPROTO_MPTCP))
		return RULES_TCP;
	return RULES_OTHER;
}

bool sockets_is_listener(const struct kind *kind)
{
	return kind->domain == AF_INET6 &&
	       (kind->type == SOCK_STREAM || kind->type == SOCK_DGRAM ||
		       kind->type == SOCK_SEQPACKET || kind->type == SOCK_DCCP);
}

bool sockets_is_v6only(int fd)
{
	int v6only = 0;

	return impl_get_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only) && v6only != 0;
}

bool sockets_set_v6only(int fd, bool on)
{
	return impl_set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, on);
}

bool sockets_get_local(int fd, struct endpoint *ret)
{
	int saved_errno = errno;
	struct sockaddr_storage local;
	socklen_t len = sizeof(local);
	bool is_known = impl_getsockname(fd, (struct sockaddr *)&local, &len) == 0 &&
			endpoint_from_sockaddr((const struct sockaddr *)&local, len, ret);

	errno = saved_errno;
	return is_known;
}

const char *sockets_format_local(int fd, char text[ENDPOINT_TEXT])
{
	struct endpoint local;

	return sockets_get_local(fd, &local) ? endpoint_format(&local, text) : "socket";
}

bool sockets_is_connected(int fd)
{
	int saved_errno = errno;
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	bool is_connected = impl_getpeername(fd, (struct sockaddr *)&peer, &len) == 0;

	errno = saved_errno;
	return is_connected;
}

bool sockets_get_device(int fd, char ret_device[IFNAMSIZ])
{
	int saved_errno = errno;
	socklen_t len = IFNAMSIZ;

	/* The kernel writes nothing if the socket is bound to no device. */
	memset(ret_device, 0, IFNAMSIZ);
	impl_getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, ret_device, &len);
	errno = saved_errno;
	return ret_device[0] != '\0';
}

uint32_t sockets_get_id(int fd)
{
	int saved_errno = errno;
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (impl_getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) != 0)
		cookie = 0;
	errno = saved_errno;
	return (uint32_t)cookie;
}

bool sockets_are_filtered(int fd)
{
	int saved_errno = errno, type;
	socklen_t len = sizeof(type);
	bool are_filtered = impl_getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 &&
			    impl_is_refusal(errno);

	errno = saved_errno;
	return are_filtered;
}

const char *sockets_protocol_name(const struct kind *kind)
{
	switch (kind->protocol) {
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_MPTCP:
		return "mptcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_UDPLITE:
		return "udplite";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_DCCP:
		return "dccp";
	default:
		return "socket";
	}
}
