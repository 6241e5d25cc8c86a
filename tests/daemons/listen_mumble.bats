#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# mumble-server: by TCP, where Qt clears IPV6_V6ONLY, and by UDP, where it clears it itself.

load listeners
load mumble
packages=mumble-server

@test "mumble-server, TCP" {
	keeps_ipv4 default auto
}

@test "mumble-server, UDP" {
	protocol=udp
	keeps_ipv4 default auto
}
