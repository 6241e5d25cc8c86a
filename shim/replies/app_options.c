/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps the program's own view of PKTINFO and SO_RCVLOWAT; app_options.h has the contract. */
#include "replies/app_options.h"

#include "libc/next.h"
#include "replies/pktinfo.h"
#include "runtime/env.h"
#include "runtime/impl.h"
#include "runtime/readable.h"
#include "sockets/tag.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>

_Atomic uint32_t app_options_seen;

/* The options, besides PKTINFO, with which a UDP socket adds control data to a datagram: socket(7),
 * ip(7), ipv6(7), udp(7). By number, where libc's headers may lack the name. */
static const int control_socket[] = {SO_TIMESTAMP, SO_TIMESTAMPNS, SO_TIMESTAMPING, SO_RXQ_OVFL,
	63 /* SO_TIMESTAMP_NEW */, 64 /* SO_TIMESTAMPNS_NEW */, 65 /* SO_TIMESTAMPING_NEW */,
	75 /* SO_RCVMARK */, 82 /* SO_RCVPRIORITY */};
static const int control_ip[] = {IP_RECVTTL, IP_RECVTOS, IP_RECVOPTS, IP_RETOPTS, IP_PASSSEC,
	IP_RECVORIGDSTADDR, 23 /* IP_CHECKSUM */, 25 /* IP_RECVFRAGSIZE */};
static const int control_ipv6[] = {IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS, IPV6_RECVHOPOPTS,
	IPV6_RECVRTHDR, IPV6_RECVDSTOPTS, 2 /* IPV6_2292PKTINFO */, 3 /* IPV6_2292HOPOPTS */,
	4 /* IPV6_2292DSTOPTS */, 5 /* IPV6_2292RTHDR */, 8 /* IPV6_2292HOPLIMIT */,
	11 /* IPV6_FLOWINFO */, 74 /* IPV6_RECVORIGDSTADDR */, 77 /* IPV6_RECVFRAGSIZE */};
static const int control_udp[] = {104 /* UDP_GRO */};

/* Reads an int option as the kernel does: at IPPROTO_IP one byte is enough, and no byte means 0;
 * elsewhere it takes a whole int; at IPPROTO_IPV6 a null pointer means 0 (net/ipv4/ip_sockglue.c,
 * net/ipv6/ipv6_sockglue.c, net/core/sock.c). False if the kernel would refuse the value. */
static bool read_value(int level, const void *optval, socklen_t optlen, int *ret)
{
	unsigned char byte = 0;
	int value = 0;

	if (optlen > INT_MAX || (level != IPPROTO_IP && optlen < sizeof(value)))
		return false;
	if (level == IPPROTO_IPV6 && optval == NULL) {
		*ret = 0;
		return true;
	}
	if (optlen >= sizeof(value)) {
		if (!readable(optval, sizeof(value)))
			return false;
		memcpy(&value, optval, sizeof(value));
	} else if (optlen > 0) {
		if (!readable(optval, sizeof(byte)))
			return false;
		memcpy(&byte, optval, sizeof(byte));
		value = byte;
	}
	*ret = value;
	return true;
}

static bool concerns(int fd)
{
	uint32_t flags = fd_flags(fd);

	return settings_want_replies(env_settings()) &&
	       (flags & FD_UDP || !(flags & FD_CLASSIFIED));
}

/* As tag_read, but a tag that the program's last change is not in tells only of SO_RCVLOWAT. */
static enum tag_state read_tag(int fd, struct tag *ret)
{
	uint32_t flags = fd_flags(fd);
	enum tag_state state = tag_read(fd, ret);

	if (state != TAG_FOUND || !(flags & FD_TAG_STALE))
		return state;
	ret->app_families = fd_flags_app_families(flags);
	return TAG_FOUND;
}

/* Reads the tag of fd, and updates the flags of fd from it. If the tag cannot be read, the flags
 * decide. False if fd has no tag. */
static bool find_tag(int fd, struct tag *ret)
{
	uint32_t flags = fd_flags(fd);

	switch (read_tag(fd, ret)) {
	case TAG_FOUND:
		break;
	case TAG_NONE:
		return false;
	case TAG_UNKNOWN:
		ret->app_families = fd_flags_app_families(flags);
		return flags & FD_WATCHED;
	}
	if (flags & FD_CLASSIFIED)
		fd_flags_change(fd, FD_WATCHED | fd_flags_of_families(ret->app_families),
			FD_APP_PKTINFO & ~fd_flags_of_families(ret->app_families));
	return true;
}

static void note_app_families(int fd, unsigned int added, unsigned int removed)
{
	/* A descriptor that was not seen before is classified when it is first used. */
	if (fd_flags(fd) & FD_CLASSIFIED)
		fd_flags_change(fd, fd_flags_of_families(added), fd_flags_of_families(removed));
	table_note_app_change();
}

/* A filter may refuse to set SO_RCVLOWAT, and not the program's own option. */
static void note_tag(int fd, bool is_written)
{
	if (fd_flags(fd) & FD_CLASSIFIED)
		fd_flags_change(fd, is_written ? 0 : FD_TAG_STALE, is_written ? FD_TAG_STALE : 0);
}

/* PKTINFO stays enabled on a tagged socket, whatever the program sets; the tag records what the
 * program wants. */
static int set_tagged(
	int fd, int level, int optname, unsigned int family, bool is_wanted, struct tag *tag)
{
	const int on = 1;

	if (next_setsockopt(fd, level, optname, &on, sizeof(on)) != 0)
		return -1;
	tag->app_families = is_wanted ? tag->app_families | family : tag->app_families & ~family;
	note_tag(fd, tag_write(fd, tag));
	note_app_families(fd, is_wanted ? family : 0, is_wanted ? 0 : family);
	return 0;
}

/* A socket may be watched without a tag, by the program's own PKTINFO alone. After the program has
 * changed that, the next receive decides again. */
static int set_untagged(int fd, int level, int optname, const void *optval, socklen_t optlen,
	unsigned int family, bool is_wanted)
{
	int result = next_setsockopt(fd, level, optname, optval, optlen);

	if (result == 0) {
		note_app_families(fd, is_wanted ? family : 0, is_wanted ? 0 : family);
		if (fd_flags(fd) & FD_WATCHED)
			fd_flags_change(fd, 0, FD_WATCHED);
	}
	return result;
}

/* Stores the program's value in the tag. A value that does not fit there replaces the tag, and the
 * socket is no longer watched. */
static int set_rcvlowat(int fd, const void *optval, socklen_t optlen, int value)
{
	int kept = value < 0 ? INT_MAX : value == 0 ? TAG_RCVLOWAT : value;
	struct tag tag;
	bool is_tagged = find_tag(fd, &tag);
	int result;

	tag.app_rcvlowat = kept;
	if (is_tagged && tag_can_carry(kept) && tag_write(fd, &tag))
		return 0;
	result = next_setsockopt(fd, SOL_SOCKET, SO_RCVLOWAT, optval, optlen);
	if (result != 0)
		return result;
	if (is_tagged) {
		pktinfo_switch(fd, (PKTINFO_V4 | PKTINFO_V6) & ~tag.app_families, false);
		fd_flags_change(fd, FD_LEFT_ALONE, FD_WATCHED);
	}
	if (fd_flags(fd) & FD_CLASSIFIED)
		fd_flags_change(fd, FD_APP_RCVLOWAT, 0);
	table_note_app_change();
	return 0;
}

bool app_options_set(
	int fd, int level, int optname, const void *optval, socklen_t optlen, int *ret_result)
{
	unsigned int family = pktinfo_option_family(level, optname);
	bool is_rcvlowat = tag_is_option(level, optname);
	struct tag tag;
	int value;

	if ((family == 0 && !is_rcvlowat) || !concerns(fd) ||
		!read_value(level, optval, optlen, &value))
		return false;
	if (is_rcvlowat)
		*ret_result = set_rcvlowat(fd, optval, optlen, value);
	else if (find_tag(fd, &tag))
		*ret_result = set_tagged(fd, level, optname, family, value != 0, &tag);
	else
		*ret_result = set_untagged(fd, level, optname, optval, optlen, family, value != 0);
	return true;
}

void app_options_get(int fd, int level, int optname, void *optval, socklen_t optlen)
{
	unsigned int family = pktinfo_option_family(level, optname);
	struct tag tag;
	int value;

	if ((family == 0 && !tag_is_option(level, optname)) || !concerns(fd) || !find_tag(fd, &tag))
		return;
	value = family != 0 ? (tag.app_families & family) != 0 : tag.app_rcvlowat;
	/* The kernel may have written fewer bytes than an int has. */
	if (optlen <= sizeof(value))
		memcpy(optval, &value, optlen);
}

/* Finds which families the program has enabled on a watched socket: from the tag, or, if there is
 * none, from the kernel. A watched socket has no tag if another process has unwatched it, or if the
 * program enabled all of PKTINFO itself. */
static void refresh(int fd)
{
	unsigned int families = 0;
	struct tag tag;

	switch (read_tag(fd, &tag)) {
	case TAG_FOUND:
		families = tag.app_families;
		break;
	case TAG_NONE:
		families = pktinfo_get_enabled(
			fd, PKTINFO_V4 | PKTINFO_V6, fd_flags_app_families(fd_flags(fd)));
		break;
	case TAG_UNKNOWN:
		return;
	}
	fd_flags_change(fd, fd_flags_of_families(families),
		FD_APP_PKTINFO & ~fd_flags_of_families(families));
}

uint32_t app_options_refresh(int fd)
{
	uint32_t changes = table_app_changes();

	for (int other = 0; other < fd_end(); other++) {
		if (fd_flags(other) & FD_WATCHED)
			refresh(other);
		else if (fd_flags(other) & FD_UNDECIDED)
			fd_flags_change(other, FD_INHERITED, 0);
	}
	atomic_store_explicit(&app_options_seen, changes, memory_order_relaxed);
	return fd_flags(fd);
}

static void remove_messages(struct msghdr *msg, unsigned int app_families)
{
	struct control_sink sink = {.at = msg->msg_control, .left = msg->msg_controllen};
	size_t left = sink.left;
	struct source ignored;

	pktinfo_take(msg, app_families, &sink, &ignored);
	msg->msg_controllen = left - sink.left;
}

static bool has_any(int fd, int level, const int *options, size_t size)
{
	int value;

	for (size_t i = 0; i < size / sizeof(*options); i++)
		if (impl_get_option(fd, level, options[i], &value) && value != 0)
			return true;
	return false;
}

/* Whether the kernel may have added other control data to a datagram, at the program's wish. */
static bool wants_control(int fd)
{
	return has_any(fd, SOL_SOCKET, control_socket, sizeof(control_socket)) ||
	       has_any(fd, IPPROTO_IP, control_ip, sizeof(control_ip)) ||
	       has_any(fd, IPPROTO_IPV6, control_ipv6, sizeof(control_ipv6)) ||
	       has_any(fd, IPPROTO_UDP, control_udp, sizeof(control_udp));
}

/* If the program wants no control data, all that was received is ours, even what has no whole
 * message. If it does, or the message is an error, what did not fit may have been its own. */
static void remove_ours(int fd, struct msghdr *msg, unsigned int app_families)
{
	if (!(msg->msg_flags & MSG_CTRUNC) || msg->msg_flags & MSG_ERRQUEUE || app_families != 0 ||
		wants_control(fd)) {
		remove_messages(msg, app_families);
		return;
	}
	msg->msg_controllen = 0;
	msg->msg_flags &= ~MSG_CTRUNC;
}

void app_options_remove_unexpected(int fd, struct msghdr *msg)
{
	unsigned int families = pktinfo_find_families(msg);
	uint32_t flags = fd_flags(fd);
	int saved_errno = errno;
	bool is_cut = msg->msg_flags & MSG_CTRUNC && !(msg->msg_flags & MSG_ERRQUEUE);
	struct tag tag;

	if (((families & ~fd_flags_app_families(flags)) == 0 && !is_cut) ||
		!(flags & FD_CLASSIFIED) || !concerns(fd))
		return;
	switch (read_tag(fd, &tag)) {
	case TAG_FOUND:
		fd_flags_change(fd, FD_WATCHED | fd_flags_of_families(tag.app_families), 0);
		remove_ours(fd, msg, tag.app_families);
		break;
	case TAG_NONE:
		fd_flags_change(fd, fd_flags_of_families(families), 0);
		break;
	case TAG_UNKNOWN:
		break;
	}
	errno = saved_errno;
}
