#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# stunnel4 with a service for each address, as its documentation suggests for hosts without dual-stack
# sockets.

load listeners
packages='stunnel4 openssl'

start() {
	local address

	make_keys
	cat >stunnel.conf <<-END
		foreground = yes
		pid =
		cert = $PWD/cert.pem
		key = $PWD/key.pem
	END
	for address; do
		cat <<-END
			[at $address]
			accept = $address:$port
			connect = 127.0.0.1:1
		END
	done >>stunnel.conf
	launch_server stunnel4 stunnel.conf
}

@test "stunnel4" {
	is_pair_cured
}

@test "stunnel4, accept = :::PORT" {
	serves_ipv6_only
}
