/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One datagram on its way in: which control buffer the kernel gets, and from which receives a peer
 * is learnt. */
#include "replies/rx.h"

#include "lookup.h"

#include <arpa/inet.h>

enum { LARGE = RX_CONTROL_MAX + 1 };

static void a_control_buffer_is_replaced_up_to_a_limit(void **state)
{
	static char app_control[LARGE];
	struct msghdr app_msg = {.msg_control = NULL, .msg_controllen = LARGE}, msg;
	unsigned char control[RX_CONTROL_MAX + RX_CONTROL_EXTRA];
	struct sockaddr_in6 name;
	const struct rx rx = {.msg = &msg, .name = &name, .control = control};

	(void)state;
	assert_int_equal(rx_control_size(&app_msg), RX_CONTROL_EXTRA);
	app_msg.msg_control = app_control;
	app_msg.msg_controllen = RX_CONTROL_MAX;
	assert_int_equal(rx_control_size(&app_msg), sizeof(control));
	rx_prepare(&rx, &app_msg);
	assert_ptr_equal(msg.msg_control, control);
	assert_int_equal(msg.msg_controllen, sizeof(control));
	/* The kernel fills a larger one itself. */
	app_msg.msg_controllen = LARGE;
	assert_int_equal(rx_control_size(&app_msg), 0);
	rx_prepare(&rx, &app_msg);
	assert_ptr_equal(msg.msg_control, app_control);
	assert_int_equal(msg.msg_controllen, LARGE);
}

/* The peer's datagram to 192.0.2.7, as recvmsg returns it. */
static bool learn_datagram(uint32_t flags, const struct sample_peer *peer, int call_flags)
{
	const struct in_pktinfo info = {.ipi_ifindex = 7,
		.ipi_spec_dst.s_addr = htonl(0xc0000207),
		.ipi_addr.s_addr = htonl(0xc0000207)};
	_Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(sizeof(info))] = {0};
	const struct cmsghdr header = {.cmsg_level = IPPROTO_IP,
		.cmsg_type = IP_PKTINFO,
		.cmsg_len = CMSG_LEN(sizeof(info))};
	struct sample_peer from = *peer;
	const struct msghdr msg = {.msg_name = &from.addr,
		.msg_namelen = peer->len,
		.msg_control = control,
		.msg_controllen = sizeof(control)};
	struct control_sink sink = {.left = 0};

	memcpy(control, &header, sizeof(header));
	memcpy(control + CMSG_LEN(0), &info, sizeof(info));
	return rx_learn(-1, flags, peer->socket, &msg, sizeof(from.addr), call_flags, &sink, now_s);
}

/* The error queue has the program's own datagrams, and the address is not whom it sent them to. */
static void an_error_teaches_nothing(void **state)
{
	const uint32_t ways[] = {FD_LEARNS, FD_LEARNS | FD_APP_PKTINFO_V4};

	(void)state;
	for (size_t i = 0; i < LENGTH(ways); i++) {
		const struct sample_peer peer = sample_peer(1);
		struct source chosen;

		begin(64);
		assert_true(learn_datagram(ways[i], &peer, MSG_ERRQUEUE));
		assert_no_answer(1);
		assert_true(learn_datagram(ways[i], &peer, 0));
		assert_int_equal(answer_to(&peer, false, &chosen), CHOICE_LAST);
		assert_int_equal(chosen.addr.word[3], htonl(0xc0000207));
	}
}

static void a_socket_that_does_not_learn_teaches_nothing(void **state)
{
	const struct sample_peer peer = sample_peer(1);

	(void)state;
	begin(64);
	assert_true(learn_datagram(FD_CONNECTED, &peer, 0));
	assert_no_answer(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_control_buffer_is_replaced_up_to_a_limit),
		cmocka_unit_test_teardown(an_error_teaches_nothing, free_table),
		cmocka_unit_test_teardown(a_socket_that_does_not_learn_teaches_nothing, free_table),
	};

	return cmocka_run_group_tests_name("rx", tests, NULL, NULL);
}
