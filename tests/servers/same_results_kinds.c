/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kinds of descriptors. */
#include "same_results_open.h"

#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* An IP protocol for experiments (RFC 3692). */
enum { PROTO_EXPERIMENT = 253 };

#define V4 .domain = AF_INET, .peer = "127.0.0.1", .dest = "127.0.0.1", .addr = "127.0.0.1"
#define V6 .domain = AF_INET6, .peer = "::1", .dest = "::1", .addr = "::1"
#define MAPPED \
	.domain = AF_INET6, .peer = "127.0.0.1", .dest = "::ffff:127.0.0.1", .addr = "127.0.0.1"

const struct kind kinds[] = {
	{"udp4 wildcard", open_udp, KIND_UDP | KIND_FULL, "0.0.0.0", V4},
	{"udp6 wildcard", open_udp, KIND_UDP | KIND_V6ONLY | KIND_FULL, "::", V6},
	{"udp dual v6", open_udp, KIND_UDP | KIND_DUAL, "::", V6},
	{"udp dual v4", open_udp, KIND_UDP | KIND_DUAL | KIND_FULL, "::", MAPPED},
	{"udp4 high", open_udp, KIND_UDP | KIND_HIGH, "0.0.0.0", V4},
	{"udplite4 wildcard", open_udp, KIND_UDP, "0.0.0.0", V4, .protocol = IPPROTO_UDPLITE},
	{.name = "udplite6 wildcard",
		.open = open_udp,
		.flags = KIND_UDP | KIND_V6ONLY,
		.local = "::",
		.domain = AF_INET6,
		.peer = "::1",
		.dest = "::1",
		.addr = "::1",
		.protocol = IPPROTO_UDPLITE},
	{"udp4 unseen", open_udp, KIND_UDP | KIND_UNSEEN, "0.0.0.0", V4},
	{"udp dual v4 unseen", open_udp, KIND_UDP | KIND_UNSEEN | KIND_DUAL, "::", MAPPED},
	{"udp4 specific", open_udp, KIND_UDP | KIND_FULL, "127.0.0.1", V4},
	{"udp6 specific", open_udp, KIND_UDP, "::1", V6},
	{"udp4 unbound", open_udp, 0, NULL, V4},
	{"udp6 unbound", open_udp, 0, NULL, V6},
	{"udp4 connected", open_udp, KIND_UDP | KIND_CONNECTED, NULL, V4},
	{"udp4 wildcard connected", open_udp, KIND_UDP | KIND_CONNECTED | KIND_FULL, "0.0.0.0", V4},
	{"udp6 wildcard connected", open_udp, KIND_UDP | KIND_CONNECTED | KIND_V6ONLY, "::", V6},
	{"udp4 wildcard shut read", open_udp, KIND_UDP | KIND_SHUT_READ, "0.0.0.0", V4},
	{"udp4 wildcard shut write", open_udp, KIND_UDP | KIND_SHUT_WRITE, "0.0.0.0", V4},
	{"tcp4 connected", open_tcp_connected, KIND_FULL | KIND_TCP, "127.0.0.1", V4},
	{"tcp4 shut read", open_tcp_connected, KIND_SHUT_READ | KIND_TCP, "127.0.0.1", V4},
	{"tcp4 shut write", open_tcp_connected, KIND_SHUT_WRITE, "127.0.0.1", V4},
	{"tcp4 listening", open_tcp_listening, 0, "127.0.0.1", V4},
	{"tcp4 unconnected", open_tcp_unconnected, 0, NULL, V4},
	{.name = "tcp6 unconnected",
		.open = open_tcp_unconnected,
		.domain = AF_INET6,
		.peer = "::1",
		.dest = "::1",
		.addr = "::1"},
	{"unix stream", open_pair, 0, .type = SOCK_STREAM},
	{"unix seqpacket", open_pair, 0, .type = SOCK_SEQPACKET},
	{"unix datagram pair", open_pair, 0, .type = SOCK_DGRAM},
	{"unix datagram", open_unix_named, KIND_FULL, .type = SOCK_DGRAM},
	{.name = "netlink", .open = open_netlink},
	{"raw", open_raw, 0, .protocol = PROTO_EXPERIMENT},
	{"raw icmp", open_raw, 0, .protocol = IPPROTO_ICMP},
	{"packet", open_packet, 0, .type = SOCK_DGRAM},
	{.name = "pipe", .open = open_pipe},
	{.name = "null", .open = open_null},
	{.name = "closed", .open = open_closed, .flags = KIND_FULL},
	{"-1", open_number, 0, .type = -1},
	{"INT_MAX", open_number, 0, .type = INT_MAX},
};
const size_t kinds_count = COUNT_OF(kinds);

const struct kind *kind_find(const char *name)
{
	for (size_t i = 0; i < kinds_count; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	die("no kind %s", name);
}
