#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Node, one process with two net servers. It clears IPV6_V6ONLY itself, unless ipv6Only is given.

load listeners
packages=nodejs

start() {
	cat >listen.js <<-'END'
		const { createServer } = require('net');
		const [, , port, ...hosts] = process.argv;

		for (const host of hosts)
			createServer(socket => socket.end()).on('error', console.error).listen({ port, host });
	END
	launch_server node listen.js "$port" "$@"
}

@test "Node, two servers" {
	is_pair_cured
}
