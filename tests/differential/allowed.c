/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All that may differ; allowed.h says why. */
#include "allowed.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>

/* Names that libc's headers may lack, and the first port that the kernel chooses. */
enum { TYPE_2292PKTINFO = 2, TYPE_ORIGDSTADDR6 = 74, FIRST_EPHEMERAL = 32768 };

static int get_option(int fd, int level, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	getsockopt(fd, level, option, &value, &len);
	return value;
}

static bool set_v6only(int fd, int value)
{
	return setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof(value)) == 0;
}

/* Whether the bind is one that LISTENERS is about: an AF_INET6 socket to :: with a port. */
static bool is_listener(int fd, const struct sockaddr *addr, socklen_t len)
{
	struct sockaddr_in6 name;
	size_t size = len < sizeof(name) ? len : sizeof(name);

	/* The kernel takes an address without a scope id. */
	if (size < offsetof(struct sockaddr_in6, sin6_scope_id) || memory_reach(addr) < size)
		return false;
	memcpy(&name, addr, size);
	return name.sin6_family == AF_INET6 && name.sin6_port != 0 &&
	       IN6_IS_ADDR_UNSPECIFIED(&name.sin6_addr) &&
	       get_option(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6;
}

/* The value that the keyword promises, or the current one. */
static int wanted_v6only(int slot, int fd)
{
	int now = get_option(fd, IPPROTO_IPV6, IPV6_V6ONLY);

	switch (shared->plan.mode) {
	case MODE_FORCE:
		return 1;
	case MODE_DEFAULT:
		return self()->knows_choice[slot] ? now : 1;
	case MODE_DUAL:
		return 0;
	default:
		return now;
	}
}

int allowed_bind(int slot, int fd, const struct sockaddr *addr, socklen_t len)
{
	int saved_errno = errno, before, wanted, result;

	if (!shared->is_reference || !is_listener(fd, addr, len))
		return bind(fd, addr, len);
	before = get_option(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	wanted = wanted_v6only(slot, fd);
	if (wanted == before || !set_v6only(fd, wanted)) {
		errno = saved_errno;
		return bind(fd, addr, len);
	}
	errno = saved_errno;
	result = bind(fd, addr, len);
	/* dual leaves the option set if that is what the port needs. */
	if (result != 0 && errno == EADDRINUSE && shared->plan.mode == MODE_DUAL &&
		set_v6only(fd, before)) {
		errno = saved_errno;
		return bind(fd, addr, len);
	}
	if (result != 0) {
		saved_errno = errno;
		set_v6only(fd, before);
		errno = saved_errno;
	}
	return result;
}

void allowed_note_choice(int slot)
{
	self()->knows_choice[slot] = true;
}

void allowed_hide_address(void *addr, socklen_t len)
{
	struct sockaddr *name = addr;

	if (shared->plan.mode != MODE_SOURCES || len < 16)
		return;
	if (name->sa_family == AF_INET)
		memset((char *)addr + offsetof(struct sockaddr_in, sin_addr), 0, 4);
	else if (name->sa_family == AF_INET6 && len >= sizeof(struct sockaddr_in6))
		memset((char *)addr + offsetof(struct sockaddr_in6, sin6_addr), 0, 16);
}

static bool is_pktinfo(const struct cmsghdr *cmsg)
{
	return (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO) ||
	       (cmsg->cmsg_level == IPPROTO_IPV6 &&
		       (cmsg->cmsg_type == IPV6_PKTINFO || cmsg->cmsg_type == TYPE_2292PKTINFO));
}

static bool is_original_destination(const struct cmsghdr *cmsg)
{
	return (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_RECVORIGDSTADDR) ||
	       (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == TYPE_ORIGDSTADDR6);
}

/* A port that the kernel chose differs from run to run, as in addresses (same_results.h). */
static void hide_ephemeral_port(unsigned char *addr, size_t size)
{
	uint16_t port;

	if (size < 4)
		return;
	memcpy(&port, addr + 2, sizeof(port));
	if (ntohs(port) >= FIRST_EPHEMERAL)
		memset(addr + 2, 0xee, sizeof(port));
}

void allowed_hide_control(const struct msghdr *message)
{
	struct msghdr copy = *message;

	if (memory_reach(copy.msg_control) < copy.msg_controllen)
		return;
	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(&copy);
		cmsg != NULL && cmsg->cmsg_len >= CMSG_LEN(0); cmsg = CMSG_NXTHDR(&copy, cmsg)) {
		size_t size = cmsg->cmsg_len - CMSG_LEN(0);

		if (is_original_destination(cmsg))
			hide_ephemeral_port(CMSG_DATA(cmsg), size);
		if (shared->plan.mode != MODE_SOURCES)
			continue;
		if (is_pktinfo(cmsg))
			memset(CMSG_DATA(cmsg), 0, size);
		else if (is_original_destination(cmsg))
			allowed_hide_address(CMSG_DATA(cmsg), (socklen_t)size);
	}
}

static bool shares_sockets(const struct plan *plan)
{
	for (int i = 0; i < plan->count; i++)
		switch (plan->steps[i].op) {
		case OP_DUP:
		case OP_FORK:
		case OP_EXEC:
		case OP_TAKE:
		case OP_FETCH:
			return true;
		default:
			if (plan->steps[i].by_vfork)
				return true;
		}
	return false;
}

void allowed_hide_rest(const struct step *step, struct msghdr *message)
{
	unsigned char *control = message->msg_control;
	size_t size = memory_reach(control), end = message->msg_controllen;
	bool is_shared = shares_sockets(&shared->plan);

	if (step->control_size <= 0 || (step->bad == BAD_NONE && !is_shared))
		return;
	if (is_shared && message->msg_flags & MSG_CTRUNC)
		message->msg_controllen = end = 0;
	if (size > (size_t)step->control_size)
		size = (size_t)step->control_size;
	if (end < size)
		memset(control + end, FILL, size - end);
}

bool allowed_leaves_out(const struct step *step)
{
	const struct option *option = &options[step->option];
	int fd = fd_of(step->slot);
	struct pollfd pollfd = {.fd = fd, .events = POLLIN};
	bool enables =
		(option->level == IPPROTO_IP && option->number == IP_PKTINFO) ||
		(option->level == IPPROTO_IPV6 &&
			(option->number == IPV6_RECVPKTINFO || option->number == TYPE_2292PKTINFO));

	return enables && get_option(fd, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM &&
	       poll(&pollfd, 1, 0) == 1 && pollfd.revents & POLLIN;
}
