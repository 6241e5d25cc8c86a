#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# rbldnsd, by UDP: it ends if it cannot bind both of two addresses. (dig does not work as a client
# here, because the reply fault hides the answer from it.)

load listeners
packages=rbldnsd
protocol=udp
question='\0\1\1\0\0\1\0\0\0\0\0\0\4demo\7example\0\0\1\0\1'

start() {
	local address addresses=()

	for address; do
		addresses+=(-b "$address/$port")
	done
	echo 'demo A 203.0.113.1' >zone
	open_directory
	launch_server rbldnsd -n "${addresses[@]}" -u nobody -r "$PWD" example:generic:zone
}

@test "rbldnsd" {
	is_pair_cured
}

@test "rbldnsd, -b ::" {
	serves_ipv6_only
}
