#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# PHP's stream sockets, and those of its extension sockets, which PHP loads with RTLD_DEEPBIND.

load daemons
packages=php-cli

start() {
	cat >echo.php <<-END
		<?php
		foreach (['0.0.0.0', '[::]'] as \$address)
			\$all[] = stream_socket_server("udp://\$address:$port", \$error, \$text,
				STREAM_SERVER_BIND,
				stream_context_create(['socket' => ['ipv6_v6only' => true]]));
		while (true) {
			\$readable = \$all;
			stream_select(\$readable, \$none, \$none, null);
			foreach (\$readable as \$socket) {
				\$datagram = stream_socket_recvfrom(\$socket, 9000, 0, \$peer);
				stream_socket_sendto(\$socket, \$datagram, 0, \$peer);
			}
		}
	END
	launch_server php echo.php
}

@test "PHP" {
	is_cured V4 V6
}

@test "PHP, sockets" {
	start() {
		cat >echo.php <<-END
			<?php
			foreach ([AF_INET => '0.0.0.0', AF_INET6 => '::'] as \$family => \$address) {
				\$socket = socket_create(\$family, SOCK_DGRAM, SOL_UDP);
				if (\$family == AF_INET6)
					socket_set_option(\$socket, IPPROTO_IPV6, IPV6_V6ONLY, 1);
				socket_bind(\$socket, \$address, $port);
				\$all[] = \$socket;
			}
			while (true) {
				\$readable = \$all;
				socket_select(\$readable, \$none, \$none, null);
				foreach (\$readable as \$socket) {
					\$length = socket_recvfrom(\$socket, \$datagram, 9000, 0, \$host, \$from);
					socket_sendto(\$socket, \$datagram, \$length, 0, \$host, \$from);
				}
			}
		END
		launch_server php echo.php
	}
	is_cured V4 V6
}
