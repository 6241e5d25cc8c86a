#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# openssl s_server by DTLS: it answers a first datagram with a cookie, and connects the socket to the
# peer that returns it.

load daemons
packages=openssl
question=none
one_peer=yes

start() {
	local server

	make_keys
	server="openssl s_server -dtls1_2 -listen -accept $port -cert cert.pem -key key.pem"
	launch_server sh -c "$server -4 <server.in & exec $server -6"
}

is_ready() {
	is_bound
}

client() {
	local target=$1:$port

	[[ $1 != *:* ]] || target="[$1]:$port"
	from_client timeout 2 openssl s_client -dtls1_2 -brief -connect "$target" </dev/null 2>&1 |
		grep 'CONNECTION ESTABLISHED'
}

@test "openssl s_server, DTLS" {
	is_cured V4 V6
}
