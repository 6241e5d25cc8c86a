/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending for the program; emission.h says how. */
#include "calls/emission.h"

#include <stdatomic.h>
#include <string.h>

/* How often the kernel has refused a source; counted by all threads. */
static _Atomic uint32_t refusals;

/* Left as it is, for this reason. */
static void log_left(
	int fd, uint32_t facts, const struct sockaddr *addr, socklen_t len, const char *reason)
{
	char peer[ENDPOINT_TEXT];

	log_line(LOG_LEVEL_DEBUG, "fd %d udp port %u: to %s: %s", fd, ntohs(facts_port(facts)),
		sockaddr_format(addr, len, peer), reason);
}

void emission_log(int fd, uint32_t facts, const struct sockaddr *addr, socklen_t len,
	enum choice choice, const struct source *source)
{
	static const char *const reasons[] = {
		[CHOICE_RECENT] = "where its last datagram, this thread's latest, was sent to",
		[CHOICE_TABLE] = "the address asked by what this peer sent before",
		[CHOICE_ELSEWHERE] = "the address asked at another socket",
	};
	char peer[ENDPOINT_TEXT], local[ENDPOINT_TEXT];

	if (choice == CHOICE_NONE)
		log_left(fd, facts, addr, len,
			"no address that it asked is known; the source is left to routing");
	else
		log_line(LOG_LEVEL_DEBUG, "fd %d udp port %u: to %s from %s, %s", fd,
			ntohs(facts_port(facts)), sockaddr_format(addr, len, peer),
			address_format(&source->addr, local), reasons[choice]);
}

/* Why the source is not for us to name: NULL if the program's control data leaves it open. */
static const char *find_objection(const struct msghdr *theirs)
{
	if (theirs->msg_controllen > EMISSION_CONTROL_MAX ||
		!readable(theirs->msg_control, theirs->msg_controllen))
		return "the program's control data is left as it is, and the source with it";
	if (pktinfo_names_source(theirs))
		return "the program names the source itself";
	return NULL;
}

static bool add_source(const struct msghdr *theirs, struct msghdr *ours, unsigned char *control,
	const struct source *source)
{
	*ours = *theirs;
	memcpy(control, theirs->msg_control, theirs->msg_controllen);
	ours->msg_control = control;
	return pktinfo_append(ours, emission_control_size(theirs), source);
}

bool emission_prepare_control(int fd, uint32_t facts, const struct msghdr *theirs,
	struct msghdr *ours, unsigned char *control)
{
	const struct sockaddr *addr = theirs->msg_name;
	socklen_t len = theirs->msg_namelen;
	const char *objection;
	struct source source;
	enum choice choice;

	if (!emission_is_addressed(addr, len))
		return false;
	/* Asked first, and in any case: an answer counts as one, whoever names its source. */
	choice = emission_look_up(facts, addr, len, &source);
	objection = find_objection(theirs);
	if (objection == NULL && choice != CHOICE_NONE &&
		!add_source(theirs, ours, control, &source))
		objection = "the program's control data is malformed";
	if (log_wants(LOG_LEVEL_DEBUG) && objection != NULL)
		log_left(fd, facts, addr, len, objection);
	else if (log_wants(LOG_LEVEL_DEBUG))
		emission_log(fd, facts, addr, len, choice, &source);
	return objection == NULL && choice != CHOICE_NONE;
}

int emission_ask_refusal(int fd, const struct msghdr *ours, int error)
{
	switch (error) {
	case 0:
	case EINVAL:
	case EADDRNOTAVAIL:
	case ENODEV:
	case EACCES: /* ip-rule(8), ip-route(8): prohibit */
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
	/* Whoever has each choice logged is told of each that did not hold. */
	if (!log_wants(LOG_LEVEL_WARN) || !(log_is_worth(count) || log_wants(LOG_LEVEL_DEBUG)))
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
