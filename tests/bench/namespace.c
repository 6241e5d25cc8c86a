/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The namespaces, with nothing but a loopback interface. Translated addresses have one of their
 * own, because connection tracking costs every packet of its namespace.
 */
#include "bench.h"

#include "servers/common.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Set once; -1 is a namespace that there is not. */
static int usual = -1, translated = -1;

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		die("%s", path);
	close(fd);
}

/* Another user may have a network namespace in a user namespace. */
static void become_root(void)
{
	char map[64];
	const uid_t uid = geteuid();
	const gid_t gid = getegid();

	if (uid == 0)
		return;
	if (unshare(CLONE_NEWUSER) != 0)
		die("unshare CLONE_NEWUSER");
	write_to("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_to("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_to("/proc/self/gid_map", map);
}

static int make(void)
{
	int ret;

	if (unshare(CLONE_NEWNET) != 0)
		die("unshare CLONE_NEWNET");
	errno = 0;
	if (system("ip link set lo up && ip address add fd00:b::2/128 dev lo nodad && "
		   "ip address add fd00:b::1/128 dev lo nodad && "
		   "ip route add local fd00:b:0:1::/64 dev lo") != 0)
		die("the network namespace cannot be given its addresses by ip(8)");
	ret = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (ret < 0)
		die("/proc/self/ns/net");
	return ret;
}

void namespace_enter(void)
{
	become_root();
	usual = make();
}

void namespace_choose(bool is_dnat)
{
	if (setns(is_dnat ? translated : usual, CLONE_NEWNET) != 0)
		die("setns");
}

const char *namespace_make_dnat(void)
{
	const char *ret = NULL;

	if (server_find("nft") == NULL)
		return "nft is not installed (Debian: nftables)";
	translated = make();
	if (system("nft -f - 2>/dev/null <<-END\n"
		   "table inet bench {\n"
		   "	chain output {\n"
		   "		type nat hook output priority -100\n"
		   "		udp dport 5000-5999 ip daddr != 127.0.0.1 dnat ip to 127.0.0.1\n"
		   "		udp dport 5000-5999 ip6 daddr != fd00:b::1 dnat ip6 to fd00:b::1\n"
		   "	}\n"
		   "}\n"
		   "END") != 0)
		ret = "this kernel has no nf_tables with NAT";
	namespace_choose(false);
	return ret;
}

void namespace_add_addresses(unsigned int count)
{
	FILE *ip = popen("ip -batch -", "w");

	for (unsigned int i = 0; ip != NULL && i < count; i++)
		fprintf(ip, "address replace 10.9.%u.%u/32 dev lo\n", i >> 8, i & 255);
	if (ip == NULL || pclose(ip) != 0)
		die("ip(8) cannot add addresses");
}
