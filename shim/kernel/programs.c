/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/programs.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* Of bpftool(8): replies__open, replies__load, ... and the same for listeners. */
#include "kernel/listeners.lskel.h"
#include "kernel/replies.lskel.h"

/* How long the addresses are trusted: a few of the intervals. */
enum { TRUST_S = 5 };

/* A smaller BPF_MAP_TYPE_LRU_HASH evicts entries long before it is full: each processor takes 128
 * of its entries ahead. */
enum { PEERS_MIN = 4096 };

static struct replies *replies;
static struct listeners *listeners;

/* Sets the bits of the ports for which the keyword is in effect. */
static void set_ports(const struct rules *rules, unsigned int protocols, uint8_t keyword,
	struct kernel_ports *ret)
{
	for (unsigned int port = 0; port <= 65535; port++)
		if (rules_keyword(rules, protocols, (uint16_t)port) == keyword)
			ret->bits[port / 8] |= (__u8)(1 << port % 8);
}

static uint64_t netns_cookie(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);

	if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) != 0)
		cookie = 0;
	if (fd >= 0)
		close(fd);
	return cookie;
}

/* Returns 0 or a negative errno. */
static int load_replies(const struct settings *settings)
{
	replies = replies__open();
	if (replies == NULL)
		return -ENOMEM;
	set_ports(&settings->reply, RULES_UDP, REPLY_ON, &replies->rodata->udp_on);
	set_ports(&settings->reply, RULES_UDP, REPLY_ON, &replies->rodata->udplite_on);
	replies->rodata->may_follow = settings->follow;
	replies->rodata->expiry_ns = settings->expiry_s * 1000000000ULL;
	replies->rodata->netns = netns_cookie();
	replies->maps.peers.max_entries = settings->peers > PEERS_MIN ? settings->peers : PEERS_MIN;
	return replies__load(replies);
}

static int load_listeners(const struct settings *settings)
{
	listeners = listeners__open();
	if (listeners == NULL)
		return -ENOMEM;
	set_ports(&settings->v6only, RULES_TCP, V6ONLY_AUTO, &listeners->rodata->tcp_auto);
	set_ports(&settings->v6only, RULES_UDP, V6ONLY_AUTO, &listeners->rodata->udp_auto);
	set_ports(&settings->v6only, RULES_UDP, V6ONLY_AUTO, &listeners->rodata->udplite_auto);
	return listeners__load(listeners);
}

/* The capabilities in effect, a bit each. */
static uint64_t capabilities(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};

	syscall(SYS_capget, &header, sets);
	return sets[0].effective | (uint64_t)sets[1].effective << 32;
}

/* Whether this process's user namespace is not the first one, whose users are all users. */
static bool is_in_user_namespace(void)
{
	FILE *map = fopen("/proc/self/uid_map", "re");
	unsigned long inside = 0, outside = 0, count = 4294967295UL;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
	if (map != NULL && fscanf(map, "%lu %lu %lu", &inside, &outside, &count) != 3)
		count = 0;
	if (map != NULL)
		fclose(map);
	return inside != 0 || outside != 0 || count != 4294967295UL;
}

static bool has_rights(struct error_line *error)
{
	static const struct {
		const char *name;
		unsigned int bit, stronger;
	} needed[] = {
		{"CAP_BPF", CAP_BPF, CAP_SYS_ADMIN},
		{"CAP_PERFMON", CAP_PERFMON, CAP_SYS_ADMIN},
		{"CAP_NET_ADMIN", CAP_NET_ADMIN, CAP_NET_ADMIN},
	};
	const uint64_t has = capabilities();

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (!(has & (1ULL << needed[i].bit | 1ULL << needed[i].stronger)))
			return say_into(error,
				"no right to load eBPF programs: %s is missing (allowed: root, or "
				"CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN)",
				needed[i].name);
	if (is_in_user_namespace())
		return say_into(error,
			"no right to load eBPF programs in a user namespace (allowed: outside it)");
	return true;
}

static bool is_older_than(int major, int minor)
{
	struct utsname system;
	int is_major, is_minor;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it */
	return uname(&system) == 0 && sscanf(system.release, "%d.%d", &is_major, &is_minor) == 2 &&
	       (is_major < major || (is_major == major && is_minor < minor));
}

static bool explain(const char *what, int result, int major, int minor, struct error_line *error)
{
	struct utsname system;

	uname(&system);
	if (is_older_than(major, minor))
		return say_into(error, "%s need Linux %d.%d or newer, and this is %s", what, major,
			minor, system.release);
	if (result == -ENOSYS)
		return say_into(error, "%s need bpf(2), which this kernel lacks", what);
	if (result == -EPERM || result == -EACCES)
		return say_into(error, "%s: the kernel refuses to load eBPF programs: %s", what,
			strerror(-result));
	return say_into(error, "%s: cannot load the eBPF programs: %s", what, strerror(-result));
}

bool programs_load(const struct settings *settings, struct error_line *ret_no_listeners,
	struct error_line *error)
{
	int result;

	ret_no_listeners->text[0] = '\0';
	if (!has_rights(error))
		return false;
	if (settings_want_replies(settings) && (result = load_replies(settings)) != 0)
		return explain("replies", result, 5, 14, error);
	if (rules_have_keyword(&settings->v6only, V6ONLY_AUTO) &&
		(result = load_listeners(settings)) != 0) {
		explain("listeners (BINDRIGHT_V6ONLY=auto)", result, 6, 1, ret_no_listeners);
		listeners__destroy(listeners);
		listeners = NULL;
	}
	return true;
}

struct hook {
	const char *name;
	int program;
	enum bpf_attach_type type;
};

static bool attach(int directory, const struct hook hooks[], struct error_line *error)
{
	for (; hooks->name != NULL; hooks++) {
		if (skel_link_create(hooks->program, directory, hooks->type) >= 0)
			continue;
		if (errno == EPERM)
			return say_into(error,
				"the hook cgroup/%s is held by a program that does not share it, "
				"here or in a control group above",
				hooks->name);
		return say_into(error, "cannot attach to the hook cgroup/%s: %s%s", hooks->name,
			strerror(errno),
			errno == EINVAL ? " (was the kernel built with CONFIG_CGROUP_BPF?)" : "");
	}
	return true;
}

static bool attach_replies(int directory, struct error_line *error)
{
	/* Who selects comes before who learns, so what is learnt is used at once. */
	const struct hook hooks[] = {
		{"sock_create", replies->progs.bindright_new.prog_fd, BPF_CGROUP_INET_SOCK_CREATE},
		{"bind4", replies->progs.bindright_port4.prog_fd, BPF_CGROUP_INET4_BIND},
		{"bind6", replies->progs.bindright_port6.prog_fd, BPF_CGROUP_INET6_BIND},
		{"sendmsg4", replies->progs.bindright_send4.prog_fd, BPF_CGROUP_UDP4_SENDMSG},
		{"sendmsg6", replies->progs.bindright_send6.prog_fd, BPF_CGROUP_UDP6_SENDMSG},
		{"connect4", replies->progs.bindright_conn4.prog_fd, BPF_CGROUP_INET4_CONNECT},
		{"connect6", replies->progs.bindright_conn6.prog_fd, BPF_CGROUP_INET6_CONNECT},
		{"skb/ingress", replies->progs.bindright_learn.prog_fd, BPF_CGROUP_INET_INGRESS},
		{0},
	};

	return attach(directory, hooks, error);
}

static bool attach_listeners(int directory, struct error_line *error)
{
	/* Who notes comes first, so that no listener that may share its port is missed. */
	const struct hook hooks[] = {
		{"sock_release", listeners->progs.bindright_close.prog_fd,
			BPF_CGROUP_INET_SOCK_RELEASE},
		{"sock_create", listeners->progs.bindright_open.prog_fd,
			BPF_CGROUP_INET_SOCK_CREATE},
		{"post_bind4", listeners->progs.bindright_post4.prog_fd,
			BPF_CGROUP_INET4_POST_BIND},
		{"post_bind6", listeners->progs.bindright_post6.prog_fd,
			BPF_CGROUP_INET6_POST_BIND},
		{"connect4", listeners->progs.bindright_client4.prog_fd, BPF_CGROUP_INET4_CONNECT},
		{"connect6", listeners->progs.bindright_client6.prog_fd, BPF_CGROUP_INET6_CONNECT},
		{"bind4", listeners->progs.bindright_bind4.prog_fd, BPF_CGROUP_INET4_BIND},
		{"bind6", listeners->progs.bindright_bind6.prog_fd, BPF_CGROUP_INET6_BIND},
		{0},
	};

	return attach(directory, hooks, error);
}

bool programs_attach(int directory, struct error_line *error)
{
	return (replies == NULL || attach_replies(directory, error)) &&
	       (listeners == NULL || attach_listeners(directory, error));
}

void programs_add_address(const struct kernel_prefix *prefix, bool may_be_source)
{
	__u8 value = may_be_source;

	/* A full map leaves addresses out, and none of these is named. */
	if (replies != NULL)
		skel_map_update_elem(replies->maps.own.map_fd, prefix, &value, BPF_ANY);
}

void programs_remove_address(const struct kernel_prefix *prefix)
{
	if (replies != NULL)
		skel_map_delete_elem(replies->maps.own.map_fd, prefix);
}

void programs_trust_addresses(bool are_complete)
{
	struct timespec now;

	if (replies == NULL)
		return;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	__atomic_store_n(&replies->bss->own_trusted_until_ns,
		are_complete ? (now.tv_sec + TRUST_S) * 1000000000ULL : 0, __ATOMIC_RELAXED);
}
