/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Linux's PKTINFO messages. Measured on Linux 6.18 with glibc 2.36:
 *   - IPv4: ipi_spec_dst equals the header's destination, ipi_addr, if that is a local address. For
 *     a broadcast or multicast it is the address that routing to the peer prefers, without regard
 *     to the socket's own interface or mark; a reply that names no source is routed by these. It is
 *     0 for a datagram queued before the option was enabled; read_v4 uses ipi_addr then.
 *   - An IPv4 datagram on a dual-stack socket brings IPV6_PKTINFO with the v4-mapped destination of
 *     the header, and IP_PKTINFO too if that is enabled, which is the better one.
 *   - Naming an interface with the source forces the datagram out by it. Only link-local addresses
 *     need one; elsewhere it would break asymmetric routes, so only the keyword `interface` asks
 *     for it.
 *   - An empty datagram with MSG_CONFIRM and MSG_PROBE goes through control data and routing, and
 *     no further (net/ipv4/udp.c, net/ipv6/udp.c); with MSG_MORE it leaves a corked socket as it
 *     is.
 */
#include "replies/pktinfo.h"

#include "runtime/impl.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

static const struct {
	unsigned int family;
	int level;
	int optname;
} options[] = {
	{PKTINFO_V4, IPPROTO_IP, IP_PKTINFO},
	{PKTINFO_V6, IPPROTO_IPV6, IPV6_RECVPKTINFO},
};
enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

/* RFC 2292's form of IPV6_PKTINFO, which libc's headers do not define. The kernel takes it as a
 * source too. It reports it in messages of another type, which this library leaves alone. */
enum { OLD_IPV6_PKTINFO = 2 };

/* MSG_PROBE (include/linux/socket.h), which libc's headers do not define. */
enum { FLAG_PROBE = 0x10 };

unsigned int pktinfo_get_enabled(int fd, unsigned int families, unsigned int assumed)
{
	unsigned int on = 0;

	for (int i = 0; i < OPTIONS; i++) {
		unsigned int family = families & options[i].family;
		int value = (assumed & family) != 0;

		if (family == 0)
			continue;
		impl_get_option(fd, options[i].level, options[i].optname, &value);
		if (value != 0)
			on |= family;
	}
	return on;
}

unsigned int pktinfo_switch(int fd, unsigned int families, bool on)
{
	unsigned int done = 0;

	for (int i = 0; i < OPTIONS; i++)
		if (families & options[i].family &&
			impl_set_option(fd, options[i].level, options[i].optname, on))
			done |= options[i].family;
	return done;
}

unsigned int pktinfo_option_family(int level, int optname)
{
	for (int i = 0; i < OPTIONS; i++)
		if (level == options[i].level && optname == options[i].optname)
			return options[i].family;
	return 0;
}

static bool set_no_source(struct source *ret)
{
	*ret = (struct source){.ifindex = 0};
	return true;
}

static bool read_v4(const struct in_pktinfo *info, struct source *ret)
{
	struct address addr = address_from_v4(info->ipi_addr);

	if ((info->ipi_spec_dst.s_addr != INADDR_ANY &&
		    info->ipi_spec_dst.s_addr != info->ipi_addr.s_addr) ||
		address_is_group(&addr))
		return set_no_source(ret);
	if (address_is_wildcard(&addr))
		return false;
	*ret = (struct source){.addr = addr, .ifindex = (uint32_t)info->ipi_ifindex};
	return true;
}

static bool read_v6(const struct in6_pktinfo *info, struct source *ret)
{
	struct address addr = address_from_v6(&info->ipi6_addr);

	if (address_is_v4(&addr) || address_is_v6_wildcard(&addr))
		return false;
	if (address_is_group(&addr))
		return set_no_source(ret);
	ret->addr = addr;
	ret->ifindex = info->ipi6_ifindex;
	return true;
}

/* The family of cmsg if it is a PKTINFO message, else 0. Sets *ret and *ret_is_known if the message
 * names the source for a reply. A truncated message, one that is too short, names none. */
static inline unsigned int read_message(
	const struct cmsghdr *cmsg, struct source *ret, bool *ret_is_known)
{
	const void *data = CMSG_DATA(cmsg);

	if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO) {
		if (cmsg->cmsg_len >= CMSG_LEN(sizeof(struct in_pktinfo)))
			*ret_is_known |= read_v4(data, ret);
		return PKTINFO_V4;
	}
	if (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_PKTINFO) {
		if (cmsg->cmsg_len >= CMSG_LEN(sizeof(struct in6_pktinfo)))
			*ret_is_known |= read_v6(data, ret);
		return PKTINFO_V6;
	}
	return 0;
}

static bool is_library_message(unsigned int family, unsigned int app)
{
	return family != 0 && !(family & app);
}

bool pktinfo_take(
	const struct msghdr *msg, unsigned int app, struct control_sink *sink, struct source *ret)
{
	struct control_walk walk = control_begin(msg);
	struct control_sink no_space = {0};
	bool is_known = false;
	const struct cmsghdr *cmsg;

	if (sink == NULL)
		sink = &no_space;
	while ((cmsg = control_step(&walk)) != NULL)
		if (!is_library_message(read_message(cmsg, ret, &is_known), app))
			control_put(sink, cmsg);
	return is_known;
}

unsigned int pktinfo_find_families(const struct msghdr *msg)
{
	struct control_walk walk = control_begin(msg);
	unsigned int families = 0;
	struct source ignored;
	bool is_known = false;
	const struct cmsghdr *cmsg;

	while ((cmsg = control_step(&walk)) != NULL)
		families |= read_message(cmsg, &ignored, &is_known);
	return families;
}

/* The source that cmsg names; :: and interface 0 if it names none. */
static struct source read_source(const struct cmsghdr *cmsg)
{
	const struct in_pktinfo *v4 = control_data(cmsg, IPPROTO_IP, IP_PKTINFO, sizeof(*v4));
	const struct in6_pktinfo *v6 = control_data(cmsg, IPPROTO_IPV6, IPV6_PKTINFO, sizeof(*v6));
	struct source source = {.ifindex = 0};

	if (v6 == NULL)
		v6 = control_data(cmsg, IPPROTO_IPV6, OLD_IPV6_PKTINFO, sizeof(*v6));
	if (v4 != NULL && v4->ipi_spec_dst.s_addr != INADDR_ANY)
		source.addr = address_from_v4(v4->ipi_spec_dst);
	else if (v6 != NULL)
		source = (struct source){address_from_v6(&v6->ipi6_addr), v6->ipi6_ifindex};
	return source;
}

bool pktinfo_names_source(const struct msghdr *msg)
{
	struct control_walk walk = control_begin(msg);
	const struct cmsghdr *cmsg;

	while ((cmsg = control_step(&walk)) != NULL) {
		struct source source = read_source(cmsg);

		if (!address_is_v6_wildcard(&source.addr) || source.ifindex != 0)
			return true;
	}
	return false;
}

struct address pktinfo_find_source(const struct msghdr *msg)
{
	struct control_walk walk = control_begin(msg);
	struct source source = {.ifindex = 0};
	const struct cmsghdr *cmsg;

	while ((cmsg = control_step(&walk)) != NULL && address_is_v6_wildcard(&source.addr))
		source = read_source(cmsg);
	return source.addr;
}

bool pktinfo_append(
	struct msghdr *msg, size_t buffer_len, bool is_inet6, const struct source *source)
{
	size_t end = control_end(msg);

	if (end > buffer_len || buffer_len - end < PKTINFO_SEND_SPACE)
		return false;
	msg->msg_controllen =
		end + pktinfo_write((unsigned char *)msg->msg_control + end, is_inet6, source);
	return true;
}

int pktinfo_probe_source(int fd, const struct msghdr *msg)
{
	int saved_errno = errno;
	struct msghdr empty = *msg;
	int cancel_state;
	int error;

	empty.msg_iovlen = 0;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	error = impl_sendmsg(fd, &empty, FLAG_PROBE | MSG_CONFIRM | MSG_MORE | MSG_DONTWAIT) < 0
			? errno
			: 0;
	pthread_setcancelstate(cancel_state, NULL);
	errno = saved_errno;
	/* EPERM comes from a seccomp filter, and says nothing about the source. */
	return error != EPERM ? error : 0;
}
