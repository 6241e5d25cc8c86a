#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Node's dgram, on libuv.

load daemons
packages=nodejs

start() {
	cat >echo.js <<-END
		const { createSocket } = require('dgram');

		for (const type of ['udp4', 'udp6']) {
			const socket = createSocket({ type, ipv6Only: type === 'udp6' });
			socket.on('message', (datagram, peer) =>
				socket.send(datagram, peer.port, peer.address));
			socket.bind($port);
		}
	END
	launch_server node echo.js
}

@test "Node" {
	is_cured V4 V6
}
