/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending for the program; emission.h says how. */
#include "calls/emission.h"

#include <stdatomic.h>
#include <string.h>

/* How often the kernel has refused a source; counted by all threads. */
static _Atomic uint32_t refusals;

void emission_log(int fd, uint32_t facts, const struct sockaddr *addr, socklen_t len,
	enum choice choice, const struct source *source)
{
	static const char *const reasons[] = {
		[CHOICE_RECENT] = "where its last datagram, this thread's latest, was sent to",
		[CHOICE_TABLE] = "the address asked by what this peer sent before",
		[CHOICE_ELSEWHERE] = "the address asked at another socket",
	};
	char peer[ENDPOINT_TEXT], local[ENDPOINT_TEXT];
	unsigned int port = ntohs(facts_port(facts));

	sockaddr_format(addr, len, peer);
	if (choice == CHOICE_NONE)
		log_line(LOG_LEVEL_DEBUG,
			"fd %d udp port %u: to %s: has asked nothing that is remembered; the "
			"source is left to routing",
			fd, port, peer);
	else
		log_line(LOG_LEVEL_DEBUG, "fd %d udp port %u: to %s from %s, %s", fd, port, peer,
			address_format(&source->addr, local), reasons[choice]);
}

/* Whether the program's control data can be looked at and leaves the source open. */
static bool is_control_open(const struct msghdr *theirs)
{
	return theirs->msg_controllen <= EMISSION_CONTROL_MAX &&
	       readable(theirs->msg_control, theirs->msg_controllen) &&
	       !pktinfo_names_source(theirs);
}

bool emission_add_source(const struct msghdr *theirs, struct msghdr *ours, unsigned char *control,
	const struct source *source)
{
	if (!is_control_open(theirs))
		return false;
	memcpy(control, theirs->msg_control, theirs->msg_controllen);
	ours->msg_control = control;
	return pktinfo_append(ours, emission_control_size(theirs), source);
}

int emission_ask_refusal(int fd, const struct msghdr *ours, int error)
{
	switch (error) {
	case 0:
	case EINVAL:
	case EADDRNOTAVAIL:
	case ENODEV:
	case ENETUNREACH:
	case EHOSTUNREACH:
		return pktinfo_ask_refusal(fd, ours);
	default:
		return 0;
	}
}

void emission_forget(int fd, uint32_t facts, const struct msghdr *msg, int error)
{
	in_port_t our_port = facts_port(facts);
	uint32_t count = atomic_fetch_add(&refusals, 1) + 1;
	int saved_errno = errno;
	char peer[ENDPOINT_TEXT];

	choose_forget(&memory_knowledge, msg->msg_name, msg->msg_namelen, our_port);
	if (!log_wants(LOG_LEVEL_WARN) || !log_is_worth(count))
		return;
	errno = error; /* for %m */
	log_line(LOG_LEVEL_WARN,
		"fd %d udp port %u: to %s: the kernel refused the address asked at as the source "
		"(%m); sent without it (%u so far)",
		fd, ntohs(our_port), sockaddr_format(msg->msg_name, msg->msg_namelen, peer), count);
	errno = saved_errno;
}

ssize_t emission_retry(enum style style, int fd, uint32_t facts, struct msghdr *ours, void *control,
	size_t control_len, int flags, int saved_errno)
{
	int refusal = emission_ask_refusal(fd, ours, errno);
	ssize_t sent;

	if (refusal == 0)
		return -1;
	ours->msg_control = control;
	ours->msg_controllen = control_len;
	errno = saved_errno;
	sent = style_sendmsg(style, fd, ours, flags);
	if (sent >= 0)
		emission_forget(fd, facts, ours, refusal);
	return sent;
}
