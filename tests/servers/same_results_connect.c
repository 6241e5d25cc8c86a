/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connect, to a peer that has asked before and to others: the result, the socket's addresses
 * afterwards, and that nothing else has changed. */
#include "same_results_scenes.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LOOPBACK_IFINDEX = 1, OPTION_BINDTOIFINDEX = 62 };

/* How the address differs from the peer's. */
enum change { CHANGE_NOT, CHANGE_PORT, CHANGE_PORT_0, CHANGE_UNSPECIFIED, CHANGE_FAR, CHANGE_NONE };

static const struct row {
	const char *name;
	int place;
	int len; /* 0: as long as it is */
	enum change change;
} rows[] = {
	{"usual", GOOD, 0, CHANGE_NOT},
	{"another port", GOOD, 0, CHANGE_PORT},
	{"port 0", GOOD, 0, CHANGE_PORT_0},
	{"unspecified", GOOD, 0, CHANGE_UNSPECIFIED},
	{"unspecified of 2", GOOD, 2, CHANGE_UNSPECIFIED},
	{"far", GOOD, 0, CHANGE_FAR},
	{"no address", GOOD, 0, CHANGE_NONE},
	{"NULL", NIL, 0, CHANGE_NOT},
	{"place 1", ONE, 0, CHANGE_NOT},
	{"top", TOP, 0, CHANGE_NOT},
	{"nowhere", NONE, 0, CHANGE_NOT},
	{"read-only", READ_ONLY, 0, CHANGE_NOT},
	{"cut at 8", CUT(8), 0, CHANGE_NOT},
	{"cut at 16", CUT(16), 0, CHANGE_NOT},
	{"cut at 28 of 128", CUT(28), 128, CHANGE_NOT},
	{"odd", ODD, 0, CHANGE_NOT},
	{"of 1", GOOD, 1, CHANGE_NOT},
	{"of 2", GOOD, 2, CHANGE_NOT},
	{"of 8", GOOD, 8, CHANGE_NOT},
	{"of 15", GOOD, 15, CHANGE_NOT},
	{"of 16", GOOD, 16, CHANGE_NOT},
	{"of 24", GOOD, 24, CHANGE_NOT},
	{"of 27", GOOD, 27, CHANGE_NOT},
	{"of 28", GOOD, 28, CHANGE_NOT},
	{"of 128", GOOD, 128, CHANGE_NOT},
	{"of 129", GOOD, 129, CHANGE_NOT},
	{"of 1024", GOOD, 1024, CHANGE_NOT},
	{"of -1", GOOD, -1, CHANGE_NOT},
	{"of INT_MIN", GOOD, INT_MIN, CHANGE_NOT},
};

static const char *const kind_names[] = {"udp4 wildcard", "udp6 wildcard", "udp dual v4",
	"udp dual v6", "udp4 high", "udplite4 wildcard", "udp4 unseen", "udp4 specific",
	"udp6 specific", "udp4 unbound", "udp6 unbound", "udp4 connected",
	"udp4 wildcard connected", "udp6 wildcard connected", "udp4 wildcard shut read",
	"tcp4 connected", "tcp4 listening", "tcp4 unconnected", "tcp6 unconnected", "unix datagram",
	"netlink", "raw", "packet", "pipe", "null", "closed", "-1", "INT_MAX"};

/* What the program has set before. */
enum setting { SET_NOTHING, SET_GROUP_ADDRESS, SET_GROUP_INDEX, SET_DEVICE, SET_ERRORS, SETTINGS };
static const char *const setting_names[SETTINGS] = {
	"nothing", "multicast by address", "multicast by index", "a device", "errors"};

static void make_setting(int fd, enum setting setting)
{
	const struct ip_mreqn by_address = {.imr_address = {htonl(INADDR_LOOPBACK)}};
	const struct ip_mreqn by_index = {.imr_ifindex = LOOPBACK_IFINDEX};
	const int index = LOOPBACK_IFINDEX, on = 1;

	switch (setting) {
	case SET_GROUP_ADDRESS:
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by_address, sizeof(by_address));
		break;
	case SET_GROUP_INDEX:
		setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by_index, sizeof(by_index));
		setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof(index));
		break;
	case SET_DEVICE:
		setsockopt(fd, SOL_SOCKET, OPTION_BINDTOIFINDEX, &index, sizeof(index));
		break;
	case SET_ERRORS:
		setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
		break;
	default:
		break;
	}
}

static void say_names(int fd)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	errno = ERRNO_BEFORE;
	say(" local");
	if (say_result(getsockname(fd, (struct sockaddr *)&name, &len)) == 0 && len <= sizeof(name))
		say_address("is", &name, len);
	len = sizeof(name);
	errno = ERRNO_BEFORE;
	say(" far");
	if (say_result(getpeername(fd, (struct sockaddr *)&name, &len)) == 0 && len <= sizeof(name))
		say_address("is", &name, len);
}

/* The destination of a multicast shows the interface, which no option returns. */
static void say_socket(const struct station *station)
{
	struct endpoint group = kind_address("239.1.2.3", OTHER_PORT);

	say_names(station->fd);
	say_option("group", station->fd, IPPROTO_IP, IP_MULTICAST_IF);
	say_option("device", station->fd, SOL_SOCKET, OPTION_BINDTOIFINDEX);
	say_option("error", station->fd, SOL_SOCKET, SO_ERROR);
	errno = ERRNO_BEFORE;
	say(" to a group");
	say_result(sendto(station->fd, "group", 5, MSG_DONTWAIT | MSG_NOSIGNAL,
		(struct sockaddr *)&group.addr, group.addr_len));
}

static void change_address(enum change change, struct sockaddr_storage *addr)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)addr;

	switch (change) {
	case CHANGE_PORT:
		v4->sin_port = htons(OTHER_PORT);
		break;
	case CHANGE_PORT_0:
		v4->sin_port = 0;
		break;
	case CHANGE_UNSPECIFIED:
		addr->ss_family = AF_UNSPEC;
		break;
	case CHANGE_FAR:
		if (addr->ss_family == AF_INET)
			v4->sin_addr.s_addr = htonl(0xc6336401); /* 198.51.100.1 */
		break;
	case CHANGE_NONE:
		memset((char *)addr + 4, 0, 24);
		break;
	default:
		break;
	}
}

static long call_connect(bool by_number, int fd, const void *addr, socklen_t len)
{
	return by_number ? syscall(SYS_connect, fd, addr, len) : connect(fd, addr, len);
}

struct way {
	bool is_stale, by_number;
};

static void open_as(const struct kind *kind, const struct way *way, struct station *ret)
{
	if (way->is_stale)
		kind_open_stale(kind, ret);
	else
		kind_open(kind, ret);
}

static void run_row(
	const struct kind *kind, const struct way *way, const struct row *row, enum setting setting)
{
	struct station station;
	struct sockaddr_storage dest;
	void *addr;

	open_as(kind, way, &station);
	make_setting(station.fd, setting);
	kind_meet_peer(&station);
	dest = station.dest;
	change_address(row->change, &dest);
	addr = memory_at(SLOT_ADDR, row->place);
	memory_put(addr, &dest, sizeof(dest));
	say_begin("connect, %s%s, %s, %s%s", way->is_stale ? "stale " : "", kind->name,
		setting_names[setting], row->name, way->by_number ? ", by number" : "");
	say_result(call_connect(way->by_number, station.fd, addr,
		row->len != 0 ? (socklen_t)row->len : station.dest_len));
	say_socket(&station);
	kind_feed(&station, 2, 10);
	errno = ERRNO_BEFORE;
	say(" send");
	say_result(send(station.fd, "sent", 4, MSG_DONTWAIT | MSG_NOSIGNAL));
	say_peer(&station);
	say_left(station.fd);
	errno = ERRNO_BEFORE;
	say(" disconnect");
	say_result(connect(
		station.fd, &(struct sockaddr){.sa_family = AF_UNSPEC}, sizeof(struct sockaddr)));
	say_socket(&station);
	say_end();
	kind_close(&station);
}

/* A peer that has asked can no longer be reached: connect fails, and the options stay set. */
static void run_failing(const struct kind *kind, enum setting setting)
{
	struct station station, at_guest;
	struct endpoint guest = scene_guest(kind, PEER_PORT), mapped;

	kind_open(kind, &station);
	make_setting(station.fd, setting);
	scene_set_guest(kind, true);
	at_guest = station;
	at_guest.peer = socket(guest.addr.ss_family, SOCK_DGRAM, kind->protocol);
	if (bind(at_guest.peer, (struct sockaddr *)&guest.addr, guest.addr_len) < 0)
		die("bind to the guest's address");
	/* The peer's address as the station receives it. */
	kind_feed(&at_guest, 1, 1);
	mapped.addr_len = sizeof(mapped.addr);
	recvfrom(station.fd, &(char){0}, 1, MSG_DONTWAIT, (struct sockaddr *)&mapped.addr,
		&mapped.addr_len);
	scene_set_guest(kind, false);
	say_begin("connect, %s, %s, in vain", kind->name, setting_names[setting]);
	say_result(connect(station.fd, (struct sockaddr *)&mapped.addr, mapped.addr_len));
	say_socket(&station);
	kind_feed(&station, 2, 10);
	say_left(station.fd);
	say_end();
	close(at_guest.peer);
	kind_close(&station);
}

static void run_kind(const void *arg)
{
	const struct kind *kind = arg;

	for (int bits = 0; bits < 4; bits++) {
		const struct way way = {(bits & 1) != 0, (bits & 2) != 0};

		for (size_t i = 0; i < COUNT_OF(rows); i++)
			run_row(kind, &way, &rows[i], SET_NOTHING);
		for (int setting = 1; setting < SETTINGS; setting++)
			run_row(kind, &way, &rows[0], (enum setting)setting);
	}
	if (!(kind->flags & KIND_UDP) || kind->flags & KIND_CONNECTED)
		return;
	/* An IPv4 peer can always be reached by a device. */
	for (int setting = 0; setting < SETTINGS; setting++)
		if (setting != SET_DEVICE || scene_is_v6(kind))
			run_failing(kind, (enum setting)setting);
}

void family_connect(void)
{
	kinds_run(kind_names, COUNT_OF(kind_names), run_kind);
}
