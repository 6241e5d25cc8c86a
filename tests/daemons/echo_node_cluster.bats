#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Node's cluster: the first process binds the sockets and hands them to its workers.

load daemons
packages=nodejs

start() {
	cat >echo.js <<-END
		const cluster = require('cluster');
		const { createSocket } = require('dgram');

		if (cluster.isMaster) {
			for (let worker = 0; worker < 3; worker++)
				cluster.fork();
		} else {
			for (const type of ['udp4', 'udp6']) {
				const socket = createSocket({ type, ipv6Only: type === 'udp6' });
				socket.on('message', (datagram, peer) =>
					socket.send(datagram, peer.port, peer.address));
				socket.bind($port);
			}
		}
	END
	launch_server node echo.js
}

@test "Node, cluster" {
	is_cured V4 V6
}
