#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# openvpn by UDP.

load openvpn
packages='openvpn openssl tcpdump'

@test "openvpn, udp" {
	# This word makes an IPv4 socket of it wherever it is told no address.
	remark='its own switch: --multihome'
	start() {
		start_openvpn --proto udp
	}
	is_cured V4
}

@test "openvpn, udp6" {
	# One dual-stack socket is all that it opens.
	v6only=auto
	remark='its own switch: --multihome'
	start() {
		start_openvpn --proto udp6
	}
	is_cured V4 V6
}

@test "openvpn, --multihome" {
	v6only=auto
	start() {
		start_openvpn --proto udp6 --multihome
	}
	stays_right V4 V6
}

@test "openvpn's answers are those of --multihome" {
	v6only=auto
	start() {
		# shellcheck disable=SC2086 # No word where there is no switch.
		start_openvpn --proto udp6 $switch
	}
	equals_switch --multihome V4 V6
}
