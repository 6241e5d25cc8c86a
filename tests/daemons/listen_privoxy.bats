#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# privoxy, whose documentation asks for a listen-address for each family.

load listeners
packages=privoxy

start() {
	local address

	for address; do
		[ "$address" != :: ] || address='[::]'
		echo "listen-address $address:$port"
	done >privoxy.conf
	open_directory
	launch_server privoxy --no-daemon --user privoxy "$PWD/privoxy.conf"
}

@test "privoxy" {
	is_pair_cured
}

@test "privoxy, listen-address [::]:PORT" {
	serves_ipv6_only
}
