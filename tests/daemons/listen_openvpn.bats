#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# openvpn, which clears IPV6_V6ONLY itself, by UDP and by TCP.

load listeners
load openvpn
packages='openvpn openssl'
# That client talks UDP. Here a TCP connection, or any answer by UDP, is enough.
unset -f client

@test "openvpn, udp6" {
	protocol=udp
	start() {
		start_openvpn --proto udp6
	}
	keeps_ipv4 default auto
}

@test "openvpn, tcp6-server" {
	start() {
		start_openvpn --proto tcp6-server
	}
	keeps_ipv4 default auto
}
