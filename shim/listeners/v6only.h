/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What bind and listen do about IPV6_V6ONLY: decide.h decides; the functions here apply, undo and
 * log the decision. Everything here keeps errno.
 *
 *     v6only_prepare      before the program's call, if that will bind the socket
 *     v6only_of_bound     before the program's call, if the socket is bound already
 *     v6only_begin_retry  after EADDRINUSE: if true, make the call again, then call
 *     v6only_end_retry
 *     v6only_undo         after the call has failed for good
 *     v6only_finish       after the call has succeeded
 */
#ifndef LISTENERS_V6ONLY_H
#define LISTENERS_V6ONLY_H

#include "listeners/decide.h"
#include "listeners/share.h"
#include "sockets/sockets.h"

/* A socket being bound to its wildcard address. */
struct v6only {
	int fd;
	struct kind kind;
	struct listener listener;
	enum v6only_decision decision;
	uint32_t app_flags; /* FD_APP_SET_V6ONLY, FD_APP_CLEARED_V6ONLY: what the program did */
	bool is_set, is_cleared; /* by this library */
	const char *taken;	 /* what has the port for IPv4, for the log; NULL if unknown */
	struct share share;
};

void v6only_prepare(
	struct v6only *v6only, int fd, const struct kind *kind, const struct endpoint *bound);
struct v6only v6only_of_bound(int fd, const struct kind *kind, const struct endpoint *bound);
bool v6only_begin_retry(struct v6only *v6only);
void v6only_end_retry(struct v6only *v6only);
void v6only_undo(const struct v6only *v6only);

/* Logs that the socket shares its port, if it does. */
void v6only_log_sharing(const struct v6only *v6only);

/* Logs what was done to the socket. */
void v6only_finish(const struct v6only *v6only);
/* Whether the socket now has IPV6_V6ONLY set, as far as it was checked. */
bool v6only_is_set(const struct v6only *v6only);

/* fd was inherited already bound, when V6ONLY can no longer be changed (EINVAL): logs a warning if
 * the rules call for another value. */
void v6only_report_inherited(int fd);

#endif
