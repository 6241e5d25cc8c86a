#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Lua's luasocket, which sets IPV6_V6ONLY itself.

load listeners
packages='lua5.4 lua-socket'

start() {
	launch_server lua5.4 -e "
		local socket = require 'socket'
		local ipv4, ipv6 = socket.tcp4(), socket.tcp6()
		local names = { ['0.0.0.0'] = ipv4, ['::'] = ipv6 }
		for _, address in ipairs(arg) do
			assert(names[address]:bind(address, $port))
			assert(names[address]:listen(100))
		end
		socket.sleep(1000)" /dev/null "$@"
}

@test "Lua" {
	is_unchanged 0.0.0.0 ::
	is_unchanged_but_dual :: 0.0.0.0
}
