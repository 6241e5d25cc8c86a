/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending for the program; emission.h says how. */
#include "calls/emission.h"

#include <poll.h>
#include <pthread.h>
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

/* An error queue with something in it (ip(7), IP_RECVERR) makes the socket report POLLERR. */
static bool has_error_waiting(int fd)
{
	int saved_errno = errno;
	int cancel_state;
	struct pollfd waiting = {.fd = fd};
	bool has_error;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
	has_error = poll(&waiting, 1, 0) == 1 && (waiting.revents & POLLERR) != 0;
	pthread_setcancelstate(cancel_state, NULL);
	errno = saved_errno;
	return has_error;
}

bool emission_is_refusal(int fd, int error)
{
	switch (error) {
	case EINVAL:
	case EADDRNOTAVAIL:
	case ENODEV:
		return true;
	case ENETUNREACH:
	case EHOSTUNREACH:
		return !has_error_waiting(fd);
	default:
		return false;
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

ssize_t emission_retry(int fd, uint32_t facts, struct msghdr *ours, int flags, int error)
{
	ssize_t sent = next_sendmsg(fd, ours, flags);

	if (sent >= 0)
		emission_forget(fd, facts, ours, error);
	return sent;
}
