/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One datagram on its way from the program to the kernel, on a watched socket: if it goes to a peer
 * that is known, it is sent by a message header of ours that names the source. The program's own
 * header and control data are copied, never written.
 */
#ifndef CALLS_EMISSION_H
#define CALLS_EMISSION_H

#include "calls/style.h"
#include "core/attributes.h"
#include "core/choose.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/memory.h"
#include "sys/next.h"
#include "sys/pktinfo.h"
#include "sys/readable.h"
#include "sys/sockets.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* The largest control data of a program's that is copied. Nothing that a UDP socket takes comes
 * near it but IPv6 extension headers; such a datagram is left as it is. */
enum { EMISSION_CONTROL_MAX = 1024 };

/* The line of the log that says from where a datagram is sent, and why. */
OFF_THE_WAY void emission_log(int fd, uint32_t facts, const struct sockaddr *addr, socklen_t len,
	enum choice choice, const struct source *source);

/* Whether this is a peer's address that we may look at: others are for the kernel alone. (Without
 * the word LIKELY gcc takes all that follows for cold, as readable_ask is.) */
ON_THE_WAY bool emission_is_addressed(const struct sockaddr *addr, socklen_t len)
{
	return LIKELY(len >= sizeof(struct sockaddr_in) && readable(addr, len));
}

/* The source for what goes to such an address, and how it is known; not logged. Keeps errno. */
ON_THE_WAY enum choice emission_look_up(
	uint32_t facts, const struct sockaddr *addr, socklen_t len, struct source *ret)
{
	return choose_source(&memory_knowledge, addr, len, facts_port(facts), clock_now_s(), ret);
}

/*
 * The source for a datagram to this address. False if none is known, or if the address is one that
 * only the kernel should look at. Keeps errno.
 */
ON_THE_WAY bool emission_choose(
	int fd, uint32_t facts, const struct sockaddr *addr, socklen_t len, struct source *ret)
{
	enum choice choice;

	if (!emission_is_addressed(addr, len))
		return false;
	choice = emission_look_up(facts, addr, len, ret);
	if (log_wants(LOG_LEVEL_DEBUG))
		emission_log(fd, facts, addr, len, choice, ret);
	return choice != CHOICE_NONE;
}

/* Also where the pointer to it is null: that is the kernel's to refuse. */
static inline bool emission_has_control(const struct msghdr *theirs)
{
	return theirs->msg_controllen != 0;
}

/* How much control data it takes to send theirs with a source; 0 if its own is too large. */
static inline size_t emission_control_size(const struct msghdr *theirs)
{
	if (!emission_has_control(theirs))
		return PKTINFO_SEND_SPACE;
	if (theirs->msg_controllen > EMISSION_CONTROL_MAX)
		return 0;
	return CMSG_ALIGN(theirs->msg_controllen) + PKTINFO_SEND_SPACE;
}

/* emission_prepare where the program has control data of its own. */
bool emission_prepare_control(int fd, uint32_t facts, const struct msghdr *theirs,
	struct msghdr *ours, unsigned char *control);

/*
 * Makes ours a copy of theirs that names the source for its peer, with control data in control,
 * which is emission_control_size(theirs) bytes long and aligned as a cmsghdr. False if theirs is to
 * go to the kernel as it is: no source is known, the program names one itself, or there is
 * something in it that only the kernel should look at. Keeps errno.
 */
ON_THE_WAY bool emission_prepare(int fd, uint32_t facts, const struct msghdr *theirs,
	struct msghdr *ours, unsigned char *control)
{
	struct source source;

	if (UNLIKELY(emission_has_control(theirs)))
		return emission_prepare_control(fd, facts, theirs, ours, control);
	if (!emission_choose(fd, facts, theirs->msg_name, theirs->msg_namelen, &source))
		return false;
	*ours = *theirs;
	ours->msg_control = control;
	ours->msg_controllen = pktinfo_write(control, &source);
	return true;
}

/*
 * The error with which the kernel refuses the source of ours, so that the same without it is worth
 * a try; 0 if it does not. error is what the send has failed with, 0 if that is not known: many
 * another error is the program's to hear of, and of the few that a source may bring, any may also
 * be an earlier datagram's. So the kernel is asked again, about the source alone. Keeps errno.
 */
OFF_THE_WAY int emission_ask_refusal(int fd, const struct msghdr *ours, int error);
/* The kernel refused the source for this datagram with this error, and took it without: the source
 * is forgotten, and that is logged. Keeps errno. */
OFF_THE_WAY void emission_forget(int fd, uint32_t facts, const struct msghdr *msg, int error);

/* What emission_send does where the kernel has failed ours: if that is for the source, sends it
 * again without, with their control data of this length and the errno of before, and forgets the
 * source if that goes out. */
OFF_THE_WAY ssize_t emission_retry(enum style style, int fd, uint32_t facts, struct msghdr *ours,
	void *control, size_t control_len, int flags, int saved_errno);

/*
 * Sends ours; if the kernel refuses the source, sends it again with the program's own control data,
 * and that is the result.
 */
ON_THE_WAY ssize_t emission_send(enum style style, int fd, uint32_t facts, struct msghdr *ours,
	void *control, size_t control_len, int flags)
{
	int saved_errno = errno;
	ssize_t sent = style_sendmsg(style, fd, ours, flags);

	if (LIKELY(sent >= 0))
		return sent;
	return emission_retry(style, fd, facts, ours, control, control_len, flags, saved_errno);
}

#endif
