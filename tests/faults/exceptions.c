/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "exceptions.h"

#include <stddef.h>
#include <string.h>

/* A filter that refuses recvmsg was installed unseen, after the socket had received by recvmsg. The
 * next recvfrom is made by recvmsg once more, fails, and is made again as recvfrom: only then the
 * errno from before is missed, and keeping it would cost every datagram. */
static const char errno_of_one[] = "once a socket, errno is that of the recvmsg that was refused";
/* The kernel refuses neither, nor does a filter that has just allowed to set the option; only one
 * that was installed in between. */
static const char not_set_back[] = "an option that could be set cannot be set back";
static const char not_closed[] = "a descriptor that cannot be closed stays open";
/* To pin it takes a disconnected socket. */
static const char not_connected[] = "the program's peer cannot be connected to a second time";

/* Where all calls fail, the call that makes the difference is not the first of them. */
static const struct exception exceptions[] = {
	{"close", "open descriptors", not_closed, true, false},
	{"close", "socket: ", not_closed, true, false},
	{"close", "descriptor", not_closed, true, false},
	{"connect", "connect: ", not_connected, false, true},
	{"recvmsg", ", and changes errno", errno_of_one, true, false},
	{"setsockopt", "SO_REUSEPORT on", not_set_back, true, false},
	{"setsockopt", "PKTINFO 0, SO_RCVLOWAT 16", not_set_back, false, false},
	{"setsockopt", "SO_RCVLOWAT is 16", not_set_back, false, false},
};

const struct exception *exception_find(const struct made *made, enum mode mode, const char *line)
{
	for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
		const struct exception *exception = &exceptions[i];

		/* The first time is to disconnect it. */
		if (exception->reason == not_connected && made->repetition < 2)
			continue;
		if ((mode == MODE_ON || strcmp(made->kind->name, exception->call) == 0) &&
			(mode != MODE_ONCE || exception->is_once) &&
			strstr(line, exception->line) != NULL)
			return exception;
	}
	return NULL;
}
