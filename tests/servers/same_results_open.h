/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens the kinds of descriptors: each sets the members of *ret that it has. */
#ifndef TESTS_SERVERS_SAME_RESULTS_OPEN_H
#define TESTS_SERVERS_SAME_RESULTS_OPEN_H

#include "same_results.h"

void open_udp(const struct kind *kind, struct station *ret);
void open_tcp_listening(const struct kind *kind, struct station *ret);
void open_tcp_unconnected(const struct kind *kind, struct station *ret);
void open_tcp_connected(const struct kind *kind, struct station *ret);
void open_pair(const struct kind *kind, struct station *ret);
void open_unix_named(const struct kind *kind, struct station *ret);
void open_netlink(const struct kind *kind, struct station *ret);
void open_raw(const struct kind *kind, struct station *ret);
void open_packet(const struct kind *kind, struct station *ret);
void open_pipe(const struct kind *kind, struct station *ret);
void open_null(const struct kind *kind, struct station *ret);
void open_closed(const struct kind *kind, struct station *ret);
void open_number(const struct kind *kind, struct station *ret);

#endif
