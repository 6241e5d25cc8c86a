/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of the addresses and of the control data that calls are given. */
#include "differential.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

enum { TYPE_SEGMENT = 103 /* UDP_SEGMENT */, FIRST_PORT = 1100, LAST_BASE = 31000 };

static const char *const addresses4[ADDRS] = {
	"0.0.0.0", "127.0.0.1", "192.0.2.1", "192.0.2.2", "192.0.2.3", "127.0.0.2"};
static const char *const addresses6[ADDRS] = {
	"::", "::1", "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"};
static const char *const mapped[ADDRS] = {"::ffff:0.0.0.0", "::ffff:127.0.0.1", "::ffff:192.0.2.1",
	"::ffff:192.0.2.2", "::ffff:192.0.2.3", "::ffff:127.0.0.2"};

const char *name_address(enum name_kind kind, int addr)
{
	if (kind == NAME_MAPPED)
		return mapped[addr];
	return kind == NAME_V6 ? addresses6[addr] : addresses4[addr];
}

/* Below the ephemeral ports, whose numbers same_results.h leaves out of the lines. */
int name_port(int port)
{
	int base = FIRST_PORT + shared->plan.number * PORTS_PER_SEQUENCE % (LAST_BASE - FIRST_PORT);

	return port == PORT_0 ? 0 : base + port;
}

static socklen_t fill_v4(struct sockaddr_storage *storage, int addr, int port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)storage;

	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	inet_pton(AF_INET, addresses4[addr], &in->sin_addr);
	return sizeof(*in);
}

static socklen_t fill_v6(struct sockaddr_storage *storage, const char *addr, int port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)storage;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)port);
	inet_pton(AF_INET6, addr, &in6->sin6_addr);
	return sizeof(*in6);
}

static socklen_t fill_unix(struct sockaddr_storage *storage, int port)
{
	struct sockaddr_un *un = (struct sockaddr_un *)storage;
	int len = snprintf(un->sun_path + 1, 16, "d%05d", name_port(port));

	un->sun_family = AF_UNIX;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
}

/* Where s[of] can be reached; an IPv6 socket by IPv6. */
static socklen_t fill_own(struct sockaddr_storage *storage, const struct name *name)
{
	struct sockaddr_in *in = (struct sockaddr_in *)storage;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)storage;
	const struct plan *plan = &shared->plan;
	socklen_t len = sizeof(*storage);

	if (getsockname(fd_of(name->of), (struct sockaddr *)storage, &len) != 0)
		return fill_v4(storage, plan->is_wide ? name->addr : plan->address4,
			name_port(PORT_CLOSED));
	if (in->sin_family == AF_INET && in->sin_addr.s_addr == 0)
		return fill_v4(
			storage, plan->is_wide ? name->addr : plan->address4, ntohs(in->sin_port));
	if (in->sin_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr))
		return fill_v6(storage, addresses6[plan->is_wide ? name->addr : plan->address6],
			ntohs(in6->sin6_port));
	return len;
}

static socklen_t fill(struct sockaddr_storage *storage, const struct name *name)
{
	switch (name->kind) {
	case NAME_NONE:
		break;
	case NAME_V4:
		return fill_v4(storage, name->addr, name_port(name->port));
	case NAME_V6:
	case NAME_MAPPED:
		return fill_v6(
			storage, name_address(name->kind, name->addr), name_port(name->port));
	case NAME_UNIX:
		return fill_unix(storage, name->port);
	case NAME_UNSPEC:
		return sizeof(struct sockaddr_in);
	case NAME_PEER:
		memcpy(storage, &self()->peers[name->of], sizeof(*storage));
		return self()->peer_lens[name->of];
	case NAME_OF:
		return fill_own(storage, name);
	}
	return 0;
}

void *name_fill(const struct name *name, enum slot slot, int place, socklen_t *ret_len)
{
	struct sockaddr_storage storage = {0};
	socklen_t len = fill(&storage, name);
	void *at = memory_at(slot, name->kind == NAME_NONE ? NIL : place);

	*ret_len = len == 0 ? 0 : len - (socklen_t)name->cut;
	memory_put(at, &storage, sizeof(storage));
	return at;
}

/* ---- Control data ---------------------------------------------------------------------------- */

static unsigned char bytes[2048];

static size_t add(size_t at, int level, int type, const void *data, size_t size)
{
	struct cmsghdr cmsg = {.cmsg_len = CMSG_LEN(size), .cmsg_level = level, .cmsg_type = type};

	memcpy(bytes + at, &cmsg, sizeof(cmsg));
	memcpy(bytes + at + CMSG_LEN(0), data, size);
	return at + CMSG_SPACE(size);
}

static size_t add_int(size_t at, int level, int type, int value)
{
	return add(at, level, type, &value, sizeof(value));
}

/* Names the address that sockets of the sequence are at, which routing would choose too. */
static size_t add_pktinfo4(size_t at, bool is_empty)
{
	struct in_pktinfo info = {0};

	if (!is_empty)
		inet_pton(AF_INET, addresses4[shared->plan.address4], &info.ipi_spec_dst);
	return add(at, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
}

static size_t add_pktinfo6(size_t at, bool is_empty)
{
	struct in6_pktinfo info = {0};

	if (!is_empty)
		inet_pton(AF_INET6, addresses6[shared->plan.address6], &info.ipi6_addr);
	return add(at, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
}

/* A message whose header has this length. */
static size_t add_wrong(size_t len)
{
	size_t end = add_int(0, IPPROTO_IP, IP_TOS, 4);

	memcpy(bytes, &len, sizeof(len));
	return end;
}

static size_t add_big(void)
{
	size_t at = 0;

	while (at < 1500)
		at = add_int(at, IPPROTO_IP, IP_TOS, 4);
	return at;
}

static size_t build(enum control control)
{
	const uint16_t segment = 8;

	switch (control) {
	case CONTROL_NONE:
	case CONTROLS:
		break;
	case CONTROL_PKTINFO4:
	case CONTROL_PKTINFO4_EMPTY:
		return add_pktinfo4(0, control == CONTROL_PKTINFO4_EMPTY);
	case CONTROL_PKTINFO6:
	case CONTROL_PKTINFO6_EMPTY:
		return add_pktinfo6(0, control == CONTROL_PKTINFO6_EMPTY);
	case CONTROL_TOS:
		return add_int(0, IPPROTO_IP, IP_TOS, 8);
	case CONTROL_TTL:
		return add_int(0, IPPROTO_IP, IP_TTL, 9);
	case CONTROL_TCLASS:
		return add_int(0, IPPROTO_IPV6, IPV6_TCLASS, 12);
	case CONTROL_HOPLIMIT:
		return add_int(0, IPPROTO_IPV6, IPV6_HOPLIMIT, 7);
	case CONTROL_TOS_PKTINFO4:
		return add_pktinfo4(add_int(0, IPPROTO_IP, IP_TOS, 4), false);
	case CONTROL_SEGMENT:
		return add(0, IPPROTO_UDP, TYPE_SEGMENT, &segment, sizeof(segment));
	case CONTROL_UNKNOWN:
		return add_int(0, IPPROTO_IP, 99, 1);
	case CONTROL_SHORT:
		return add_wrong(sizeof(struct cmsghdr) - 1);
	case CONTROL_LONG:
		return add_wrong(CMSG_LEN(400));
	case CONTROL_TAIL:
		return add_int(0, IPPROTO_IP, IP_TTL, 9) + 5;
	case CONTROL_BIG:
		return add_big();
	}
	return 0;
}

void *control_fill(enum control control, int place, size_t *ret_len)
{
	void *at;

	memset(bytes, 0, sizeof(bytes));
	*ret_len = build(control);
	at = memory_at(SLOT_CONTROL, *ret_len == 0 ? NIL : place);
	memory_put(at, bytes, *ret_len);
	return at;
}
