#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Node's dgram, on libuv.

load node
packages=nodejs

start() {
	write_echo
	launch_server node echo.js
}

@test "Node" {
	is_cured V4 V6
}
