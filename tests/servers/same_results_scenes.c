/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pending errors: peers that have ended, messages from routers, addresses that are no longer
 * local. */
#include "same_results_scenes.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { OPTION_TIMESTAMPING = 37, OPTION_ZEROCOPY = 60 };
/* SOF_TIMESTAMPING_TX_SOFTWARE, _SOFTWARE, _OPT_ID, _OPT_CMSG and _OPT_TSONLY. */
enum { STAMP_SENT = 1 << 1 | 1 << 4 | 1 << 7 | 1 << 10 | 1 << 11 };

/* An address that comes and goes. */
#define GUEST_V4 "198.51.100.7"
#define GUEST_V6 "2001:db8:7::7"

bool scene_is_v6(const struct kind *kind)
{
	return strchr(kind->peer, ':') != NULL;
}

static void close_peer(struct station *station)
{
	close(station->peer);
	station->peer = -1;
}

/* The peer has ended, and a datagram has caused the error. */
static void refused(const struct kind *kind, struct station *station, int unused)
{
	(void)kind;
	(void)unused;
	close_peer(station);
	sendto(station->fd, "lost", 4, 0, (struct sockaddr *)&station->dest, station->dest_len);
}

/* The same, and the error has been returned, but is still in the error queue. */
static void refused_and_told(const struct kind *kind, struct station *station, int unused)
{
	int error;
	socklen_t len = sizeof(error);

	refused(kind, station, unused);
	getsockopt(station->fd, SOL_SOCKET, SO_ERROR, &error, &len);
}

/* The peer has ended, and no datagram has been sent since. */
static void unheard(const struct kind *kind, struct station *station, int unused)
{
	(void)kind;
	(void)unused;
	close_peer(station);
}

static void other_refused(const struct kind *kind, struct station *station, int unused)
{
	struct sockaddr_storage dest = station->dest;
	struct sockaddr_in *sin = (struct sockaddr_in *)&dest;

	(void)kind;
	(void)unused;
	sin->sin_port = htons(OTHER_PORT); /* also for an AF_INET6 address */
	sendto(station->fd, "lost", 4, 0, (struct sockaddr *)&dest, station->dest_len);
}

static uint16_t checksum(const void *data, size_t size)
{
	const uint16_t *words = data;
	uint32_t sum = 0;

	for (size_t i = 0; i < size / 2; i++)
		sum += words[i];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Sends an ICMP error about a datagram from the station to its peer, as a router would. */
static void forge_v4(int what)
{
	struct {
		struct icmphdr icmp;
		struct iphdr ip;
		struct udphdr udp;
	} packet;
	struct endpoint self = kind_address("127.0.0.1", 0);
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	memset(&packet, 0, sizeof(packet));
	packet.icmp.type = (uint8_t)(what >> 8);
	packet.icmp.code = (uint8_t)what;
	packet.ip.version = 4;
	packet.ip.ihl = 5;
	packet.ip.tot_len = htons(sizeof(packet.ip) + sizeof(packet.udp) + 4);
	packet.ip.ttl = 64;
	packet.ip.protocol = IPPROTO_UDP;
	packet.ip.saddr = packet.ip.daddr = htonl(INADDR_LOOPBACK);
	packet.udp.source = htons(STATION_PORT);
	packet.udp.dest = htons(PEER_PORT);
	packet.udp.len = htons(sizeof(packet.udp) + 4);
	packet.icmp.checksum = checksum(&packet, sizeof(packet));
	sendto(fd, &packet, sizeof(packet), 0, (struct sockaddr *)&self.addr, self.addr_len);
	close(fd);
}

static void forge_v6(int what)
{
	struct {
		struct icmp6_hdr icmp;
		struct {
			uint32_t version;
			uint16_t len;
			uint8_t next, hops;
			struct in6_addr from, to;
		} ip;
		struct udphdr udp;
	} packet;
	struct endpoint self = kind_address("::1", 0);
	int fd = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);

	memset(&packet, 0, sizeof(packet));
	packet.icmp.icmp6_type = (uint8_t)(what >> 8);
	packet.icmp.icmp6_code = (uint8_t)what;
	packet.ip.version = htonl(6u << 28);
	packet.ip.len = htons(sizeof(packet.udp) + 4);
	packet.ip.next = IPPROTO_UDP;
	packet.ip.hops = 64;
	packet.ip.from = packet.ip.to = in6addr_loopback;
	packet.udp.source = htons(STATION_PORT);
	packet.udp.dest = htons(PEER_PORT);
	packet.udp.len = htons(sizeof(packet.udp) + 4);
	sendto(fd, &packet, sizeof(packet), 0, (struct sockaddr *)&self.addr, self.addr_len);
	close(fd);
}

static void forge(const struct kind *kind, struct station *station, int what)
{
	(void)station;
	if (scene_is_v6(kind))
		forge_v6(what);
	else
		forge_v4(what);
}

/* Twice: the second is returned after the first. */
static void forge_two(const struct kind *kind, struct station *station, int what)
{
	forge(kind, station, what);
	forge(kind, station, what + 1);
}

/* recvmmsg leaves the error of a message after the first to the next call. */
static void left_by_batch(const struct kind *kind, struct station *station, int what)
{
	char text[2][16];
	struct iovec vectors[2] = {{text[0], 16}, {text[1], 16}};
	struct mmsghdr batch[2] = {{.msg_hdr = {.msg_iov = &vectors[0], .msg_iovlen = 1}},
		{.msg_hdr = {.msg_iov = &vectors[1], .msg_iovlen = 1}}};

	(void)kind;
	if (what == EINVAL)
		vectors[1].iov_len = SIZE_MAX;
	else
		vectors[1].iov_base = memory_at(SLOT_BUF, NONE);
	kind_feed(station, 2, 10);
	recvmmsg(station->fd, batch, 2, MSG_DONTWAIT, NULL);
}

static void stamped(const struct kind *kind, struct station *station, int how)
{
	(void)kind;
	set_option(station->fd, SOL_SOCKET, OPTION_TIMESTAMPING, how);
	sendto(station->fd, "stamped", 7, 0, (struct sockaddr *)&station->dest, station->dest_len);
}

static void zero_copied(const struct kind *kind, struct station *station, int unused)
{
	char byte[64];

	(void)kind;
	(void)unused;
	setsockopt(station->fd, SOL_SOCKET, OPTION_ZEROCOPY, &(int){1}, sizeof(int));
	sendto(station->fd, "not copied", 10, MSG_ZEROCOPY, (struct sockaddr *)&station->dest,
		station->dest_len);
	recv(station->peer, byte, sizeof(byte), MSG_DONTWAIT);
}

/* Lowers the MTU of lo, so a datagram that must not be fragmented is too long. */
static void set_mtu(int mtu)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	request.ifr_mtu = mtu;
	if (ioctl(fd, SIOCSIFMTU, &request) < 0)
		die("SIOCSIFMTU");
	close(fd);
}

static void too_long(const struct kind *kind, struct station *station, int unused)
{
	static char text[5000];

	(void)unused;
	if (kind->domain == AF_INET6)
		set_option(station->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
	if (!scene_is_v6(kind))
		set_option(station->fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
	set_mtu(1500);
	errno = ERRNO_BEFORE;
	say(" too long:");
	say_result(sendto(station->fd, text, sizeof(text), 0, (struct sockaddr *)&station->dest,
		station->dest_len));
	set_mtu(65536);
}

struct endpoint scene_guest(const struct kind *kind, int port)
{
	return kind_address(scene_is_v6(kind) ? GUEST_V6 : GUEST_V4, port);
}

static bool has_guest(const struct kind *kind)
{
	struct endpoint guest = scene_guest(kind, 0);
	int fd = socket(guest.addr.ss_family, SOCK_DGRAM, 0);
	bool is_here = bind(fd, (struct sockaddr *)&guest.addr, guest.addr_len) == 0;

	close(fd);
	return is_here;
}

static void ask_for_guest(const struct kind *kind, bool is_here)
{
	struct endpoint guest = scene_guest(kind, 0);
	struct ifreq v4 = {.ifr_name = "lo:7"};
	struct {
		struct in6_addr addr;
		uint32_t prefix_len;
		int ifindex;
	} v6 = {.addr = ((struct sockaddr_in6 *)&guest.addr)->sin6_addr,
		.prefix_len = 128,
		.ifindex = 1};
	int fd = socket(guest.addr.ss_family, SOCK_DGRAM, 0);

	if (scene_is_v6(kind)) {
		ioctl(fd, is_here ? SIOCSIFADDR : SIOCDIFADDR, &v6);
	} else {
		/* An alias of a device exists while it is up. */
		if (is_here)
			memcpy(&v4.ifr_addr, &guest.addr, sizeof(v4.ifr_addr));
		ioctl(fd, is_here ? SIOCSIFADDR : SIOCSIFFLAGS, &v4);
	}
	close(fd);
}

void scene_set_guest(const struct kind *kind, bool is_here)
{
	const struct timespec soon = {.tv_nsec = 1000000};

	ask_for_guest(kind, is_here);
	/* The kernel may still be processing the last change. */
	for (int tries = 0; has_guest(kind) != is_here; tries++) {
		if (tries == 2000)
			die("the guest's address does not %s", is_here ? "come" : "go");
		nanosleep(&soon, NULL);
		ask_for_guest(kind, is_here);
	}
}

/* The peer asks at an address that is then removed. */
static void gone(const struct kind *kind, struct station *station, int unused)
{
	struct station at_guest = *station;
	struct endpoint guest = scene_guest(kind, STATION_PORT);

	(void)unused;
	scene_set_guest(kind, true);
	at_guest.addr = guest.addr;
	at_guest.addr_len = guest.addr_len;
	kind_meet_peer(&at_guest);
	scene_set_guest(kind, false);
}

static void gone_and_other_refused(const struct kind *kind, struct station *station, int unused)
{
	int error;
	socklen_t len = sizeof(error);

	gone(kind, station, unused);
	other_refused(kind, station, unused);
	getsockopt(station->fd, SOL_SOCKET, SO_ERROR, &error, &len);
}

const struct scene scenes[] = {
	{"refused", refused, 0, 0},
	{"refused and told", refused_and_told, 0, 0},
	{"unheard", unheard, 0, 0},
	{"other refused", other_refused, 0, 0},
	{"network unreachable", forge, 3 << 8 | 0, AF_INET},
	{"host unreachable", forge, 3 << 8 | 1, AF_INET},
	{"protocol unreachable", forge, 3 << 8 | 2, AF_INET},
	{"port unreachable", forge, 3 << 8 | 3, AF_INET},
	{"source route failed", forge, 3 << 8 | 5, AF_INET},
	{"network unknown", forge, 3 << 8 | 6, AF_INET},
	{"host unknown", forge, 3 << 8 | 7, AF_INET},
	{"network prohibited", forge, 3 << 8 | 9, AF_INET},
	{"host prohibited", forge, 3 << 8 | 10, AF_INET},
	{"filtered", forge, 3 << 8 | 13, AF_INET},
	{"filtered, twice", forge_two, 3 << 8 | 13, AF_INET},
	{"network and host prohibited", forge_two, 3 << 8 | 9, AF_INET},
	{"time exceeded", forge, 11 << 8, AF_INET},
	{"parameter problem", forge, 12 << 8, AF_INET},
	{"no route", forge, 1 << 8 | 0, AF_INET6},
	{"prohibited", forge, 1 << 8 | 1, AF_INET6},
	{"address unreachable", forge, 1 << 8 | 3, AF_INET6},
	{"port unreachable", forge, 1 << 8 | 4, AF_INET6},
	{"policy", forge, 1 << 8 | 5, AF_INET6},
	{"time exceeded", forge, 3 << 8, AF_INET6},
	{"parameter problem", forge, 4 << 8, AF_INET6},
	{"EINVAL left by a batch", left_by_batch, EINVAL, 0},
	{"EFAULT left by a batch", left_by_batch, EFAULT, 0},
	{"stamped", stamped, STAMP_SENT, 0},
	{"zero-copied", zero_copied, 0, 0},
	{"too long", too_long, 0, 0},
	{"address gone", gone, 0, 0},
	{"address gone, another peer refused", gone_and_other_refused, 0, 0},
};
const size_t scenes_count = COUNT_OF(scenes);
