/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/netlink.h"

#include <errno.h>
#include <string.h>

struct nlmsghdr *netlink_begin(
	void *buffer, uint16_t type, bool is_dump, size_t body_len, void *ret_body)
{
	struct nlmsghdr *request = mnl_nlmsg_put_header(buffer);
	void *body = mnl_nlmsg_put_extra_header(request, body_len);

	request->nlmsg_type = type;
	/* An acknowledgement ends the answer to what is no dump. */
	request->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | (is_dump ? NLM_F_DUMP : NLM_F_ACK));
	request->nlmsg_seq = 1;
	memcpy(ret_body, &body, sizeof(body));
	return request;
}

static int receive_all(struct mnl_socket *socket, mnl_cb_t each, void *data)
{
	static union {
		struct nlmsghdr aligned;
		char bytes[32768];
	} buffer;
	int result;

	do {
		ssize_t len = mnl_socket_recvfrom(socket, buffer.bytes, sizeof(buffer));

		if (len <= 0)
			return len < 0 ? -errno : -EPROTO;
		result = mnl_cb_run(
			buffer.bytes, (size_t)len, 1, mnl_socket_get_portid(socket), each, data);
		/* NLM_F_DUMP_INTR, which ends nothing. */
		if (result < 0 && errno == EINTR)
			result = MNL_CB_OK;
	} while (result > MNL_CB_STOP);
	return result < 0 ? -errno : 0;
}

int netlink_ask(int protocol, struct nlmsghdr *request, mnl_cb_t each, void *data)
{
	struct mnl_socket *socket = mnl_socket_open2(protocol, SOCK_CLOEXEC);
	int result, yes = 1;

	if (socket == NULL)
		return -errno;
	/* A dump has what its header asks for, such as one routing table; since Linux 4.20. */
	if (protocol == NETLINK_ROUTE)
		mnl_socket_setsockopt(socket, NETLINK_GET_STRICT_CHK, &yes, sizeof(yes));
	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
		mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		result = -errno;
	else
		result = receive_all(socket, each, data);
	mnl_socket_close(socket);
	return result;
}
