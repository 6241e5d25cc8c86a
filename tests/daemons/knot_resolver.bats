#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# knot-resolver, whose libuv receives by recvmmsg or recvmsg.

load daemons
packages='knot-resolver bind9-dnsutils'
question='\0\1\1\0\0\1\0\0\0\0\0\0\4demo\7example\0\0\1\0\1'

start() {
	cat >kresd.conf <<-END
		net.listen('0.0.0.0', $PORT)
		net.listen('::', $PORT)
		modules = { 'hints > iterate' }
		hints.set('demo.example 203.0.113.1')
		trust_anchors.remove('.')
	END
	launch_server kresd -n -c "$PWD/kresd.conf" "$PWD"
}

client() {
	from_client dig +tries=1 +time=1 -p "$PORT" @"$1" demo.example | grep -q 203.0.113.1
}

@test "knot-resolver" {
	is_cured V4 V6
}
