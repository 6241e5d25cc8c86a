#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# iperf3 -s, which clears IPV6_V6ONLY itself.

load listeners
packages=iperf3

start() {
	launch_server iperf3 -s -p "$port"
}

@test "iperf3 -s" {
	keeps_ipv4 default auto
}
