/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * setsockopt and getsockopt: on a watched socket the destination reports are on for us, and the
 * program must not notice. What it asks for itself is remembered and told back; its switching
 * off is not carried out.
 */
#include "calls/style.h"
#include "core/attributes.h"
#include "sys/mark.h"
#include "sys/next.h"
#include "sys/pktinfo.h"
#include "sys/readable.h"
#include "sys/sockets.h"
#include "sys/time64.h"

#include <limits.h>
#include <string.h>

/* The option's family if fd is watched, else 0. */
static unsigned int find_watched_family(int fd, int level, int optname)
{
	unsigned int family = pktinfo_option_family(level, optname);

	/* One that we inherited is met here: its reports may be on by our doing already. */
	return family != 0 && sockets_facts(fd, FACT_WATCHED) & FACT_WATCHED ? family : 0;
}

/* IPPROTO_IP's options take a byte for an int, and no byte at all for 0. */
static bool read_v4(const void *optval, socklen_t optlen, bool *ret)
{
	int value = 0;
	unsigned char byte = 0;

	if (optlen < sizeof(value)) {
		size_t len = optlen > 0 ? sizeof(byte) : 0;

		if (!readable(optval, len))
			return false;
		memcpy(&byte, optval, len);
		*ret = byte != 0;
		return true;
	}
	if (!readable(optval, sizeof(value)))
		return false;
	memcpy(&value, optval, sizeof(value));
	*ret = value != 0;
	return true;
}

/* IPPROTO_IPV6's take a null pointer for 0. */
static bool read_v6(const void *optval, socklen_t optlen, bool *ret)
{
	int value = 0;

	if (optlen < sizeof(value))
		return false;
	if (optval != NULL) {
		if (!readable(optval, sizeof(value)))
			return false;
		memcpy(&value, optval, sizeof(value));
	}
	*ret = value != 0;
	return true;
}

/* Reads the value as the kernel does (net/ipv4/ip_sockglue.c, net/ipv6/ipv6_sockglue.c). False if
 * the kernel would refuse it. */
static bool read_value(int level, const void *optval, socklen_t optlen, bool *ret)
{
	if (optlen > INT_MAX)
		return false;
	return level == IPPROTO_IP ? read_v4(optval, optlen, ret) : read_v6(optval, optlen, ret);
}

static void note_if(int fd, bool is_so, uint32_t fact)
{
	facts_set(fd, is_so ? facts_of(fd) | fact : facts_of(fd) & ~fact);
}

static void note_v6only(int fd, bool is_on)
{
	note_if(fd, is_on, FACT_WANTS_V6ONLY);
	note_if(fd, !is_on, FACT_WANTS_DUAL_STACK);
}

/* Of a watched socket's reports: they stay on, and the mark tells others by whose wish. */
static int set_report(int fd, int level, int optname, unsigned int family, bool is_wanted)
{
	const int on = 1;
	unsigned int own = sockets_own_families(facts_of(fd));

	if (next_setsockopt(fd, level, optname, &on, sizeof(on)) != 0)
		return -1;
	sockets_note_own(fd, family, is_wanted);
	mark_set(fd, is_wanted ? own | family : own & ~family);
	return 0;
}

/* Options that other calls have to know of, and cannot ask the kernel for. */
static void note_option(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	bool is_wanted;

	/* Where V6ONLY is forced upon a program that cleared it, bind says so. */
	if (level == IPPROTO_IPV6 && optname == IPV6_V6ONLY &&
		read_value(level, optval, optlen, &is_wanted))
		note_v6only(fd, is_wanted);
	/* What was set by an interface's index, getsockopt does not tell. */
	if (level == IPPROTO_IP && optname == IP_MULTICAST_IF)
		note_if(fd, true, FACT_HAS_MULTICAST_IF);
}

ON_THE_WAY int set_option(
	enum style style, int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	unsigned int family = find_watched_family(fd, level, optname);
	bool is_wanted = false;
	int result;

	if (family != 0 && read_value(level, optval, optlen, &is_wanted))
		return set_report(fd, level, optname, family, is_wanted);
	result = style_setsockopt(style, fd, level, optname, optval, optlen);
	if (result == 0 && facts_of(fd) & (FACT_KNOWN | FACT_SHARED))
		note_option(fd, level, optname, optval, optlen);
	return result;
}

EXPORT int setsockopt(int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	return set_option(BY_NAME, fd, level, optname, optval, optlen);
}

EXPORT_TIME64 int __setsockopt64(
	int fd, int level, int optname, const void *optval, socklen_t optlen);

EXPORT_TIME64 int __setsockopt64(
	int fd, int level, int optname, const void *optval, socklen_t optlen)
{
	return set_option(BY_NAME_TIME64, fd, level, optname, optval, optlen);
}

ON_THE_WAY int get_option(
	enum style style, int fd, int level, int optname, void *optval, socklen_t *optlen)
{
	int result = style_getsockopt(style, fd, level, optname, optval, optlen);
	unsigned int family = find_watched_family(fd, level, optname);
	unsigned int own;
	int value;

	if (result != 0)
		return result;
	/* What the program asked for itself, the kernel knows best; the reports that only we asked
	 * for are off for the program. */
	if (family != 0 && !(facts_of(fd) & sockets_own_facts(family)))
		value = 0;
	else if (mark_is_option(level, optname) && mark_read(fd, &own))
		value = MARK_NONE;
	else
		return result;
	/* In as many bytes of an int as the kernel has written. */
	if (*optlen <= sizeof(value))
		memcpy(optval, &value, *optlen);
	return result;
}

EXPORT int getsockopt(
	int fd, int level, int optname, void *restrict optval, socklen_t *restrict optlen)
{
	return get_option(BY_NAME, fd, level, optname, optval, optlen);
}

EXPORT_TIME64 int __getsockopt64(int fd, int level, int optname, void *optval, socklen_t *optlen);

EXPORT_TIME64 int __getsockopt64(int fd, int level, int optname, void *optval, socklen_t *optlen)
{
	return get_option(BY_NAME_TIME64, fd, level, optname, optval, optlen);
}
