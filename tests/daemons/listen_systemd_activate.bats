#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# systemd-socket-activate, which opens the listeners for another program and ends if it cannot bind
# all of them.

load listeners
packages=systemd

start() {
	local address listen=()

	for address; do
		[ "$address" != :: ] || address='[::]'
		listen+=(-l "$address:$port")
	done
	launch_server systemd-socket-activate "${listen[@]}" --inetd --accept cat
}

@test "systemd-socket-activate" {
	is_pair_cured
}

@test "systemd-socket-activate, -l [::]:PORT" {
	serves_ipv6_only
}
