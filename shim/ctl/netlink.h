/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One question to the kernel by netlink(7), in the network namespace that the process is in. */
#ifndef CTL_NETLINK_H
#define CTL_NETLINK_H

#include <libmnl/libmnl.h>

/* Space for any question of the tools. */
enum { NETLINK_REQUEST = 256 };

/* Begins a question in buffer: a dump, or a question with one answer. Returns the message;
 * *ret_body is its zeroed body of body_len bytes. */
struct nlmsghdr *netlink_begin(
	void *buffer, uint16_t type, bool is_dump, size_t body_len, void *ret_body);

/* Sends request by a socket of its own for this protocol (NETLINK_ROUTE, ...), and calls each for
 * every message of the answer. Returns 0 or a negative errno. A dump that changed while it was read
 * counts as complete. */
int netlink_ask(int protocol, struct nlmsghdr *request, mnl_cb_t each, void *data);

#endif
