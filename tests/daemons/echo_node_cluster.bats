#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Node's cluster: the first process binds the sockets and hands them to its workers.

load node
packages=nodejs

start() {
	write_echo
	cat >cluster.js <<-END
		const cluster = require('cluster');

		if (cluster.isMaster) {
			for (let worker = 0; worker < 3; worker++)
				cluster.fork();
		} else {
			require('./echo.js');
		}
	END
	launch_server node cluster.js
}

@test "Node, cluster" {
	is_cured V4 V6
}
