/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which control groups the kernel back end covers: those that it is attached to, and all below
 * them. Where bindrightctl was built without it, there are none. */
#ifndef KERNEL_COVERED_H
#define KERNEL_COVERED_H

#include "kernel/attached.h"

#include <limits.h>
#include <stddef.h>

/* One that is attached, and the groups below. */
struct covered {
	struct attached attached;
	char path[PATH_MAX]; /* of its group; "" if that has gone */
	uint64_t *groups;    /* ids in order, its own among them */
	size_t group_count;
};

struct covered_list {
	struct covered *items;
	size_t count;
};

/* Finds all, which are never freed. Looks at control groups only if something is attached. */
void covered_find(struct covered_list *ret);

/* A socket bound to a wildcard, as sock_diag(7) shows it. */
struct covered_socket {
	uint64_t cgroup, netns;
	uint16_t port; /* host byte order */
};

/* What covered_read_socket returns for one that cannot be asked about. */
enum { COVERED_UNKNOWN_SOCKET = -1 };

enum covered_replies {
	COVERED_NOT,
	COVERED_CURED,
	COVERED_OFF,	   /* by the settings */
	COVERED_ELSEWHERE, /* attached to the socket's own group, for another network namespace */
	COVERED_STOPPED,   /* the process that follows the addresses is stopped */
	COVERED_CLIENT,	   /* it sent before it received, on a port that the kernel chose */
	COVERED_UNSEEN,	   /* that depends on who chose its port, which is not known */
};

/* Reads what is known of this UDP socket, which this process has as fd, by what is attached for it:
 * bits of enum kernel_socket, or COVERED_UNKNOWN_SOCKET. */
int covered_read_socket(
	const struct covered_list *list, const struct covered_socket *socket, int fd);

/* Whether what is attached answers for a UDP socket of which so much is known. If several are
 * attached, the best that one says. */
enum covered_replies covered_judge_replies(
	const struct covered_list *list, const struct covered_socket *socket, int known);

/* Whether a listener of this protocol, a bit of enum rules_protocol, may share its port, if it was
 * bound after that was attached. */
bool covered_may_share(const struct covered_list *list, const struct covered_socket *socket,
	unsigned int protocol);

/* Whether that is attached to the group of this process, or to one above it, for the process's
 * network namespace. */
bool covered_has_process(const struct covered *covered, pid_t pid);
/* Finds such a one; NULL if there is none. */
const struct covered *covered_find_process(const struct covered_list *list, pid_t pid);
/* The same of a unit's main process, or of its group if it has none. */
const struct covered *covered_find_unit(const struct covered_list *list, const char *unit);

/* Writes what bindrightctl attach is to be told so that it covers a socket of this group, which the
 * process has: the process, or the group's directory if the process is elsewhere now. "" if there
 * is no such group any more. */
void covered_format_target(pid_t pid, uint64_t cgroup, char ret[PATH_MAX]);

/* Writes the socket unit whose control group this is: systemd makes its sockets there, whichever
 * service has them then. "" if it is none. */
void covered_format_socket_unit(uint64_t cgroup, char ret[NAME_MAX + 1]);

#endif
