/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connect: a server that receives on a wildcard socket and then connects it to the peer (netcat,
 * socat, iperf3, DTLS servers) gives it a local address for good, for later datagrams both ways. It
 * has to be the one that the peer asked at, which is pinned first.
 */
#include "calls/emission.h"
#include "calls/own.h"
#include "calls/style.h"
#include "core/attributes.h"
#include "sys/log.h"
#include "sys/next.h"
#include "sys/pin.h"
#include "sys/sockets.h"

#include <errno.h>
#include <pthread.h>

/* The source known for the peer, if fd is a UDP socket that has no local address yet. One of IPv4
 * is pinned by IP_MULTICAST_IF, which must not be the program's own. */
static bool find_source(int fd, const struct sockaddr *addr, socklen_t len, struct source *ret)
{
	uint32_t facts = sockets_facts(fd, FACT_OPEN);
	struct endpoint local;

	/* AF_UNSPEC disconnects; to all other calls it is another word for AF_INET. */
	if (!(facts & FACT_OPEN) || !emission_is_addressed(addr, len) ||
		addr->sa_family == AF_UNSPEC)
		return false;
	/* A source is logged when it is pinned, for only then is it what the socket has. */
	if (emission_look_up(facts, addr, len, ret) == CHOICE_NONE) {
		if (log_wants(LOG_LEVEL_DEBUG))
			emission_log(fd, facts, addr, len, CHOICE_NONE, NULL);
		return false;
	}
	if (facts & FACT_HAS_MULTICAST_IF && address_is_v4(&ret->addr))
		return false;
	return sockets_ask_local(fd, &local) && address_is_wildcard(&local.addr);
}

static void log_pinned(
	int fd, const struct sockaddr *addr, socklen_t len, const struct source *source)
{
	char peer[ENDPOINT_TEXT], local[ENDPOINT_TEXT];

	if (log_wants(LOG_LEVEL_INFO))
		log_line(LOG_LEVEL_INFO, "fd %d udp: connected to %s from %s, the address asked",
			fd, sockaddr_format(addr, len, peer), address_format(&source->addr, local));
}

static int connect_pinned(enum style style, int fd, const struct sockaddr *addr, socklen_t len,
	const struct source *source)
{
	struct pin pin;
	int saved_errno = errno;

	if (!pin_begin(fd, source, &pin))
		return style_connect(style, fd, addr, len);
	if (style_connect(style, fd, addr, len) == 0) {
		log_pinned(fd, addr, len, source);
		return 0;
	}
	/* Perhaps because of the address: without it the result is what libc alone would give. */
	pin_undo(fd, &pin);
	errno = saved_errno;
	return style_connect(style, fd, addr, len);
}

ON_THE_WAY int connect_from_source(
	enum style style, int fd, const struct sockaddr *addr, socklen_t len)
{
	struct source source;
	int cancel_state, result;

	if (!find_source(fd, addr, len, &source))
		return style_connect(style, fd, addr, len);
	/* libc's connect is a cancellation point. Half a pin is none to leave behind, so the thread
	 * ends before it or not at all: connect does not wait on these sockets. */
	if (style == BY_NAME)
		pthread_testcancel();
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	result = connect_pinned(style, fd, addr, len, &source);
	pthread_setcancelstate(cancel_state, NULL);
	return result;
}

EXPORT int connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	return connect_from_source(BY_NAME, fd, addr, len);
}

int own_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	return connect_from_source(BY_NUMBER, fd, addr, len);
}
