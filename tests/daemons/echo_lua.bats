#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Lua's luasocket.

load daemons
packages='lua5.4 lua-socket'

start() {
	cat >echo.lua <<-END
		local socket = require "socket"
		local ipv4, ipv6 = socket.udp4(), socket.udp6()
		assert(ipv4:setsockname("0.0.0.0", $port))
		assert(ipv6:setsockname("::", $port))
		while true do
			for _, ready in ipairs((socket.select({ipv4, ipv6}))) do
				local datagram, address, port = ready:receivefrom()
				ready:sendto(datagram, address, port)
			end
		end
	END
	launch_server lua5.4 echo.lua
}

@test "Lua" {
	is_cured V4 V6
}
