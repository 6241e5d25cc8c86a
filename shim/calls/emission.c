/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending for the program; emission.h says how. */
#include "calls/emission.h"

#include "sys/log.h"
#include "sys/memory.h"
#include "sys/next.h"
#include "sys/readable.h"
#include "sys/sockets.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/* How often the kernel has refused a source; counted by all threads. */
static _Atomic uint32_t refusals;

static bool has_control(const struct msghdr *theirs)
{
	return theirs->msg_control != NULL && theirs->msg_controllen != 0;
}

size_t emission_control_size(const struct msghdr *theirs)
{
	if (!has_control(theirs))
		return PKTINFO_SEND_SPACE;
	if (theirs->msg_controllen > EMISSION_CONTROL_MAX)
		return 0;
	return CMSG_ALIGN(theirs->msg_controllen) + PKTINFO_SEND_SPACE;
}

/* Whether theirs can be looked at, is addressed, and leaves the source open. */
static bool is_open(const struct msghdr *theirs)
{
	if (theirs->msg_name == NULL || theirs->msg_namelen > sizeof(struct sockaddr_storage) ||
		!readable(theirs->msg_name, theirs->msg_namelen))
		return false;
	if (!has_control(theirs))
		return true;
	return theirs->msg_controllen <= EMISSION_CONTROL_MAX &&
	       readable(theirs->msg_control, theirs->msg_controllen) &&
	       !pktinfo_names_source(theirs);
}

/* Copies theirs with its control data, and names the source behind that. */
static bool copy_with_source(
	struct emission *tx, const struct msghdr *theirs, const struct source *source)
{
	size_t size = emission_control_size(theirs);

	*tx->msg = *theirs;
	tx->msg->msg_control = tx->control;
	if (has_control(theirs))
		memcpy(tx->control, theirs->msg_control, theirs->msg_controllen);
	else
		tx->msg->msg_controllen = 0;
	return pktinfo_append(tx->msg, size, source);
}

bool emission_prepare(struct emission *tx, int fd, uint32_t facts, const struct msghdr *theirs)
{
	struct knowledge known;
	struct source source;
	char peer[ENDPOINT_TEXT], local[ENDPOINT_TEXT];

	tx->asker.port = facts_port(facts);
	if (!is_open(theirs) ||
		!endpoint_from_sockaddr(theirs->msg_name, theirs->msg_namelen, &tx->asker.peer))
		return false;
	known = memory_knowledge();
	if (!choose_source(&known, &tx->asker, &source) || !copy_with_source(tx, theirs, &source))
		return false;
	if (log_wants(LOG_LEVEL_DEBUG))
		log_line(LOG_LEVEL_DEBUG, "fd %d udp port %u: to %s from %s", fd, tx->asker.port,
			endpoint_format(&tx->asker.peer, peer), address_format(&source.addr, local));
	return true;
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

void emission_forget(int fd, const struct asker *asker, int error)
{
	struct knowledge known = memory_knowledge();
	uint32_t count = atomic_fetch_add(&refusals, 1) + 1;
	int saved_errno = errno;
	char peer[ENDPOINT_TEXT];

	choose_forget(&known, asker);
	if (!log_wants(LOG_LEVEL_WARN) || !log_is_worth(count))
		return;
	errno = error; /* for %m */
	log_line(LOG_LEVEL_WARN,
		"fd %d udp port %u: to %s: the kernel refused the address asked at as the source "
		"(%m); sent without it (%u so far)",
		fd, asker->port, endpoint_format(&asker->peer, peer), count);
	errno = saved_errno;
}

bool emission_send(int fd, uint32_t facts, const struct msghdr *theirs, int flags, ssize_t *ret)
{
	struct msghdr msg;
	_Alignas(struct cmsghdr) unsigned char control[EMISSION_CONTROL_MAX + PKTINFO_SEND_SPACE];
	struct emission tx = {.msg = &msg, .control = control};
	int saved_errno = errno;
	int error;

	if (!emission_prepare(&tx, fd, facts, theirs))
		return false;
	*ret = next_sendmsg(fd, &msg, flags);
	if (*ret >= 0 || !emission_is_refusal(fd, errno))
		return true;
	error = errno;
	errno = saved_errno;
	*ret = next_sendmsg(fd, theirs, flags);
	if (*ret >= 0)
		emission_forget(fd, &tx.asker, error);
	return true;
}
