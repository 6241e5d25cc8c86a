/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opens each kind of descriptor. */
#include "same_results_open.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* A descriptor number beyond the usual ones, and the data for a packet socket. */
enum { HIGH_FD = 5000, KEPT_FD = 700, LOOPBACK_IFINDEX = 1, OPTION_IGNORE_OUTGOING = 23 };
/* Netlink addresses that no process has. */
enum { NETLINK_STATION = 4000001, NETLINK_PEER = 4000002 };

struct endpoint kind_address(const char *address, int port)
{
	struct endpoint found;
	char text[16];

	snprintf(text, sizeof(text), "%d", port);
	resolve(address, text, SOCK_DGRAM, &found);
	return found;
}

static void bind_to(int fd, const char *address, int port)
{
	struct endpoint local = kind_address(address, port);

	if (bind(fd, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		die("bind to %s port %d", address, port);
}

static int open_or_die(int domain, int type, int protocol)
{
	int fd = socket(domain, type, protocol);

	if (fd < 0)
		die("socket %d %d %d", domain, type, protocol);
	return fd;
}

/* Datagrams with an identification of 0, so their headers are always the same. */
static void set_no_fragments(int fd, int domain)
{
	if (domain == AF_INET)
		set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
}

static int domain_of(const char *address)
{
	return strchr(address, ':') != NULL ? AF_INET6 : AF_INET;
}

static void set_addresses(const struct kind *kind, struct station *ret)
{
	struct endpoint end;

	if (kind->addr != NULL) {
		end = kind_address(kind->addr, STATION_PORT);
		ret->addr = end.addr;
		ret->addr_len = end.addr_len;
	}
	if (kind->dest != NULL) {
		end = kind_address(kind->dest, PEER_PORT);
		ret->dest = end.addr;
		ret->dest_len = end.addr_len;
	}
}

static int open_udp_peer(const char *address, int protocol)
{
	int fd = open_or_die(domain_of(address), SOCK_DGRAM, protocol);

	set_no_fragments(fd, domain_of(address));
	bind_to(fd, address, PEER_PORT);
	return fd;
}

static void move_high(int *fd)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur <= HIGH_FD) {
		limit.rlim_cur = HIGH_FD + 100;
		if (limit.rlim_max < limit.rlim_cur)
			limit.rlim_max = limit.rlim_cur;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (dup2(*fd, HIGH_FD) != HIGH_FD)
		die("dup2 to %d", HIGH_FD);
	close(*fd);
	*fd = HIGH_FD;
}

static int open_unseen(const struct kind *kind)
{
	int fd = (int)raw_syscall(SYS_socket, kind->domain, SOCK_DGRAM, kind->protocol);

	if (fd < 0)
		die("SYS_socket");
	return fd;
}

static void bind_unseen(int fd, const char *address)
{
	struct endpoint local = kind_address(address, STATION_PORT);

	if (raw_syscall(SYS_bind, fd, &local.addr, local.addr_len) < 0)
		die("SYS_bind");
}

/* What happens to a socket after bind. */
static void finish_udp(const struct kind *kind, struct station *ret)
{
	if (kind->flags & KIND_CONNECTED &&
		connect(ret->fd, (struct sockaddr *)&ret->dest, ret->dest_len) < 0)
		die("connect");
	if (kind->flags & KIND_SHUT_READ)
		shutdown(ret->fd, SHUT_RD);
	if (kind->flags & KIND_SHUT_WRITE)
		shutdown(ret->fd, SHUT_WR);
	if (kind->flags & KIND_HIGH)
		move_high(&ret->fd);
	if (kind->flags & KIND_CONNECTED && kind->local == NULL) {
		ret->addr_len = sizeof(ret->addr);
		getsockname(ret->fd, (struct sockaddr *)&ret->addr, &ret->addr_len);
	}
}

void open_udp(const struct kind *kind, struct station *ret)
{
	bool is_unseen = (kind->flags & KIND_UNSEEN) != 0;
	int fd = is_unseen ? open_unseen(kind)
			   : open_or_die(kind->domain, SOCK_DGRAM, kind->protocol);

	ret->fd = fd;
	ret->peer = open_udp_peer(kind->peer, kind->protocol);
	set_addresses(kind, ret);
	if (kind->flags & (KIND_V6ONLY | KIND_DUAL))
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, (kind->flags & KIND_V6ONLY) != 0);
	if (kind_before_bind != NULL)
		kind_before_bind(fd);
	if (is_unseen)
		bind_unseen(fd, kind->local);
	else if (kind->local != NULL)
		bind_to(fd, kind->local, STATION_PORT);
	finish_udp(kind, ret);
}

/* ---- TCP ------------------------------------------------------------------------------------- */

static int open_listener(const struct kind *kind)
{
	int fd = open_or_die(kind->domain, SOCK_STREAM, 0);

	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	bind_to(fd, kind->local, STATION_PORT);
	if (listen(fd, 4) < 0)
		die("listen");
	return fd;
}

void open_tcp_listening(const struct kind *kind, struct station *ret)
{
	ret->fd = open_listener(kind);
	set_addresses(kind, ret);
}

void open_tcp_unconnected(const struct kind *kind, struct station *ret)
{
	ret->fd = open_or_die(kind->domain, SOCK_STREAM, 0);
	set_addresses(kind, ret);
}

void open_tcp_connected(const struct kind *kind, struct station *ret)
{
	int listener = open_listener(kind);
	struct endpoint local = kind_address(kind->local, STATION_PORT);

	ret->peer = open_or_die(kind->domain, SOCK_STREAM, 0);
	set_option(ret->peer, IPPROTO_TCP, 1 /* TCP_NODELAY */, 1);
	if (connect(ret->peer, (struct sockaddr *)&local.addr, local.addr_len) < 0)
		die("connect");
	ret->fd = accept(listener, NULL, NULL);
	close(listener);
	set_addresses(kind, ret);
	if (kind->flags & KIND_SHUT_READ)
		shutdown(ret->fd, SHUT_RD);
	if (kind->flags & KIND_SHUT_WRITE)
		shutdown(ret->fd, SHUT_WR);
}

/* ---- Others ---------------------------------------------------------------------------------- */

void open_pair(const struct kind *kind, struct station *ret)
{
	int fds[2];

	if (socketpair(AF_UNIX, kind->type, 0, fds) < 0)
		die("socketpair");
	ret->fd = fds[0];
	ret->peer = fds[1];
}

static void name_unix(const char *name, struct sockaddr_storage *ret, socklen_t *ret_len)
{
	struct sockaddr_un *un = (struct sockaddr_un *)ret;

	memset(un, 0, sizeof(*un));
	un->sun_family = AF_UNIX;
	/* An abstract name: it starts with a NUL and is nowhere in the file system. */
	memcpy(un->sun_path + 1, name, strlen(name));
	*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
}

void open_unix_named(const struct kind *kind, struct station *ret)
{
	ret->fd = open_or_die(AF_UNIX, kind->type, 0);
	ret->peer = open_or_die(AF_UNIX, kind->type, 0);
	name_unix("same_results_station", &ret->addr, &ret->addr_len);
	name_unix("same_results_peer", &ret->dest, &ret->dest_len);
	if (bind(ret->fd, (struct sockaddr *)&ret->addr, ret->addr_len) < 0 ||
		bind(ret->peer, (struct sockaddr *)&ret->dest, ret->dest_len) < 0)
		die("bind AF_UNIX");
}

static int open_netlink_at(unsigned int pid, struct sockaddr_storage *ret, socklen_t *ret_len)
{
	struct sockaddr_nl *nl = (struct sockaddr_nl *)ret;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);

	memset(nl, 0, sizeof(*nl));
	nl->nl_family = AF_NETLINK;
	nl->nl_pid = pid;
	*ret_len = sizeof(*nl);
	if (fd >= 0)
		bind(fd, (struct sockaddr *)nl, sizeof(*nl));
	return fd;
}

void open_netlink(const struct kind *kind, struct station *ret)
{
	(void)kind;
	ret->fd = open_netlink_at(NETLINK_STATION, &ret->addr, &ret->addr_len);
	ret->peer = open_netlink_at(NETLINK_PEER, &ret->dest, &ret->dest_len);
}

/* Without permission this is another kind of closed descriptor, in both runs. */
void open_raw(const struct kind *kind, struct station *ret)
{
	struct endpoint local = kind_address("127.0.0.1", 0), far = kind_address("127.0.0.9", 0);

	ret->fd = socket(AF_INET, SOCK_RAW, kind->protocol);
	ret->peer = socket(AF_INET, SOCK_RAW, kind->protocol);
	if (ret->fd < 0 || ret->peer < 0)
		return;
	set_no_fragments(ret->peer, AF_INET);
	set_no_fragments(ret->fd, AF_INET);
	if (bind(ret->fd, (struct sockaddr *)&local.addr, local.addr_len) < 0 ||
		bind(ret->peer, (struct sockaddr *)&far.addr, far.addr_len) < 0)
		die("bind raw");
	ret->addr = local.addr;
	ret->addr_len = local.addr_len;
	ret->dest = far.addr;
	ret->dest_len = far.addr_len;
}

/* The kernel closes the last descriptor of such a socket slowly, so another descriptor of it stays
 * open. */
static int duplicate_packet_socket(const struct kind *kind, const struct sockaddr_ll *link)
{
	static int kept = -1;
	char byte;
	int fd;

	if (kept < 0) {
		fd = socket(AF_PACKET, kind->type, 0);
		if (fd < 0)
			return fd;
		set_option(fd, SOL_PACKET, OPTION_IGNORE_OUTGOING, 1);
		if (bind(fd, (const struct sockaddr *)link, sizeof(*link)) < 0)
			die("bind packet");
		kept = fcntl(fd, F_DUPFD, KEPT_FD);
		close(fd);
	}
	fcntl(kept, F_SETFL, 0);
	while (recv(kept, &byte, 1, MSG_DONTWAIT) >= 0)
		;
	return dup(kept);
}

/* It receives a datagram that its peer sends to itself. */
void open_packet(const struct kind *kind, struct station *ret)
{
	struct sockaddr_ll *link = (struct sockaddr_ll *)&ret->dest;
	struct endpoint self = kind_address("127.0.0.1", PEER_PORT);

	memset(link, 0, sizeof(*link));
	link->sll_family = AF_PACKET;
	link->sll_protocol = htons(ETH_P_IP);
	link->sll_ifindex = LOOPBACK_IFINDEX;
	link->sll_halen = 6;
	ret->dest_len = sizeof(*link);
	ret->peer = open_udp_peer("127.0.0.1", 0);
	ret->addr = self.addr;
	ret->addr_len = self.addr_len;
	ret->fd = duplicate_packet_socket(kind, link);
	link->sll_protocol = htons(0x88b5); /* an EtherType for experiments */
}

void open_pipe(const struct kind *kind, struct station *ret)
{
	int fds[2];

	(void)kind;
	if (pipe(fds) < 0)
		die("pipe");
	ret->fd = fds[0];
	ret->peer = fds[1];
}

void open_null(const struct kind *kind, struct station *ret)
{
	(void)kind;
	ret->fd = open("/dev/null", O_RDWR);
}

void open_closed(const struct kind *kind, struct station *ret)
{
	open_null(kind, ret);
	close(ret->fd);
}

void open_number(const struct kind *kind, struct station *ret)
{
	ret->fd = kind->type;
}
