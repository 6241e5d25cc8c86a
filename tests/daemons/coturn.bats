#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# coturn, a STUN and TURN server: recvmsg with control data of its own, then sendto.

load daemons
packages='coturn tcpdump'
remark='own option: no -L'
client_looks=no
# A binding request.
question='\0\1\0\0\x21\x12\xa4\x42identifier..'

start() {
	local addresses=(-L 0.0.0.0 -L ::)

	[ -z "$switch" ] || addresses=()
	launch_as turnserver turnserver -n "${addresses[@]}" -p "$port" --no-cli --no-tls --no-dtls \
		--log-file stdout --pidfile "$PWD/pid" --db "$PWD/db" --user demo:demo --realm demo.test
}

client() {
	from_client timeout 1 turnutils_stunclient -p "$port" "$1" | grep -q 'UDP reflexive addr'
}

@test "coturn" {
	is_cured V4 V6
}

@test "coturn answers as with a socket for each address" {
	equals_switch 'no -L' V4 V6
}
