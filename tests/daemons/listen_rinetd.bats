#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# rinetd, which redirects each address's port.

load listeners
packages=rinetd

start() {
	local address

	for address; do
		echo "$address $port 127.0.0.1 1"
	done >rinetd.conf
	launch_server rinetd -f -c rinetd.conf
}

@test "rinetd" {
	is_pair_cured
}

@test "rinetd, ::" {
	serves_ipv6_only
}
