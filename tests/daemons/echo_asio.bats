#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# C++ on asio, on a dual-stack socket.

load daemons
packages='g++ libasio-dev'
v6only=auto

start() {
	cat >echo.cc <<-END
		#include <asio.hpp>

		using asio::ip::udp;

		static char datagram[9000];
		static udp::endpoint peer;

		static void answer(udp::socket &socket)
		{
			socket.async_receive_from(asio::buffer(datagram), peer,
				[&](std::error_code, size_t length) {
					socket.async_send_to(asio::buffer(datagram, length), peer,
						[&](std::error_code, size_t) { answer(socket); });
				});
		}

		int main()
		{
			asio::io_context context;
			udp::socket socket(context, udp::endpoint(udp::v6(), $port));

			answer(socket);
			context.run();
		}
	END
	[ -x echo ] || g++ -w -O0 -o echo echo.cc -pthread
	launch_server ./echo
}

@test "C++, asio" {
	is_cured V4 V6
}
