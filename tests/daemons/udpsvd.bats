#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# udpsvd, a super-server: its program gets the socket as descriptor 0. IPv4 only.

load inetd
packages='ipsvd perl'

start() {
	write_service
	launch_server udpsvd -l demo 0 "$port" ./service
}

@test "udpsvd" {
	is_cured V4
}
