#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# knot-resolver, a resolver on libuv.

load dns
packages='knot-resolver bind9-dnsutils tcpdump'
remark='own option: net.listen with the addresses of an interface'

start() {
	cat >kresd.conf <<-END
		net.listen(${switch:-{ '0.0.0.0', '::' \}}, $port)
		modules = { 'hints > iterate' }
		hints.set('demo.example 203.0.113.1')
		trust_anchors.remove('.')
	END
	launch_as knot-resolver kresd -n -c "$PWD/kresd.conf" "$PWD"
}

@test "knot-resolver" {
	is_cured V4 V6
}

@test "knot-resolver answers as with a socket for each address" {
	equals_switch net.wire0 V4 V6
}
