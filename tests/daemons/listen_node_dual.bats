#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Node: listen() of a port alone clears IPV6_V6ONLY; dgram leaves it at the system default.

load listeners
packages=nodejs

start() {
	cat >listen.js <<-END
		require('net').createServer(connection => connection.destroy()).listen($port);
	END
	launch_server node listen.js
}

@test "Node, listen(port)" {
	keeps_ipv4 default auto
}

@test "Node, dgram by udp6" {
	protocol=udp
	start() {
		cat >listen.js <<-END
			const socket = require('dgram').createSocket('udp6');
			socket.on('message', (datagram, peer) =>
				socket.send(datagram, peer.port, peer.address));
			socket.bind($port);
		END
		launch_server node listen.js
	}
	keeps_ipv4 auto
}
