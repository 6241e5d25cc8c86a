#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# C on libuv, with UV_UDP_RECVMMSG: version 1.44 calls recvmmsg and sendmmsg by syscall().

load daemons
packages='gcc libuv1-dev'

start() {
	cat >echo.c <<-END
		#include <stdlib.h>
		#include <string.h>
		#include <uv.h>

		static void give_memory(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
		{
			static char memory[20 * 65536];

			*buffer = uv_buf_init(memory, sizeof(memory));
		}

		static void forget(uv_udp_send_t *answer, int status)
		{
			free(answer);
		}

		static void reply(uv_udp_t *socket, ssize_t length, const uv_buf_t *datagram,
			const struct sockaddr *peer, unsigned flags)
		{
			uv_udp_send_t *answer;
			uv_buf_t text;

			if (length <= 0 || peer == NULL)
				return;
			answer = malloc(sizeof(*answer) + length);
			text = uv_buf_init(memcpy(answer + 1, datagram->base, length), length);
			uv_udp_send(answer, socket, &text, 1, peer, forget);
		}

		static void serve(uv_udp_t *socket, struct sockaddr *address, unsigned flags)
		{
			uv_udp_init_ex(uv_default_loop(), socket, AF_UNSPEC | UV_UDP_RECVMMSG);
			if (uv_udp_bind(socket, address, flags) != 0 ||
				uv_udp_recv_start(socket, give_memory, reply) != 0)
				exit(1);
		}

		int main(void)
		{
			static uv_udp_t sockets[2];
			struct sockaddr_in ipv4;
			struct sockaddr_in6 ipv6;

			uv_ip4_addr("0.0.0.0", $port, &ipv4);
			uv_ip6_addr("::", $port, &ipv6);
			serve(&sockets[0], (struct sockaddr *)&ipv4, 0);
			serve(&sockets[1], (struct sockaddr *)&ipv6, UV_UDP_IPV6ONLY);
			return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
		}
	END
	[ -x echo ] || gcc -w -o echo echo.c -luv
	launch_server ./echo
}

@test "C, libuv" {
	is_cured V4 V6
}
