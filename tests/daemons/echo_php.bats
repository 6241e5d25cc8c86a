#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# PHP's stream sockets.

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
