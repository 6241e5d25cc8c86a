/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What bind and listen do about IPV6_V6ONLY: listeners/decide.h judges, and here it is done,
 * undone, and logged. All of it keeps errno.
 *
 *     v6only_prepare		before the program's call, of a socket that it binds
 *     v6only_of_bound		... of one that is bound already
 *     v6only_begin_retry		if that failed with EADDRINUSE: true if it is worth to call
 * again, v6only_end_retry	... and after that v6only_undo, v6only_finish	if it failed, if it
 * did not
 */
#ifndef LISTENERS_V6ONLY_H
#define LISTENERS_V6ONLY_H

#include "listeners/decide.h"
#include "listeners/share.h"
#include "sockets/sockets.h"

/* One socket that is being bound to its wildcard address. */
struct v6only {
	int fd;
	struct kind kind;
	struct listener listener;
	enum v6only_decision decision;
	uint32_t app_flags;	 /* the program's: FD_APP_SET_V6ONLY, FD_APP_CLEARED_V6ONLY */
	bool is_set, is_cleared; /* by us */
	const char *taken;	 /* whose the port's IPv4 side is, for the log; NULL if unknown */
	struct share share;
};

void v6only_prepare(
	struct v6only *v6only, int fd, const struct kind *kind, const struct endpoint *bound);
struct v6only v6only_of_bound(int fd, const struct kind *kind, const struct endpoint *bound);
bool v6only_begin_retry(struct v6only *v6only);
void v6only_end_retry(struct v6only *v6only);
void v6only_undo(const struct v6only *v6only);

/* Says that the socket shares its port, if so. */
void v6only_log_sharing(const struct v6only *v6only);

/* The call has succeeded: logs what was done. */
void v6only_finish(const struct v6only *v6only);
/* Whether the socket has IPV6_V6ONLY set after that, as far as it was looked at. */
bool v6only_is_set(const struct v6only *v6only);

/* fd came to us bound already, when V6ONLY cannot be changed any more (EINVAL): says so, if the
 * rules would have it otherwise. */
void v6only_report_inherited(int fd);

#endif
