/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/audit/peek.h"

#include "libc/platform.h"
#include "sockets/tag.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Missing from older headers, or from musl's. */
enum {
	OPTION_IP_RECVORIGDSTADDR = 20,
	OPTION_IPV6_2292PKTINFO = 2,
	OPTION_IPV6_RECVORIGDSTADDR = 74,
	CALL_PIDFD_OPEN = 434, /* the same on all machines */
};

/* More processes than this are not tried if one after the other refuses. */
enum { TRIES_MAX = 4 };

/* By which a program asks where a datagram was sent to, and the families that each is for on a
 * dual-stack socket. The last three are old, or meant for transparent proxies. */
static const struct {
	int level, name;
	unsigned int families;
} options[] = {
	{IPPROTO_IP, IP_PKTINFO, PEEK_ASKS_V4},
	{IPPROTO_IPV6, IPV6_RECVPKTINFO, PEEK_ASKS_V4 | PEEK_ASKS_V6},
	{IPPROTO_IPV6, OPTION_IPV6_2292PKTINFO, PEEK_ASKS_V4 | PEEK_ASKS_V6},
	{IPPROTO_IP, OPTION_IP_RECVORIGDSTADDR, PEEK_ASKS_V4},
	{IPPROTO_IPV6, OPTION_IPV6_RECVORIGDSTADDR, PEEK_ASKS_V4 | PEEK_ASKS_V6},
};

enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

static bool is_set(int fd, int level, int name)
{
	int value = 0;
	socklen_t len = sizeof(value);

	return getsockopt(fd, level, name, &value, &len) == 0 && value != 0;
}

static unsigned int read_options(int fd)
{
	unsigned int peek = PEEK_DONE;
	struct tag tag;

	if (tag_read(fd, &tag) == TAG_FOUND)
		peek |= PEEK_TAGGED;
	if (is_set(fd, SOL_SOCKET, SO_REUSEPORT))
		peek |= PEEK_SHARES;
	for (int i = 0; i < OPTIONS; i++)
		if (is_set(fd, options[i].level, options[i].name))
			peek |= options[i].families;
	return peek;
}

/* The descriptor may be another's by now. */
static bool is_socket(int fd, uint32_t inode)
{
	struct stat file;

	return fstat(fd, &file) == 0 && S_ISSOCK(file.st_mode) && (uint32_t)file.st_ino == inode;
}

static unsigned int peek_by(
	const struct owner *owner, struct found *found, const struct covered_list *covered)
{
	unsigned int peek = 0;
	int pidfd = (int)syscall(CALL_PIDFD_OPEN, owner->pid, 0), fd;

	if (pidfd < 0)
		return 0;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, owner->fd, 0);
	close(pidfd);
	if (fd < 0)
		return 0;
	if (is_socket(fd, owner->inode)) {
		const struct covered_socket socket = {found->cgroup, found->netns->id, found->port};

		peek = read_options(fd);
		if (found_is_udp(found))
			found->kernel_knows = covered_read_socket(covered, &socket, fd);
	}
	close(fd);
	return peek;
}

void peek(struct found *found, const struct covered_list *covered)
{
	for (size_t i = 0; i < found->owner_count && i < TRIES_MAX && found->peek == 0; i++)
		found->peek = peek_by(&found->owners[i], found, covered);
}
