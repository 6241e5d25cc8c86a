/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes the namespaces; space.h has the contract. */
#include "space.h"

#include "differential.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOPBACK = 1, /* the index of lo in a new namespace */
	TRIES = 5000,
	MARK_PORT = 1099,
};

static bool write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool is_done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return is_done;
}

/* Without root, a user namespace gives the right to make a network namespace. */
static bool enter(void)
{
	char map[64];
	unsigned int user = getuid(), group = getgid();

	if (user == 0 && unshare(CLONE_NEWNET) == 0)
		return true;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return false;
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", user);
	if (!write_file("/proc/self/uid_map", map))
		return false;
	snprintf(map, sizeof(map), "0 %u 1", group);
	return write_file("/proc/self/gid_map", map);
}

static bool raise_loopback(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	bool is_done = ioctl(fd, SIOCSIFFLAGS, &request) == 0;

	close(fd);
	return is_done;
}

struct addition {
	struct nlmsghdr header;
	struct ifaddrmsg address;
	struct rtattr attribute;
	unsigned char bytes[16];
};

/* A network of one address: where several share one, the kernel takes the first for the source of
 * what is sent to the others. */
static bool add_address(int netlink, const char *text)
{
	int family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	size_t size = family == AF_INET6 ? 16 : 4;
	struct addition addition = {
		.header.nlmsg_len = (uint32_t)(offsetof(struct addition, bytes) + size),
		.header.nlmsg_type = RTM_NEWADDR,
		.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL,
		.address.ifa_family = (unsigned char)family,
		.address.ifa_prefixlen = (unsigned char)(size * 8),
		.address.ifa_flags = IFA_F_NODAD,
		.address.ifa_index = LOOPBACK,
		.attribute.rta_len = (unsigned short)RTA_LENGTH(size),
		.attribute.rta_type = IFA_LOCAL,
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char more[256];
	} answer;

	inet_pton(family, text, addition.bytes);
	if (send(netlink, &addition, addition.header.nlmsg_len, 0) < 0 ||
		recv(netlink, &answer, sizeof(answer), 0) < (ssize_t)sizeof(answer.header))
		return false;
	errno = -answer.error.error;
	return answer.error.error == 0;
}

static bool add_addresses(void)
{
	int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	bool is_done = netlink >= 0;

	for (int i = ADDR_FIRST; is_done && i < ADDRS; i++)
		is_done = (i == ADDR_OTHER_LOOPBACK ||
				  add_address(netlink, name_address(NAME_V4, i))) &&
			  add_address(netlink, name_address(NAME_V6, i));
	close(netlink);
	return is_done;
}

/* The kernel makes an IPv6 address its own a little after it has taken it: until then, what is sent
 * there is lost. */
static bool wait_for_addresses(void)
{
	const struct timespec moment = {.tv_nsec = 1000000};
	struct sockaddr_in6 addr = {.sin6_family = AF_INET6, .sin6_port = htons(MARK_PORT)};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0), tries = 0;
	bool is_done = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;

	for (int i = ADDR_LOOPBACK; is_done && i < ADDRS; tries++) {
		char byte = 'm';

		inet_pton(AF_INET6, name_address(NAME_V6, i), &addr.sin6_addr);
		sendto(fd, &byte, 1, 0, (struct sockaddr *)&addr, sizeof(addr));
		if (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
			i++;
		else
			nanosleep(&moment, NULL);
		is_done = tries < TRIES;
	}
	close(fd);
	return is_done;
}

bool space_enter(void)
{
	if (!enter() || !raise_loopback() || !add_addresses() || !wait_for_addresses())
		return false;
	/* How many errors arrive must not depend on time. */
	write_file("/proc/sys/net/ipv4/icmp_ratemask", "0");
	write_file("/proc/sys/net/ipv4/icmp_ratelimit", "0");
	write_file("/proc/sys/net/ipv6/icmp/ratelimit", "0");
	write_file("/proc/sys/net/ipv6/icmp/ratemask", "200");
	return true;
}

/* By number, so that the library does not see it. */
void space_open_mark(bool on_last)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(MARK_PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = (int)syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0), chosen = -1;
	cpu_set_t allowed, one;

	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0 ||
		connect(fd, (struct sockaddr *)&addr, sizeof(addr)) != 0 ||
		dup2(fd, MARK_FD) != MARK_FD)
		die("the mark's socket");
	close(fd);
	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0)
		return;
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &allowed) && (chosen < 0 || on_last))
			chosen = i;
	CPU_SET(chosen, &one);
	sched_setaffinity(0, sizeof(one), &one);
}
