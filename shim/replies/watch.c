/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watches sockets; watch.h has the contract. */
#include "replies/watch.h"

#include "replies/app_options.h"
#include "replies/pktinfo.h"
#include "replies/table.h"
#include "runtime/log.h"
#include "runtime/status.h"
#include "sockets/classify.h"
#include "sockets/tag.h"

#include <errno.h>

/* The families that a socket can report. IPv4's reports nothing on a V6ONLY socket. */
static unsigned int find_families(uint32_t flags)
{
	if (!(flags & FD_INET6))
		return PKTINFO_V4;
	return flags & FD_V6ONLY ? PKTINFO_V6 : PKTINFO_V4 | PKTINFO_V6;
}

static void log_watched(int fd, uint32_t flags)
{
	char text[ENDPOINT_TEXT];
	struct endpoint local;

	if (log_wants(LOG_LEVEL_INFO) && sockets_get_local(fd, &local))
		log_line(LOG_LEVEL_INFO,
			"fd %d %s %s: watched; replies leave from the request destination", fd,
			flags & FD_UDPLITE ? "udplite" : "udp", endpoint_format(&local, text));
}

/* Whether fd is a UDP socket of the family in its flags. */
static bool is_as_noted(int fd, uint32_t flags)
{
	struct kind kind;

	return sockets_get_kind(fd, &kind) && sockets_protocol(&kind) == RULES_UDP &&
	       kind.domain == (flags & FD_INET6 ? AF_INET6 : AF_INET);
}

static void log_refused(int fd, uint32_t flags)
{
	char text[ENDPOINT_TEXT];

	if (log_wants(LOG_LEVEL_WARN) && (is_as_noted(fd, flags) || sockets_are_filtered(fd)))
		log_line(LOG_LEVEL_WARN,
			"fd %d udp %s: not watched, because the kernel or a seccomp filter refuses "
			"to set PKTINFO or SO_RCVLOWAT; routing chooses the source of replies "
			"(bindright(7), SANDBOXES)",
			fd, sockets_format_local(fd, text));
}

/* Tag first: another process that sees the socket in between must not take PKTINFO for the
 * program's. */
static bool enable(int fd, unsigned int families, const struct tag *tag)
{
	unsigned int enabled, disabled;

	if (!tag_write(fd, tag))
		return false;
	enabled = pktinfo_switch(fd, families, true);
	if (enabled == families)
		return true;
	/* Another process may have enabled them before. If one cannot be disabled, its messages are
	 * to be removed. */
	disabled = pktinfo_switch(fd, families, false);
	if (enabled & ~disabled)
		return true;
	tag_clear(fd, tag);
	return false;
}

/* The tag that the socket is to have, with the families that the program enabled. The flags can be
 * out of date only if another process, or another descriptor, has the socket too. */
static struct tag find_tag(int fd, uint32_t flags, enum watch_trust trust)
{
	struct tag tag = {
		.app_families = fd_flags_app_families(flags),
		.app_rcvlowat = TAG_RCVLOWAT,
	};

	if (trust == WATCH_TRUST && !(flags & (FD_INHERITED | FD_APP_RCVLOWAT)) &&
		app_options_are_current())
		return tag;
	switch (tag_read(fd, &tag)) {
	case TAG_FOUND:
		break;
	case TAG_NONE:
		tag.app_families = pktinfo_get_enabled(fd,
			flags & FD_INET6 ? PKTINFO_V4 | PKTINFO_V6 : PKTINFO_V4,
			fd_flags_app_families(flags));
		break;
	case TAG_UNKNOWN:
		tag.app_families = fd_flags_app_families(flags);
		break;
	}
	return tag;
}

/* Gives up on a socket whose state the kernel does not report. */
static uint32_t leave_alone(int fd)
{
	char text[ENDPOINT_TEXT];

	if (sockets_are_filtered(fd) && log_wants(LOG_LEVEL_WARN))
		log_line(LOG_LEVEL_WARN,
			"fd %d udp %s: not watched, because a seccomp filter refuses getsockopt; "
			"routing chooses the source of replies (bindright(7), SANDBOXES)",
			fd, sockets_format_local(fd, text));
	return fd_flags_change(fd, FD_LEFT_ALONE, 0);
}

/* Set the flags first: a datagram that another thread receives between the two steps has no PKTINFO
 * message, which is harmless; with PKTINFO first, the program would see an unexpected message. */
static uint32_t watch(int fd, uint32_t flags, enum watch_trust trust)
{
	const struct tag tag = find_tag(fd, flags, trust);
	unsigned int families = find_families(flags) & ~tag.app_families;
	uint32_t id = fd_socket_id(fd);
	uint32_t noted;

	if (id == 0 || trust == WATCH_VERIFY)
		id = sockets_get_id(fd);
	if (id == 0)
		return leave_alone(fd);
	table_make();
	fd_socket_id_set(fd, id);
	noted = fd_flags_change(fd, FD_WATCHED | fd_flags_of_families(tag.app_families),
		FD_APP_PKTINFO & ~fd_flags_of_families(tag.app_families));
	if (families != 0 && !tag_can_carry(tag.app_rcvlowat))
		return fd_flags_change(fd, FD_LEFT_ALONE, FD_WATCHED);
	if (families != 0 && !enable(fd, families, &tag)) {
		log_refused(fd, flags);
		return fd_flags_change(fd, FD_LEFT_ALONE, FD_WATCHED);
	}
	status_count_event(STATUS_WATCHED);
	log_watched(fd, flags);
	return noted;
}

uint32_t watch_decide(int fd, uint32_t flags, enum watch_trust trust)
{
	struct endpoint local;

	/* Bound through another descriptor, or by another process; or not bound yet. */
	if (!(flags & FD_BOUND)) {
		if (sockets_get_local(fd, &local) && local.port == 0)
			return flags;
		flags = classify_inherited(fd);
	} else if (trust == WATCH_VERIFY && !is_as_noted(fd, flags)) {
		if (sockets_are_filtered(fd))
			return leave_alone(fd);
		flags = classify_inherited(fd);
	}
	if (flags & FD_UNDECIDED && flags & FD_CANDIDATE)
		flags = watch(fd, flags, trust);
	return flags;
}

bool watch_confirm(int fd)
{
	const struct tag tag = {.app_rcvlowat = TAG_RCVLOWAT};

	if (is_as_noted(fd, fd_flags(fd)))
		return true;
	/* A stream would wait for as many bytes as the tag's value says. */
	tag_clear(fd, &tag);
	pktinfo_switch(fd, PKTINFO_V4 | PKTINFO_V6, false);
	if (sockets_are_filtered(fd)) {
		fd_flags_change(fd, 0, FD_WATCHED);
		leave_alone(fd);
	} else {
		fd_flags_set(fd, 0);
	}
	return false;
}

void watch_stop_filtered(int fd)
{
	char text[ENDPOINT_TEXT];

	if (fd_flags(fd) & FD_LEFT_ALONE)
		return;
	fd_flags_change(fd, FD_LEFT_ALONE, 0);
	if (log_wants(LOG_LEVEL_WARN))
		log_line(LOG_LEVEL_WARN,
			"fd %d udp %s: a seccomp filter forbids recvmsg or sendmsg; routing "
			"chooses the source of replies (bindright(7), SANDBOXES)",
			fd, sockets_format_local(fd, text));
}
