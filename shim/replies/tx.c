/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends for the program; tx.h has the contract. */
#include "replies/tx.h"

#include "libc/next.h"
#include "replies/watch.h"
#include "runtime/impl.h"
#include "runtime/status.h"
#include "sockets/classify.h"

#include <errno.h>
#include <string.h>

/* Logs why a datagram is sent unchanged. */
static void log_left(int fd, const struct sockaddr *addr, socklen_t len, const char *reason)
{
	char local[ENDPOINT_TEXT], peer[ENDPOINT_TEXT];

	log_line(LOG_LEVEL_DEBUG, "fd %d udp %s: datagram to %s: %s", fd,
		sockets_format_local(fd, local), sockaddr_format(addr, len, peer), reason);
}

void tx_log(int fd, const struct sockaddr *addr, socklen_t len, enum choice choice,
	const struct source *source)
{
	static const char *const reasons[] = {
		[CHOICE_LAST] =
			"the destination of its last request, the last that this thread received",
		[CHOICE_TABLE] = "the destination of its last request",
		[CHOICE_ELSEWHERE] = "the destination of its last request to another socket",
	};
	char local[ENDPOINT_TEXT], peer[ENDPOINT_TEXT], from[ENDPOINT_TEXT];

	if (choice == CHOICE_NONE)
		log_left(fd, addr, len,
			"no request from it is remembered; routing chooses the source");
	else
		log_line(LOG_LEVEL_DEBUG, "fd %d udp %s: datagram to %s from %s, %s", fd,
			sockets_format_local(fd, local), sockaddr_format(addr, len, peer),
			address_format(&source->addr, from), reasons[choice]);
}

/* Finds the id of a socket that has not received in this process, but perhaps in another. */
static void find_id(struct tx_socket *socket)
{
	if (socket->socket != 0)
		return;
	socket->socket = sockets_get_id(socket->fd);
	fd_socket_id_set(socket->fd, socket->socket);
}

enum choice tx_find(
	struct tx_socket *socket, const struct sockaddr *addr, socklen_t len, struct source *ret)
{
	struct lookup lookup;

	if (!(socket->flags & FD_LEARNS) && !select_knows_peer(addr, len))
		return CHOICE_NONE;
	find_id(socket);
	lookup = tx_lookup(socket, addr, len);
	return socket->socket != 0 ? select_source(&lookup, ret) : CHOICE_NONE;
}

enum choice tx_find_and_note(
	struct tx_socket *socket, const struct sockaddr *addr, socklen_t len, struct source *ret)
{
	enum choice choice = tx_find(socket, addr, len, ret);

	if (choice == CHOICE_ELSEWHERE)
		fd_flags_update(socket->fd, socket->flags, classify_followed(socket->flags));
	else if (choice == CHOICE_NONE)
		fd_flags_update(socket->fd, socket->flags, classify_sent_first(socket->flags));
	return choice;
}

/* Why the library must not name the source; NULL if the program's control data leaves it open. */
static const char *find_objection(const struct msghdr *app_msg)
{
	if (app_msg->msg_controllen > TX_CONTROL_MAX ||
		!readable(app_msg->msg_control, app_msg->msg_controllen))
		return "the program's control data is too large or not readable; sent unchanged";
	if (pktinfo_names_source(app_msg))
		return "the program names the source or the interface itself";
	return NULL;
}

static bool add_source(const struct msghdr *app_msg, struct msghdr *msg, unsigned char *control,
	bool is_inet6, const struct source *source)
{
	*msg = *app_msg;
	memcpy(control, app_msg->msg_control, app_msg->msg_controllen);
	msg->msg_control = control;
	return pktinfo_append(msg, tx_control_size(app_msg), is_inet6, source);
}

bool tx_prepare_control(struct tx_socket *socket, const struct msghdr *app_msg, struct msghdr *msg,
	unsigned char *control)
{
	const struct sockaddr *addr = app_msg->msg_name;
	socklen_t len = app_msg->msg_namelen;
	const char *objection;
	struct source source;
	enum choice choice;

	if (!readable_peer(addr, len))
		return false;
	/* Look up in any case: the datagram counts as an answer even if the program names its
	 * source. */
	choice = tx_look_up(socket, addr, len, &source);
	objection = find_objection(app_msg);
	if (objection == NULL && choice != CHOICE_NONE &&
		!add_source(app_msg, msg, control, socket->flags & FD_INET6, &source))
		objection = "the program's control data is malformed; sent unchanged";
	if (log_wants(LOG_LEVEL_DEBUG) && objection != NULL)
		log_left(socket->fd, addr, len, objection);
	else if (log_wants(LOG_LEVEL_DEBUG))
		tx_log(socket->fd, addr, len, choice, &source);
	return objection == NULL && choice != CHOICE_NONE;
}

bool tx_is_refused(int fd, const struct msghdr *msg, int error, struct refusal *ret)
{
	switch (error) {
	case 0:
	case EINVAL:
	case EADDRNOTAVAIL:
	case ENODEV:
	case EACCES: /* ip-rule(8), ip-route(8): prohibit */
	case ENETUNREACH:
	case EHOSTUNREACH:
		ret->error = pktinfo_probe_source(fd, msg);
		ret->source = pktinfo_find_source(msg);
		return ret->error != 0;
	default:
		return false;
	}
}

/* IPv6 refuses an address that only a route of type local has, and no interface (AnyIP). */
static const char *find_remedy(const struct refusal *refusal)
{
	if (refusal->error != EINVAL || address_is_v4(&refusal->source))
		return "";
	return "; if a local route makes it this host's, set net.ipv6.ip_nonlocal_bind=1";
}

void tx_forget(int fd, uint32_t flags, const struct msghdr *msg, const struct refusal *refusal)
{
	struct tx_socket socket = {.fd = fd, .flags = flags, .socket = fd_socket_id(fd)};
	const struct lookup lookup = tx_lookup(&socket, msg->msg_name, msg->msg_namelen);
	bool is_logged = fd_flags(fd) & FD_REFUSAL_LOGGED;
	char local[ENDPOINT_TEXT], peer[ENDPOINT_TEXT], source[ENDPOINT_TEXT];
	char text[LOG_ERROR_TEXT];

	select_forget(&lookup);
	status_count_refused();
	/* Level debug logs each choice, and therefore each refusal. */
	if (!log_wants(LOG_LEVEL_WARN) || (is_logged && !log_wants(LOG_LEVEL_DEBUG)))
		return;
	fd_flags_change(fd, FD_REFUSAL_LOGGED, 0);
	log_line(LOG_LEVEL_WARN,
		"fd %d udp %s: datagram to %s: the kernel refused the source address %s (%s); "
		"sent without it%s",
		fd, sockets_format_local(fd, local),
		sockaddr_format(msg->msg_name, msg->msg_namelen, peer),
		address_format(&refusal->source, source), log_error_text(refusal->error, text),
		find_remedy(refusal));
}

/* Whether sendmsg in place of sendto has failed with this errno because of a filter. The program
 * may install a filter at any time, and the library sees that; for filters from before exec, one
 * probe per socket is enough. */
static bool is_filtered(int fd, int call_flags, int error)
{
	if (!impl_is_refusal(error) || (!sandbox_is_on() && fd_flags(fd) & FD_SENDMSG_SEEN))
		return false;
	if (impl_sendmsg_is_filtered(fd, call_flags, error))
		return true;
	fd_flags_change(fd, FD_SENDMSG_SEEN, 0);
	return false;
}

ssize_t tx_send_to_plainly(
	int fd, uint32_t flags, const struct msghdr *msg, int call_flags, int saved_errno)
{
	struct refusal refusal;
	bool is_refused = false;
	ssize_t sent;

	if (is_filtered(fd, call_flags, errno))
		watch_stop_filtered(fd);
	else if (tx_is_refused(fd, msg, errno, &refusal))
		is_refused = true;
	else
		return -1;
	errno = saved_errno;
	sent = next_sendto(fd, msg->msg_iov->iov_base, msg->msg_iov->iov_len, call_flags,
		msg->msg_name, msg->msg_namelen);
	if (is_refused && sent >= 0)
		tx_forget(fd, flags, msg, &refusal);
	return sent;
}
