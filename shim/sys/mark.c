/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mark is a value of SO_RCVLOWAT, the bytes that a receiver waits for at least. UDP keeps the
 * value and never looks at it, as datagrams come whole; and ours are larger than any datagram, so
 * that no program means them. Measured on Linux 6.18: reads, poll and epoll are as without it.
 *
 * What no mark can help:
 *   - Who inherits the socket and runs without the library finds reports in its control data, and
 *     the mark, if it looks for that.
 *   - If such a one asks for reports and hands the socket on to a program with the library, which
 *     wants them without asking again, the mark still says that nobody asked.
 *   - Where the program has set SO_RCVLOWAT itself, or a filter refuses it, there is no mark, and
 *     reports that are on count as the program's wish, so that its messages do not go astray.
 */
#include "sys/mark.h"

#include "sys/option.h"
#include "sys/pktinfo.h"

#include <sys/socket.h>

/* The lowest bits have the families. */
enum { MARK = 0x62720000, FAMILIES = PKTINFO_V4 | PKTINFO_V6 };

/* 0 if it cannot be had. */
static int read_option(int fd)
{
	int value = 0;

	option_ask(fd, SOL_SOCKET, SO_RCVLOWAT, &value);
	return value;
}

static void write_option(int fd, int value)
{
	option_set(fd, SOL_SOCKET, SO_RCVLOWAT, value);
}

static bool is_mark(int value)
{
	return (value & ~FAMILIES) == MARK;
}

void mark_set(int fd, unsigned int own)
{
	int value = read_option(fd);
	int mark = MARK | (int)(own & FAMILIES);

	if (value != mark && (value == MARK_NONE || is_mark(value)))
		write_option(fd, mark);
}

bool mark_read(int fd, unsigned int *ret_own)
{
	int value = read_option(fd);

	if (!is_mark(value))
		return false;
	*ret_own = (unsigned int)value & FAMILIES;
	return true;
}

void mark_clear(int fd)
{
	if (is_mark(read_option(fd)))
		write_option(fd, MARK_NONE);
}

bool mark_is_option(int level, int optname)
{
	return level == SOL_SOCKET && optname == SO_RCVLOWAT;
}
