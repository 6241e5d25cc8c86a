/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Follows the addresses of this host, of the network namespace that the process is in, by
 * rtnetlink(7). */
#ifndef KERNEL_ADDRESSES_H
#define KERNEL_ADDRESSES_H

#include "kernel/shared.h"

#include <stdbool.h>

struct addresses;

/* How an address that came or went is reported: may_be_source is false for broadcast
 * addresses and for what routing refuses as a source, in a prefix of others. */
struct addresses_receiver {
	void (*add)(const struct kernel_prefix *prefix, bool may_be_source, void *data);
	void (*remove)(const struct kernel_prefix *prefix, void *data);
	void *data;
};

/* Opens a socket, addresses_fd, that can be read when something may have changed. Returns NULL with
 * errno set. The result lives as long as the process. */
struct addresses *addresses_open(const struct addresses_receiver *receiver);
int addresses_fd(const struct addresses *addresses);

/* Reads the socket empty, without waiting, and reports what is gone. Returns whether
 * addresses_refresh is needed. */
bool addresses_have_changed(struct addresses *addresses);

/* Reads all addresses and reports what differs from before: first those that came. Returns 0 or a
 * negative errno. */
int addresses_refresh(struct addresses *addresses);

#endif
