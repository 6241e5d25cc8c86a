/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Control data of PKTINFO and other messages, built by a test, and what pktinfo_take makes of it.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "replies/pktinfo.h"

#include "unit.h"

#include <arpa/inet.h>

enum { AMPLE = 512, FILL = 0xa5, OLD_IPV6_PKTINFO = 2 };
enum { NOTHING = 0, BOTH = PKTINFO_V4 | PKTINFO_V6 };

/* Control data built by the test. */
struct control {
	_Alignas(struct cmsghdr) unsigned char data[AMPLE];
	size_t len;
};

static inline struct msghdr msg_of(struct control *control)
{
	return (struct msghdr){
		.msg_control = control->len > 0 ? control->data : NULL,
		.msg_controllen = control->len,
	};
}

static inline void add(struct control *control, int level, int type, const void *data, size_t len)
{
	struct cmsghdr header = {.cmsg_level = level, .cmsg_type = type, .cmsg_len = CMSG_LEN(len)};

	memcpy(control->data + control->len, &header, sizeof(header));
	memcpy(control->data + control->len + CMSG_LEN(0), data, len);
	control->len += CMSG_SPACE(len);
}

static inline void add_int(struct control *control, int level, int type, int value)
{
	add(control, level, type, &value, sizeof(value));
}

static inline void add_v4(struct control *control, const char *spec_dst, const char *addr)
{
	struct in_pktinfo info = {.ipi_ifindex = 7};

	inet_pton(AF_INET, spec_dst, &info.ipi_spec_dst);
	inet_pton(AF_INET, addr, &info.ipi_addr);
	add(control, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}

static inline void add_v6_as(struct control *control, int type, const char *addr)
{
	struct in6_pktinfo info = {.ipi6_ifindex = 7};

	inet_pton(AF_INET6, addr, &info.ipi6_addr);
	add(control, IPPROTO_IPV6, type, &info, sizeof(info));
}

static inline void add_v6(struct control *control, const char *addr)
{
	add_v6_as(control, IPV6_PKTINFO, addr);
}

static inline struct source source_of(const char *text, uint32_t ifindex)
{
	struct source source = {.ifindex = ifindex};
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1)
		source.addr = address_from_v4(v4);
	else if (inet_pton(AF_INET6, text, &v6) == 1)
		source.addr = address_from_v6(&v6);
	return source;
}

/* What the library learns, and what the program sees. */
struct taken {
	bool is_known;
	struct source source;
	struct control seen;
	bool is_truncated;
};

static inline struct taken take_into(struct control *control, unsigned int app, size_t left)
{
	struct msghdr msg = msg_of(control);
	struct taken taken = {.source = source_of("192.0.2.99", 99)};
	struct control_sink sink = {.at = taken.seen.data, .left = left};

	memset(taken.seen.data, FILL, sizeof(taken.seen.data));
	taken.is_known = pktinfo_take(&msg, app, &sink, &taken.source);
	taken.seen.len = left - sink.left;
	taken.is_truncated = sink.is_truncated;
	return taken;
}

static inline struct taken take(struct control *control, unsigned int app)
{
	return take_into(control, app, AMPLE);
}

#endif
