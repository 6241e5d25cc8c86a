#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# rbldnsd, a name server for blocklists. Bare it cannot start on both wildcard addresses,
# because its socket on :: takes the IPv4 side of the port.

load dns
packages='rbldnsd bind9-dnsutils'

start() {
	echo 'demo A 203.0.113.1' >zone
	open_directory
	launch_server rbldnsd -n "${addresses[@]}" -u nobody -r "$PWD" example:generic:zone
}

@test "rbldnsd" {
	# One dual-stack socket.
	v6only=auto
	addresses=(-b "::/$port")
	is_cured V4 V6
}

@test "rbldnsd, on 0.0.0.0 as well" {
	addresses=(-b "0.0.0.0/$port" -b "::/$port")
	is_cured V4 V6
}
