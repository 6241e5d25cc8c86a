/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options that sequences set and get, and their values. Left out is what differs from run to
 * run: SO_COOKIE, SO_INCOMING_CPU, TCP_INFO. */
#include "allowed.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif
#ifndef IPV6_2292PKTINFO
#define IPV6_2292PKTINFO 2
#endif
#ifndef IP_UNICAST_IF
#define IP_UNICAST_IF 50
#endif
#ifndef IPV6_UNICAST_IF
#define IPV6_UNICAST_IF 76
#endif

#define INT(level, name)                                    \
	{                                                   \
#level, #name, level, name, TYPE_INT, false \
	}
#define OTHER(level, name, type)                        \
	{                                               \
#level, #name, level, name, type, false \
	}
#define READ(level, name)                                  \
	{                                                  \
#level, #name, level, name, TYPE_INT, true \
	}

const struct option options[] = {
	INT(IPPROTO_IPV6, IPV6_V6ONLY),
	INT(IPPROTO_IP, IP_PKTINFO),
	INT(IPPROTO_IPV6, IPV6_RECVPKTINFO),
	INT(SOL_SOCKET, SO_RCVLOWAT),
	INT(IPPROTO_IP, IP_RECVERR),
	INT(IPPROTO_IPV6, IPV6_RECVERR),
	INT(SOL_SOCKET, SO_REUSEADDR),
	INT(SOL_SOCKET, SO_REUSEPORT),
	INT(IPPROTO_UDP, UDP_CORK),
	OTHER(SOL_SOCKET, SO_BINDTODEVICE, TYPE_DEVICE),
	OTHER(IPPROTO_IP, IP_UNICAST_IF, TYPE_INDEX),
	OTHER(IPPROTO_IPV6, IPV6_UNICAST_IF, TYPE_INDEX),
	OTHER(SOL_SOCKET, SO_RCVTIMEO, TYPE_TIME),
	OTHER(SOL_SOCKET, SO_SNDTIMEO, TYPE_TIME),
	INT(SOL_SOCKET, SO_TIMESTAMP),
	INT(SOL_SOCKET, SO_TIMESTAMPNS),
	INT(IPPROTO_IP, IP_RECVTOS),
	INT(IPPROTO_IP, IP_RECVTTL),
	INT(IPPROTO_IP, IP_TOS),
	INT(IPPROTO_IP, IP_TTL),
	INT(IPPROTO_IP, IP_RECVORIGDSTADDR),
	INT(IPPROTO_IP, IP_FREEBIND),
	INT(IPPROTO_IP, IP_MTU_DISCOVER),
	INT(IPPROTO_IPV6, IPV6_2292PKTINFO),
	OTHER(IPPROTO_IPV6, IPV6_PKTINFO, TYPE_PKTINFO6),
	INT(IPPROTO_IPV6, IPV6_RECVTCLASS),
	INT(IPPROTO_IPV6, IPV6_RECVHOPLIMIT),
	INT(IPPROTO_IPV6, IPV6_TCLASS),
	INT(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
	INT(IPPROTO_IPV6, IPV6_ADDRFORM),
	INT(IPPROTO_UDP, UDP_SEGMENT),
	INT(IPPROTO_UDP, UDP_GRO),
	INT(SOL_SOCKET, SO_RCVBUF),
	INT(SOL_SOCKET, SO_BROADCAST),
	INT(SOL_SOCKET, SO_PRIORITY),
	INT(SOL_SOCKET, SO_RXQ_OVFL),
	INT(SOL_SOCKET, SO_PASSCRED),
	INT(SOL_SOCKET, SO_PEEK_OFF),
	INT(SOL_SOCKET, SO_KEEPALIVE),
	OTHER(SOL_SOCKET, SO_LINGER, TYPE_LINGER),
	INT(IPPROTO_TCP, TCP_NODELAY),
	READ(SOL_SOCKET, SO_ERROR),
	READ(SOL_SOCKET, SO_TYPE),
	READ(SOL_SOCKET, SO_DOMAIN),
	READ(SOL_SOCKET, SO_PROTOCOL),
	READ(SOL_SOCKET, SO_ACCEPTCONN),
};
const int options_count = COUNT_OF(options);

int option_find(const char *name)
{
	for (int i = 0; i < options_count; i++)
		if (strcmp(options[i].name, name) == 0)
			return i;
	die("no option %s", name);
}

static void put_pktinfo6(void *at, long value)
{
	struct in6_pktinfo info = {0};
	struct name name = {.kind = NAME_V6, .addr = (int)value};
	socklen_t len;
	const struct sockaddr_in6 *addr = name_fill(&name, SLOT_ADDR, GOOD, &len);

	info.ipi6_addr = addr->sin6_addr;
	memory_put(at, &info, sizeof(info));
}

void *option_fill(const struct step *step)
{
	void *at = memory_at(SLOT_MSG, step->bad == BAD_DATA ? step->place : GOOD);
	const struct timeval time = {.tv_usec = step->value * 1000};
	const struct linger linger = {.l_onoff = step->value != 0};
	int number = (int)step->value;

	switch (options[step->option].type) {
	case TYPE_TIME:
		memory_put(at, &time, sizeof(time));
		break;
	case TYPE_DEVICE:
		memory_put(at, step->value ? "lo" : "", 3);
		break;
	case TYPE_LINGER:
		memory_put(at, &linger, sizeof(linger));
		break;
	case TYPE_PKTINFO6:
		put_pktinfo6(at, step->value);
		break;
	case TYPE_INDEX:
		number = (int)htonl((uint32_t)number);
		memory_put(at, &number, sizeof(number));
		break;
	case TYPE_INT:
		memory_put(at, &number, sizeof(number));
		break;
	}
	return at;
}

void step_set(const struct step *step)
{
	const struct option *option = &options[step->option];
	const void *at = option_fill(step);
	long result;

	if (allowed_leaves_out(step)) {
		say(" left out");
		return;
	}
	errno = ERRNO_BEFORE;
	result = say_result(setsockopt(
		fd_of(step->slot), option->level, option->number, at, (socklen_t)step->len));
	if (result == 0 && option->level == IPPROTO_IPV6 && option->number == IPV6_V6ONLY)
		allowed_note_choice(step->slot);
}

void step_get(const struct step *step)
{
	const struct option *option = &options[step->option];
	void *at = memory_at(SLOT_MSG, step->bad == BAD_DATA ? step->place : GOOD);
	socklen_t *len = memory_at(SLOT_LEN, step->bad == BAD_NAME_LEN ? step->place : GOOD);
	socklen_t value = (socklen_t)step->len;

	memory_put(len, &value, sizeof(value));
	errno = ERRNO_BEFORE;
	say_result(getsockopt(fd_of(step->slot), option->level, option->number, at, len));
	say_memory("value", at, 64);
	say_memory("len", len, sizeof(*len));
}
