#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Node's listen() of a port alone, which clears the option itself.

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
