/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connect. A server that receives on a wildcard socket and then connects it to the peer (netcat,
 * socat, iperf3, DTLS servers) fixes the local address of all later datagrams, both ways. It has to
 * be the address that the peer sent its request to. Usually it is; where the kernel has chosen
 * another, the socket is connected again, pinned to that address.
 */
#include "attributes.h"
#include "calls/first_use.h"
#include "libc/next.h"
#include "replies/pin.h"
#include "replies/tx.h"
#include "runtime/log.h"
#include "runtime/readable.h"
#include "sockets/classify.h"

#include <errno.h>
#include <pthread.h>

static bool is_unspecified(const struct sockaddr *addr, socklen_t len)
{
	return len >= sizeof(addr->sa_family) && readable(addr, len) &&
	       addr->sa_family == AF_UNSPEC;
}

/* Finds the source address known for the peer, if fd is a UDP socket that may take it. */
static bool find_source(
	int fd, uint32_t flags, const struct sockaddr *addr, socklen_t len, struct source *ret)
{
	struct tx_socket socket = {.fd = fd, .flags = flags, .socket = fd_socket_id(fd)};
	enum choice choice;

	if (!(flags & FD_SELECTS) || !readable_peer(addr, len))
		return false;
	choice = tx_find(&socket, addr, len, ret);
	if (choice == CHOICE_NONE && log_wants(LOG_LEVEL_DEBUG))
		tx_log(fd, addr, len, CHOICE_NONE, NULL);
	return choice != CHOICE_NONE;
}

static void log_pin(int fd, const struct sockaddr *addr, socklen_t len, const struct source *source,
	bool is_pinned)
{
	char peer[ENDPOINT_TEXT], local[ENDPOINT_TEXT];

	if (!log_wants(is_pinned ? LOG_LEVEL_INFO : LOG_LEVEL_WARN))
		return;
	sockaddr_format(addr, len, peer);
	address_format(&source->addr, local);
	if (is_pinned)
		log_line(LOG_LEVEL_INFO,
			"fd %d udp: connected to %s from %s, the request destination", fd, peer,
			local);
	else
		log_line(LOG_LEVEL_WARN,
			"fd %d udp: connected to %s, but not from %s, the request destination: "
			"the socket cannot be pinned to it",
			fd, peer, local);
}

static bool is_at(int fd, const struct source *source)
{
	struct endpoint local;

	return sockets_get_local(fd, &local) && address_is_equal(&local.addr, &source->addr);
}

/* Connects as libc alone would, and keeps that result unless the socket can be pinned to source. */
static int connect_from(int fd, uint32_t flags, const struct sockaddr *addr, socklen_t len,
	const struct source *source)
{
	int saved_errno = errno;
	int result = next_connect(fd, addr, len);

	if (result != 0)
		return result;
	if (!is_at(fd, source))
		result = pin_connect(fd, flags, addr, len, source);
	if (result == 0) {
		log_pin(fd, addr, len, source, is_at(fd, source));
		errno = saved_errno;
	}
	return result;
}

COLD static int connect_known(int fd, uint32_t flags, const struct sockaddr *addr, socklen_t len,
	const struct source *source)
{
	int cancel_state, result;

	/* libc's connect is a cancellation point. A pin must not be left half done, so the thread
	 * is cancelled before it or not at all: connect does not wait on these sockets. */
	pthread_testcancel();
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	result = connect_from(fd, flags, addr, len, source);
	pthread_setcancelstate(cancel_state, NULL);
	return result;
}

EXPORT int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	uint32_t flags = first_use_flags(fd);
	bool is_disconnecting;
	struct source source;
	int result;

	if (!(flags & FD_UDP))
		return next_connect(fd, addr, len);
	/* Every other call takes AF_UNSPEC for AF_INET. */
	is_disconnecting = is_unspecified(addr, len);
	if (!is_disconnecting && find_source(fd, flags, addr, len, &source))
		result = connect_known(fd, flags, addr, len, &source);
	else
		result = next_connect(fd, addr, len);
	if (result == 0)
		fd_flags_update(fd, flags,
			is_disconnecting ? classify_disconnected(flags)
					 : classify_connected(flags));
	return result;
}
