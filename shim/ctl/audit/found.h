/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What audit finds on a host, in the form that its parts share: network namespaces and sockets. */
#ifndef CTL_AUDIT_FOUND_H
#define CTL_AUDIT_FOUND_H

#include "ctl/reach.h"
#include "kernel/covered.h"
#include "libc/platform.h"
#include "sockets/address.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* An address of the host, or the source of the replies that leave by an interface. */
struct host_address {
	struct address addr;
	uint32_t ifindex;
};

/* What decides where replies leave from, in one network namespace. */
struct host {
	struct host_address *addresses; /* without loopback and link-local ones */
	size_t address_count;
	struct host_address *sources; /* one for each kind of client; the default route's first */
	size_t source_count;
	bool is_unread; /* the kernel did not answer, so there may be more of both */
};

struct netns {
	ino_t id;
	int fd;
	bool is_own;
	char name[64]; /* "nsd[1204]", a process in it, or the name that ip-netns(8) has for it */
	uint16_t ephemeral_first, ephemeral_last;
	struct host host;
};

/* What a look at the socket's options said. */
enum {
	PEEK_DONE = 1,
	PEEK_TAGGED = 2,
	PEEK_ASKS_V4 = 4,
	PEEK_ASKS_V6 = 8,
	PEEK_SHARES = 16, /* SO_REUSEPORT */
};

/* Whose socket it is. */
enum holder {
	HOLDER_PROCESS,
	HOLDER_KERNEL,
	HOLDER_UNSEEN, /* a process that this user may not look into */
};

/* A process's descriptor of a socket. */
struct owner {
	uint32_t inode;
	pid_t pid;
	int fd;
};

enum replies {
	REPLIES_NONE, /* TCP, or a socket bound to a multicast address */
	REPLIES_KERNEL,
	REPLIES_CURED,
	REPLIES_CURED_IN_KERNEL,
	REPLIES_LOADED,
	REPLIES_ASKS,
	REPLIES_EACH,
	REPLIES_ONE,
	REPLIES_NO_CLIENT,
	REPLIES_WRONG,
	REPLIES_UNSEEN,
	REPLIES_COUNT,
};

struct reply_verdict {
	enum replies replies;
	/* Of REPLIES_WRONG: one pair, and how many of the addresses are wrong for some client. */
	struct address asked_at, answers_from;
	size_t wrong, addresses;
};

/* A bound socket: a listener, or a UDP socket that is not connected. */
struct found {
	const struct netns *netns;
	int protocol; /* IPPROTO_ */
	uint16_t port;
	struct address addr;
	bool takes_v4, takes_v6;
	uint32_t ifindex; /* of the device that it is bound to, or 0 */
	uint32_t inode;
	uint64_t cgroup; /* the control group that it was made in; 0 if that is not known */
	uid_t uid;
	enum holder holder;
	const struct owner *owners; /* in the order of process IDs */
	size_t owner_count;
	unsigned int peek;
	int kernel_knows;	      /* what covered_read_socket returned */
	enum covered_replies covered; /* whether the kernel back end answers for it */
	bool may_share;		      /* its port, by the kernel back end */
	/* Of what the program is known, if its replies or its port are in question: */
	enum obstacle obstacle; /* why no preload reaches it */
	bool has_library;	/* this library is loaded, and there is no obstacle */
	struct reply_verdict verdict;
};

static inline bool found_is_udp(const struct found *found)
{
	return found->protocol == IPPROTO_UDP || found->protocol == IPPROTO_UDPLITE;
}

static inline bool found_is_ephemeral(const struct found *found)
{
	return found->port >= found->netns->ephemeral_first &&
	       found->port <= found->netns->ephemeral_last;
}

#endif
